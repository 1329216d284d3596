"""Everything that can go wrong in the library.

    FeedsError                 code, sentence, subject (the address), detail (the technical cause, for logs)
    ├── AddressError           an address that is not read
    │   ├── BadAddress             bad_address
    │   ├── BadScheme              bad_scheme
    │   ├── BadPort                bad_port
    │   └── PrivateAddress         private_address
    ├── FetchError             a server that does not answer as it should
    │   ├── Unreachable            unreachable
    │   │   └── UnknownHost            unknown_host
    │   ├── TooSlow                too_slow
    │   ├── TlsFailed              tls_failed
    │   ├── TooLarge               too_large
    │   ├── TooManyRedirects       too_many_redirects
    │   ├── Gone                   gone
    │   ├── NotFound               not_found
    │   ├── Forbidden              forbidden
    │   ├── Busy                   busy
    │   ├── BadAnswer              bad_answer
    │   │                       what such an answer means, where it shows (see diagnose/)
    │   ├── BotChallenge           bot_challenge
    │   ├── SignInPage             sign_in_page
    │   ├── PrivateCalendar        private_calendar
    │   ├── FeedsOff               feeds_off
    │   ├── NeverFeeds             never_feeds
    │   ├── SiteClosed             site_closed
    │   ├── SiteFaulty             site_faulty
    │   └── Maintenance            maintenance
    └── ReadError              a body that is not a feed
        ├── Unopened               no_file
        ├── EmptyBody              empty_body
        ├── HtmlPage               html_page
        ├── NotAFeed               not_a_feed
        ├── UnsafeDocument         unsafe_document
        ├── TooLong                too_large (like TooLarge, for a file)
        └── TooHeavy               too_heavy

and REMARKS: what may be wrong with a feed that can be read all the same.

`code` is stable: it is stored, shown in --json and translated. `sentence` says what is wrong and what to do. Adding an
error: a class here, its line in the tree above, its translation in network/locale.
"""

from __future__ import annotations

from typing import ClassVar

from feeds.model import Problem


class FeedsError(Exception):
    """The root. `str()` is enough for a log line."""

    code: ClassVar[str] = "feed_error"
    sentence: ClassVar[str] = "Something is wrong with this feed."

    def __init__(self, subject: str = "", detail: str = "", platform: str = "") -> None:
        """`subject`: the address or file; `detail`: the technical cause, never shown to visitors; `platform`: the software
        behind the site as far as it shows (diagnose.PLATFORMS), which the advice depends on.
        """
        super().__init__(subject, detail, platform)
        self.subject = subject
        self.detail = detail
        self.platform = platform

    def __str__(self) -> str:
        return ": ".join(part for part in (self.code, self.subject, self.detail) if part)

    @property
    def problem(self) -> Problem:
        """This error as a value that can be stored and shown."""
        return Problem(self.code, self.sentence)


class AddressError(FeedsError):
    """An address that is not read."""


class BadAddress(AddressError):
    code = "bad_address"
    sentence = "This is not a web address. Copy it from the browser's address bar; it starts with https://."


class BadScheme(AddressError):
    code = "bad_scheme"
    sentence = "Only addresses that start with http://, https:// or webcal:// can be read. Use the public web address."


class BadPort(AddressError):
    code = "bad_port"
    sentence = "This address names a port that web sites do not use. Use the site's public address without a port."


class PrivateAddress(AddressError):
    code = "private_address"
    sentence = "This address is inside a private network and can't be read. Use the site's public address."


class FetchError(FeedsError):
    """A server that does not answer as it should."""


class Unreachable(FetchError):
    code = "unreachable"
    sentence = "The site can't be reached. Check the spelling of the address, and that the site opens in a browser."


class UnknownHost(Unreachable):
    code = "unknown_host"
    sentence = (
        "There is no site under this name. Check the spelling; if it was right before, the domain may have expired."
    )


class TooSlow(FetchError):
    code = "too_slow"
    sentence = "The site takes too long to answer. Try again later, or ask the site's host why it is slow."


class TlsFailed(FetchError):
    code = "tls_failed"
    sentence = "The site's security certificate is not valid. Its host can renew it."


class TooLarge(FetchError):
    code = "too_large"
    sentence = "The answer is larger than 10 MB. Let the feed list fewer items."


class TooManyRedirects(FetchError):
    code = "too_many_redirects"
    sentence = "The address leads in circles from one address to the next. Use the address at which the site opens in a browser."


