"""The pictures of the sample posts: quilts of triangles, circles and stripes in the organization's colour, as PNG.

Drawn here so that no photographs ship with the program. The same name always gives the same picture.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from hashlib import blake2b

TILE = 80
COLUMNS, ROWS = 8, 5
WIDTH, HEIGHT = TILE * COLUMNS, TILE * ROWS

Motif = Callable[[int, int], int]
"""Which of four colours (0 to 3) a tile has at a spot, both counted from its middle."""

MOTIFS: tuple[Motif, ...] = (
    lambda x, y: 1 if x > y else 0,
    lambda x, y: 1 if x > -y else 2,
    lambda x, y: 2 if x * x + y * y < 30 * 30 else 0,
    lambda x, y: 3 if abs(x) + abs(y) < 34 else 1,  # noqa: PLR2004 - in pixels, as all here
    lambda x, y: 1 if (x + y) // 10 % 2 else 3,
    lambda x, y: 2 if (x + 40) ** 2 + (y + 40) ** 2 < 76 * 76 else 1,
    lambda x, y: 3 if max(abs(x), abs(y)) < 12 else 2 if max(abs(x), abs(y)) < 28 else 0,  # noqa: PLR2004
)


def picture(name: str, colour: str) -> bytes:
    """A PNG of 640 × 400 pixels. `colour` is written "#rrggbb"."""
    seed = blake2b(name.encode(), digest_size=COLUMNS * ROWS).digest()
    tiles = [_tile(motif) for motif in MOTIFS]
    rows = []
    for row in range(ROWS):
        chosen = [tiles[byte % len(tiles)] for byte in seed[row * COLUMNS : (row + 1) * COLUMNS]]
        rows += [b"\0" + b"".join(tile[line] for tile in chosen) for line in range(TILE)]
    return _png(WIDTH, HEIGHT, b"".join(rows), _palette(colour))


def icon(colour: str) -> bytes:
    """The site's icon: one tile."""
    return _png(TILE, TILE, b"".join(b"\0" + line for line in _tile(MOTIFS[5])), _palette(colour))


def _tile(motif: Motif) -> list[bytes]:
    half = TILE // 2
    return [bytes(motif(x, y) for x in range(-half, half)) for y in range(-half, half)]


def _palette(colour: str) -> bytes:
    """The colour, a dark and a light one of its kind, and cream."""
    own = bytes.fromhex(colour.removeprefix("#"))
    dark = bytes(part * 55 // 100 for part in own)
    light = bytes(255 - (255 - part) * 45 // 100 for part in own)
    return b"\xfb\xf3\xe4" + own + dark + light


def _png(width: int, height: int, lines: bytes, palette: bytes) -> bytes:
    """PNG with a palette (W3C PNG, 5 and 11): every line starts with the number of its filter."""
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
