"""Brings the catalogues up to date with the messages in the program: `python -m network.i18n`.

Messages are found in the templates, in the Python files (gettext, ngettext, pgettext, _, N_), in the `sentence` of
every error and in the advice on it. Translations stay; messages that are gone are dropped; English answers itself.
Nothing is guessed, so no message is ever marked fuzzy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from feeds.diagnose import advice_sentences
from network.i18n.catalogue import DEFAULT, SITE_LANGUAGES, po_path, problem_sentences

PACKAGE = Path(__file__).parent.parent
KEYWORDS = {**DEFAULT_KEYWORDS, "N_": None}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext.babel_extract")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
_KEPT_HEADERS = b"Language:|Plural-Forms:|MIME-Version:|Content-"
_OTHER_HEADERS = re.compile(rb'^"(?!' + _KEPT_HEADERS + rb')[A-Z][A-Za-z-]+: .*\\n"\n', re.MULTILINE)
"""Dates and names of tools in the head of a PO file: they change at every run and say nothing."""


def messages() -> Catalog:
    """Every message of the program, without translations."""
    found = Catalog(charset="utf-8", fuzzy=False)
    for file, _, message, comments, context in _extracted():
        found.add(message, None, [(f"network/{file}", 0)], auto_comments=comments, context=context)
    for sentence in problem_sentences().values():
        found.add(sentence, None, [("errors.py", 0)])
    for sentence in advice_sentences():
        found.add(sentence, None, [("feeds/diagnose", 0)])
    return found


def updated(language: str) -> bytes:
    """The PO file of a language as it must be, with the translations that it has now."""
    path = po_path(language)
    catalogue = Catalog(locale=language, charset="utf-8", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    catalogue.header_comment, catalogue.fuzzy = f"# The words of Vecinos: {language}", False
    catalogue.update(messages(), no_fuzzy_matching=True, update_header_comment=False)
    if language == DEFAULT:
        for message in catalogue:
            if message.id:
                message.string = message.id
    written = BytesIO()
    write_po(written, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
    head, blank, body = written.getvalue().partition(b"\n\n")
    return _OTHER_HEADERS.sub(b"", head + b"\n") + blank[1:] + body


def update() -> dict[str, int]:
    """Writes all catalogues; language → how many messages still need a translation."""
    missing = {}
    for language in SITE_LANGUAGES:
        path = po_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(updated(language))
        missing[language] = len(untranslated(path))
    return missing


def untranslated(path: Path) -> list[str]:
    """The messages of a PO file without a whole translation, or with a doubtful one."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    found = []
    for message in catalogue:
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ("",))
        if message.id and (message.fuzzy or not all(strings)):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


def _extracted() -> Iterator[tuple[str, int, str | tuple[str, ...], list[str], str | None]]:
    return extract_from_dir(PACKAGE, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("Translators:",))
