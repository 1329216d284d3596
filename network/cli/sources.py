"""`vecinos sources`: feeds and calendars from the command line, as organizers see them at the desk."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast, get_args

import click

from network.cli.common import told
from network.cli.members import json_option, with_site
from network.model import Health

if TYPE_CHECKING:
    from network.directory.sources import Owned
    from network.members.decisions import Decision, Subject
    from network.model import SourceHealth
    from network.site import Site


@click.group()
def sources() -> None:
    """Feeds and calendars: how they fare, and what is decided about them."""


@sources.command("list")
@click.option(
    "--state", "states", multiple=True, type=click.Choice(get_args(Health)), help="Only these; may be repeated."
)
@json_option
@told
def list_(states: tuple[Health, ...], *, as_json: bool) -> None:
    """All feeds and calendars, and how they fare."""

    async def work(site: Site) -> list[Owned]:
        from network.database.engine import now
        from network.directory import sources

        async with site.database.reading() as connection:
            found, _ = await sources.by_health(connection, states, now=now(), size=None, everybody=True)
        return found

    found = with_site(work)
    if as_json:
        rows = [{"member": one.slug, "member_state": one.member_state, **asdict(one.source)} for one in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for one in found:
        click.echo(f"{one.source.id:6}  {one.source.health:8} {one.slug:30} {one.source.url}")
        for line in remarks(one.source):
            click.echo(f"        {line}")


def remarks(source: SourceHealth) -> list[str]:
    """What is to be said of a source beyond its state, in English."""
    from network.i18n import sentence

    lines = []
    if source.problem and source.health in {"broken", "gone"}:
        since = f" (since {moment(source.failing_since)})" if source.failing_since else ""
        lines.append(sentence(source.problem, "en") + since)
    if source.health == "quiet" and source.newest_at:
        usual = f", usually every {max(1, round(source.usual / 86_400))} days" if source.usual else ""
        lines.append(f"nothing new since {moment(source.newest_at)}{usual}")
    if source.held and source.missing:
        kept = (
            "kept although it no longer lists them"
            if source.held == "kept"
            else "no longer listed, shown until decided"
        )
        lines.append(f"{source.missing} events {kept} (believe {source.id} / keep {source.id})")
    if source.moved_to:
        lines.append(f"says that it has moved for good to {source.moved_to}")
    return lines


def moment(at: int) -> str:
    """UTC seconds as people of the command line read them."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _deciding(decision: Decision, meaning: str, past: str) -> None:
    @sources.command(decision, help=meaning)
    @click.argument("numbers", nargs=-1, required=True, type=int, metavar="ID…")
    @told
    def decide(numbers: tuple[int, ...]) -> None:
        async def work(site: Site) -> list[Subject]:
            from network.database.engine import now
            from network.members import decisions
            from network.stewards import trail

            async with site.database.writing() as connection:
                done = [await decisions.decide(connection, number, decision, now=now()) for number in numbers]
                for subject in done:
                    await trail.record(connection, None, f"{decision} source", str(subject), now=now())
            return done

        for subject in cast("list[Subject]", with_site(work)):
            click.echo(f"{subject.id} ({subject.member}, {subject.url}) {past}.")


_deciding(
    "believe",
    "What a source no longer lists is over: take it down.",
    "is believed; what it no longer lists is taken down",
)
_deciding(
    "keep", "What a source no longer lists is still on: go on showing it.", "is kept as it was, until that is over"
)
_deciding("retry", "Look again at once, also where a source is gone.", "is looked at next")
_deciding("pause", "Read a source no more; what it brought stays.", "is paused")
_deciding("resume", "Read a paused source again.", "is read again")
_deciding("remove", "Delete a source with all that came from it.", "was removed, with all that came from it")
