"""Lists of members as files: read from OPML and CSV, written as OPML, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal
from urllib.parse import urlsplit

from feeds.addresses import normal_form
from feeds.errors import AddressError, ReadError
from feeds.model import FoundFeed, Outline
from feeds.parse import opml
from feeds.publish import opml as opml_writer
from network.errors import BadList
from network.model import LANGUAGES, TOPICS, Member, SourceHealth, fold

MAX_ROWS = 20_000
COLUMNS = {
    "name": ("name", "organization", "nombre", "organizacion", "title"),
    "address": ("address", "url", "home_url", "website", "web", "site", "home", "sitio", "pagina"),
    "feeds": ("feeds", "feed", "feed_url", "xmlurl", "rss", "calendar", "ics"),
    "description": ("description", "descripcion", "about"),
    "town": ("town", "city", "ciudad", "pueblo"),
    "region": ("region", "state", "estado"),
    "postcode": ("postcode", "zip", "zip_code", "postal_code", "codigo_postal"),
    "languages": ("languages", "language", "idiomas", "lenguas"),
    "topics": ("topics", "topic", "temas"),
    "contact_name": ("contact_name", "contact", "contacto"),
    "contact_email": ("contact_email", "email", "e-mail", "correo"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a list: the member that it names, its feeds where it names them, or what is wrong with it."""

    number: int
    member: Member | None
    feeds: tuple[FoundFeed, ...] = ()
    problem: str = ""


def read(body: bytes, name: str) -> list[Row]:
    """The rows of an OPML or CSV file. A bad row is a Row with its problem; BadList when the whole can't be read."""
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    try:
        rows = _opml_rows(body, name) if start == b"<" else _csv_rows(body, name)
    except ReadError as error:
        raise BadList(file=name, why=error.sentence) from error
    if not rows:
        raise BadList(file=name, why="there are no members in it.")
    return rows


def _opml_rows(body: bytes, name: str) -> list[Row]:
    """Outlines with the same home page are one member with several feeds."""
    members: dict[str, Row] = {}
    bad: list[Row] = []
    for number, outline in enumerate(opml.read(body, name), start=1):
        try:
            row = _outline_row(number, outline)
        except AddressError as error:
            bad.append(
                Row(number=number, member=None, problem=f"{error.subject or outline.feed_url}: {error.sentence}")
            )
            continue
        if row.member is None:
            continue
        before = members.get(row.member.home_url)
        known = before.feeds if before else ()
        more = tuple(feed for feed in row.feeds if feed.url not in {one.url for one in known})
        first = before or row
        members[row.member.home_url] = Row(number=first.number, member=first.member, feeds=known + more)
    return sorted([*members.values(), *bad], key=lambda row: row.number)


def _outline_row(number: int, outline: Outline) -> Row:
    feed_url = normal_form(outline.feed_url) if outline.feed_url else ""
    home = normal_form(outline.home_url) if outline.home_url else _home_of(feed_url)
    language = (outline.language or "").partition("-")[0].lower()
    member = Member(
        id=0, slug="", name=outline.title or urlsplit(home).netloc, description=outline.description, home_url=home,
        languages=(language,) if language in LANGUAGES else (),
    )  # fmt: skip
    kind = "calendar" if outline.type == "ical" else kind_of(feed_url)
    feed = FoundFeed(feed_url, outline.title, kind, "list")
    return Row(number=number, member=member, feeds=(feed,) if feed_url else ())


def kind_of(url: str) -> Literal["feed", "calendar"]:
    """Whether an address looks like a calendar's; a pull corrects what is wrong."""
    return "calendar" if ".ics" in url or "ical" in url or url.startswith("webcal") else "feed"


def _home_of(feed_url: str) -> str:
    """The home page that a feed's address suggests: its folder, without a last part that says "feed"."""
    parts = urlsplit(feed_url)
    path = parts.path.rstrip("/").rpartition("/")[0] + "/"
    return f"{parts.scheme}://{parts.netloc}{path}"


