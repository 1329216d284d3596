"""For machines that watch over the site: is it well, and how much of what is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from network.database.engine import SCHEMA, now
from network.directory.metrics import Figures, figures
from network.settings import VERSION
from network.web.answers import PRIVATE, SECURITY

TALLIES = {
    "pull": ("pulls", "Pulls since the beginning, by what came of them: new, changed, same, unchanged, held, or a problem's code."),
    "push": ("pushes", "What hubs have sent since the beginning (WebSub), by what came of it."),
    "items": ("items", "Entries and events that pulls and pushes have brought since the beginning: new, or changed."),
}  # fmt: skip
"""A kind of tally → the counter that it is told as, without the prefix, and what it counts."""


async def healthz(request: Request) -> Response:
    """200 when the site can answer from its database, 503 when not."""
    well = await request.app.state.site.database.answers()
    return JSONResponse({"ok": well}, 200 if well else 503, headers=PRIVATE)


async def metrics(request: Request) -> Response:
    """The network in figures, in the text format of Prometheus (0.0.4). Counts only, nothing of any person."""
    async with request.app.state.site.database.reading() as connection:
        found = await figures(connection, now=now())
    body = generate_latest(_Families(families(found)))
    return Response(body, headers={**SECURITY, **PRIVATE, "Content-Type": CONTENT_TYPE_PLAIN_0_0_4})


def families(found: Figures) -> list[Metric]:
    """Every metric with its name, its help and its samples."""
    return [
        _by("build_info", "What is running.", ("version", "schema"), {(VERSION, SCHEMA): 1}),
        _by("members", "Organizations, by where they are in the register.", ("state",), _single(found.members)),
        _by("sources", "Feeds and calendars of approved members, by how they fare.", ("health",), _single(found.sources)),
        _by("source_problems", "Feeds and calendars of approved members that can't be read, by what is wrong.",
            ("problem",), _single(found.problems)),
        _one("sources_due", "Feeds and calendars that wait to be pulled just now.", found.due),
        _one("sources_oldest_due_seconds", "For how long the first of them has waited: is the worker keeping up?", found.waited),
        _one("last_pull_timestamp_seconds", "When the last pull was stored; 0 before the first.", found.pulled_at or 0),
        _one("sites_resting", "Sites that asked to be left alone for a while.", found.resting),
        _one("entries", "Entries that are stored.", found.entries),
        _one("events", "Events that are stored, also those that are over.", found.events),
        _one("occurrences_ahead", "Dates of events that are still to come.", found.occurrences_ahead),
        _by("subscriptions", "Subscriptions with hubs (WebSub), by how they stand.", ("state",), _single(found.subscriptions)),
        _one("pushes_waiting", "What hubs have sent and the worker has not read yet.", found.pushes),
        *(_counter(*TALLIES[kind], found.tallies.get(kind, {})) for kind in TALLIES),
        _one("generation", "Raised with every change that visitors can see.", found.generation),
        _one("database_bytes", "The size of the database.", found.size),
    ]  # fmt: skip


class _Families(Collector):
    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        return self._found


def _one(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"vecinos_{name}", told, value=value)


def _by(name: str, told: str, labels: tuple[str, ...], values: Mapping[tuple[str, ...], int]) -> Metric:
    family = GaugeMetricFamily(f"vecinos_{name}", told, labels=labels)
    for words, value in values.items():
        family.add_metric(words, value)
    return family


def _counter(name: str, told: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(f"vecinos_{name}", told, labels=("outcome",))
    for outcome, value in values.items():
        family.add_metric((outcome,), value)
    return family


def _single(values: Mapping[Any, int]) -> dict[tuple[str, ...], int]:
    return {(name,): value for name, value in values.items()}
