"""An entry as its feed gave it → the same entry with HTML that may be shown."""

from __future__ import annotations

from feeds.clean.sanitize import html
from feeds.model import Entry


def entry(raw: Entry) -> Entry:
    """The clean entry. Without content the summary is the content; a summary that says the same is dropped."""
    summary = html(raw.summary, raw.base) if raw.summary else ""
    content = html(raw.content, raw.base) if raw.content and raw.content != raw.summary else ""
    if not content:
        summary, content = "", summary
    return Entry(
        id=raw.id,
        link=raw.link,
        title=raw.title,
        summary="" if summary == content else summary,
        content=content,
        authors=raw.authors,
        categories=raw.categories,
        published=raw.published,
        updated=raw.updated,
        language=raw.language,
        enclosures=raw.enclosures,
        image=raw.image,
        fields=raw.fields,
    )
