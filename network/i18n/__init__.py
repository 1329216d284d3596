"""How the site speaks: catalogues (PO files in network/locale), names, dates and repetitions in the visitor's language.

Adding a language: a line in catalogue.LOCALES, a row in names.OWN_NAMES if it has none, then
`python -m network.i18n`, which makes the PO file with every message to translate.
"""

from network.i18n.catalogue import DEFAULT, LOCALES, N_, SITE_LANGUAGES, advice, negotiate, sentence, translator
from network.i18n.names import health_meaning, health_name, language_name, own_name, topic_name

__all__ = [
    "DEFAULT",
    "LOCALES",
    "N_",
    "SITE_LANGUAGES",
    "advice",
    "health_meaning",
    "health_name",
    "language_name",
    "negotiate",
    "own_name",
    "sentence",
    "topic_name",
    "translator",
]
