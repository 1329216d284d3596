"""`vecinos doctor`: what an address offers, what readers would see of it, what is wrong and how to mend it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from network.cli.common import run, settings, told

if TYPE_CHECKING:
    from network.aggregator.examination import Checkup, Complaint, Examination
    from network.model import Happening


def _zone(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    try:
        return ZoneInfo(value).key
    except (OSError, ValueError, KeyError):
        raise click.BadParameter(f"“{value}” is no time zone. Write it like America/New_York.") from None


@click.command()
@click.argument("address", metavar="URL")
@click.option(
    "--timezone",
    default="America/New_York",
    show_default=True,
    callback=_zone,
    help="Where times that name no zone are.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@told
def doctor(address: str, *, timezone: str, as_json: bool) -> None:
    """Examine URL, a home page, feed or calendar: what it offers, what readers would see of it, what is wrong and how to
    mend it. Nothing is stored. Exit code 1 when something is broken.
    """
    found, now = run(_examined(address, timezone))
    if as_json:
        click.echo(json.dumps(_as_json(address, found, timezone, now), ensure_ascii=False, indent=2))
    else:
        from network.cli.findings import Findings

        click.echo("\n".join(Findings(now, timezone).of(address, found)))
    if not found.is_well:
        sys.exit(1)


async def _examined(address: str, timezone: str) -> tuple[Examination, int]:
    from network.aggregator.examination import examine
    from network.database.engine import now
    from network.site import make_client

    at = now()
    async with make_client(settings()) as client:
        return await examine(client, address, now=at, timezone=timezone), at


def _as_json(address: str, found: Examination, timezone: str, now: int) -> dict[str, Any]:
    page = found.page
    return {
        "address": address,
        "well": found.is_well,
        "url": page.url if page else None,
        "title": page.title if page else None,
        "language": page.language if page else None,
        "platform": found.platform,
        "problem": _complaint(found.complaint) if found.complaint else None,
        "sources": [_source(checkup, timezone, now) for checkup in found.checkups],
    }


def _source(checkup: Checkup, timezone: str, now: int) -> dict[str, Any]:
    feed = checkup.feed
    complaints = [_complaint(complaint) for complaint in checkup.complaints]
    return {
        "url": checkup.found.url,
        "kind": checkup.found.kind,
        "title": checkup.found.title,
        "how": checkup.found.how,
        "health": checkup.health,
        "platform": checkup.platform,
        "format": feed.format if feed else None,
        "parser": feed.parser if feed else None,
        "listed": len(feed.entries) + len(feed.events) if feed else 0,
        "dates_ahead": checkup.ahead,
        "newest": _moment(checkup.newest_at),
        "usual_seconds": checkup.usual,
        "problem": None if feed else complaints[0],
        "remarks": complaints if feed else [],
        "server": asdict(checkup.conduct) if checkup.conduct else None,
        "next": [_happening(day, timezone, now) for day in checkup.coming] or [
            {"title": title, "published": _moment(at), "link": link} for title, at, link in checkup.latest
        ],
    }  # fmt: skip


def _complaint(complaint: Complaint) -> dict[str, str]:
    from feeds.diagnose import advice

    return {**asdict(complaint), "advice": advice(complaint.code, complaint.platform)}


def _happening(day: Happening, timezone: str, now: int) -> dict[str, Any]:
    from network.i18n import dates

    return {
        "title": day.title,
        "start": dates.local(day.start, day.timezone).isoformat(),
        "end": dates.local(day.end, day.timezone).isoformat(),
        "timezone": day.timezone,
        "when": dates.when(day, dates.local(now, timezone).date(), "en").replace("\u00a0", " "),
        "venue": day.venue,
        "address": day.address,
        "status": day.status,
    }


def _moment(at: int | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z") if at is not None else None
