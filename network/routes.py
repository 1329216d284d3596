"""Every URL, top to bottom. English has no prefix, the other languages have theirs: /es/news."""

from __future__ import annotations

from starlette.routing import BaseRoute, Mount, Route

from network.i18n import SITE_LANGUAGES
from network.web import (
    combined,
    desk,
    events,
    files,
    health,
    home,
    join,
    machines,
    members,
    network,
    news,
    sources,
    websub,
)

PAGES: tuple[Route, ...] = (
    Route("/", home.home),
    Route("/members", members.members_list),
    Route("/members.opml", members.members_opml),
    Route("/members/{slug}", members.member),
    Route("/events", events.events_list),
    Route("/events.ics", combined.calendar),
    Route("/events/{id:int}", events.event),
    Route("/events/{id:int}.ics", events.event_calendar),
    Route("/news", news.news_list),
    Route("/news/{id:int}", news.news_entry),
    Route("/feed.rss", combined.feed),
    Route("/feed.atom", combined.feed),
    Route("/feed.json", combined.feed),
    Route("/subscribe", home.subscribe),
    Route("/about", home.about),
    Route("/health", health.page),
    Route("/health.json", health.document),
    Route("/join", join.start),
    Route("/join", join.found, methods=["POST"]),
    Route("/join/apply", join.apply, methods=["POST"]),
    Route("/join/thanks", join.thanks),
    Route("/desk", desk.home),
    Route("/desk/network", network.form),
    Route("/desk/network", network.save, methods=["POST"]),
    Route("/desk/sign-in/{token}", desk.link),
    Route("/desk/sign-in/{token}", desk.use_link, methods=["POST"]),
    Route("/desk/sign-out", desk.sign_out, methods=["POST"]),
    Route("/desk/members/{slug}/{decision:decision}", desk.decide, methods=["POST"]),
    Route("/desk/sources", sources.by_state),
    Route("/desk/sources/{id:int}", sources.one),
    Route("/desk/sources/{id:int}/{decision}", sources.decide, methods=["POST"]),
)

ROUTES: list[BaseRoute] = [
    Route("/static/{path:path}", files.static_file),
    Route("/favicon.ico", files.favicon),
    Route("/robots.txt", files.robots),
    Route("/healthz", machines.healthz),
    Route("/metrics", machines.metrics),
    Route("/websub/{token}", websub.confirm),
    Route("/websub/{token}", websub.push, methods=["POST"]),
    *(Mount(f"/{language}", routes=list(PAGES)) for language in SITE_LANGUAGES if language != "en"),
    *PAGES,
]
