"""Translations: the PO files, read once per process and kept in memory (no compiled files are needed or written)."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from feeds.diagnose import advice as english_advice
from feeds.errors import REMARKS, FeedsError
from network.errors import VecinosError

LOCALES = {"en": "en_US", "es": "es_US"}
"""Languages in which the site speaks → the CLDR locale whose names of days and months it uses."""
SITE_LANGUAGES = tuple(LOCALES)
DEFAULT = "en"
"""The language of the messages in the code, and of the addresses without a language in front."""
FOLDER = Path(__file__).parent.parent / "locale"


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """The message itself: marks it for the catalogue where it is translated later, by its value."""
    return message


def po_path(language: str) -> Path:
    """Where the catalogue of a language is."""
    return FOLDER / language / "LC_MESSAGES" / "vecinos.po"


@cache
def translator(language: str) -> GNUTranslations:
    """The catalogue of one of SITE_LANGUAGES (FileNotFoundError for another): `.gettext`, `.ngettext`, `.pgettext`."""
    with po_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def sentence(code: str, language: str, **facts: str) -> str:
    """What is wrong and what to do, for a problem's code; its {placeholders} filled where facts are given.

    A code that is not known (stored by another version) gives the general sentence.
    """
    words = translator(language).gettext(problem_sentences().get(code, FeedsError.sentence))
    return words.format(**facts) if facts else words


def advice(code: str, platform: str, language: str) -> str:
    """How to mend a problem with this code, for the owner of a site on this platform ("" where it is not known)."""
    return translator(language).gettext(english_advice(code, platform))


@cache
def problem_sentences() -> dict[str, str]:
    """Every problem's code → its English sentence, of the library and of the network."""
    found: dict[str, str] = dict(REMARKS)
    waiting: list[type[FeedsError | VecinosError]] = [FeedsError, VecinosError]
    while waiting:
        problem = waiting.pop()
        found.setdefault(problem.code, problem.sentence)
        waiting += problem.__subclasses__()
    return found


def negotiate(accept_language: str) -> str:
    """The site language that an Accept-Language header (RFC 9110, 12.5.4) likes best; DEFAULT when it names none."""
    best, best_weight = DEFAULT, 0.0
    for choice in accept_language.split(","):
        tag, _, parameter = choice.partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight(parameter)
        if language in LOCALES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
