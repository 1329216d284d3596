"""What the platforms add to the pages by themselves: links to feeds in the head, embedded calendars, warnings."""

from __future__ import annotations

from html import escape

from network.demo.site import WORDPRESS, Site

GOOGLE_CALENDAR = "c_8f1d2cornertable%40group.calendar.google.com"
GOOGLE_ICS = f"/calendar/ical/{GOOGLE_CALENDAR}/public/basic.ics"
HIDDEN_FEED = "/system/syndication/7c1e09b4.xml"
"""A feed that nobody could guess: only the head of the pages names it."""

HEADS = {
    "atom": '<link rel="alternate" type="application/atom+xml" title="{name}" href="/atom.xml" />',
    "json-feed": '<link rel="alternate" type="application/feed+json" title="{name}" href="/feed.json" />',
    "rdf": '<link rel="alternate" type="application/rss+xml" title="RSS" href="{base}/index.rdf" />\n'
    '<meta name="generator" content="Movable Type 4.38" />',
    "plain": '<link rel="alternate" type="application/feed+json" title="{name}" href="/feed.json" />\n'
    '<link rel="alternate" type="text/calendar" title="{name}: calendar" href="/calendar.ics" />',
    "head-only": f'<link rel="alternate" type="application/rss+xml" title="{{name}}" href="{HIDDEN_FEED}" />',
    "windows-1252": '<link rel="alternate" type="application/rss+xml" title="{name}" href="/rss.xml" />',
    "squarespace": "<!-- This is Squarespace. -->\n"
    '<meta property="og:image" content="http://static1.squarespace.com/static/5f3c/logo.png?format=1500w" />',
    "google-calendar": '<meta name="generator" content="Google Sites" />',
}
WORDPRESS_HEAD = """<link rel="alternate" type="application/rss+xml" title="{name} &raquo; Feed" href="{base}/feed/" />
<link rel="alternate" type="application/rss+xml" title="{name} &raquo; Comments Feed" href="{base}/comments/feed/" />
<link rel="EditURI" type="application/rsd+xml" title="RSD" href="{base}/xmlrpc.php?rsd" />
<meta name="generator" content="WordPress 6.8.3" />"""
EVENTS_HEAD = (
    '\n<link rel="alternate" type="text/calendar" title="{name} &raquo; iCal Feed" href="{base}/events/?ical=1" />'
)
BLOG_HEAD = '\n<link rel="alternate" type="application/rss+xml" title="RSS Feed" href="{base}/blog?format=rss" />'

WARNINGS = """
Deprecated: Function set_magic_quotes_runtime() is deprecated in /home/canalwork/public_html/wp-settings.php on line 18

Strict Standards: Declaration of Walker_Comment::start_lvl() should be compatible with Walker::start_lvl(&$output) in \
/home/canalwork/public_html/wp-includes/comment-template.php on line 0

Strict Standards: Declaration of Walker_Comment::end_lvl() should be compatible with Walker::end_lvl(&$output) in \
/home/canalwork/public_html/wp-includes/comment-template.php on line 0
"""
"""What an old WordPress on a new PHP says before every page and feed."""

POWERED = {"atom": "Jekyll", "rdf": "Movable Type", "squarespace": "Squarespace", "google-calendar": "Google Sites"}


def head_links(site: Site, *, blog: bool = False) -> str:
    """The lines of the head that tell where feeds and calendars are. `blog` for the blog page of Squarespace."""
    flavour = site.organization.flavour
    head = WORDPRESS_HEAD if flavour in WORDPRESS else HEADS[flavour]
    if flavour == "events-calendar":
        head += EVENTS_HEAD
    if blog:
        head += BLOG_HEAD
    return head.format(name=escape(site.organization.name), base=site.base_url) + "\n"


def footer(site: Site) -> str:
    """The end of the last line of every page."""
    flavour = site.organization.flavour
    feed = ' · <a href="/blog?format=rss">RSS</a>' if flavour == "squarespace" else ""
    platform = "WordPress" if flavour in WORDPRESS else POWERED.get(flavour, "")
    return feed + (f" · {platform}" if platform else "")


def menu(site: Site) -> str:
    """The links in the page's header, where the platform has pages besides the home page."""
    if site.organization.flavour != "squarespace":
        return ""
    return '<nav><a href="/blog">Blog</a> · <a href="/events">Events</a></nav>'


def calendar_link(site: Site) -> str:
    """Below the dates of the home page: where to subscribe to them."""
    links = {
        "events-calendar": ("/events/?ical=1", "Exportar eventos (.ics)"),
        "plain": ("/calendar.ics", "Subscribe to this calendar"),
        "squarespace": ("/events?format=ical", "Add to your calendar"),
        "google-calendar": (GOOGLE_ICS, "Subscribe (iCal)"),
    }
    address, text = links.get(site.organization.flavour, ("", ""))
    return f'<p><a href="{address}">{text}</a></p>' if address else ""


def embedded_calendar(site: Site) -> str:
    """The frame with which a page shows a Google calendar."""
    if site.organization.flavour != "google-calendar":
        return ""
    return f'<iframe title="Calendar" src="/calendar/embed?src={GOOGLE_CALENDAR}&amp;ctz=America%2FNew_York"></iframe>'
