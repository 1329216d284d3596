"""RSS 2.0 against its specification, the RSS Advisory Board's profile and what the W3C feed validator warns of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from tests.strict import extensions, html, links, values
from tests.strict.links import NS
from tests.strict.values import Report, words

VERSIONS = {"0.91", "0.92", "0.93", "0.94", "2.0", "2.0.1"}
_SAME_MEANING = {
    "channel": {
        "managingEditor": "dc:creator",
        "webMaster": "dc:publisher",
        "category": "dc:subject",
        "pubDate": "dc:date",
        "language": "dc:language",
        "copyright": "dc:rights",
        "generator": "admin:generatorAgent",
    },
    "item": {
        "author": "dc:creator",
        "category": "dc:subject",
        "pubDate": "dc:date",
        "source": "dc:source",
        "guid": "atom:id",
    },
}
_ADMIN = "{http://webns.net/mvcb/}generatorAgent"
_HEXADECIMAL = re.compile(rb"&#x(?:26|3c);", re.IGNORECASE)
Check = Callable[[Report, str, str], None]


@dataclass(frozen=True)
class Rules:
    """The elements that a channel or an item may have, those of them that it has once, and what they may hold."""

    known: frozenset[str]
    once: frozenset[str]
    checks: dict[str, Check]


def check(report: Report, root: etree._Element, body: bytes) -> None:
    """All that is wrong with a document. `body` tells how its plain text is written."""
    if root.tag != "rss":
        report.say("UndefinedElement", "/", root.tag)
        return
    if root.get("version") not in VERSIONS:
        report.say("InvalidRSSVersion", "/rss", root.get("version"))
    extensions.prefixes(report, root)
    channels = root.findall("channel")
    if len(channels) != 1:
        report.say("MissingElement" if not channels else "DuplicateElement", "/rss", "channel")
    for channel in channels:
        _channel(report, channel, hexadecimal=_HEXADECIMAL.search(body) is not None)


def _channel(report: Report, channel: etree._Element, *, hexadecimal: bool) -> None:
    where = "/rss/channel"
    for name, code in (("title", "MissingTitle"), ("link", "MissingLink"), ("description", "MissingDescription")):
        if channel.find(name) is None:
            report.say(code, where)
        elif not (channel.findtext(name) or "").strip():
            report.say("NotBlank", f"{where}/{name}")
    _elements(report, where, channel, _CHANNEL)
    _plain(report, where, channel, ("title", "description", "copyright", "category"), hexadecimal=hexadecimal)
    _same_meaning(report, where, channel, "channel")
    for name, check_part in _PARTS.items():
        for part in channel.findall(name):
            check_part(report, f"{where}/{name}", part)
    children = [child.tag for child in channel.iterchildren(etree.Element)]
    if "item" in children and any(name != "item" for name in children[children.index("item") :]):
        report.say("MisplacedItem", where)
    _channel_links(report, where, channel)
    guids: set[str] = set()
    for item in channel.findall("item"):
        _item(report, where + "/item", item, guids, hexadecimal=hexadecimal)


def _channel_links(report: Report, where: str, channel: etree._Element) -> None:
    found = {link.get("rel", "alternate"): link.get("href", "") for link in channel.findall(f"{NS}link")}
    if "self" not in found and channel.getparent().get("version") == "2.0":  # type: ignore[union-attr]
        report.say("MissingAtomSelfLink", where)
    elif "://" not in found.get("self", "://"):
        report.say("RelativeSelf", where, found["self"])
    links.paging(report, where, found)


def _item(report: Report, where: str, item: etree._Element, guids: set[str], *, hexadecimal: bool) -> None:
    if item.find("title") is None and item.find("description") is None:
        report.say("ItemMustContainTitleOrDescription", where)
    _elements(report, where, item, _ITEM)
    if item.find("title") is not None and not (item.findtext("title") or "").strip():
        report.say("NotBlank", where + "/title")
    _plain(report, where, item, ("title", "category", "source"), hexadecimal=hexadecimal)
    _same_meaning(report, where, item, "item")
    for element in (*item.findall("description"), *item.findall(f"{{{extensions.PREFIXES['content']}}}encoded")):
        values.characters(report, f"{where}/{extensions.name(element)}", element.text or "")
        html.check(report, f"{where}/{extensions.name(element)}", element.text or "")
    names = [extensions.name(child) for child in item.iterchildren(etree.Element)]
    if "content:encoded" in names and "description" not in names[: names.index("content:encoded")]:
        report.say("NeedDescriptionBeforeContent", where)
    if item.find("{http://www.w3.org/1999/xhtml}body") is not None or _inline_content(item):
        report.say("DuplicateDescriptionSemantics", where)
    _guid(report, where, item, guids)
    enclosures = item.findall("enclosure")
    if len(enclosures) > 1:
        report.say("DuplicateEnclosure", where)
    for enclosure in enclosures:
        _enclosure(report, where + "/enclosure", enclosure)
    for source in item.findall("source"):
        _required(report, where + "/source", source, {"url": values.uri})


def _inline_content(item: etree._Element) -> bool:
    return any(content.get("src") is None for content in item.findall(f"{NS}content"))


def _elements(report: Report, where: str, parent: etree._Element, rules: Rules) -> None:
    seen: set[str] = set()
    for child in parent.iterchildren(etree.Element):
        name = str(child.tag)
        if child.get("{http://www.w3.org/XML/1998/namespace}lang"):
            values.language(report, where, child.get("{http://www.w3.org/XML/1998/namespace}lang", ""))
        if name == f"{NS}link":
            links.check(report, child)
        elif name.startswith("{"):
            extensions.check(report, f"{where}/{extensions.name(child)}", child)
        elif name not in rules.known:
            report.say("UndefinedElement", where, name)
        elif name in seen and name in rules.once:
            report.say("DuplicateElement", where, name)
        elif name in rules.checks:
            rules.checks[name](report, f"{where}/{name}", (child.text or "").strip())
        seen.add(name)


def _plain(report: Report, where: str, parent: etree._Element, names: tuple[str, ...], *, hexadecimal: bool) -> None:
    for name in names:
        for element in parent.findall(name):
            value = element.text or ""
            values.characters(report, f"{where}/{name}", value)
            if not hexadecimal:
                values.plain(report, f"{where}/{name}", value)
                if re.search(r"&#[x0-9]|<[/a-zA-Z]", value):
                    report.say("CharacterData", f"{where}/{name}", value)


def _same_meaning(report: Report, where: str, parent: etree._Element, kind: str) -> None:
    names = {extensions.name(child) for child in parent.iterchildren(etree.Element)}
    if parent.find(_ADMIN) is not None:
        names.add("admin:generatorAgent")
    for core, other in _SAME_MEANING[kind].items():
        if core in names and other in names:
            report.say("DuplicateItemSemantics" if kind == "item" else "DuplicateSemantics", where, f"{core}, {other}")


def _guid(report: Report, where: str, item: etree._Element, guids: set[str]) -> None:
    guid = item.find("guid")
    if guid is None:
        report.say("MissingGuid", where)
        return
    value, permanent = (guid.text or "").strip(), guid.get("isPermaLink", "true")
    if not value:
        report.say("NotBlank", where + "/guid")
    if value in guids:
        report.say("DuplicateValue", where + "/guid", value)
    guids.add(value)
    if permanent not in {"true", "false"}:
        report.say("InvalidBooleanAttribute", where + "/guid", permanent)
    elif permanent == "true" and value.lower().startswith(("tag:", "urn:")):
        report.say("InvalidPermalink", where + "/guid", value)
    elif permanent == "true" and not re.match(r"https?://[^/\s]+", value):
        report.say("InvalidHttpGUID", where + "/guid", value)
    elif value.isdigit() and len(value) < 9:
        report.say("NotSufficientlyUnique", where + "/guid", value)


def _enclosure(report: Report, where: str, enclosure: etree._Element) -> None:
    _required(report, where, enclosure, {"url": values.http_url, "length": _length, "type": values.mime})


def _length(report: Report, where: str, value: str) -> None:
    if not re.fullmatch(r"\d+", value):
        report.say("InvalidIntegerAttribute", where, value)


def _required(report: Report, where: str, element: etree._Element, checks: dict[str, Check]) -> None:
    for name, check_value in checks.items():
        if element.get(name) is None:
            report.say("MissingAttribute", where, name)
        else:
            check_value(report, f"{where}/@{name}", element.get(name, ""))


def _image(report: Report, where: str, image: etree._Element) -> None:
    for child in image.iterchildren(etree.Element):
        if len(image.findall(str(child.tag))) > 1:
            report.say("DuplicateElement", where, child.tag)
    for name, code in (("url", "MissingElement"), ("title", "MissingTitle"), ("link", "MissingLink")):
        found = image.find(name)
        if found is None:
            report.say(code, where, name)
        elif not (found.text or "").strip():
            report.say("NotBlank", f"{where}/{name}")
    values.uri(report, where + "/url", (image.findtext("url") or "urn:none:x").strip())
    values.uri(report, where + "/link", (image.findtext("link") or "urn:none:x").strip())
    if not (image.findtext("url") or ".png").strip().lower().endswith((".png", ".gif", ".jpg", ".jpeg")):
        report.say("ImageUrlFormat", where, image.findtext("url"))
    for name, code, largest in (("width", "InvalidWidth", 144), ("height", "InvalidHeight", 400)):
        value = (image.findtext(name) or "1").strip()
        if not value.isdigit() or not 0 < int(value) <= largest:
            report.say(code, f"{where}/{name}", value)
    channel = image.getparent()
    for name, code in (("link", "ImageLinkDoesntMatch"), ("title", "ImageTitleDoesntMatch")):
        if channel is not None and image.findtext(name) != channel.findtext(name):
            report.say(code, where)


def _text_input(report: Report, where: str, part: etree._Element) -> None:
    report.say("AvoidTextInput", where)
    for name in ("title", "description", "name", "link"):
        count = len(part.findall(name))
        if count != 1:
            report.say(
                "DuplicateElement" if count else ("MissingTitle" if name == "title" else "MissingElement"), where, name
            )


def _cloud(report: Report, where: str, part: etree._Element) -> None:
    for name in ("domain", "port", "path", "registerProcedure", "protocol"):
        if part.get(name) is None:
            report.say("MissingAttribute", where, name)
    if not part.get("port", "1").isdigit():
        report.say("InvalidIntegerAttribute", where, part.get("port"))


def _skip(report: Report, where: str, part: etree._Element) -> None:
    days = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
    for value in _texts(part):
        if value not in days and not (value.isdigit() and int(value) < 24):
            report.say("InvalidDay" if where.endswith("Days") else "InvalidHour", where, value)


def _texts(part: etree._Element) -> Iterator[str]:
    return ((child.text or "").strip() for child in part.iterchildren(etree.Element))


def _ttl(report: Report, where: str, value: str) -> None:
    if not value.isdigit() or int(value) == 0:
        report.say("InvalidInteger", where, value)


def _not_blank(report: Report, where: str, value: str) -> None:
    if not value:
        report.say("NotBlank", where)


_CHANNEL_ONCE = words(
    """title link description language copyright managingEditor webMaster pubDate lastBuildDate generator docs cloud ttl
    image rating textInput skipHours skipDays"""
)
_CHANNEL = Rules(
    known=_CHANNEL_ONCE | {"category", "item"},
    once=_CHANNEL_ONCE,
    checks={
        "link": values.uri,
        "language": values.language,
        "managingEditor": values.mail_with_name,
        "webMaster": values.mail_with_name,
        "pubDate": values.rfc822,
        "lastBuildDate": values.rfc822,
        "docs": values.uri,
        "ttl": _ttl,
    },
)
_ITEM_ONCE = words("title link description author comments guid pubDate source")
_ITEM = Rules(
    known=_ITEM_ONCE | {"category", "enclosure"},
    once=_ITEM_ONCE,
    checks={
        "link": values.uri,
        "author": values.mail_with_name,
        "comments": values.uri,
        "pubDate": values.rfc822,
        "category": _not_blank,
    },
)
_PARTS: dict[str, Callable[[Report, str, etree._Element], None]] = {
    "image": _image,
    "textInput": _text_input,
    "cloud": _cloud,
    "skipHours": _skip,
    "skipDays": _skip,
}
