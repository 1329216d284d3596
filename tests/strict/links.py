"""atom:link elements, as Atom has them and RSS borrows them (RFC 4287, 4.2.7; RFC 5005; RFC 8288)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lxml import etree

from tests.strict import values
from tests.strict.values import Report, words

NS = "{http://www.w3.org/2005/Atom}"
PAGING = words("current first last next previous prev-archive next-archive")
RELATIONS = PAGING | words(
    "alternate describedby edit enclosure hub license payment related replies search self service up via"
)
_FEED_TYPES = {"application/atom+xml", "application/rss+xml", "application/rdf+xml"}


def check(report: Report, link: etree._Element) -> None:
    where, rel = path(link), relation(link)
    attributes(report, link, {"href", "rel", "type", "hreflang", "title", "length"})
    if link.get("rel") == "":
        report.say("AttrNotBlank", where, "rel")
    elif rel not in RELATIONS and ":" not in rel:
        report.say("UnregisteredAtomLinkRel", where, rel)
    if rel in PAGING and link.getparent() is not None and link.getparent().tag == f"{NS}entry":  # type: ignore[union-attr]
        report.say("FeedHistoryRelInEntry", where, rel)
    if link.get("href") is None:
        report.say("MissingHref", where)
    for name, check_value in _LINK_VALUES.items():
        if (value := link.get(name)) is not None:
            check_value(report, f"{where}/@{name}", value)
    if rel == "self" and link.get("type") and link.get("type", "").partition(";")[0] not in _FEED_TYPES:
        report.say("SelfNotAtom", where, link.get("type"))
    if (link.text or "").strip():
        report.say("AtomLinkNotEmpty", where)


def check_all(report: Report, element: etree._Element, links: list[etree._Element]) -> None:
    where = path(element)
    alternates = [(link.get("type", ""), link.get("hreflang", "")) for link in links if relation(link) == "alternate"]
    if len(set(alternates)) < len(alternates):
        report.say("DuplicateAtomLink", where)
    if element.tag != f"{NS}feed":
        return
    by_relation = {relation(link): link.get("href", "") for link in links}
    if "self" not in by_relation:
        report.say("MissingSelf", where)
    elif "://" not in by_relation["self"]:
        report.say("RelativeSelf", where, by_relation["self"])
    paging(report, where, by_relation)
    if element.find("{http://purl.org/syndication/history/1.0}complete") is not None and PAGING & {*by_relation}:
        report.say("FeedRelInCompleteFeed", where)


def paging(report: Report, where: str, links: dict[str, str]) -> None:
    """RFC 5005, 3: the first page has nothing before it, the last nothing after it."""
    for end, beyond in (("first", "previous"), ("last", "next")):
        if links.get(end) == links.get("self", "-") and beyond in links:
            report.say("LinkPastEnd", where, beyond)


def _link_title(report: Report, where: str, value: str) -> None:
    if not value:
        report.say("AttrNotBlank", where)
    values.plain(report, where, value)


def attributes(report: Report, element: etree._Element, allowed: Iterable[str]) -> None:
    for name in map(str, element.attrib):
        if not name.startswith("{") and name not in allowed:
            report.say("UnexpectedAttribute", path(element), name)


def relation(link: etree._Element) -> str:
    return link.get("rel", "alternate").removeprefix("http://www.iana.org/assignments/relation/")


def path(element: etree._Element) -> str:
    """The path of an element: /feed/entry/3/title, lines would say less in a document that is all on one."""
    names = [element, *element.iterancestors()]
    return "/" + "/".join(str(node.tag).rpartition("}")[2] for node in reversed(names))


_LINK_VALUES: dict[str, Callable[[Report, str, str], None]] = {
    "href": values.reference,
    "type": values.mime,
    "hreflang": values.language,
    "length": values.whole,
    "title": _link_title,
}
