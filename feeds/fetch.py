"""One source's address → Fetched, Unchanged or Failed.

A conditional GET with both validators of the last answer (RFC 9110, 13.1). That nothing is new shows in a 304, or,
where a server gives no validators that work, in the same bytes as before. What a server or network does wrong comes
back as a value with a stable code; only errors of this program are raised.
"""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from hashlib import sha256

from feeds.client import Answer, Client, refusal
from feeds.errors import AddressError, BadAnswer, FetchError
from feeds.model import Failed, Fetched, Source, Unchanged

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, text/calendar, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
NOT_MODIFIED = 304
MAX_VALIDATOR = 500
MAX_SECONDS = 10_000_000
"""What a server may ask us to wait or to keep, in seconds (four months); who uses it sets a nearer bound."""


async def fetch(client: Client, source: Source, now: int) -> Fetched | Unchanged | Failed:
    """Ask for a source again. `now` (UTC seconds) is what dates in Retry-After and Expires are counted from."""
    try:
        answer = await client.get(source.url, _headers(source))
    except (FetchError, AddressError) as error:
        return Failed(problem=error.problem, detail=error.detail)
    refused = refusal(answer)
    if answer.status == NOT_MODIFIED and not (source.etag or source.last_modified):
        refused = BadAnswer(answer.url, "304 although nothing was known")
    if refused is not None:
        return Failed(
            problem=refused.problem,
            detail=refused.detail,
            status=answer.status,
            retry_after=_seconds(answer.headers.get("Retry-After", ""), now),
        )
    return _document(source, answer, now)


def _headers(source: Source) -> dict[str, str]:
    headers = {"Accept": ACCEPT}
    if source.etag:
        headers["If-None-Match"] = source.etag
    if source.last_modified:
        headers["If-Modified-Since"] = source.last_modified
    return headers


def _document(source: Source, answer: Answer, now: int) -> Fetched | Unchanged:
    etag = _validator(answer, "ETag")
    last_modified = _validator(answer, "Last-Modified")
    max_age = _max_age(answer, now)
    if answer.status == NOT_MODIFIED:
        # A 304 names the validators only when they differ (RFC 9110, 15.4.5).
        return Unchanged(etag=etag or source.etag, last_modified=last_modified or source.last_modified, max_age=max_age)
    body_hash = sha256(answer.body).digest()[:16]
    if body_hash == source.body_hash:
        return Unchanged(etag=etag, last_modified=last_modified, max_age=max_age)
    return Fetched(
        url=answer.url,
        body=answer.body,
        content_type=_ascii(answer.headers.get("Content-Type", "")),
        etag=etag,
        last_modified=last_modified,
        body_hash=body_hash,
        moved_to=answer.url if answer.permanent else None,
        max_age=max_age,
    )


def _validator(answer: Answer, name: str) -> str:
    """A validator, if it can be sent back as it is: a byte outside ASCII would make every later request fail."""
    value = answer.headers.get(name, "")
    return value if value.isascii() and len(value) <= MAX_VALIDATOR else ""


def _ascii(value: str) -> str:
    return value if value.isascii() else value.encode("ascii", "ignore").decode("ascii")


def _max_age(answer: Answer, now: int) -> int | None:
    """For how many seconds the answer stays fresh (RFC 9111, 4.2.1 and 5.2.2), None when the server does not say."""
    for directive in answer.headers.get("Cache-Control", "").lower().split(","):
        name, _, value = directive.strip().partition("=")
        if name in {"no-cache", "no-store"}:
            return 0
        if name == "max-age":
            return _seconds(value.strip(' "'), now)
    return _seconds(answer.headers.get("Expires", ""), now)


def _seconds(value: str, now: int) -> int | None:
    """Seconds from a number of them or from an HTTP date; a date that is over gives 0, what can't be read None."""
    value = value.strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), MAX_SECONDS)  # nine digits are more than MAX_SECONDS, whatever follows
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(int(moment.timestamp()) - now, 0), MAX_SECONDS)
