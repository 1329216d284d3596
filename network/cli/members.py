"""`vecinos members`: the register from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from network.cli.common import run, settings, told
from network.progress import progress

if TYPE_CHECKING:
    from network.aggregator.archive import Report
    from network.database.engine import Database
    from network.model import Member, SourceHealth
    from network.site import Site

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def members() -> None:
    """The register of members."""


@members.command()
@click.argument("address")
@click.option("--name", help="Its name, if not the one its page gives.")
@click.option("--town", default="", help="Its town (Worcester, MA) or ZIP code.")
@click.option(
    "--language", "languages", multiple=True, help="A language in which it helps people (en, es …); may be repeated."
)
@click.option("--topic", "topics", multiple=True, help="A topic (legal-help, workers …); may be repeated.")
@click.option("--no-pull", is_flag=True, help="Register only; the worker pulls it later.")
@told
def add(
    address: str, name: str | None, town: str, languages: tuple[str, ...], topics: tuple[str, ...], *, no_pull: bool
) -> None:
    """Find the feeds of ADDRESS (a home page or a feed), add the organization, and pull it at once."""

    async def work(site: Site) -> str:
        from network.aggregator import welcome
        from network.database.engine import now
        from network.members import network

        async with site.database.reading() as connection:
            zone = (await network.read(connection)).timezone
        seen = await welcome.look(site.client, address, now=now(), timezone=zone)
        member = _member(seen.page, name, town, languages, topics)
        async with site.database.writing() as connection:
            found = [offer.found for offer in seen.offers]
            member = await welcome.admit(connection, member, found, site.gazetteer, now=now())
        kinds = f"{len(found)} source{'s' if len(found) != 1 else ''}"
        if no_pull:
            return f"{member.name} ({member.slug}): added with {kinds}."
        reports = await pull_members(site, [member.id])
        return f"{member.name} ({member.slug}): added with {kinds}; {summary(reports)}"

    click.echo(with_site(work))


@members.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would happen; keep nothing.")
@click.option("--no-pull", is_flag=True, help="Register only: nothing is asked of any site; the worker pulls later.")
@json_option
@told
def import_(file: Path, *, dry_run: bool, no_pull: bool, as_json: bool) -> None:
    """Add the members of an OPML or CSV FILE. Safe to repeat."""
    from network.members import lists

    rows = lists.read(file.read_bytes(), file.name)

    async def work(site: Site) -> tuple[list[Any], list[Report]]:
        from network.aggregator import importing
        from network.database.engine import now
        from network.members import network

        completed = rows
        if not no_pull:
            async with site.database.reading() as connection:
                zone = (await network.read(connection)).timezone
            with progress("Looking for feeds", len(rows)) as step:
                completed = await importing.complete(site.client, rows, now=now(), timezone=zone, step=step)
        lines = await importing.register_all(site.database, completed, site.gazetteer, now=now(), dry_run=dry_run)
        ids = [line.member_id for line in lines if line.done in {"added", "feeds added"}]
        pulled = [] if dry_run or no_pull or not ids else await pull_members(site, ids)
        return lines, pulled

    lines, reports = with_site(work)
    for line in lines:
        click.echo(json.dumps(asdict(line), ensure_ascii=False) if as_json else _told_line(line))
    counts = {done: sum(line.done == done for line in lines) for done in ("added", "feeds added", "known", "failed")}
    told_counts = ", ".join(f"{count} {done}" for done, count in counts.items() if count)
    click.echo(
        f"{'Would be: ' if dry_run else ''}{told_counts}.{' ' + summary(reports) if reports else ''}", err=as_json
    )
    if counts["failed"]:
        sys.exit(1)


@members.command("list")
@json_option
@told
def list_(*, as_json: bool) -> None:
    """All members, and how their feeds fare."""

    async def work(site: Site) -> None:
        from network.members import lists

        found = await _everyone(site.database)
        if as_json:
            click.echo(lists.as_json(found), nl=False)
            return
        for member, sources in found:
            broken = sum(source.state in {"broken", "gone"} for source in sources)
            health = f"{len(sources)} sources" + (f", {broken} with problems" if broken else "")
            click.echo(f"{member.state:9} {member.slug:40} {member.name} ({health})")

    with_site(work)


@members.command()
@click.argument("slug")
@json_option
@told
def show(slug: str, *, as_json: bool) -> None:
    """One member, with its sources and what is wrong with them."""

    async def work(site: Site) -> None:
        from network.cli.sources import moment, remarks
        from network.database.engine import now
        from network.members import lists, register, sources

        async with site.database.reading() as connection:
            member = await register.by_slug(connection, slug)
            found = (await sources.of_members(connection, [member.id], now=now())).get(member.id, [])
        if as_json:
            click.echo(lists.as_json([(member, found)]), nl=False)
            return
        where = ", ".join(part for part in (member.town, member.region, member.postcode) if part)
        click.echo(f"{member.name} ({member.slug}), {member.state}\n{member.home_url}\n{where}")
        click.echo(f"languages: {', '.join(member.languages) or '-'}   topics: {', '.join(member.topics) or '-'}")
        for source in found:
            what = f"{source.format or source.kind}, {source.entries} items, number {source.id}"
            click.echo(f"  {source.health:7} {source.url} ({what})")
            for line in remarks(source):
                click.echo(f"          {line}")
            if source.good_at:
                click.echo(f"          last good {moment(source.good_at)}, next look {moment(source.due_at)}")

    with_site(work)


def _changing(name: str, state: str, past: str) -> None:
    @members.command(name, help=f"Make a member {state}.")
    @click.argument("slugs", nargs=-1, required=True, metavar="SLUG…")
    @told
    def change(slugs: tuple[str, ...]) -> None:
        async def work(site: Site) -> None:
            from network.database.engine import now
            from network.members import register
            from network.stewards import trail

            async with site.database.writing() as connection:
                for slug in slugs:
                    member = await register.set_state(connection, slug, state, now=now())  # type: ignore[arg-type]
                    await trail.record(connection, None, name, slug, now=now())
                    click.echo(f"{member.name} ({slug}) {past}.")

        with_site(work)


_changing("approve", "approved", "is approved; its feeds are pulled next")
_changing("pause", "paused", "is paused; nothing of it is shown or pulled")


@members.command()
@click.argument("slugs", nargs=-1, required=True, metavar="SLUG…")
@told
def remove(slugs: tuple[str, ...]) -> None:
    """Take members out, with everything that came from them."""

    async def work(site: Site) -> None:
        from network.database.engine import now
        from network.members import register
        from network.stewards import trail

        async with site.database.writing() as connection:
            for slug in slugs:
                member = await register.remove(connection, slug)
                await trail.record(connection, None, "remove", slug, now=now())
                click.echo(f"{member.name} ({slug}) was removed.")

    with_site(work)


@members.command()
@click.option("--format", "form", type=click.Choice(["opml", "csv", "json"]), default="opml", show_default=True)
@told
def export(form: str) -> None:
    """Print all members as a list that `members import` takes back."""

    async def work(site: Site) -> bytes:
        from network.members import lists, network

        found = await _everyone(site.database)
        if form == "csv":
            return lists.as_csv(found)
        if form == "json":
            return lists.as_json(found)
        async with site.database.reading() as connection:
            title = (await network.read(connection)).name
        return lists.as_opml(title, found, updated=max((member.created_at for member, _ in found), default=0))

    click.echo(with_site(work), nl=False)


def with_site(work: Callable[[Site], Awaitable[Any]]) -> Any:
    """Open what a command needs, do the work, close it all."""

    async def main() -> Any:
        from network.site import open_site

        async with open_site(settings()) as site:
            return await work(site)

    return run(main())


async def pull_members(site: Site, ids: list[int] | None) -> list[Report]:
    """Pull the sources of these members (all when None) that are due, with a progress bar."""
    from network.aggregator.refresh import Refresh
    from network.database.engine import now
    from network.members import network, sources

    async with site.database.reading() as connection:
        zone = (await network.read(connection)).timezone
        total = await sources.count_due(connection, ids, now=now())
    with progress("Pulling", total) as step:
        refresh = Refresh(site.database, site.client, zone, only=ids, report=lambda _report: step())
        return await refresh.run_once()


def summary(reports: list[Report]) -> str:
    """What came, in one line."""
    new, changed = sum(report.new for report in reports), sum(report.changed for report in reports)
    problems = [report for report in reports if report.problem]
    told = f"{len(reports)} pulled, {new} new, {changed} changed"
    if not problems:
        return told + "."
    return f"{told}, {len(problems)} with problems: {problems[0].sentence}"


async def _everyone(database: Database) -> list[tuple[Member, list[SourceHealth]]]:
    from network.database.engine import now
    from network.members import register, sources

    async with database.reading() as connection:
        everyone = await register.everyone(connection)
        found = await sources.of_members(connection, [member.id for member in everyone], now=now())
    return [(member, found.get(member.id, [])) for member in everyone]


def _member(page: Any, name: str | None, town: str, languages: tuple[str, ...], topics: tuple[str, ...]) -> Member:
    from urllib.parse import urlsplit

    from network.aggregator.welcome import town_or_zip
    from network.model import LANGUAGES, TOPICS, Member

    for word, known in [*((word, LANGUAGES) for word in languages), *((word, TOPICS) for word in topics)]:
        if word not in known:
            raise click.BadParameter(f"“{word}” is none of {', '.join(known)}")
    spoken = (page.language or "").partition("-")[0]
    place, region, postcode = town_or_zip(town)
    return Member(
        id=0, slug="", name=name or page.title or urlsplit(page.url).netloc, description=page.description, home_url=page.url,
        town=place, region=region, postcode=postcode, state="approved",
        languages=languages or ((spoken,) if spoken in LANGUAGES else ()), topics=topics,
    )  # fmt: skip


def _told_line(line: Any) -> str:
    more = f" ({line.feeds} feeds)" if line.feeds else ""
    return f"{line.number:5}  {line.done:12} {line.name}{more}{'  ' + line.sentence if line.sentence else ''}"
