"""How long ago, how soon, how long: as exact as somebody who waits needs it. Moments and spans in (UTC) seconds."""

from __future__ import annotations

from datetime import timedelta

from babel.dates import format_timedelta

from network.i18n.catalogue import LOCALES, translator
from network.i18n.dates import published

MINUTE, DAY = 60, 86_400


def span(seconds: int, language: str) -> str:
    """Such as "6 days", "2 hours"."""
    return format_timedelta(timedelta(seconds=max(seconds, MINUTE)), threshold=1, locale=LOCALES[language])


def ago(moment: int, now: int, timezone: str, language: str) -> str:
    """Such as "just now", "3 hours ago"; from a day on the day itself, as `dates.published` tells it."""
    if now - moment >= DAY:
        return published(moment, now, timezone, language)
    if now - moment < MINUTE:
        return translator(language).gettext("just now")
    return _from_now(moment - now, language)


def ahead(moment: int, now: int, language: str) -> str:
    """Such as "in 2 hours"; "at any moment" for what is due."""
    if moment - now < MINUTE:
        return translator(language).gettext("at any moment")
    return _from_now(moment - now, language)


def _from_now(seconds: int, language: str) -> str:
    return format_timedelta(timedelta(seconds=seconds), threshold=1, add_direction=True, locale=LOCALES[language])
