"""What the elements of feeds may hold: addresses, dates, languages, mail addresses, numbers, plain text.

Every check gets a Report, where it is, and the value, and says what is wrong in the words of the W3C feed validator
(`InvalidRFC3339Date`), so that its messages, its documentation and its test cases can be compared with ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote, urlsplit

from babel import Locale


def words(text: str) -> frozenset[str]:
    """A set of names, as they are written in specifications."""
    return frozenset(text.split())


_WARNINGS = words("""AtomLinkNotEmpty AttrNotBlank AvoidNamespacePrefix AvoidTextInput BadCharacters CharacterData ContainsHTML
    ContainsRelRef ContainsUndeclaredHTML DangerousStyleAttr DuplicateDescriptionSemantics DuplicateEnclosure
    DuplicateItemSemantics DuplicateSemantics EmailFormat FeedHistoryRelInEntry ImageLinkDoesntMatch
    ImageTitleDoesntMatch ImageUrlFormat ImplausibleDate MisplacedItem MissingAtomSelfLink MissingGuid MissingSelf
    MissingSourceElement MissingTextualContent MissingTypeAttr NeedDescriptionBeforeContent NonCanonicalURI NotBlank
    NotHtml NotSufficientlyUnique ProblematicalRFC822Date RelativeSelf ReservedPrefix SchemeNotIANARegistered
    SecurityRisk SecurityRiskAttr SelfNotAtom UnregisteredAtomLinkRel""")

_URI_CHARACTERS = r"0-9A-Za-z;/?:@&=+$.\-_!~*'()%,#"
_BAD_CHARACTER = re.compile(rf"[^{_URI_CHARACTERS}\x80-\U0010ffff]")
_SCHEME = re.compile(r"([A-Za-z][0-9A-Za-z+.-]*):")
_SCHEMES = words("http https ftp mailto urn tag tel sip xmpp geo webcal feed data news info")
_TAG = re.compile(
    r"tag:(?:[a-z0-9._-]+@)?[a-z0-9.-]+,\d{4}(?:-\d\d(?:-\d\d)?)?:[0-9a-zA-Z;/?:@&=+$.\-_!~*'()%,]*(?:#.*)?"
)
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:(?:[a-z0-9()+,.:=@;$_!*'/-]|%[0-9a-f]{2})+", re.IGNORECASE)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DAY = r"\d{4}-\d\d-\d\d"
_RFC3339 = re.compile(rf"{_DAY}T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_ISO8601 = re.compile(rf"\d{{4}}(?:-\d\d)?|{_DAY}(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_RFC822 = re.compile(
    rf"(?:(?:{'|'.join(_WEEKDAYS)}), )?\d\d? (?:{_MONTHS}) \d{{4}} \d\d:\d\d(?::\d\d)? "
    r"(?:[+-]\d\d[0-5]\d|UT|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|Z)"
)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9]{1,8})*")
_LANGUAGES = frozenset(Locale("en").languages)
_MIME = re.compile(r"[^\s()<>,;:\\\"/\[\]?=]+/[^\s()<>,;:\\\"/\[\]?=]+(?:\s*;\s*[^\s;=]+=(?:\"[^\"]*\"|[^\s;\"]+))*")
_MAIL = re.compile(r"[A-Za-z0-9_+.'-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")
_BAD_TEXT = re.compile("[\x80-\x9f\ufffd]")
_CLOSING_TAG = re.compile(
    r"</(a|abbr|b|blockquote|br|code|div|em|font|h[1-6]|i|img|li|ol|p|pre|span|strong|sub|sup|u|ul)\s*>", re.IGNORECASE
)
_ENTITY = re.compile(
    r"&(?:#\d+|#x[0-9a-f]+|(?:amp|lt|gt|quot|apos|nbsp|copy|[a-z]+(?:acute|grave|uml|circ|tilde|cedil)));",
    re.IGNORECASE,
)


@dataclass
class Report:
    """What is wrong with a document: "Code: where: detail", in the order in which it was found."""

    now: int | None = None
    messages: list[str] = field(default_factory=list)

    def say(self, code: str, where: str, detail: object = "") -> None:
        self.messages.append(f"{code}: {where}: {str(detail)[:120]}".rstrip(": "))


def is_error(message: str) -> bool:
    """Whether a message makes a feed invalid; the others are warnings."""
    return message.partition(":")[0] not in _WARNINGS


def reference(report: Report, where: str, value: str) -> None:
    """An IRI reference, possibly relative (RFC 3987)."""
    if not value:
        return
    scheme = _SCHEME.match(value)
    name = scheme.group(1).lower() if scheme else ""
    if name == "tag" and not _TAG.fullmatch(value):
        report.say("InvalidTAG", where, value)
    elif value.lower().startswith("urn:uuid:") and not _UUID.fullmatch(value):
        report.say("InvalidUUID", where, value)
    elif name == "urn" and not _URN.fullmatch(value):
        report.say("InvalidURN", where, value)
    elif found := _BAD_CHARACTER.search(value):
        report.say("InvalidUriChar", where, repr(found.group()) + " in " + value)
    elif name in {"http", "https", "ftp"} and not re.match(r"\w+://[^/?#]", value):
        report.say("InvalidLink", where, value)
    elif name and name not in _SCHEMES and "/" not in value.partition(":")[0]:
        report.say("SchemeNotIANARegistered", where, value)


def iri(report: Report, where: str, value: str) -> None:
    """An absolute IRI."""
    if _SCHEME.match(value) or _BAD_CHARACTER.search(value):
        reference(report, where, value)
    else:
        report.say("InvalidFullLink", where, value)


def uri(report: Report, where: str, value: str) -> None:
    """An absolute URI: ASCII only, as RSS wants its addresses."""
    if not value.isascii():
        report.say("InvalidFullLink", where, value)
    else:
        iri(report, where, value)


def http_url(report: Report, where: str, value: str) -> None:
    """An absolute http(s) URI."""
    if not re.match(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:[/?#]|$)", value) or _BAD_CHARACTER.search(value):
        report.say("InvalidURLAttribute", where, value)


def canonical(report: Report, where: str, value: str) -> None:
    """An address that is compared letter by letter has its normal form (RFC 3986, 6.2)."""
    parts = urlsplit(value)
    if parts.scheme.lower() not in {"http", "https"}:
        return
    default = ":80" if parts.scheme.lower() == "http" else ":443"
    host = parts.netloc.lower().removesuffix(default).removesuffix(":")
    path = quote(unquote(parts.path), safe="/!$&'()*+,;=:@-._~%") if "%25" not in parts.path else parts.path
    segments = path.split("/")
    if (parts.scheme, parts.netloc, parts.path) != (parts.scheme.lower(), host, path or "/") or {".", ".."} & {
        *segments
    }:
        report.say("NonCanonicalURI", where, value)


def rfc3339(report: Report, where: str, value: str) -> None:
    """RFC 3339 with "T", seconds and zone (RFC 4287, 3.3)."""
    if not _RFC3339.fullmatch(value) or not _real(value):
        report.say("InvalidRFC3339Date", where, value)
    else:
        _plausible(report, where, value)


def iso8601(report: Report, where: str, value: str) -> None:
    """W3CDTF in which the zone may be missing, as in the RSS 1.0 event module; it may well lie in the future."""
    if not _ISO8601.fullmatch(value) or not _real(value):
        report.say("InvalidISO8601Date", where, value)


def w3cdtf(report: Report, where: str, value: str) -> None:
    """W3CDTF: a time has a zone."""
    if not _ISO8601.fullmatch(value) or not _real(value) or re.search(r"T[0-9:.]+$", value):
        report.say("InvalidW3CDTFDate", where, value)


def _real(value: str) -> bool:
    try:
        date.fromisoformat(f"{value[:10]}-01-01"[:10])
        hour, minute, second = (int(part) for part in (value[11:13] or 0, value[14:16] or 0, value[17:19] or 0))
    except ValueError:
        return False
    return hour < 24 and minute < 60 and second <= 60


def _plausible(report: Report, where: str, value: str) -> None:
    day = date.fromisoformat(value[:10]).toordinal() - date(1970, 1, 1).toordinal()
    if value < "1990" or (report.now is not None and day * 86_400 > report.now + 86_400):
        report.say("ImplausibleDate", where, value)


def rfc822(report: Report, where: str, value: str) -> None:
    """RFC 822 with a four-digit year, in the spelling that every reader knows; the day of the week is right."""
    if not _RFC822.fullmatch(re.sub(r",\s+", ", ", value)):
        loose = re.sub(r"\([^)]*\)", " ", value)
        known = re.fullmatch(
            rf"(?:\w{{3}}\s*,\s*)?\d\d?\s+(?:{_MONTHS})\s+\d\d(?:\d\d)?\s+[\d:]+\s+(?:[+-]\d{{4}}|[A-Z]+)?\s*",
            loose,
            re.IGNORECASE,
        )
        report.say("ProblematicalRFC822Date" if known else "InvalidRFC2822Date", where, value)
        return
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        report.say("InvalidRFC2822Date", where, value)
        return
    if "," in value and value[:3] != _WEEKDAYS[moment.weekday()]:
        report.say("IncorrectDOW", where, value)
    _plausible(report, where, moment.date().isoformat())


def language(report: Report, where: str, value: str) -> None:
    """A language tag whose first part is an ISO 639 code."""
    found = _LANGUAGE.fullmatch(value)
    if not found or (len(found.group(1)) == 2 and found.group(1).lower() not in _LANGUAGES):
        report.say("InvalidLanguage", where, value)


def mime(report: Report, where: str, value: str) -> None:
    if not _MIME.fullmatch(value):
        report.say("InvalidMIMEType", where, value)


def whole(report: Report, where: str, value: str) -> None:
    """A number that is not negative."""
    if not re.fullmatch(r"\+?\d+", value):
        report.say("InvalidNonNegativeInteger", where, value)


def mail(report: Report, where: str, value: str) -> None:
    if not _MAIL.fullmatch(value):
        report.say("InvalidContact", where, value)


def mail_with_name(report: Report, where: str, value: str) -> None:
    """`username@host.tld (Real Name)`, as the RSS profile recommends."""
    value = value.removeprefix("mailto:")
    if "@" in value and not value.endswith(")"):
        report.say("EmailFormat", where, value)
    else:
        mail(report, where, re.sub(r"\s*\(.*\)$", "", value))


def plain(report: Report, where: str, value: str, code: str = "ContainsHTML") -> None:
    """Plain text in which nothing looks like HTML."""
    if _CLOSING_TAG.search(value) or _ENTITY.search(value):
        report.say(code, where, value)


def characters(report: Report, where: str, value: str) -> None:
    if _BAD_TEXT.search(value):
        report.say("BadCharacters", where, value)
