"""The organizations' web pages: a home page, a page per post and per date, and a few more."""

from __future__ import annotations

import json
import re
from html import escape

from network.demo.coalition import organizations
from network.demo.days import say, say_time
from network.demo.markup import excerpt, html, plain
from network.demo.platforms import calendar_link, embedded_calendar, footer, head_links, menu
from network.demo.program import Occasion, Published, coming
from network.demo.rhythm import DAY, WEEK
from network.demo.site import Site, event_path, picture_path, post_path

AHEAD = 5 * WEEK
"""How far ahead a home page says what is on."""
MEMBER = re.compile(r"\(member:([a-z]+)/")
WORDS = {
    "en": ("News", "What's on", "Contact", "Read on", "Cancelled", "Moved", "Our neighbors", "Back to the home page"),
    "es": (
        "Noticias",
        "Agenda",
        "Contacto",
        "Seguir leyendo",
        "Cancelado",
        "Cambio",
        "Nuestros vecinos",
        "Volver al inicio",
    ),
    "pt": ("Notícias", "Agenda", "Contato", "Leia mais", "Cancelado", "Mudança", "Nossos vizinhos", "Voltar ao início"),
    "ht": ("Nouvèl", "Kalandriye", "Kontak", "Li plis", "Anile", "Chanjman", "Vwazen nou yo", "Tounen lakay"),
    "vi": ("Tin tức", "Lịch", "Liên hệ", "Đọc tiếp", "Đã hủy", "Thay đổi", "Hàng xóm", "Về trang chủ"),
}
"""What stands on every page, in the languages of the sites."""


def home(site: Site) -> str:
    """The home page: the latest posts, what is on, where they are."""
    news, agenda, *_, neighbours, _ = WORDS[site.organization.language]
    posts = "".join(_teaser(site, post) for post in site.posts)
    dates = "".join(_date_line(site, occasion) for occasion in coming(site.organization, site.today, AHEAD)[:12])
    main = f"<h2>{news}</h2>\n{posts}" if posts else embedded_calendar(site)
    shown_there = site.organization.flavour == "google-calendar"
    aside = calendar_link(site) if shown_there else ""
    if dates and not shown_there:
        aside = f"<h2>{agenda}</h2>\n<ul>{dates}</ul>{calendar_link(site)}"
    links = [f'<li><a href="{site.neighbour(slug)}/">{escape(name)}</a></li>' for slug, name in _neighbours(site)]
    aside += _contact(site) + (f"<h2>{neighbours}</h2>\n<ul>{''.join(links)}</ul>" if links else "")
    return _page(site, site.organization.name, f"<main><section>{main}</section><aside>{aside}</aside></main>")


def blog(site: Site) -> str:
    """The posts alone, where the platform has a page for them."""
    posts = "".join(_teaser(site, post) for post in site.posts)
    return _page(site, "Blog", _with_contact(site, posts), extra=head_links(site, blog=True))


def agenda(site: Site) -> str:
    """The dates alone, where the platform has a page for them."""
    return _page(site, WORDS[site.organization.language][1], _with_contact(site, _dates(site) + calendar_link(site)))


def frame(site: Site) -> str:
    """The dates as another page shows them in a frame: no header, and links open outside of it."""
    return f"""<!DOCTYPE html>
<html lang="{site.organization.language}">
<head><meta charset="utf-8" /><title>{escape(site.organization.name)}</title>
<base target="_top" /><link rel="stylesheet" href="/style.css" /></head>
<body>{_dates(site)}</body>
</html>
"""


def post(site: Site, shown: Published) -> str:
    """The page of one post."""
    head = f'<article lang="{shown.text.language}"><h3>{escape(shown.title)}</h3>{_day(shown)}'
    text = f"{head}\n{site.html(shown)}</article>"
    picture = site.base_url + picture_path(shown) if shown.text.picture else ""
    extra = f'<meta property="og:image" content="{picture}" />\n' if picture else ""
    return _page(site, shown.title, _with_contact(site, text), extra=extra)


def event(site: Site, occasion: Occasion) -> str:
    """The page of one date of an event, with the same as data (schema.org)."""
    state = _state(site, occasion)
    text = (
        f"<article><h3>{state}{escape(occasion.event.title)}</h3><p><time>{_when(site, occasion)}</time><br />"
        f"{escape(occasion.where)}</p>{html(occasion.event.body, site.resolve)}</article>"
    )
    data = f'<script type="application/ld+json">{json.dumps(_schema(site, occasion), ensure_ascii=False)}</script>\n'
    return _page(site, occasion.event.title, _with_contact(site, text), extra=data)


