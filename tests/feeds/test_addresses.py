"""Addresses: one spelling for each, only the web's ports, only the public internet."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import addresses
from feeds.addresses import (
    AllowedHosts,
    calendar_of_embed,
    calendars_of_embed,
    clean_link,
    host_of,
    is_private_host,
    is_private_literal,
    is_public,
    normal_form,
    same_site,
    shown,
    site_of,
)
from feeds.errors import AddressError, BadAddress, BadPort, BadScheme

NORMAL = {
    "https://example.org/feed/": "https://example.org/feed/",
    "https://example.org": "https://example.org/",
    "example.org": "https://example.org/",
    "example.org/blog": "https://example.org/blog",
    "//example.org/blog": "https://example.org/blog",
    "  https://example.org/a \n": "https://example.org/a",
    "<https://example.org/a>": "https://example.org/a",
    "“https://example.org/a”": "https://example.org/a",
    "HTTPS://Example.ORG/Path?Q=A": "https://example.org/Path?Q=A",
    "https://example.org./": "https://example.org/",
    "https://example.org:443/": "https://example.org/",
    "http://example.org:80/": "http://example.org/",
    "http://example.org:8080/": "http://example.org:8080/",
    "https://example.org:80/": "https://example.org:80/",
    "localhost:8100/s1": "http://localhost:8100/s1",
    "example.org:443/a": "https://example.org/a",
    "example.org:8443/a": "https://example.org:8443/a",
    "webcal://example.org/a.ics": "https://example.org/a.ics",
    "webcals://example.org/a.ics": "https://example.org/a.ics",
    "webcal://127.0.0.1:8100/a.ics": "http://127.0.0.1:8100/a.ics",
    "webcal:https://example.org/a.ics": "https://example.org/a.ics",
    "feed://example.org/rss": "https://example.org/rss",
    "feed:http://example.org/rss": "http://example.org/rss",
    "feed://https://example.org/rss": "https://example.org/rss",
    "https://https://example.org/rss": "https://example.org/rss",
    "http://https:/example.org/rss": "https://example.org/rss",
    "https:http://user:secret@example.org/rss": "http://example.org/rss",
    "https://user:secret@example.org/a": "https://example.org/a",
    "info@example.org": "https://example.org/",
    "https://example.org/a#top": "https://example.org/a",
    "https://example.org?feed=rss2": "https://example.org/?feed=rss2",
    "https://example.org/a b": "https://example.org/a%20b",
    "https://example.org/a%20b%zz%": "https://example.org/a%20b%25zz%25",
    "https://example.org/año?q=ñ": "https://example.org/a%C3%B1o?q=%C3%B1",
    "https://example.org/caf\udce9": "https://example.org/caf%E9",
    'https://example.org/a"b<c>d|e': "https://example.org/a%22b%3Cc%3Ed%7Ce",
    "https://example.org/a\tb\nc": "https://example.org/abc",
    "https:\\\\example.org\\a?b\\c": "https://example.org/a?b%5Cc",
    "https://España.example/": "https://xn--espaa-rta.example/",
    "https://faß.example/": "https://xn--fa-hia.example/",
    "https://１２７.0.0.1/": "https://127.0.0.1/",
    "https://my_site.example/": "https://my_site.example/",
    "http://2130706433/": "http://127.0.0.1/",
    "http://127.1/": "http://127.0.0.1/",
    "http://0x7f000001/": "http://127.0.0.1/",
    "http://0177.0.0.1/": "http://127.0.0.1/",
    "http://0/": "http://0.0.0.0/",
    "http://[::1]:8000/": "http://[::1]:8000/",
    "http://[0:0:0:0:0:FFFF:7f00:1]/": "http://[::ffff:7f00:1]/",
    "http://127.0.0.1\\@example.org/": "http://127.0.0.1/@example.org/",
    "http://example.org@127.0.0.1/": "http://127.0.0.1/",
}


@pytest.mark.parametrize(("given_url", "expected"), NORMAL.items())
def test_normal_form(given_url: str, expected: str) -> None:
    """What people paste, and lists and redirects hold, has one spelling."""
    assert expected == normal_form(given_url)


@pytest.mark.parametrize("url", sorted(set(NORMAL.values())))
def test_normal_form_is_its_own(url: str) -> None:
    """The normal form of a normal form is itself, so stored addresses never drift."""
    assert url == normal_form(url)


REFUSED = {
    "": BadAddress,
    "   ": BadAddress,
    "https://": BadAddress,
    "https:///": BadAddress,
    "https://a b.example/": BadAddress,
    "https://a..example/": BadAddress,
    "https://exa%6dple.org/": BadAddress,
    "https://[::1/": BadAddress,
    "https://[fe80::1%25eth0]/": BadAddress,
    "https://[::1]x/": BadAddress,
    "https://1.2.3.4.5/": BadAddress,
    "https://999.1.1.1/": BadAddress,
    "https://example.0x7f/": BadAddress,
    "https://" + "a" * 64 + ".example/": BadAddress,
    "https://" + "a." * 130 + "example/": BadAddress,
    "https://\u200d.example/": BadAddress,
    "https://example.org/" + "a" * 2000: BadAddress,
    "https://example.org:port/": BadAddress,
    "https://example.org:-1/": BadAddress,
    "https://example.org:²/": BadAddress,
    "mailto:info@example.org": BadScheme,
    "javascript:alert(1)": BadScheme,
    "file:///etc/passwd": BadScheme,
    "ftp://example.org/": BadScheme,
    "gopher://example.org/": BadScheme,
    "data:text/html,hi": BadScheme,
    "tel:+15085550100": BadScheme,
}


@pytest.mark.parametrize(("url", "error"), REFUSED.items(), ids=lambda value: str(value)[:40])
def test_what_is_no_web_address_is_refused(url: str, error: type[AddressError]) -> None:
    """What is no web address is refused with the reason."""
    with pytest.raises(error):
        normal_form(url)


@pytest.mark.parametrize(
    "port",
    [*(0, 1, 21, 22, 25, 53, 110, 143, 445, 587, 993, 1023, 2375, 3306, 5432, 6000, 6379, 9200, 11211, 27017), 65536],
)
def test_ports_of_other_services_are_refused(port: int) -> None:
    """Mail, shells, databases, caches and the like are never sent an HTTP request."""
    with pytest.raises(BadPort):
        normal_form(f"http://example.org:{port}/")


@pytest.mark.parametrize("port", [3000, 3999, 5000, 5173, 8000, 8080, 8100, 8443, 8888, 8999, 40123, 65535])
def test_ports_of_the_web_are_read(port: int) -> None:
    """The ports on which people run web sites are read."""
    assert f"http://example.org:{port}/" == normal_form(f"http://example.org:{port}")


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@example.org:22/",
        "  https://user:secret@example.org:22/",
        '"https://user:secret@example.org:22/"',
        "<https://user:secret@example.org:22/>",
        "ht\ntps://user:secret@example.org:22/",
        "https:user:secret@example.org:22/",
        "///user:secret@example.org:22/",
        "user:secret@example.org",
        "secret:word@example.org",
        "https://secret@example.org:22/",
        "https://user:secret@@example.org:22/",
        "https://us@er:secret@example.org:22/",
        "https://user:secret@example.org:22/a@b",
        "https://user:secret@[::1/",
        "https://user:se/secret@example.org/",
        "https://user:se?secret@example.org/",
        "https://user:se#secret@example.org/",
        "https://user:se\\secret@example.org/",
        "https://user:secret/1@exa mple.org/",
        "https\uff1a//user:secret@example.org/",
        "feed:https://user:secret@a b/",
        "webcal://user:secret@exa mple.org/",
        "https://https://user:secret@example.org:22/",
        "ftp://user:secret@example.org/",
        "ftp:user:secret@example.org",
        "jdbc:https://user:secret@example.org/",
        "view-source:https://user:secret@example.org/",
        "https://user:secret@" + "a" * 3000,
    ],
    ids=lambda url: ascii(url)[:40],
)
def test_errors_hold_no_credentials(url: str) -> None:
    """A password that was pasted with an address stands in no error, however broken the address is around it."""
    with pytest.raises(AddressError) as caught:
        normal_form(url)
    assert "secret" not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
    assert "secret" not in shown(url)


@given(
    st.sampled_from(["", "https://", "http:", "feed:https://", " <https://", "//"]),
    st.text("ab:/?#\\ \t%[]é.", max_size=12),
    st.sampled_from(["@example.org/", "@example.org:22/", "@a b/", "@[::1"]),
)
def test_no_password_is_shown(scheme: str, before: str, after: str) -> None:
    """Whatever characters a password has, it does not show in an address that is told as broken."""
    url = f"{scheme}user:x{before}s3cret{after}"
    try:
        told = host_of(normal_form(url))
    except AddressError as error:
        told = str(error)
    assert "s3cret" not in told


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:secret@example.org/a@b", "https://example.org/a@b"),
        ("user:secret@example.org", "example.org"),
        (" <https://user:secret@example.org/> ", "https://example.org/"),
        ("https://user:se/secret@example.org/", "https://…@example.org/"),
        ("https://example.org/@user", "https://example.org/@user"),
        ("http://example.org:8080/@user", "http://example.org:8080/@user"),
        ("example.org/@user", "example.org/@user"),
        ("", ""),
        ("https:\\\\user:secret@example.org", "https:\\\\example.org"),
        ("https://example.org/?to=a@example.org", "https://example.org/?to=a@example.org"),
    ],
)
def test_shown(url: str, expected: str) -> None:
    """An address is shown without its credentials, and otherwise as it was."""
    assert expected == shown(url)


@given(st.text(max_size=60) | st.from_regex(r"(https?|webcal|feed)://[^ ]{0,40}"))
def test_any_text_is_an_address_or_an_address_error(text: str) -> None:
    """No text breaks it: there is a normal form, stable, or an AddressError."""
    try:
        normal = normal_form(text)
    except AddressError:
        return
    assert normal == normal_form(normal)
    assert normal.isascii()
    assert normal.startswith(("http://", "https://"))


PUBLIC = [
    *("8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.17.0.1"),
    *("198.20.0.1", "223.255.255.255", "2606:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001:81b::200e"),
    *("64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1"),
]
NOT_PUBLIC = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.2.3", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "100::1", "2001:db8::1"),
    *("2001::1", "2001:0:7f00:1::", "2001:0:808:808::f5ff:fffe", "2001:10::1", "2001:20::1", "2002:7f00:1::"),
    *("2002:a9fe:a9fe::", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0"),
    *("fec0::1", "ff02::1", "ffff::1", "example.org", "127.1", "2130706433"),
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address: str) -> None:
    """The public internet may be connected to, through NAT64 as well."""
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public_addresses(address: str) -> None:
    """No private, local, shared, reserved, multicast or documentation address, in whatever it is wrapped."""
    assert not is_public(address)


def test_private_literals() -> None:
    """Hosts that are addresses are told from names before anything is looked up."""
    hosts = {"127.0.0.1": True, "::1": True, "8.8.8.8": False, "localhost": False}
    assert hosts == {host: is_private_literal(host) for host in hosts}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("app.localhost", True),
        ("printer.local", True),
        ("metadata.google.internal", True),
        ("router.home.arpa", True),
        ("8.8.8.8", False),
        ("example.org", False),
        ("localhost.example", False),
        ("mylocalhost", False),
        ("internal.example", False),
        ("intranet", True),
        ("server", False),
    ],
)
def test_private_hosts(host: str, expected: bool) -> None:
    """Names that mean this machine or its neighbours are told from public ones by their spelling."""
    assert expected == is_private_host(host)


@pytest.mark.parametrize(
    ("setting", "host", "port", "expected"),
    [
        ("", "127.0.0.1", 8000, False),
        ("0", "127.0.0.1", 8000, False),
        ("1", "127.0.0.1", 8000, True),
        ("all", "10.0.0.1", 80, True),
        ("127.0.0.1", "127.0.0.1", 8000, True),
        ("127.0.0.1", "127.0.0.2", 8000, False),
        ("127.0.0.1", "localhost", 8000, False),
        ("127.0.0.1:8000", "127.0.0.1", 8000, True),
        ("127.0.0.1:8000", "127.0.0.1", 8001, False),
        ("LocalHost, casa.internal:8080", "localhost", 1, True),
        ("LocalHost, casa.internal:8080", "casa.internal", 8080, True),
        ("LocalHost, casa.internal:8080", "casa.internal", 80, False),
        ("::1", "::1", 80, True),
        ("[::1]:8000", "::1", 8000, True),
        ("[::1]:8000", "::1", 8001, False),
    ],
)
def test_allowed_hosts(setting: str, host: str, port: int, expected: bool) -> None:
    """The operator opens exactly the hosts that are named, nothing beside them."""
    assert expected == AllowedHosts.parse(setting).allows(host, port)


def test_a_setting_that_names_no_host_is_refused() -> None:
    """A typing mistake in the setting is told, not passed over."""
    with pytest.raises(BadAddress):
        AllowedHosts.parse("127.0.0.1:http")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("example.org", "example.org"),
        ("casa.wordpress.com", "wordpress.com"),
        ("www.casa.org.br", "casa.org.br"),
        ("org.br", "org.br"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
    ],
)
def test_site_of(host: str, expected: str) -> None:
    """Hosts of one provider count as one site."""
    assert expected == site_of(host)


def test_same_site() -> None:
    """A blog on a subdomain belongs to the site; a broken address belongs to none."""
    assert same_site("https://blog.example.org/a", "http://example.org/")
    assert not same_site("https://example.org/", "https://example.com/")
    assert host_of("https://[::1") == ""


GOOGLE = "https://calendar.google.com/calendar/ical/{}/public/basic.ics"
CALENDAR = "c_abc@group.calendar.google.com"
QUOTED = "c_abc%40group.calendar.google.com"
ENCODED = base64.urlsafe_b64encode(CALENDAR.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"https://calendar.google.com/calendar/embed?src={QUOTED}&ctz=America%2FNew_York", GOOGLE.format(QUOTED)),
        (f"https://calendar.google.com/calendar/embed?height=600&src={ENCODED}&color=%23039BE5", GOOGLE.format(QUOTED)),
        (f"https://www.google.com/calendar/embed?src={QUOTED}", GOOGLE.format(QUOTED)),
        (f"https://calendar.google.com/calendar/b/0/embed?src={QUOTED}", GOOGLE.format(QUOTED)),
        (f"https://calendar.google.com/calendar/u/0?cid={ENCODED}", GOOGLE.format(QUOTED)),
        (f"https://calendar.google.com/calendar/u/0/r?cid={CALENDAR}", GOOGLE.format(QUOTED)),
        ("https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Fexample.org%2Fa.ics", "https://example.org/a.ics"),
        ("https://calendar.google.com/calendar/r?cid=http%3A%2F%2Fexample.org%3A22%2Fa.ics", None),
        ("https://calendar.google.com/calendar/embed?src=en.usa%23holiday%40group.v.calendar.google.com", None),
        ("https://calendar.google.com/calendar/embed?src=%%%", None),
        ("https://calendar.google.com/calendar/render?action=TEMPLATE&text=Party", None),
        (GOOGLE.format(QUOTED), None),
        (
            "https://outlook.office365.com/owa/calendar/a@example.org/b/calendar.html",
            "https://outlook.office365.com/owa/calendar/a@example.org/b/calendar.ics",
        ),
        ("https://outlook.live.com/owa/calendar/1/2/cid-3/index.html", None),
        ("https://example.org/calendar/embed?src=a@b.c", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_calendar_of_embed(url: str, expected: str | None) -> None:
    """The address of a calendar page gives the address of its calendar; other addresses give none."""
    assert expected == calendar_of_embed(url)


def test_all_calendars_of_an_embed() -> None:
    """A page that shows several calendars gives each, without the public holidays."""
    url = "https://calendar.google.com/calendar/embed?src=a@example.org&src=es.usa%23holiday@group.v.calendar.google.com&src=b@example.org"
    assert (GOOGLE.format("a%40example.org"), GOOGLE.format("b%40example.org")) == calendars_of_embed(url)


@pytest.mark.parametrize(
    ("href", "base", "expected"),
    [
        ("https://example.org/a?utm_source=x&b=1&fbclid=2", None, "https://example.org/a?b=1"),
        ("https://user:pw@example.org/a", None, "https://example.org/a"),
        ("/a", "https://example.org/b/", "https://example.org/a"),
        ("a b", "https://example.org/", "https://example.org/a%20b"),
        ("?page=2", "https://example.org/b", "https://example.org/b?page=2"),
        ("/a", None, None),
        ("javascript:alert(1)", "https://example.org/", None),
        ("mailto:a@example.org", "https://example.org/", None),
        ("https://example.org\\@evil.example/", None, None),
        ("https://exa mple.org/", None, None),
        ("https://[::1/", None, None),
        ("https://example.org/" + "a" * 2000, None, None),
        (None, None, None),
        ("", None, None),
    ],
)
def test_clean_link(href: str | None, base: str | None, expected: str | None) -> None:
    """Links in feeds become absolute http(s) links without tracking, or none."""
    assert expected == clean_link(href, base)


def test_what_is_public_is_listed() -> None:
    """The package offers what it lists, and lists what exists."""
    assert sorted(addresses.__all__) == sorted(set(addresses.__all__))
    assert all(hasattr(addresses, name) for name in addresses.__all__)