def _csv_rows(body: bytes, name: str) -> list[Row]:
    text = _decoded(body)
    try:
        dialect = csv.Sniffer().sniff(text[:4000], delimiters=",;\t")
    except csv.Error:
        dialect = csv.excel
    reader = csv.reader(io.StringIO(text), dialect)
    try:
        table = [row for _, row in zip(range(MAX_ROWS + 1), reader, strict=False)]
    except csv.Error as error:
        raise BadList(file=name, why=f"line {reader.line_num} is not CSV.") from error
    columns = _columns(table[0]) if table else {}
    if "address" not in columns and "feeds" not in columns:
        raise BadList(
            file=name, why="its first line must name the columns; one of them must be “url” (the web address)."
        )
    rows = [(number, row) for number, row in enumerate(table[1:], start=2) if any(cell.strip() for cell in row)]
    return [
        _csv_row(number, {key: row[at].strip() for key, at in columns.items() if at < len(row)}) for number, row in rows
    ]


def _columns(header: Sequence[str]) -> dict[str, int]:
    named = {fold(cell).replace(" ", "_"): at for at, cell in enumerate(header)}
    found = {key: next((named[word] for word in words if word in named), -1) for key, words in COLUMNS.items()}
    return {key: at for key, at in found.items() if at >= 0}


def _csv_row(number: int, cells: dict[str, str]) -> Row:
    try:
        feeds = tuple(FoundFeed(normal_form(url), "", kind_of(url), "list") for url in cells.get("feeds", "").split())
        address = cells.get("address", "")
        if not address and not feeds:
            return Row(number=number, member=None, problem="The row has no web address. Write it in the column “url”.")
        home = normal_form(address) if address else _home_of(feeds[0].url)
    except AddressError as error:
        return Row(number=number, member=None, problem=f"{error.subject}: {error.sentence}")
    member = Member(
        id=0, slug="", name=cells.get("name", ""), description=cells.get("description", ""), home_url=home,
        town=cells.get("town", ""), region=cells.get("region", ""), postcode=cells.get("postcode", ""),
        languages=_words(cells.get("languages", ""), LANGUAGES), topics=_words(cells.get("topics", ""), TOPICS),
        contact_name=cells.get("contact_name", ""), contact_email=cells.get("contact_email", ""),
    )  # fmt: skip
    return Row(number=number, member=member, feeds=feeds)


def _words(cell: str, known: Iterable[str]) -> tuple[str, ...]:
    wanted = {word.strip().lower() for word in cell.replace(",", " ").replace(";", " ").split()}
    return tuple(word for word in known if word in wanted)


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("windows-1252", "replace")  # what spreadsheets still write


def as_opml(title: str, members: Iterable[tuple[Member, list[SourceHealth]]], *, updated: int) -> bytes:
    """Members and their feeds as OPML 2.0."""
    outlines = [
        Outline(
            title=member.name, feed_url=source.url, home_url=member.home_url, description=member.description,
            type="ical" if source.kind == "calendar" else "rss",
        )
        for member, found in members for source in found
    ]  # fmt: skip
    return opml_writer.write(title, outlines, updated=updated)


def as_csv(members: Iterable[tuple[Member, list[SourceHealth]]]) -> bytes:
    """Members as CSV, in the columns that `read` knows."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["name", "url", "feeds", "description", "town", "region", "postcode", "languages", "topics",
                     "contact_name", "contact_email", "state"])  # fmt: skip
    for member, found in members:
        writer.writerow([
            member.name, member.home_url, " ".join(source.url for source in found), member.description, member.town,
            member.region, member.postcode, " ".join(member.languages), " ".join(member.topics), member.contact_name,
            member.contact_email, member.state,
        ])  # fmt: skip
    return out.getvalue().encode()


def as_json(members: Iterable[tuple[Member, list[SourceHealth]]]) -> bytes:
    """Members as JSON, with how their sources fare."""
    rows = [{**asdict(member), "sources": [asdict(source) for source in found]} for member, found in members]
    for row in rows:
        del row["distance"]
    return json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n"
