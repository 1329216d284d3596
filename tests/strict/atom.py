"""Atom feeds against RFC 4287, RFC 5005 (paging) and what the W3C feed validator warns of.

Left out on purpose: `DuplicateUpdated` (two entries of one second: RFC 4287 allows it, and an aggregator has them).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

from lxml import etree

from tests.strict import extensions, html, links, values
from tests.strict.links import NS, attributes, path
from tests.strict.values import Report, words

XHTML = "{http://www.w3.org/1999/xhtml}"
XML = "{http://www.w3.org/XML/1998/namespace}"
ONCE = {
    "feed": words("generator icon id logo rights subtitle title updated"),
    "entry": words("content id published rights source summary title updated"),
}
MANY = words("author category contributor link")


def check(report: Report, root: etree._Element) -> None:
    """All that is wrong with a feed document."""
    if root.tag != f"{NS}feed":
        report.say("ObsoleteNamespace" if root.tag.endswith("}feed") else "UndefinedElement", "/", root.tag)
        return
    for element in root.iter(etree.Element):
        if element.get(f"{XML}lang"):
            values.language(report, path(element) + "/@xml:lang", element.get(f"{XML}lang", ""))
        if element.prefix in {"atom", "xhtml"}:
            report.say("AvoidNamespacePrefix", path(element))
    _container(report, root, "feed")
    seen_entry = False
    identities: list[str] = []
    for child in root.iterchildren(etree.Element):
        if child.tag == f"{NS}entry":
            seen_entry = True
            _container(report, child, "entry")
            _entry(report, child, _texts(root, "author"))
            identities += _texts(child, "id")
        elif seen_entry and str(child.tag).startswith(NS):
            report.say("MisplacedMetadata", path(child))
    if len(set(identities)) < len(identities):
        report.say("DuplicateIds", "/feed", next(value for value in identities if identities.count(value) > 1))


def _container(report: Report, element: etree._Element, kind: str) -> None:
    """What feeds, entries and sources have in common. `kind` is whose elements it may have."""
    missing = "MissingSourceElement" if element.tag == f"{NS}source" else "MissingElement"
    for name in ("id", "title", "updated"):
        if element.find(NS + name) is None:
            report.say(missing, path(element), name)
    for name in ONCE[kind]:
        if len(element.findall(NS + name)) > 1:
            report.say("DuplicateElement", path(element), name)
    found = element.findall(f"{NS}link")
    for link in found:
        links.check(report, link)
    links.check_all(report, element, found)
    for child in element.iterchildren(etree.Element):
        name = str(child.tag).removeprefix(NS)
        if not str(child.tag).startswith(NS):
            extensions.check(report, path(child), child)
        elif name in _CHECKS and name in ONCE[kind] | MANY:
            _CHECKS[name](report, child)
        elif name not in ONCE[kind] | MANY | {"entry"} or (name == "entry" and element.tag != f"{NS}feed"):
            report.say("UndefinedElement", path(element), name)


def _entry(report: Report, entry: etree._Element, feed_authors: list[str]) -> None:
    source, content = entry.find(f"{NS}source"), entry.find(f"{NS}content")
    if (
        not feed_authors
        and entry.find(f"{NS}author") is None
        and (source is None or source.find(f"{NS}author") is None)
    ):
        report.say("MissingElement", path(entry), "author")
    has_summary = entry.find(f"{NS}summary") is not None
    if content is None:
        if not has_summary:
            report.say("MissingTextualContent", path(entry))
        if not any(link.get("rel", "alternate") == "alternate" for link in entry.findall(f"{NS}link")):
            report.say("MissingContentOrAlternate", path(entry))
    elif not has_summary and (content.get("src") or _is_binary(content.get("type", "text"))):
        report.say("MissingSummary", path(entry))


def _person(report: Report, person: etree._Element) -> None:
    for name in ("name", "uri", "email"):
        found = _texts(person, name)
        if len(found) > 1:
            report.say("DuplicateElement", path(person), name)
        if name == "name" and not found:
            report.say("MissingElement", path(person), name)
        for value in found:
            where = f"{path(person)}/{name}"
            if not value.strip():
                report.say("NotBlank", where)
            elif name == "uri":
                _exact(values.reference)(report, where, value)
            elif name == "email":
                values.mail(report, where, value)


def _category(report: Report, category: etree._Element) -> None:
    attributes(report, category, {"term", "scheme", "label"})
    if category.get("term") is None:
        report.say("MissingAttribute", path(category), "term")
    elif not category.get("term"):
        report.say("AttrNotBlank", path(category), "term")
    if category.get("scheme") is not None:
        values.iri(report, path(category) + "/@scheme", category.get("scheme", ""))


def _generator(report: Report, generator: etree._Element) -> None:
    attributes(report, generator, {"uri", "version"})
    values.reference(report, path(generator) + "/@uri", generator.get("uri", ""))
    if not (generator.text or "").strip():
        report.say("NotBlank", path(generator))


def _identity(report: Report, element: etree._Element) -> None:
    value = element.text or ""
    if not value.strip():
        report.say("NotBlank", path(element))
        return
    _exact(values.iri)(report, path(element), value)
    values.canonical(report, path(element), value.strip())


def _text(report: Report, element: etree._Element) -> None:
    """A text construct (3.1) or content (4.1.3)."""
    where, kind = path(element), element.get("type", "text")
    is_content = element.tag == f"{NS}content"
    attributes(report, element, {"type", "src"} if is_content else {"type"})
    children = list(element.iterchildren(etree.Element))
    written = "".join(map(str, element.itertext()))
    values.characters(report, where, written)
    if not kind:
        report.say("AttrNotBlank", where, "type")
    elif kind not in {"text", "html", "xhtml"} or (is_content and element.get("src")):
        if not is_content:
            report.say("InvalidTextType", where, kind)
        values.mime(report, where + "/@type", kind) if "type" in element.attrib else report.say(
            "MissingTypeAttr", where
        )
    if is_content and element.get("src"):
        values.reference(report, where + "/@src", element.get("src", ""))
    elif not written.strip() and not children:
        report.say("NotBlank", where)
    elif kind == "xhtml":
        _xhtml(report, where, element, children)
    elif children and not kind.endswith(("+xml", "/xml")):
        report.say("UndefinedElement", where, children[0].tag)
    else:
        _written(report, where, kind, written, based=element.xpath("ancestor-or-self::*/@xml:base") != [])


def _written(report: Report, where: str, kind: str, written: str, *, based: bool) -> None:
    if kind in {"html", "text/html"}:
        html.check(report, where, written, document=kind == "text/html", based=based)
    elif kind in {"text", "text/plain"}:
        values.plain(report, where, written, "ContainsUndeclaredHTML")
    elif _is_binary(kind):
        try:
            base64.b64decode("".join(written.split()), validate=True)
        except (binascii.Error, ValueError):
            report.say("NotBase64", where)


def _xhtml(report: Report, where: str, element: etree._Element, children: list[etree._Element]) -> None:
    if [child.tag for child in children] != [f"{XHTML}div"]:
        report.say("MissingXhtmlDiv", where)
    for inner in element.iterdescendants(etree.Element):
        for name, value in inner.items():
            if "{" not in str(name) and name != "xmlns":
                html.attribute(report, where, str(name), str(value))


def _exact(check_value: Callable[[Report, str, str], None]) -> Callable[[Report, str, str], None]:
    """The value without white space round it (RFC 4287, 2: there must be none in IRIs and dates)."""

    def checked(report: Report, where: str, value: str) -> None:
        if value != value.strip():
            report.say("UnexpectedWhitespace", where, repr(value))
        check_value(report, where, value.strip())

    return checked


def _simple(check_value: Callable[[Report, str, str], None]) -> Callable[[Report, etree._Element], None]:
    def checked(report: Report, element: etree._Element) -> None:
        if not (element.text or "").strip():
            report.say("NotBlank", path(element))
        _exact(check_value)(report, path(element), element.text or "")

    return checked


def _date(report: Report, element: etree._Element) -> None:
    value = element.text or ""
    if value != value.strip():
        report.say("UnexpectedWhitespace", path(element), repr(value))
    values.rfc3339(report, path(element), value)


def _is_binary(kind: str) -> bool:
    return "/" in kind and not kind.startswith("text/") and not kind.endswith(("+xml", "/xml"))


def _texts(element: etree._Element, name: str) -> list[str]:
    return [child.text or "" for child in element.findall(NS + name)]


_CHECKS: dict[str, Callable[[Report, etree._Element], None]] = {
    "author": _person,
    "contributor": _person,
    "category": _category,
    "generator": _generator,
    "icon": _simple(values.reference),
    "logo": _simple(values.reference),
    "id": _identity,
    "updated": _date,
    "published": _date,
    "title": _text,
    "subtitle": _text,
    "rights": _text,
    "summary": _text,
    "content": _text,
    "source": lambda report, element: _container(report, element, "feed"),
}
