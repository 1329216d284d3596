"""Elements of other namespaces that we publish: event module, Dublin Core, content, media, geo, atom in RSS."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from tests.strict import values
from tests.strict.values import Report

PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "ev": "http://purl.org/rss/1.0/modules/event/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "media": "http://search.yahoo.com/mrss/",
}
_ONCE = {
    "ev:startdate",
    "ev:enddate",
    "ev:type",
    "dc:date",
    "dc:language",
    "dc:rights",
    "content:encoded",
    "atom:updated",
}


def name(element: etree._Element) -> str:
    """`ev:startdate` whatever prefix the document uses; the plain name without a namespace."""
    space, _, local = str(element.tag).removeprefix("{").rpartition("}")
    return next(
        (f"{prefix}:{local}" for prefix, known in PREFIXES.items() if known == space), local if not space else ""
    )


def check(report: Report, where: str, element: etree._Element) -> None:
    """One element of another namespace; unknown ones pass."""
    known = name(element)
    if checked := _CHECKS.get(known):
        checked(report, where, element)
    elif known.startswith("ev:") and known not in {"ev:location", "ev:organizer", "ev:type"}:
        report.say("UndefinedElement", where, known)
    if known in _ONCE and any(True for _ in element.itersiblings(str(element.tag), preceding=True)):
        report.say("DuplicateElement", where, known)


def prefixes(report: Report, root: etree._Element) -> None:
    """Well-known prefixes stand for their own namespaces."""
    for prefix, space in root.nsmap.items():
        if prefix in PREFIXES and space != PREFIXES[prefix]:
            report.say("ReservedPrefix", "/", prefix)


def _text(check_value: Callable[[Report, str, str], None]) -> Callable[[Report, str, etree._Element], None]:
    return lambda report, where, element: check_value(report, where, (element.text or "").strip())


def _degrees(limit: int) -> Callable[[Report, str, etree._Element], None]:
    def checked(report: Report, where: str, element: etree._Element) -> None:
        try:
            fits = abs(float(element.text or "")) <= limit
        except ValueError:
            fits = False
        if not fits:
            report.say("InvalidCoord", where, element.text)

    return checked


def _media(report: Report, where: str, element: etree._Element) -> None:
    if not element.get("url"):
        report.say("MissingAttribute", where, "url")
    values.uri(report, where + "/@url", element.get("url", ""))
    for attribute, check_value in (("type", values.mime), ("fileSize", values.whole)):
        if (value := element.get(attribute)) is not None:
            check_value(report, f"{where}/@{attribute}", value)


_CHECKS: dict[str, Callable[[Report, str, etree._Element], None]] = {
    "ev:startdate": _text(values.iso8601),
    "ev:enddate": _text(values.iso8601),
    "dc:date": _text(values.w3cdtf),
    "dc:language": _text(values.language),
    "atom:updated": _text(values.rfc3339),
    "geo:lat": _degrees(90),
    "geo:long": _degrees(180),
    "media:thumbnail": _media,
    "media:content": _media,
}
