"""What a handler needs to know of a request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from network.database.engine import now
from network.errors import UnknownPlace
from network.i18n import SITE_LANGUAGES, sentence, translator
from network.members import network as members_network
from network.model import Network, Selection, Steward
from network.places import Place
from network.render import Pages
from network.site import Site

MILES = (5, 10, 25, 50, 100)
MAX_PAGE = 500
MAX_WORDS = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. `path` is without the language, with its query; `now` is UTC seconds."""

    site: Site
    pages: Pages
    request: Request
    language: str
    path: str
    network: Network
    now: int

    def page(self, template: str, *, steward: Steward | None = None, **context: Any) -> str:
        """A page in the visitor's language."""
        return self.pages.page(
            template,
            language=self.language,
            path=self.path,
            network=self.network,
            now=self.now,
            steward=steward,
            **context,
        )

    def url(self, path: str) -> str:
        """One of our paths in the visitor's language."""
        return path if self.language == "en" else f"/{self.language}{path}"

    def image(self, alt: str) -> str:
        """What stands in the place of an image that is on somebody else's server."""
        gettext = translator(self.language).gettext
        return gettext("Image: %(alt)s") % {"alt": alt} if alt else gettext("Image")

    def sentence(self, code: str, **facts: str) -> str:
        """What is wrong and what to do, in the visitor's language."""
        return sentence(code, self.language).format(**facts)


async def visit(request: Request) -> Visit:
    """What is known of a request before it is answered."""
    site: Site = request.app.state.site
    language, path = split_language(request.scope["path"])
    query = request.scope["query_string"].decode("latin-1")
    async with site.database.reading() as connection:
        network = await members_network.read(connection)
    return Visit(site, request.app.state.pages, request, language, f"{path}?{query}" if query else path, network, now())


def split_language(path: str) -> tuple[str, str]:
    """The language of a path, and the path without it: "/es/news" is Spanish, "/news" English."""
    first, _, rest = path[1:].partition("/")
    return (first, "/" + rest) if first in SITE_LANGUAGES and first != "en" else ("en", path)


def selection(visit: Visit) -> Selection:
    """The selection that an address asks for; what it does not understand, it leaves out."""
    query = visit.request.query_params
    kind = query.get("kind", "all")
    within = _number(query.get("within"), 25)
    return Selection(
        members=tuple(slug for part in query.getlist("member") for slug in part.split(",") if slug)[:50],
        kind=kind if kind in {"news", "events"} else "all",  # type: ignore[arg-type]
        language=query.get("language", "")[:20],
        topic=query.get("topic", "")[:40],
        text=query.get("q", "").strip()[:MAX_WORDS],
        near=query.get("near", "").strip()[:MAX_WORDS],
        within=min(max(within, 1), 500),
        page=min(max(_number(query.get("page"), 1), 1), MAX_PAGE),
    )


def place_of(visit: Visit, selection: Selection) -> Place | None:
    """The place that a selection names, None when it names none or one that nobody knows."""
    if not selection.near:
        return None
    centre = visit.site.gazetteer.find(visit.network.town)
    return visit.site.gazetteer.find(selection.near, near=centre)


def known_place(visit: Visit, selection: Selection) -> Place | None:
    """Like `place_of`, but a place that nobody knows raises UnknownPlace."""
    place = place_of(visit, selection)
    if selection.near and place is None:
        raise UnknownPlace(place=selection.near)
    return place


def is_search(selection: Selection) -> bool:
    """Does this say something about the visitor? Then the answer is kept nowhere."""
    return bool(selection.near or selection.text)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else default  # noqa: PLR2004
