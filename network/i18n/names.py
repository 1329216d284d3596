"""What languages, topics and the states of a source are called."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

from network.i18n.catalogue import LOCALES, N_, translator
from network.model import Health

LANGUAGE_NAMES = {
    "en": N_("English"),
    "es": N_("Spanish"),
    "pt": N_("Portuguese"),
    "ht": N_("Haitian Creole"),
    "fr": N_("French"),
    "vi": N_("Vietnamese"),
    "sq": N_("Albanian"),
    "ar": N_("Arabic"),
    "zh": N_("Chinese"),
    "so": N_("Somali"),
    "sw": N_("Swahili"),
    "ne": N_("Nepali"),
}
OWN_NAMES = {
    "en": "English",
    "es": "Español",
    "pt": "Português",
    "ht": "Kreyòl ayisyen",
    "fr": "Français",
    "vi": "Tiếng Việt",
    "sq": "Shqip",
    "ar": "العربية",
    "zh": "中文",
    "so": "Soomaali",
    "sw": "Kiswahili",
    "ne": "नेपाली",
}
"""What a language calls itself: the word that somebody who looks for it can read."""
TOPIC_NAMES = {
    "legal-help": N_("Legal help"),
    "citizenship": N_("Citizenship"),
    "workers": N_("Work"),
    "housing": N_("Housing"),
    "youth": N_("Youth"),
    "education": N_("Education"),
    "language-classes": N_("Language classes"),
    "health": N_("Health"),
    "food": N_("Food"),
    "faith": N_("Faith"),
    "women": N_("Women"),
    "culture": N_("Culture"),
}

HEALTH_NAMES: dict[Health, str] = {
    "broken": N_("Can’t be read"),
    "gone": N_("No longer there"),
    "suspect": N_("Being checked"),
    "quiet": N_("Quiet"),
    "new": N_("Not read yet"),
    "paused": N_("Paused"),
    "fine": N_("Fine"),
}
HEALTH_MEANINGS: dict[Health, str] = {
    "broken": N_("It does not answer as it should. What it announced before stays, and it is tried again by itself."),
    "gone": N_("Its site says that it is gone for good, so it is not asked any more. What it announced before stays."),
    "suspect": N_("All of a sudden it lists much less than before. What was announced stays until that is cleared up."),
    "quiet": N_("It answers, but has brought nothing new for much longer than usual. Nothing is wrong with it."),
    "new": N_("It was added lately and will be read soon."),
    "paused": N_("The organizers of the network have stopped reading it for now. What it announced before stays."),
    "fine": N_("It answers, and brings news as usual."),
}


def health_name(health: Health, language: str) -> str:
    """How a source fares, in a word or two."""
    return translator(language).gettext(HEALTH_NAMES[health])


def health_meaning(health: Health, language: str) -> str:
    """What that means for whoever reads here, in a sentence or two."""
    return translator(language).gettext(HEALTH_MEANINGS[health])


def language_name(tag: str, language: str) -> str:
    """What the language with this BCP 47 tag is called in `language`; the tag itself when nobody knows it."""
    primary = tag.replace("_", "-").partition("-")[0].lower()
    if primary in LANGUAGE_NAMES:
        return translator(language).gettext(LANGUAGE_NAMES[primary])
    return str(Locale.parse(LOCALES[language]).languages.get(primary, tag))


def own_name(tag: str) -> str:
    """What the language with this BCP 47 tag calls itself; the tag itself when nobody knows it."""
    primary = tag.replace("_", "-").partition("-")[0].lower()
    if primary in OWN_NAMES:
        return OWN_NAMES[primary]
    try:
        name = Locale.parse(primary).get_display_name()
    except (UnknownLocaleError, ValueError):
        return tag
    return name[:1].upper() + name[1:] if name else tag


def topic_name(topic: str, language: str) -> str:
    """What a topic is called; a topic that is not known, as it is written."""
    return translator(language).gettext(TOPIC_NAMES[topic]) if topic in TOPIC_NAMES else topic
