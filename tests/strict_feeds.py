"""Strict validators of what we publish: `[]` means valid, and that the W3C feed validator has nothing to warn of.

Written from RFC 4287, RFC 5005, the RSS 2.0 specification with the RSS Advisory Board's profile, and JSON Feed 1.1.
They speak of the same things in the same words as the W3C feed validator; tests/feeds/test_strict_feeds.py holds them
against its test cases. One warning of its can't be avoided and is not repeated here: it calls every `ev:startdate`
that lies in the future implausible.
"""

from __future__ import annotations

from lxml import etree

from tests.strict import atom, json_feed, rss
from tests.strict.values import Report, is_error

__all__ = ["check_atom", "check_json_feed", "check_rss", "check_xml", "is_error"]


def check_rss(body: bytes, *, now: int | None = None) -> list[str]:
    """What is wrong with an RSS 2.0 document; with `now` (UTC seconds) dates in the future are wrong too."""
    report = Report(now)
    if (root := _root(report, body)) is not None:
        rss.check(report, root, body)
    return report.messages


def check_atom(body: bytes, *, now: int | None = None) -> list[str]:
    """What is wrong with an Atom document; with `now` (UTC seconds) dates in the future are wrong too."""
    report = Report(now)
    if (root := _root(report, body)) is not None:
        atom.check(report, root)
    return report.messages


def check_xml(body: bytes, *, now: int | None = None) -> list[str]:
    """RSS or Atom, whichever the root element says."""
    return (check_rss if b"<rss" in body else check_atom)(body, now=now)


def check_json_feed(body: bytes, *, now: int | None = None) -> list[str]:
    """What is wrong with a JSON Feed document; with `now` (UTC seconds) dates in the future are wrong too."""
    report = Report(now)
    json_feed.check(report, body)
    return report.messages


def _root(report: Report, body: bytes) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        report.say("SAXError", "/", error)
        return None
