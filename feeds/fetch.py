"""One source's address → Fetched, Unchanged or Failed.

A conditional GET with both validators of the last answer (RFC 9110, 13.1). That nothing is new shows in a 304, or,
where a server gives no validators that work, in the same bytes as before. What a server or network does wrong comes
back as a value with a stable code; only errors of this program are raised.
"""

from __future__ import annotations

from hashlib import sha256

from feeds import headers
from feeds.client import Answer, Client, refusal
from feeds.diagnose import diagnose, is_guarded, platform_of
from feeds.errors import AddressError, BadAnswer, FetchError, Forbidden
from feeds.model import Failed, Fetched, Source, Unchanged

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, text/calendar, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
ACCEPTED, NOT_MODIFIED = 202, 304


async def fetch(client: Client, source: Source, now: int) -> Fetched | Unchanged | Failed:
    """Ask for a source again. `now` (UTC seconds) is what dates are counted from when the server does not say its own."""
    try:
        answer = await client.get(source.url, _asking(source))
    except (FetchError, AddressError) as error:
        return Failed(problem=error.problem, detail=error.detail, platform=platform_of(url=source.url))
    return outcome(source, answer, now)


def outcome(source: Source, answer: Answer, now: int) -> Fetched | Unchanged | Failed:
    """What an answer says of a source: something new, nothing new, or why there is no document."""
    refused = refusal(answer)
    if answer.status == NOT_MODIFIED and not (source.etag or source.last_modified):
        refused = BadAnswer(answer.url, "304 although nothing was known")
    if answer.status == ACCEPTED and is_guarded(answer.headers):
        refused = Forbidden(answer.url, "status 202")
    if refused is None:
        return _document(source, answer, now)
    found = diagnose(refused, url=answer.url, status=answer.status, headers=answer.headers, body=answer.body)
    return Failed(
        problem=found.problem,
        detail=found.detail,
        status=answer.status,
        retry_after=headers.retry_after(answer.headers, now),
        platform=found.platform,
    )


def _asking(source: Source) -> dict[str, str]:
    asked = {"Accept": ACCEPT}
    if source.etag:
        asked["If-None-Match"] = source.etag
    if source.last_modified:
        asked["If-Modified-Since"] = source.last_modified
    return asked


def _document(source: Source, answer: Answer, now: int) -> Fetched | Unchanged:
    etag = headers.validator(answer.headers, "ETag")
    last_modified = headers.validator(answer.headers, "Last-Modified")
    max_age = headers.max_age(answer.headers, now)
    moved_to = answer.url if answer.permanent else None
    if answer.status == NOT_MODIFIED:
        # A 304 names the validators only when they differ (RFC 9110, 15.4.5).
        etag, last_modified = etag or source.etag, last_modified or source.last_modified
        return Unchanged(etag=etag, last_modified=last_modified, max_age=max_age, moved_to=moved_to)
    body_hash = sha256(answer.body).digest()[:16]
    if body_hash == source.body_hash:
        return Unchanged(etag=etag, last_modified=last_modified, max_age=max_age, moved_to=moved_to)
    links = headers.links(answer.headers, answer.url)
    return Fetched(
        url=answer.url,
        body=answer.body,
        content_type=headers.ascii_of(answer.headers, "Content-Type"),
        etag=etag,
        last_modified=last_modified,
        body_hash=body_hash,
        moved_to=moved_to,
        max_age=max_age,
        hub=links.get("hub"),
        topic=links.get("self"),
    )
