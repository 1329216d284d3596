"""`vecinos read` and `vecinos pull`: what is in feeds."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from network.cli.common import run, settings, told
from network.cli.members import pull_members, summary, with_site

if TYPE_CHECKING:
    from feeds.client import Client
    from feeds.model import Entry, Event, Feed
    from network.site import Site


@click.command()
@click.option("--all", "everything", is_flag=True, help="Pull all sources now, due or not.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line a source.")
@click.argument("slugs", nargs=-1, metavar="[MEMBER]…")
@told
def pull(slugs: tuple[str, ...], *, everything: bool, as_json: bool) -> None:
    """Pull what is due (or all, or these members) once, and say what came."""

    async def work(site: Site) -> Any:
        from network.database.engine import now
        from network.members import register, sources

        ids = None
        async with site.database.writing() as connection:
            if slugs:
                ids = [(await register.by_slug(connection, slug)).id for slug in slugs]
            if slugs or everything:
                await sources.make_due(connection, ids, now=now())
        return await pull_members(site, ids)

    reports = with_site(work)
    for report in reports:
        if as_json:
            click.echo(json.dumps(asdict(report), ensure_ascii=False))
        elif report.problem:
            click.echo(f"{report.url}: {report.sentence}", err=True)
    click.echo(summary(reports), err=as_json)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON line a file.")
@click.argument("files", nargs=-1, required=True, metavar="FILE|URL…")
@told
def read(files: tuple[str, ...], *, as_json: bool) -> None:
    """Show what Vecinos reads in feed or calendar files, without storing anything."""
    if not run(_read_all(files, as_json=as_json)):
        sys.exit(1)


async def _read_all(files: tuple[str, ...], *, as_json: bool) -> bool:
    from feeds.addresses import shown
    from network.site import make_client

    good = True
    async with make_client(settings()) as client:
        for file in files:
            found = {**await _read(client, file), "file": shown(file)}
            good = good and not found["unreadable"]
            del found["unreadable"]
            click.echo(json.dumps(found, ensure_ascii=False) if as_json else _for_people(found))
    return good


async def _read(client: Client, file: str) -> dict[str, Any]:
    from feeds.diagnose import diagnose
    from feeds.errors import FeedsError
    from feeds.pipeline import read_guarded, window
    from network.database.engine import now

    body, url = b"", ""
    try:
        body, url, content_type = await _body(client, file)
        feed = await read_guarded(body, url=url, content_type=content_type, window=window(now(), "UTC"))
    except FeedsError as error:
        meaning = diagnose(error, url=url, body=body) if url else error
        problem = {"code": meaning.code, "text": meaning.sentence}
        return {"file": file, "format": None, "parser": None, "title": None, "link": None, "language": None,
                "entries": [], "events": [], "problems": [problem], "unreadable": True}  # fmt: skip
    return {**_feed(file, feed), "unreadable": False}


async def _body(client: Client, file: str) -> tuple[bytes, str, str]:
    """The bytes of a file or an address, where relative links in them start, and what the server calls them."""
    if "://" in file or file.startswith("webcal:"):
        from feeds.addresses import normal_form
        from feeds.client import refusal
        from feeds.diagnose import diagnose

        answer = await client.get(normal_form(file), {})
        if (refused := refusal(answer)) is not None:
            raise diagnose(refused, url=answer.url, status=answer.status, headers=answer.headers, body=answer.body)
        return answer.body, answer.url, answer.headers.get("Content-Type", "")
    from feeds.errors import Unopened

    try:
        return Path(file).read_bytes(), "", ""  # noqa: ASYNC240 - nothing else waits
    except OSError:
        raise Unopened(file) from None


def _feed(file: str, feed: Feed) -> dict[str, Any]:
    return {
        "file": file,
        "format": feed.format,
        "parser": feed.parser,
        "title": feed.title,
        "link": feed.link,
        "language": feed.language,
        "entries": [_entry(entry) for entry in feed.entries],
        "events": [_event(event) for event in feed.events],
        "problems": [asdict(problem) for problem in feed.problems],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id, "link": entry.link, "title": entry.title, "published": _moment(entry.published),
        "updated": _moment(entry.updated), "authors": entry.authors, "categories": entry.categories,
        "content": entry.content, "summary": entry.summary, "language": entry.language, "image": entry.image,
        "enclosures": [asdict(file) for file in entry.enclosures], "fields": dict(entry.fields),
    }  # fmt: skip


def _event(event: Event) -> dict[str, Any]:
    return {
        "uid": event.uid, "title": event.title, "start": event.start.isoformat(),
        "end": event.end.isoformat() if event.end else None, "all_day": event.all_day, "timezone": event.timezone,
        "rrule": event.rrule, "venue": event.venue, "address": event.address, "status": event.status,
        "description": event.description, "link": event.link,
        "next": [{"start": _moment(day.start), "end": _moment(day.end), "status": day.status} for day in event.occurrences[:5]],
    }  # fmt: skip


def _moment(at: int | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z") if at is not None else None


def _for_people(found: dict[str, Any]) -> str:
    lines = [f"{found['file']}: {found['title'] or '(no title)'} ({found['format'] or 'not read'})"]
    lines += [f"  ! {problem['text']}" for problem in found["problems"]]
    lines += [f"  {(entry['published'] or '')[:10]:10}  {entry['title']}" for entry in found["entries"]]
    lines += [f"  {event['start'][:16]:16}  {event['title']}" for event in found["events"]]
    return "\n".join(lines)
