"""What the tests of publishing publish: a channel, and items that use everything that an item can hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from feeds.model import Enclosure, Event, Outline
from feeds.publish import Alternate, Channel, Credit, Item

SITE = "https://network.example.org"
EDIT = int(datetime(2026, 11, 20, 15, 30, tzinfo=UTC).timestamp())
DAY = 86_400

CHANNEL = Channel(
    title="Neighbors & Vecinos",
    description="What the member organizations announce.",
    url=f"{SITE}/",
    self_url=f"{SITE}/feed.rss?topic=food",
    language="en",
    id="urn:uuid:7c3a2b0e-2f8a-5d0b-9d3c-3f1f5f6f0001",
    updated=EDIT,
    hub=f"{SITE}/hub",
    first_url=f"{SITE}/feed.rss?topic=food",
    next_url=f"{SITE}/feed.rss?topic=food&page=2",
    last_url=f"{SITE}/feed.rss?topic=food&page=3",
    icon=f"{SITE}/static/icon.png",
    about_url=f"{SITE}/about/feeds",
    zone="America/New_York",
    formats=(
        Alternate(f"{SITE}/feed.rss?topic=food", "application/rss+xml", "RSS"),
        Alternate(f"{SITE}/feed.atom?topic=food", "application/atom+xml", "Atom"),
        Alternate(f"{SITE}/feed.json?topic=food", "application/feed+json", "JSON Feed"),
        Alternate(f"{SITE}/events.ics?topic=food", "text/calendar", "Calendar"),
    ),
)
LIBRARY = Credit(
    name="Friends of the Library",
    url=f"{SITE}/members/library",
    feed_url="https://library.example.org/feed/",
    link="https://library.example.org/2026/asamblea",
)
PANTRY = Credit(
    name="Despensa de la Calle Ocho",
    url=f"{SITE}/members/despensa",
    feed_url="https://despensa.example.org/rss.xml",
    link="https://despensa.example.org/asamblea?v=1&l=es",
)
ASSEMBLY = Item(
    id="urn:uuid:7c3a2b0e-2f8a-5d0b-9d3c-3f1f5f6f0002",
    url=f"{SITE}/events/1",
    link="https://library.example.org/2026/asamblea",
    title="Asamblea de vecinos: ¿comida & techo?",
    content='<p>Sábado 5 de diciembre, 18:00, Biblioteca.</p>\n<p>Vengan <a href="https://library.example.org/x?a=1&amp;b=2">todos</a>.</p>',
    summary="Sábado 5 de diciembre, 18:00, Biblioteca. Si son < 10, también.",
    language="es",
    published=EDIT - 2 * DAY,
    updated=EDIT,
    categories=("Food", "Housing"),
    authors=("Friends of the Library", "Despensa de la Calle Ocho"),
    credits=(LIBRARY, PANTRY),
    enclosures=(
        Enclosure("https://library.example.org/cartel.pdf", "application/pdf", 120_345),
        Enclosure("https://library.example.org/audio.mp3"),
    ),
    image="https://library.example.org/cartel.jpg",
    event=Event(
        uid="asamblea@library.example.org",
        title="Asamblea de vecinos",
        start=datetime(2026, 12, 5, 18, 0, tzinfo=ZoneInfo("America/New_York")),
        end=datetime(2026, 12, 5, 20, 0, tzinfo=ZoneInfo("America/New_York")),
        timezone="America/New_York",
        rrule="FREQ=MONTHLY;BYDAY=1SA",
        venue="Biblioteca",
        address="1 Main St, Worcester, MA",
        organizer="Friends of the Library",
        latitude=42.2626,
        longitude=-71.8023,
    ),
)
FAIR = Item(
    id="urn:uuid:7c3a2b0e-2f8a-5d0b-9d3c-3f1f5f6f0003",
    url=f"{SITE}/events/2",
    title="Harvest fair",
    content="<p>Cancelled. All day, 12 and 13 December, City Hall.</p>",
    summary="Cancelled. All day, 12 and 13 December, City Hall.",
    language="en",
    published=EDIT - 3 * DAY,
    updated=EDIT - 3 * DAY,
    authors=("City Garden",),
    credits=(
        Credit(name="City Garden", url=f"{SITE}/members/garden", feed_url="https://garden.example.org/calendar.ics"),
    ),
    event=Event(
        uid="fair@garden.example.org",
        title="Harvest fair",
        start=date(2026, 12, 12),
        end=date(2026, 12, 14),
        all_day=True,
        timezone="America/New_York",
        venue="City Hall",
        status="cancelled",
    ),
)
NEWS = Item(
    id="urn:uuid:7c3a2b0e-2f8a-5d0b-9d3c-3f1f5f6f0004",
    url=f"{SITE}/news/3",
    link="https://garden.example.org/thanks",
    title="Thanks to all who planted",
    content="<p>Three hundred bulbs are in the ground.</p>",
    published=EDIT - 4 * DAY,
    updated=EDIT - 4 * DAY,
    authors=("City Garden",),
    credits=FAIR.credits,
)
ITEMS = (ASSEMBLY, FAIR, NEWS)

MEMBERS = (
    Outline(
        title="Friends of the Library",
        feed_url="https://library.example.org/feed/",
        home_url="https://library.example.org/",
        language="es",
        description="Books & neighbors",
        category="Worcester/Culture",
    ),
    Outline(
        title="Jardín <urbano>",
        feed_url="https://garden.example.org/feed.json",
        home_url="https://garden.example.org/",
        type="JSONFeed",
        category="Worcester/Gardens",
    ),
    Outline(
        title="City Garden calendar",
        feed_url="https://garden.example.org/calendar.ics",
        home_url="https://garden.example.org/",
        type="ical",
        category="Worcester/Gardens",
    ),
    Outline(title="Despensa", feed_url="https://despensa.example.org/rss.xml?a=1&b=2", type="atom"),
)
