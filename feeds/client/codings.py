"""Packed bodies, unpacked a step at a time, so that who reads can stop before a bomb has filled the memory.

Done here and not by aiohttp, which takes a gzip, br or zstd stream that breaks off for a whole one, and grants a zstd
stream the 128 MB of memory it may ask for. Adding a coding: its class, its line in `_CODINGS`; it is offered then.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STEP = 131_072
"""Bytes that are unpacked at a time; brotli may give about twice as many."""
MAX_MEMBERS = 1000
"""Streams in a row in one body. A few are usual; each may be 20 bytes that unpack to nothing and cost time."""
_ZSTD_WINDOW = 23
"""The binary logarithm of what a zstd stream may ask to remember: 8 MB (RFC 9659)."""
_ZLIB_METHOD = 8


class BrokenCodingError(Exception):
    """A body is not packed as it says it is, or breaks off."""


BROKEN: tuple[type[Exception], ...] = (BrokenCodingError, zlib.error, brotli.error, zstd.ZstdError)
"""What unpacking raises when a body is at fault."""


class Unpacker(Protocol):
    """Raises one of BROKEN when the bytes make no sense."""

    def unpack(self, data: bytes) -> Iterator[bytes]:
        """What the next bytes of the body, at least one, unpack to, in steps, some of them empty."""
        ...

    def finish(self) -> None:
        """There is no more; raises when the packed stream expects more."""
        ...


class _Gzip:
    """RFC 1952: one or more members. What follows the last one and is none is ignored, as gzip itself does."""

    _bits = zlib.MAX_WBITS | 16

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(self._bits)
        self._members = 1

    def unpack(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream.eof:
                if data[0] != 0x1F:  # noqa: PLR2004 - how a member begins
                    yield b""
                    return
                self._members = _counted(self._members)
                self._stream = zlib.decompressobj(self._bits)
            yield from _inflated(self._stream, data)
            data = self._stream.unused_data

    def finish(self) -> None:
        _ended(self._stream.eof)


class _Deflate:
    """RFC 1950, or the bare RFC 1951 that some servers send under this name."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None

    def unpack(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            named = data[0] & 0x0F == _ZLIB_METHOD
            self._stream = zlib.decompressobj(zlib.MAX_WBITS if named else -zlib.MAX_WBITS)
        if self._stream.eof:
            yield b""
        else:
            yield from _inflated(self._stream, data)

    def finish(self) -> None:
        _ended(self._stream is not None and self._stream.eof)


class _Brotli:
    """RFC 7932."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def unpack(self, data: bytes) -> Iterator[bytes]:
        piece = self._stream.process(data, output_buffer_limit=STEP)
        yield piece
        while not self._stream.is_finished() and (piece or not self._stream.can_accept_more_data()):
            piece = self._stream.process(b"", output_buffer_limit=STEP)
            yield piece

    def finish(self) -> None:
        _ended(self._stream.is_finished())


class _Zstd:
    """RFC 8878: one or more frames, with windows of 8 MB at most."""

    def __init__(self) -> None:
        self._stream = self._frame()
        self._frames = 1

    @staticmethod
    def _frame() -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW})

    def unpack(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream.eof:
                self._frames = _counted(self._frames)
                self._stream = self._frame()
            yield self._stream.decompress(data, STEP)
            while not self._stream.eof and not self._stream.needs_input:
                yield self._stream.decompress(b"", STEP)
            data = self._stream.unused_data

    def finish(self) -> None:
        _ended(self._stream.eof)


_CODINGS: dict[str, Callable[[], Unpacker]] = {"gzip": _Gzip, "deflate": _Deflate, "br": _Brotli, "zstd": _Zstd}
ACCEPT_ENCODING = ", ".join(_CODINGS)
_NAMES = _CODINGS | {"x-gzip": _Gzip}


def unpacker(content_encoding: str) -> Unpacker | None:
    """What unpacks a body under this Content-Encoding; None where nothing needs to be unpacked.

    Words that are no coding, which misled servers write there (UTF-8, none), are passed over, as browsers do. Raises
    BrokenCodingError for several codings, one in the other: no server needs them, and bombs do.
    """
    made = _NAMES.get(content_encoding)
    if made is not None:
        return made()
    words = (word.strip().lower() for word in content_encoding.split(","))
    several = [_NAMES[word] for word in words if word in _NAMES]
    if len(several) > 1:
        raise BrokenCodingError(f"several codings: {content_encoding[:100]}")
    return several[0]() if several else None


def _inflated(stream: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    piece = stream.decompress(data, STEP)
    yield piece
    while not stream.eof and (stream.unconsumed_tail or len(piece) == STEP):
        piece = stream.decompress(stream.unconsumed_tail, STEP)
        yield piece


def _counted(members: int) -> int:
    if members == MAX_MEMBERS:
        raise BrokenCodingError(f"more than {MAX_MEMBERS} packed streams in a row")
    return members + 1


def _ended(whole: bool) -> None:
    if not whole:
        raise BrokenCodingError("the packed stream breaks off")