def simple(site: Site) -> str:
    """Any other page that the texts link to: where to find them."""
    return _page(
        site,
        WORDS[site.organization.language][2],
        _with_contact(site, f"<p>{escape(site.organization.description)}</p>"),
    )


def _page(site: Site, title: str, body: str, *, extra: str = "") -> str:
    organization = site.organization
    name = escape(organization.name)
    whole = name if title == organization.name else f"{escape(title)} – {name}"
    charset = "windows-1252" if organization.flavour == "windows-1252" else "utf-8"
    return f"""<!DOCTYPE html>
<html lang="{organization.language}">
<head>
<meta charset="{charset}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<title>{whole}</title>
<meta name="description" content="{escape(organization.description)}" />
{head_links(site)}{extra}<link rel="icon" type="image/png" href="/icon.png" />
<link rel="stylesheet" href="/style.css" />
</head>
<body>
<header><div><h1><a href="/">{name}</a></h1><p>{escape(organization.description)}</p>{menu(site)}</div></header>
{body}
<footer>{name} · {escape(organization.town)}, {organization.region}{footer(site)}</footer>
</body>
</html>
"""


def _dates(site: Site) -> str:
    dates = "".join(_date_line(site, occasion) for occasion in coming(site.organization, site.today, AHEAD))
    return f'<h2>{WORDS[site.organization.language][1]}</h2>\n<ul class="dates">{dates}</ul>'


def _teaser(site: Site, shown: Published) -> str:
    read_on = WORDS[site.organization.language][3]
    title = f'<a href="{post_path(shown)}">{escape(shown.title)}</a>'
    return (
        f'<article lang="{shown.text.language}"><h3>{title}</h3>{_day(shown)}'
        f'<p>{escape(excerpt(shown.body, 38))} <a href="{post_path(shown)}">{read_on}</a></p></article>\n'
    )


def _day(shown: Published) -> str:
    return f'<time datetime="{shown.at.isoformat()}">{say(shown.at.date(), shown.text.language)}</time>'


def _date_line(site: Site, occasion: Occasion) -> str:
    title = f'<a href="{event_path(occasion)}">{escape(occasion.event.title)}</a>'
    when, where = _when(site, occasion), escape(occasion.where)
    return f"<li>{_state(site, occasion)}{title}<br /><time>{when}</time><br /><small>{where}</small></li>\n"


def _when(site: Site, occasion: Occasion) -> str:
    language = site.organization.language
    day = say(occasion.day, language)
    if occasion.starts and occasion.ends:
        return f"{day}, {say_time(occasion.starts, language)} – {say_time(occasion.ends, language)}"
    return day if occasion.days == 1 else f"{day} – {say(occasion.day + (occasion.days - 1) * DAY, language)}"


def _state(site: Site, occasion: Occasion) -> str:
    *_, cancelled, moved, _, _ = WORDS[site.organization.language]
    return {"planned": "", "cancelled": f"<strong>{cancelled}:</strong> ", "moved": f"<strong>{moved}:</strong> "}[
        occasion.state
    ]


def _schema(site: Site, occasion: Occasion) -> dict[str, object]:
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": occasion.event.title,
        "description": plain(occasion.event.body),
        "startDate": occasion.start.isoformat(),
        "endDate": occasion.end.isoformat(),
        "eventStatus": "https://schema.org/"
        + ("EventCancelled" if occasion.state == "cancelled" else "EventScheduled"),
        "url": site.event_link(occasion),
        "location": {"@type": "Place", "name": occasion.where.partition(",")[0], "address": occasion.where},
    }


def _contact(site: Site) -> str:
    organization = site.organization
    where = f"{organization.address}, {organization.town}, {organization.region} {organization.postcode}"
    mail = f'<a href="mailto:{organization.contact}">{organization.contact}</a>'
    return f"<h2>{WORDS[organization.language][2]}</h2>\n<p>{escape(where)}<br />{organization.phone}<br />{mail}</p>"


def _with_contact(site: Site, text: str) -> str:
    back = f'<p><a href="/">{WORDS[site.organization.language][7]}</a></p>'
    return f"<main><section>{text}{back}</section><aside>{_contact(site)}</aside></main>"


def _neighbours(site: Site) -> list[tuple[str, str]]:
    """Whom its texts link to."""
    from_texts = {slug for each in site.organization.posts for slug in MEMBER.findall(each.body)}
    return [(each.slug, each.name) for each in organizations() if each.slug in from_texts]
