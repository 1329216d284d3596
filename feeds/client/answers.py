"""What a server said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feeds.addresses import shown
from feeds.errors import BadAnswer, Busy, FetchError, Forbidden, Gone, NotFound

NOT_MODIFIED = 304
_PARTS = {206, 226}
"""A part of a document, and what changed in it (RFC 9110, 15.3.7; RFC 3229). Never asked for, and no whole document."""
_MEANINGS: dict[int, type[FetchError]] = {
    **dict.fromkeys((401, 402, 403, 407, 451), Forbidden),
    404: NotFound,
    410: Gone,
    **dict.fromkeys((408, 425, 429, 503), Busy),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. `url` is where, after redirects; `headers` knows no upper and lower case; `permanent` is True
    when there were redirects and each of them for good (301, 308). The `body` of a status that brings no document is
    cut short.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    permanent: bool = False


def brings_document(status: int) -> bool:
    """Whether the body of such an answer is what was asked for, and all of it."""
    return 200 <= status < 300 and status not in _PARTS  # noqa: PLR2004 - HTTP's own numbers


def refusal(answer: Answer) -> FetchError | None:
    """What the status of an answer means: None for a document (2xx) and for `not modified` (304)."""
    if brings_document(answer.status) or answer.status == NOT_MODIFIED:
        return None
    return _MEANINGS.get(answer.status, BadAnswer)(shown(answer.url), f"status {answer.status}")
