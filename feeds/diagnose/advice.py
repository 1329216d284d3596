"""How to mend it: for every problem's code what anybody can do, and what the owner of a site on a certain platform can.

Adding a problem: a line in ANYBODY (a test asks for it), and in owners.py where a platform has menus of its own for it.
"""

from __future__ import annotations

from feeds.diagnose.owners import OWNERS

UNKNOWN = "Tell whoever looks after the site what it says here, and ask them to look at the feed."

ANYBODY = {
    "bad_address": "Open the site in a browser and copy the whole address from the address bar.",
    "bad_scheme": "Open the site in a browser and copy its address, which starts with https:// (a calendar's with webcal://).",
    "bad_port": "Give the address under which visitors open the site; it has no colon and number behind the name.",
    "private_address": "Give the address under which everybody on the internet can open the site.",
    "unreachable": (
        "Open the address in a browser. If it does not open there either, the site's host can tell why. If it opens, ask "
        "the host whether it shuts out this network's server."
    ),
    "unknown_host": (
        "Open the address in a browser. If it does not open there either, whoever pays for the domain can renew it; or the "
        "site has moved, and its new address must be given here."
    ),
    "too_slow": "Open the address in a browser. If it is slow there too, ask the site's host; a cache usually helps.",
    "tls_failed": (
        "Open the address in a browser: it warns too, and says whether the certificate has expired or is for another name. "
        "Most hosts renew it free of charge when they are asked."
    ),
    "too_large": "Whoever looks after the site can let the feed hold only the latest 20 or 50 items, or summaries.",
    "too_many_redirects": (
        "Open the site in a browser and give the address that it ends at. If it ends nowhere, the site's redirects (https, "
        "www) contradict each other; its host can put that right."
    ),
    "gone": "Look at the site for a new address of the feed or calendar and give that. If there is none, take this one out.",
    "not_found": "Look at the site for a link named RSS, Feed, iCal or Subscribe, and give its address in place of this one.",
    "forbidden": (
        "Ask whoever looks after the site, or its host, to let the program “Vecinos” (its User-Agent) read this address, and "
        "check that the page is public."
    ),
    "busy": "Nothing needs to be done; it is asked again later. If it lasts for days, the site's host can tell why.",
    "bad_answer": "Wait a day. If it lasts, tell whoever looks after the site; its error log says what is wrong.",
    "bot_challenge": (
        "Ask whoever looks after the site, or its host, to let the program “Vecinos” (its User-Agent) read the addresses of "
        "feeds and calendars without a check."
    ),
    "sign_in_page": (
        "Whoever looks after the site can make the page with the feed or calendar public. If it must stay private, choose "
        "another one that is public."
    ),
    "private_calendar": (
        "Whoever owns the calendar can make it public in its settings and copy its public iCal address. If it was deleted, "
        "give the address of the new one."
    ),
    "feeds_off": "Whoever looks after the site can turn feeds on again; search its settings and plugins for RSS or feed.",
    "never_feeds": (
        "Ask the group to keep its events in a public Google Calendar as well, or on a site of its own, and give that address."
    ),
    "site_closed": (
        "Open the address in a browser to see which it is. Ask whoever pays for the site whether it should be open; if the "
        "group has a new site, give its address."
    ),
    "site_faulty": "Tell whoever looks after the site; the site's host can help them. It is asked again by itself.",
    "maintenance": "Nothing needs to be done today. If it stays so, somebody forgot to end the maintenance.",
    "no_file": "Check the file's name and folder.",
    "empty_body": "Open the address in a browser. If it is empty there too, tell whoever looks after the site.",
    "html_page": "Look at the site for a link named RSS, Feed, iCal or Subscribe, and give its address in place of this one.",
    "not_a_feed": "Give the address of the site's home page, so that its feeds and calendars are looked for.",
    "unsafe_document": "Whoever looks after the site can check the feed with a feed validator, and turn off the plugin that made it.",
    "too_heavy": "Whoever looks after the site can let the feed hold only the latest 20 or 50 items.",
    "no_feed_found": (
        "Look at the site for a link named RSS, Feed, iCal or Subscribe, and give its address. If there is none, ask whoever "
        "looks after the site to turn on a feed, or to keep a public Google Calendar."
    ),
    "not_well_formed": "Whoever looks after the site can check the address with a feed validator, which names the line.",
    "too_many_items": "Nothing is lost of what is new. Whoever looks after the site can let the feed hold fewer items.",
    "event_unreadable": "Open these events on the site and save them again with a date and time.",
    "end_unreadable": "Open these events on the site and correct their end.",
    "rule_refused": "Open these events on the site, and set how they repeat anew: daily, weekly, monthly or yearly.",
    "too_many_events": "Nothing is lost of what is to come. Old events can be deleted from the calendar, or kept in another one.",
    "too_many_dates": "Let the event repeat by a rule (every Tuesday) in place of single dates.",
    "unknown_timezone": "Choose a city's time zone (such as America/New_York) in the calendar's settings, and save the events again.",
    "calendar_cut_off": "Wait a day. If it lasts, tell whoever looks after the site: the program that writes the calendar stops halfway.",
    "internal": "Nothing needs to be done on the site. Tell whoever runs this network's server.",
    "feed_error": UNKNOWN,
}
"""Code → advice, whatever the platform."""


def advice(code: str, platform: str = "") -> str:
    """One or two plain English sentences for the owner of a site: how to mend the problem with this code on this
    platform (one of PLATFORMS, or "" where it is not known).
    """
    return OWNERS.get(code, {}).get(platform) or ANYBODY.get(code, UNKNOWN)


def advice_sentences() -> tuple[str, ...]:
    """Every sentence that `advice` may give, each once, for translators."""
    owners = (sentence for sentences in OWNERS.values() for sentence in sentences.values())
    return tuple(dict.fromkeys((UNKNOWN, *ANYBODY.values(), *owners)))
