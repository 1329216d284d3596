"""How the members' feeds and calendars fare, for everybody: what can't be read, since when, why, and when it is tried
again. Never an address: a calendar's private address is a secret.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from network.directory import health
from network.model import Health, SourceHealth
from network.render import host, source_name
from network.web.answers import brief
from network.web.visit import Visit, selection, visit


async def page(request: Request) -> Response:
    """Every member by name, fifty on a page; with `?state=` only what fares so."""
    here = await visit(request)
    chosen = _state(request)
    report = await _report(here, chosen)
    number = selection(here).page
    return brief(here.page("health.html", report=report, state=chosen, page=number, pages=report.pages))


async def document(request: Request) -> Response:
    """The same page as JSON: `sources` counts all, `members` are those of this page, `next` is where the next one is."""
    here = await visit(request)
    report, number = await _report(here, _state(request)), selection(here).page
    told = {
        "sources": report.counts,
        "members": [
            {"name": one.name, "slug": one.slug, "state": one.health, "sources": [_told(source) for source in one.sources]}
            for one in report.members
        ],
        "total": report.total,
        "next": _next(here, number) if number < report.pages else None,
    }  # fmt: skip
    return brief(json.dumps(told, ensure_ascii=False), "application/json")


async def _report(here: Visit, state: Health | None) -> health.Report:
    async with here.site.database.reading() as connection:
        return await health.report(connection, now=here.now, health=state, page=selection(here).page)


def _state(request: Request) -> Health | None:
    wanted = request.query_params.get("state", "")
    return wanted if wanted in health.STATES else None


def _next(here: Visit, number: int) -> str:
    query = here.request.url.include_query_params(page=number + 1).query
    return f"{here.site.settings.base_url}/health.json?{query}"


def _told(source: SourceHealth) -> dict[str, Any]:
    """What may be known of a source. Moments in UTC seconds."""
    return {
        "name": source_name(source), "kind": source.kind, "host": host(source.url), "state": source.health,
        "problem": source.problem or None, "failing_since": source.failing_since, "good_at": source.good_at,
        "newest_at": source.newest_at, "next_look": None if source.health in {"gone", "paused"} else source.due_at,
    }  # fmt: skip
