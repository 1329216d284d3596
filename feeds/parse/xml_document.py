"""The bytes of an XML document → its root element, read without harm.

No entity is expanded, no DTD is loaded, nothing is fetched. libxml2 itself limits depth (256), names (50,000
characters), texts (10 MB) and the growth by entities; what it lets through is limited here by the number of nodes.
"""

from __future__ import annotations

import re

from lxml import etree

from feeds.errors import EmptyBody, NotAFeed, ReadError, TooHeavy, UnsafeDocument

MAX_BODY = 10_000_000
MAX_MARKS = 700_000
"""Tags and attributes of one document; at about 200 bytes each the tree stays well below 200 MB."""

_MANY = 1_000_000  # bytes, below which counting the marks isn't worth its time


def _parser(encoding: str | None = None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


_AS_DECLARED = _parser()
# The web means Windows-1252 when it says Latin-1 or ASCII (Encoding Standard, 4.2), and UTF-8 when it can be.
_AS_UTF8 = _parser("utf-8")
_AS_1252 = _parser("windows-1252")

_DECLARED = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_WRONG = re.compile("[\udc80-\udcff]")  # how "surrogateescape" notes a byte that isn't UTF-8
_RIGHT = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")
_LATIN = {b"iso-8859-1", b"latin1", b"latin-1", b"us-ascii", b"ascii", b"windows-1252", b"cp1252", b"iso8859-1"}
_UNSAFE = {
    etree.ErrorTypes.ERR_ENTITY_LOOP,
    etree.ErrorTypes.ERR_RESOURCE_LIMIT,
    etree.ErrorTypes.ERR_NAME_TOO_LONG,
}


def declared_encoding(body: bytes) -> bytes:
    """The encoding that the XML declaration names, in lower case; empty when it names none."""
    found = _DECLARED.match(body, 0, 300)
    return found[1].lower() if found else b""


def root(body: bytes, url: str) -> etree._Element:
    """The root element of a well-formed document.

    Raises NotAFeed when it is not well formed (`detail` says where), UnsafeDocument, TooHeavy or EmptyBody.
    """
    body = body.lstrip(b"\xef\xbb\xbf\r\n\t ") if body[:1] in b"\xef\r\n\t " else body
    if not body:
        raise EmptyBody(url)
    check_size(body, url)
    try:
        top = etree.fromstring(body, _parser_for(body, url))
    except etree.XMLSyntaxError as error:
        raise refusal(error, url) from error
    except ValueError as error:
        raise NotAFeed(url, str(error)) from error
    doctype = top.getroottree().docinfo.internalDTD
    if doctype is not None:
        _check_doctype(top, doctype, url)
    return top


def check_size(body: bytes, url: str) -> None:
    """Raise TooHeavy for a document whose tree would take too much memory."""
    if len(body) > MAX_BODY or (len(body) > _MANY and body.count(b"<") + body.count(b"=") > MAX_MARKS):
        raise TooHeavy(url, f"{len(body)} bytes, {body.count(b'<')} tags")


def refusal(error: etree.XMLSyntaxError, url: str) -> ReadError:
    """Why libxml2 did not read it: a definite refusal where the document is hostile, else NotAFeed."""
    if getattr(error, "code", None) in _UNSAFE or "amplification" in str(error):
        return UnsafeDocument(url, str(error))
    return NotAFeed(url, str(error))


def _parser_for(body: bytes, url: str) -> etree.XMLParser:
    if declared_encoding(body) not in _LATIN or body.isascii():
        return _AS_DECLARED
    text = body.decode("utf-8", "surrogateescape")
    wrong = len(_WRONG.findall(text))
    if not wrong:
        return _AS_UTF8
    if wrong < len(_RIGHT.findall(text)):
        raise NotAFeed(url, "UTF-8 with other bytes in it")
    return _AS_1252


def _check_doctype(top: etree._Element, doctype: etree.DTD, url: str) -> None:
    """RSS 0.91 has a document type, and that is fine; declaring entities is what bombs are made of."""
    if any(doctype.iterentities()):  # type: ignore[attr-defined]
        raise UnsafeDocument(url, "the document declares entities")
    if next(top.iter(etree.Entity), None) is not None:
        raise NotAFeed(url, "the document uses entities of a DTD")