class Gone(FetchError):
    code = "gone"
    sentence = "The site says that this feed is gone for good (410). Look for the new address on the site."


class NotFound(FetchError):
    code = "not_found"
    sentence = "There is nothing at this address (404). Look for the new address on the site."


class Forbidden(FetchError):
    code = "forbidden"
    sentence = "The site refuses to show this page to programs (it asks for a sign-in or blocks robots). Make the feed or calendar public."


class Busy(FetchError):
    code = "busy"
    sentence = "The site is busy and asks to come back later. Nothing needs to be done."


class BadAnswer(FetchError):
    code = "bad_answer"
    sentence = (
        "The site answered with an error of its own. Try again later; if it lasts, tell whoever looks after the site."
    )


class BotChallenge(FetchError):
    code = "bot_challenge"
    sentence = (
        "A guard against robots keeps programs from reading this, although people can open it. "
        "Whoever looks after the site can let feeds pass."
    )


class SignInPage(FetchError):
    code = "sign_in_page"
    sentence = "The site asks for a name and password before it shows this. Make the feed or calendar public."


class PrivateCalendar(FetchError):
    code = "private_calendar"
    sentence = "This calendar is not public, or it no longer exists. Make it public and use its public iCal address."


class FeedsOff(FetchError):
    code = "feeds_off"
    sentence = "The site says that its feeds are turned off. Whoever looks after the site can turn them on."


class NeverFeeds(FetchError):
    code = "never_feeds"
    sentence = (
        "This platform gives nobody feeds or calendars to read. Use the organization's own site, or a public calendar."
    )


class SiteClosed(FetchError):
    code = "site_closed"
    sentence = "There is no open site at this address: it is private, not launched yet, suspended by its host, or its domain has expired."


class SiteFaulty(FetchError):
    code = "site_faulty"
    sentence = (
        "The site's own program has broken down and shows an error in place of its pages. Tell whoever looks after it."
    )


class Maintenance(FetchError):
    code = "maintenance"
    sentence = "The site is closed for maintenance just now. If it still is tomorrow, tell whoever looks after it."


class ReadError(FeedsError):
    """A body that is not a feed."""


class Unopened(ReadError):
    code = "no_file"
    sentence = "This file can't be opened. Check its name, and that you may read it."


class EmptyBody(ReadError):
    code = "empty_body"
    sentence = "There is nothing in this file. Check that the feed shows posts when it is opened in a browser."


class HtmlPage(ReadError):
    code = "html_page"
    sentence = "This is a web page, not a feed. Give the address of the home page, or look for the site's RSS or calendar link."


class NotAFeed(ReadError):
    code = "not_a_feed"
    sentence = "This is not a feed or calendar that can be read (RSS, Atom, JSON Feed or iCalendar)."


class UnsafeDocument(ReadError):
    code = "unsafe_document"
    sentence = "This file is built in a way that could harm the program that reads it (too deep, or it defines entities), so it was not read."


class TooLong(ReadError):
    code = TooLarge.code
    sentence = TooLarge.sentence


class TooHeavy(ReadError):
    code = "too_heavy"
    sentence = "Reading this file took too much time or memory, so it was stopped. Let the feed list fewer items."


REMARKS = {
    "not_well_formed": "The feed is not well-formed XML. It could be read, but some readers will refuse it.",
    "too_many_items": "The feed lists more than 1,000 items; only the first 1,000 were read.",
    "event_unreadable": "Some events have no date that can be read; they were left out.",
    "end_unreadable": "Some events end before they begin, or when can't be read; they are shown without an end.",
    "rule_refused": (
        "Some events repeat by a rule that can't be followed (broken, or more often than hourly); "
        "only their first date is shown."
    ),
    "too_many_events": "The calendar has more than 5,000 events; only the latest are read.",
    "too_many_dates": "An event has thousands of single dates or changes; not all of them are read.",
    "unknown_timezone": "Some events name a time zone that is not known; their times are read as local times.",
    "calendar_cut_off": "The calendar breaks off before its end; what came before is read.",
    "internal": "This feed could not be read because of a fault in Vecinos. It will be tried again.",
}
"""Code → sentence."""


def remark(code: str) -> Problem:
    """One of REMARKS as a value that goes with what was read."""
    return Problem(code, REMARKS[code])
