"""Templates → pages: one Jinja2 environment per language, made once, and the words and addresses that templates use.

Everything is escaped but what the aggregator has made safe (`content`, `description`). Paths are those of the site
without language and without the base URL's own path ("/members?page=2"); `url` in a template adds both.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from babel.numbers import format_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from feeds.addresses import is_secret
from feeds.diagnose import PLATFORMS
from network.i18n import (
    DEFAULT,
    LOCALES,
    SITE_LANGUAGES,
    advice,
    health_meaning,
    health_name,
    language_name,
    own_name,
    sentence,
    topic_name,
    translator,
)
from network.i18n.names import HEALTH_NAMES
from network.i18n.speaker import Speaker
from network.model import LANGUAGES, TOPICS, EventDetail, Happening, Network, NewsEntry, SourceHealth, Steward

_PACKAGE = Path(__file__).parent
STATIC = next(folder for folder in (_PACKAGE / "static", _PACKAGE.parent / "static") if folder.is_dir())
"""What the browser loads: beside this file in an installed package, beside the package in the source tree."""
SMALL_WORDS = frozenset(
    (
        "a",
        "al",
        "and",
        "da",
        "das",
        "de",
        "del",
        "do",
        "dos",
        "e",
        "el",
        "for",
        "in",
        "la",
        "las",
        "los",
        "of",
        "the",
        "y",
    )
)
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_PRIVATE = re.compile(r"\S@\S|://")
HUES = 8
"""Monogram colours in site.css: .m0 to .m7."""


class Pages:
    """All pages of one site. `base_url`: its address without a slash at the end."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._root = urlsplit(base_url).path
        self._environments = {language: self._environment(language) for language in SITE_LANGUAGES}

    def prepare(self) -> None:
        """Read and compile every template, so that the first visitor need not wait for it."""
        for environment in self._environments.values():
            for name in environment.list_templates(extensions=["html"]):
                environment.get_template(name)

    def page(
        self,
        template: str,
        *,
        language: str,
        path: str,
        network: Network,
        now: int,
        steward: Steward | None = None,
        **context: Any,
    ) -> str:
        """The HTML of a page. `path`: as asked for, with its query, without the language; `now`: UTC seconds."""
        return (
            self._environments[language]
            .get_template(template)
            .render(
                context,
                language=language,
                path=path,
                network=network,
                now=now,
                steward=steward,
                here=self._base_url + localized(path, language),
                change=lambda **changes: self._root + localized(changed(path, **changes), language),
                translations=[
                    (other, self._root + localized(path, other), self._base_url + localized(path, other))
                    for other in SITE_LANGUAGES
                    if other in network.languages or other == language
                ],
                say=Speaker(language, network.timezone, now),
            )
        )

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=PackageLoader("network"),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.policies["ext.i18n.trimmed"] = True
        environment.install_gettext_translations(translator(language), newstyle=True)  # type: ignore[attr-defined]
        environment.globals.update(
            url=lambda path: self._root + localized(path, language),
            plain=lambda path: self._root + path,
            absolute=lambda path: self._base_url + path,
            webcal=lambda path: f"webcal://{self._base_url.partition('://')[2]}{path}",
            asset=partial(_asset, self._root),
            icon=icon,
            base_url=self._base_url,
            DEFAULT=DEFAULT,
            LANGUAGES=LANGUAGES,
            TOPICS=TOPICS,
            language_name=partial(language_name, language=language),
            topic_name=partial(topic_name, language=language),
            health_name=partial(health_name, language=language),
            health_meaning=partial(health_meaning, language=language),
            HEALTHS=tuple(HEALTH_NAMES),
            own_name=own_name,
            sentence=partial(sentence, language=language),
            advice=partial(advice, language=language),
            PLATFORMS=PLATFORMS,
            number=partial(format_decimal, locale=LOCALES[language]),
            lang=partial(lang, language=language),
            distance=partial(distance, language=language),
            initials=initials,
            hue=hue,
            member_name=member_name,
            host=host,
            source_name=source_name,
            is_secret=is_secret,
            map_link=map_link,
        )
        return environment


