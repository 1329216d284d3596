"""Bytes → text, when neither the document nor the server can be trusted to say how.

In this order: a byte order mark, UTF-16 and UTF-32 by their zeros, UTF-8 when it is valid, what the XML declaration
says, what the server says, UTF-8 with some bytes of Windows-1252 in it (parts of a page that came from an old
database), and Windows-1252.
"""

from __future__ import annotations

import codecs
import re
import zlib

from feeds.parse.xml_document import MAX_BODY, declared_encoding

_GZIP = b"\x1f\x8b"
_CHUNK = 65_536
_MAX_MEMBERS = 2000
_MAX_NAME = 40
_TRAILER = 8  # bytes of checksum and length at the end of a gzip member
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# Not encodings of documents, or none that a document may choose (RFC 7303, 3; the others take quadratic time).
_NEVER = {"utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
# The larger encoding that is meant by a smaller one's name (Encoding Standard, 4.2).
_MEANT = (
    (re.compile(r"(?:iso-?8859-?1|latin-?1|(?:us-?)?ascii)$", re.IGNORECASE), "cp1252"),
    (re.compile(r"(?:iso-?8859-?9|latin-?5)$", re.IGNORECASE), "cp1254"),
    (re.compile(r"(?:gb2312|gbk|euc-?cn)$", re.IGNORECASE), "gb18030"),
    (re.compile(r"euc-?kr$", re.IGNORECASE), "cp949"),
    (re.compile(r"(?:shift[-_]?jis|x?-?sjis)$", re.IGNORECASE), "cp932"),
)
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ZEROS = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_AS_1252 = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0x100)}
_ESCAPES = {0xDC00 + code: char for code, char in _AS_1252.items()}  # how "surrogateescape" notes a wrong byte
_WRONG = re.compile("[\udc80-\udcff]")
_RIGHT = re.compile("[\x80-\ud7ff\ue000-\U0010ffff]")


def unpacked(body: bytes) -> bytes:
    """The content of a gzip file that came without being declared as one; any other body as it is.

    At most 10 MB and one byte come out, so that what is longer can be told. Of a broken file, what can be read.
    """
    if not body.startswith(_GZIP):
        return body
    out: list[bytes] = []
    room, at = MAX_BODY + 1, 0
    for _ in range(_MAX_MEMBERS):
        member = zlib.decompressobj(31)
        while room and at < len(body) and not member.eof:
            stop = min(at + _CHUNK, len(body) - _TRAILER) if at < len(body) - _TRAILER else len(body)
            try:
                out.append(member.decompress(body[at:stop], room))
            except zlib.error:
                return b"".join(out)
            room -= len(out[-1])
            at = stop - len(member.unconsumed_tail) - len(member.unused_data)
        if not room or not body.startswith(_GZIP, at):
            break
    return b"".join(out)


def decoded(body: bytes, content_type: str) -> str:
    """The text of `body`; always one, right or wrong."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    while body.startswith(codecs.BOM_UTF8):
        body = body[3:]
    start = body[:200].lstrip(b" \t\r\n")
    for zeros, name in _ZEROS:
        if start.startswith(zeros):
            return body.decode(name, "replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return _declared(body, content_type) or _mixed(body)


def _declared(body: bytes, content_type: str) -> str | None:
    """The text in the encoding that the document or the server names, if it is one and not UTF-8."""
    found = _CHARSET.search(content_type)
    for name in (declared_encoding(body.lstrip()).decode("ascii"), found[1] if found else ""):
        meant = next((larger for smaller, larger in _MEANT if smaller.match(name)), name)
        if meant == "cp1252":  # the name that is given most often where something else is meant
            break
        try:
            if len(meant) <= _MAX_NAME and not codecs.lookup(meant).name.replace("_", "-").startswith(("utf", *_NEVER)):
                return body.decode(meant, "replace")
        except (LookupError, ValueError):
            continue
    return None


def _mixed(body: bytes) -> str:
    """UTF-8 with some bytes of Windows-1252 in it, or the other way round: whichever there is more of."""
    text = body.decode("utf-8", "surrogateescape")
    if len(_WRONG.findall(text)) <= len(_RIGHT.findall(text)):
        return text.translate(_ESCAPES)
    return body.decode("latin-1").translate(_AS_1252)
