"""One organization's web site on a given day: where its things stand, and what its links lead to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape

from network.demo.coalition import Organization, organization
from network.demo.markup import html
from network.demo.pictures import HEIGHT, WIDTH
from network.demo.program import Occasion, Published, latest, published

WORDPRESS = frozenset({"wordpress", "wordpress-noisy", "events-calendar", "broken-feed", "gone"})
"""Flavours that are WordPress underneath."""

POST_PATHS = {
    "atom": "/posts/{at:%Y-%m-%d}-{slug}.html",
    "json-feed": "/noticias/{slug}-{number}",
    "rdf": "/archives/{number:06d}.html",
    "plain": "/news/{number}/{slug}",
    "head-only": "/node/{number}",
    "windows-1252": "/{slug}-{number}.html",
    "squarespace": "/blog/{at.year}/{at.month}/{at.day}/{slug}",
}
WORDPRESS_POST_PATH = "/{at:%Y/%m/%d}/{slug}/"


@dataclass(frozen=True, slots=True)
class Site:
    """The site of `organization` as it is at `base_url` (without a slash at its end) on this day.

    `neighbours` has the addresses of the other organizations' sites, by slug; one that is missing has its own host.
    """

    organization: Organization
    base_url: str
    today: date
    neighbours: Mapping[str, str]

    @property
    def posts(self) -> list[Published]:
        """What its feed shows, the newest first."""
        return published(self.organization, self.today)

    def link(self, post: Published) -> str:
        """Where a post stands, as its feed says: on another site when it was taken over from there."""
        if post.text.republishes:
            return self._original(post) + f"?utm_source={self.organization.host}&utm_medium=repost"
        if self.organization.tracks_readers:
            return f"{self.base_url}{post_path(post)}?utm_source=rss&utm_medium=rss&utm_campaign={post.text.slug}"
        return self.base_url + post_path(post)

    def event_link(self, occasion: Occasion) -> str:
        """Where one date of an event stands."""
        return self.base_url + event_path(occasion)

    def html(self, post: Published) -> str:
        """A post's text as HTML, with its picture; all addresses are absolute."""
        text = html(post.body, self.resolve)
        if not post.text.picture:
            return text
        source = self.base_url + picture_path(post)
        size = f'width="{WIDTH}" height="{HEIGHT}"'
        return f'<p><img src="{source}" alt="{escape(post.text.picture)}" {size} /></p>\n{text}'

    def resolve(self, link: str) -> str:
        """The address that a link in a text leads to."""
        if link.startswith("member:"):
            slug, _, rest = link.removeprefix("member:").partition("/")
            return f"{self.neighbour(slug)}/{rest}"
        return self.base_url + link if link.startswith("/") else link

    def neighbour(self, slug: str) -> str:
        """The address of another organization's site, without a slash at its end."""
        return self.neighbours.get(slug) or f"https://{organization(slug).host}"

    def _original(self, post: Published) -> str:
        """The post that this one republishes, as it was last published before."""
        owner, _, slug = post.text.republishes.partition("/")
        return self.neighbour(owner) + post_path(latest(organization(owner), slug, post.at.date()))


def post_path(post: Published) -> str:
    """A post's path on its own site, as its platform makes them. It never changes and no two are alike."""
    pattern = POST_PATHS.get(post.organization.flavour, WORDPRESS_POST_PATH)
    return pattern.format(at=post.at, slug=post.text.slug, number=post.number)


def picture_path(post: Published) -> str:
    """Where the picture of a post stands."""
    folder = "/wp-content/uploads" if post.organization.flavour in WORDPRESS else "/images"
    return f"{folder}/{post.text.slug}.png"


def event_path(occasion: Occasion) -> str:
    """The path of one date of an event."""
    return f"/event/{occasion.event.slug}/{occasion.original}/"


def guid(post: Published) -> str:
    """A post's identity, as its platform makes them. It holds the site's real host, so that it outlives a move."""
    organization = post.organization
    if organization.flavour == "atom":
        return f"tag:{organization.host},{post.at:%Y-%m-%d}:{post.text.slug}"
    if organization.flavour == "squarespace":
        return f"5f3c{post.number:08x}:5f3d{post.number:08x}:{post.number * 7919:024x}"
    if organization.flavour in WORDPRESS or organization.flavour == "head-only":
        return f"https://{organization.host}/?p={post.number}"
    return f"https://{organization.host}{post_path(post)}"