def localized(path: str, language: str) -> str:
    """The address of a page in a language: English has no prefix. Never one of another site ("//…")."""
    path = f"/{path.lstrip('/')}"
    if language == DEFAULT:
        return path
    return f"/{language}{'' if path == '/' else path}"


def changed(path: str, **changes: object) -> str:
    """A path with these parameters of its query set, or left out where empty; and on its first page."""
    address = urlsplit(f"/{path.lstrip('/')}")
    kept = [(name, value) for name, value in parse_qsl(address.query) if name != "page" and name not in changes]
    query = urlencode(kept + [(name, str(value)) for name, value in changes.items() if value not in (None, "")])
    return f"{address.path}?{query}" if query else address.path


def lang(tag: str | None, *, language: str) -> Markup:
    """The attributes of an element in another language than the page's; none where the language is not known."""
    if not tag or not _TAG.fullmatch(tag) or tag.partition("-")[0].lower() == language:
        return Markup("")
    return Markup(' lang="{}" dir="auto"').format(tag)


def distance(miles: float, *, language: str) -> str:
    """A distance in words: "2.3 miles"."""
    words = translator(language)
    if miles < 1:
        return words.gettext("less than 1 mile")
    told = format_decimal(round(miles, 1 if miles < 10 else 0), locale=LOCALES[language])  # noqa: PLR2004
    return words.ngettext("{miles} mile", "{miles} miles", 1 if told == "1" else 2).format(miles=told)


def initials(name: str) -> str:
    """One or two letters that stand for an organization: "Centro de las Américas" → "CA"."""
    words = [word for word in name.split() if word[:1].isalnum()]
    telling = [word for word in words if word.casefold() not in SMALL_WORDS] or words
    return "".join(word[0].upper() for word in telling[:2]) or "·"


def hue(slug: str) -> int:
    """The colour of an organization's monogram, always the same for the same slug."""
    return zlib.crc32(slug.encode()) % HUES


def member_name(slug: str, items: Iterable[NewsEntry | Happening]) -> str:
    """The name of a member that brought one of these items; its slug in words when it brought none."""
    named = {credit.slug: credit.name for item in items for credit in item.credits}
    return named.get(slug, slug.replace("-", " "))


def host(address: str) -> str:
    """The site's name in an address, as people say it: "https://www.example.org/feed/" → "example.org"."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


def source_name(source: SourceHealth) -> str:
    """What a feed or calendar is called where everybody may see it: its title, unless that is somebody's e-mail address or
    an address that may be a secret (what Google calls a calendar); then the site's name.
    """
    return source.title if source.title and not _PRIVATE.search(source.title) else host(source.url)


def map_link(event: EventDetail) -> str | None:
    """A map of the place on openstreetmap.org, for a link; None when nothing is known of it."""
    if event.latitude is not None and event.longitude is not None:
        point = f"{event.latitude:.5f}/{event.longitude:.5f}"
        marker = urlencode({"mlat": f"{event.latitude:.5f}", "mlon": f"{event.longitude:.5f}"})
        return f"https://www.openstreetmap.org/?{marker}#map=17/{point}"
    return f"https://www.openstreetmap.org/search?query={quote(event.address)}" if event.address else None


def icon(name: str) -> Markup:
    """A drawing of static/icons/, to stand inside the page: it takes the colour of the text."""
    return _DRAWINGS[name]


def _asset(root: str, name: str) -> str:
    """The address of a static file, with a digest of its content, so that browsers may keep it for good."""
    return f"{root}/static/{name}?v={_DIGESTS[name]}"


_DIGESTS = {
    file.relative_to(STATIC).as_posix(): sha256(file.read_bytes()).hexdigest()[:10]
    for file in STATIC.rglob("*")
    if file.is_file()
}
_DRAWINGS = {file.stem: Markup(file.read_text().strip()) for file in (STATIC / "icons").glob("*.svg")}  # noqa: S704 - ours
