"""The words of the site: complete in every language, and safe to put into a page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from feeds.errors import FeedsError
from network.i18n import SITE_LANGUAGES, language_name, negotiate, own_name, sentence, topic_name, translator
from network.i18n.catalogue import po_path, problem_sentences
from network.i18n.names import LANGUAGE_NAMES, OWN_NAMES, TOPIC_NAMES
from network.i18n.update import untranslated, updated
from network.model import LANGUAGES, TOPICS

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.mark.parametrize("language", SITE_LANGUAGES)
def test_nothing_is_left_untranslated(language: str) -> None:
    """No message is missing, empty or doubtful."""
    assert untranslated(po_path(language)) == []


@pytest.mark.parametrize("language", SITE_LANGUAGES)
def test_the_catalogues_are_up_to_date(language: str) -> None:
    """What `python -m network.i18n` would write is what is there: nothing new in the code, nothing left over."""
    assert po_path(language).read_bytes().decode() == updated(language).decode()


@pytest.mark.parametrize("language", SITE_LANGUAGES)
def test_translations_keep_their_placeholders_and_carry_no_markup(language: str) -> None:
    """Every name that is filled in is there; no quote or angle bracket can break out of an attribute."""
    with po_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    for message in catalogue:
        if not message.id:
            continue
        ids = (message.id,) if isinstance(message.id, str) else message.id
        strings = (message.string,) if isinstance(message.string, str) else message.string or ()
        for string in strings:
            assert set(PLACEHOLDER.findall(string)) == set(PLACEHOLDER.findall(ids[-1])), string
            assert not re.search(r'["<>]', string), string


def test_a_missing_translation_is_noticed(tmp_path: Path) -> None:
    """The check itself works: empty, half plural and fuzzy are all reported."""
    po = tmp_path / "x.po"
    po.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "a"\nmsgstr ""\n\n'
        'msgid "b"\nmsgid_plural "bs"\nmsgstr[0] "b"\nmsgstr[1] ""\n\n#, fuzzy\nmsgid "c"\nmsgstr "c"\n\nmsgid "d"\nmsgstr "d"\n'
    )
    assert untranslated(po) == ["a", "b", "c"]


def test_every_problem_has_its_sentence_in_both_languages() -> None:
    """A code that is stored can be told to anybody."""
    english = problem_sentences()
    assert {code: sentence(code, "en") for code in english} == english
    assert [code for code, words in english.items() if sentence(code, "es") == words] == []


def test_sentences_are_filled_in() -> None:
    """Placeholders take what is known; an unknown code gives the general sentence."""
    told = sentence("unknown_place", "es", place="Xyz")
    assert told.startswith("No se encontró la ciudad ni el código postal “Xyz”.")
    assert sentence("from_the_future", "en") == FeedsError.sentence


def test_languages_and_topics_have_names() -> None:
    """All that a member can choose; what nobody knows is shown as it is written."""
    assert (set(LANGUAGE_NAMES), set(OWN_NAMES), set(TOPIC_NAMES)) == (set(LANGUAGES), set(LANGUAGES), set(TOPICS))
    assert [language_name(tag, "es") for tag in ("ht", "pt-BR", "de", "xx")] == [
        "criollo haitiano",
        "portugués",
        "alemán",
        "xx",
    ]
    assert [own_name(tag) for tag in ("ht", "es_419", "de", "xx", "x!")] == [
        "Kreyòl ayisyen",
        "Español",
        "Deutsch",
        "xx",
        "x!",
    ]
    assert [topic_name(topic, "es") for topic in ("legal-help", "sailing")] == ["Ayuda legal", "sailing"]


def test_plurals() -> None:
    """One is one, none is many."""
    ngettext = translator("es").ngettext
    told = [ngettext("%(num)s organization", "%(num)s organizations", n) % {"num": n} for n in (0, 1, 2)]
    assert told == ["0 organizaciones", "1 organización", "2 organizaciones"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [("", "en"), ("es-MX,es;q=0.9,en;q=0.8", "es"), ("fr,en;q=0.5,es;q=0.7", "es"), ("pt-BR", "en"), ("ES;q=x", "en"),
     ("es;q=0", "en"), ("en;q=0.2, es-419;q=0.2", "en"), (";;,,=", "en"), ("*", "en")],
)  # fmt: skip
def test_the_language_that_a_browser_asks_for(header: str, expected: str) -> None:
    """RFC 9110, 12.5.4; nonsense gives English."""
    assert negotiate(header) == expected
