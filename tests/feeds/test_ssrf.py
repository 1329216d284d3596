"""Nobody reaches through us where they could not reach themselves: this machine, its network, services that are no web.

Every trick is tried against sockets that really listen, on all of this machine's addresses of both kinds, and would
hold any connection that was made to them.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from aiohttp.abc import ResolveResult

from feeds.addresses import is_public, normal_form
from feeds.client import Client, connections
from feeds.errors import AddressError, BadPort, BadScheme, FeedsError, FetchError, PrivateAddress, Unreachable
from tests.feeds.doors import HOME, OK, V4, V6, Resolved, names, opened
from tests.servers import redirect, reply, serving

LOOPBACK = {
    "loopback": ("127.0.0.1", "127.0.0.2", "127.255.255.254", "[::1]"),
    "any address": ("0.0.0.0", "[::]", "0"),
    "short": ("127.1", "127.0.1", "0.0"),
    "decimal": ("2130706433", "0000000000000000000000000000017700000001"),
    "hexadecimal": ("0x7f000001", "0x7F000001", "0x7f.0x0.0x0.0x1", "0x7f.1", "0x0"),
    "octal": ("017700000001", "0177.0.0.1", "0177.00.000.01", "0177.1"),
    "mixed": ("0x7f.0.1", "0177.0x0.1", "127.0x000001"),
    "IPv6, otherwise written": ("[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::0.0.0.1]"),
    "IPv4 in IPv6, mapped": ("[::ffff:127.0.0.1]", "[::FFFF:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::ffff:0.0.0.0]"),
    "digits of other scripts": ("１２７.0.0.1", "①②⑦.⓪.⓪.①", "𝟏𝟐𝟕.𝟎.𝟎.𝟏"),
    "dots of other scripts": ("127。0。0。1", "127．0．0．1", "127｡0｡0｡1"),
    "a dot at the end": ("127.0.0.1.", "localhost."),
    "a user before it": ("good.example@127.0.0.1", "good.example:80@127.0.0.1", "a@b@127.0.0.1", "good.example%2F@127.0.0.1"),
    "names of this machine": ("localhost", "LOCALHOST", "ｌｏｃａｌｈｏｓｔ"),
    "what is left out": ("127.0.\t0.1", "127.0.0.\n1"),
}  # fmt: skip
"""Hosts behind which our own sockets wait: with everything opened, each of them is reached."""

ELSEWHERE = {
    "private": ("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "3232235521", "0xc0a80001"),
    "link-local": ("169.254.0.1", "[fe80::1]", "[febf::1]"),
    "carrier-grade NAT": ("100.64.0.1", "100.127.255.254"),
    "multicast": ("224.0.0.1", "239.255.255.250", "[ff02::1]", "[ff0e::1]"),
    "reserved": ("240.0.0.1", "255.255.255.255", "192.0.0.192", "198.18.0.1", "192.0.2.1", "[100::1]", "[2001:db8::1]"),
    "unique-local": ("[fc00::1]", "[fd12:3456:789a::1]"),
    "site-local": ("[fec0::1]",),
    "IPv4-compatible": ("[::127.0.0.1]", "[::7f00:1]", "[::169.254.169.254]"),
    "mapped": ("[::ffff:10.0.0.1]", "[::ffff:a9fe:a9fe]", "[::ffff:0:127.0.0.1]"),
    "NAT64": ("[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::7f00:1]"),
    "6to4": ("[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2002:0a00:0001::]"),
    "Teredo": ("[2001:0:7f00:1::]", "[2001:0:808:808::80ff:fffe]"),
    "a cloud's metadata": ("169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518",
                           "[fd00:ec2::254]", "[fd20:ce::254]", "100.100.100.200", "metadata.google.internal", "instance-data.ec2.internal"),
    "names for here and next door": ("app.localhost", "a.b.localhost", "localhost.localdomain", "printer.local", "router.home.arpa"),
}  # fmt: skip
"""Hosts that are refused by their spelling alone, before anything is looked up or connected to."""

NO_HOST = (
    *("127.0.0.1%2f@good.example:80:80", "%31%32%37.0.0.1", "127%2e0.0.1", "[::1%25lo]", "[fe80::1%25eth0]", "[::1"),
    *("[127.0.0.1]", "127.0.0.1.1", "127.0.0.256", "0x100000000", "4294967296", "127..0.1", "good.example 127.0.0.1"),
    *("good.example:80:80", "[::1]good.example", "", "@", ":", "good.example:8080x"),
)
"""What some reader or other takes for a host. None of it is one."""


class Trap:
    """Sockets that listen on every address of this machine, at one port, and keep what is connected to them."""

    def __init__(self) -> None:
        self.port = 0
        while not _is_usual(self.port):
            self._sockets = [_listening(V4, "0.0.0.0", 0)]
            self.port = self._sockets[0].getsockname()[1]
            with suppress(OSError):  # without IPv6, or taken there: the other kind will do
                self._sockets.append(_listening(V6, "::", self.port))

    def arrived(self) -> int:
        """How many connections were made since it was asked last."""
        found = 0
        for one in self._sockets:
            with suppress(BlockingIOError):
                while True:
                    one.accept()[0].close()
                    found += 1
        return found

    def close(self) -> None:
        for one in self._sockets:
            one.close()


def _listening(family: int, host: str, port: int) -> socket.socket:
    made = socket.socket(family)
    if family == V6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    made.bind((host, port))
    made.listen(64)
    made.setblocking(False)
    return made


def _is_usual(port: int) -> bool:
    try:
        return port > 0 and bool(normal_form(f"http://good.example:{port}/"))
    except BadPort:
        return False


@pytest.fixture
def trap() -> Iterator[Trap]:
    made = Trap()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where connections are begun. None leaves this machine, whatever a test or a fault of ours asks for."""
    begun: list[str] = []

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        begun.append(address[0])
        if not address[0].startswith(("127.", "0.0.0.0", "::")):
            raise OSError("not from a test")
        super(socket.socket, self).connect(address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return begun


@contextmanager
def as_public(monkeypatch: pytest.MonkeyPatch, *public: str) -> Iterator[None]:
    """Let these addresses of this machine stand for public ones; all others are what they are."""
    with monkeypatch.context() as patched:
        patched.setattr(connections, "is_public", lambda address: address in public or is_public(address))
        yield


def spellings(groups: dict[str, tuple[str, ...]]) -> list[object]:
    return [
        pytest.param(host, id=f"{group}: {host}".encode("ascii", "backslashreplace").decode())
        for group, hosts in groups.items()
        for host in hosts
    ]


async def refused(client: Client, url: str) -> FeedsError:
    with pytest.raises(FeedsError) as caught:
        await client.get(url, {})
    return caught.value


# ── spellings ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_there_are_enough_of_them() -> None:
    """Sixty spellings at least, each once."""
    hosts = [host for groups in (LOOPBACK, ELSEWHERE) for hosts in groups.values() for host in hosts]
    assert len(hosts) == len(set(hosts))
    assert len(hosts) >= 60


@pytest.mark.parametrize("host", spellings(LOOPBACK))
async def test_no_spelling_of_this_machine_is_reached(host: str, trap: Trap, connected: list[str]) -> None:
    """However this machine is written, nothing arrives at what listens there, and no connection is begun."""
    async with opened("") as client:
        for scheme in ("http", "https"):
            assert isinstance(await refused(client, f"{scheme}://{host}:{trap.port}/"), AddressError)
    assert (trap.arrived(), connected) == (0, [])


@pytest.mark.parametrize("host", spellings(LOOPBACK))
async def test_the_trap_is_where_they_lead(host: str, trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof of the proof: when the operator opens everything, the same spellings arrive."""
    names(monkeypatch, {"localhost": [(V4, HOME)]})
    url = normal_form(f"http://{host}:{trap.port}/")
    if "[" in url and len(trap._sockets) == 1:
        pytest.skip("needs IPv6 on this machine")
    async with opened("1", timeout=0.05) as client:
        await refused(client, url)
    assert trap.arrived() == 1


@pytest.mark.parametrize("host", spellings(ELSEWHERE))
async def test_no_other_private_place_is_asked(
    host: str, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Private networks, metadata services and the like are refused before a name server is asked."""
    asked = names(monkeypatch, {})
    async with opened("") as client:
        assert type(await refused(client, f"http://{host}/latest/meta-data/")) is PrivateAddress
    assert (asked, connected) == ([], [])


@pytest.mark.parametrize("host", NO_HOST)
async def test_what_is_no_host_is_not_guessed_at(host: str, trap: Trap, connected: list[str]) -> None:
    """Where readers disagree about what the host is, there is none."""
    async with opened("") as client:
        for url in (f"http://{host}/", f"http://{host}:{trap.port}/"):
            assert isinstance(await refused(client, url), AddressError)
    assert (trap.arrived(), connected) == (0, [])


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://good.example\\@127.0.0.1:{port}/", "good.example"),
        ("http://good.example#@127.0.0.1:{port}/", "good.example"),
        ("http://good.example?@127.0.0.1:{port}/", "good.example"),
        ("http://good.example/@127.0.0.1:{port}/", "good.example"),
        ("http://good.example;@127.0.0.1:{port}/", ""),
        ("http://127.0.0.1:{port}\\@good.example/", ""),
        ("http://127.0.0.1:{port}#@good.example/", ""),
        ("http:\\\\127.0.0.1:{port}\\", ""),
        ("http:127.0.0.1:{port}/", ""),
        ("http:///127.0.0.1:{port}/", ""),
        ("//127.0.0.1:{port}/", ""),
        ("127.0.0.1:{port}/", ""),
        ("feed://127.0.0.1:{port}/", ""),
        ("webcal://127.0.0.1:{port}/", ""),
        ("feed:http://127.0.0.1:{port}/", ""),
        ("http://http://127.0.0.1:{port}/", ""),
        ("\x01http://127.0.0.1:{port}/", ""),
        ("ht\ntp://127.0.0.1:{port}/", ""),
    ],
)
async def test_only_one_reading_of_an_address_counts(
    url: str, host: str, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Backslashes, users and schemes can't make one part of the program see another host than the next."""
    asked = names(monkeypatch, {})
    async with opened("") as client:
        error = await refused(client, url.format(port=trap.port))
    assert asked == ([host] if host else [])
    assert isinstance(error, Unreachable if host else PrivateAddress)
    assert trap.arrived() == 0


async def test_forms_are_sent_nowhere_else_either(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """What holds for reading holds for sending."""
    names(monkeypatch, {"inner.example": [(V4, HOME)]})
    async with opened("") as client:
        for host in ("127.0.0.1", "[::1]", "localhost", "0x7f.1", "inner.example"):
            with pytest.raises(PrivateAddress):
                await client.post(f"http://{host}:{trap.port}/", {"hub.mode": "subscribe"})
    assert trap.arrived() == 0


# ── names ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "addresses",
    [
        [(V4, "127.0.0.1")],
        [(V6, "::1")],
        [(V4, "127.0.0.1"), (V6, "::1")],
        [(V4, "10.0.0.1"), (V4, "127.0.0.1"), (V4, "169.254.169.254")],
        [(V4, "0.0.0.0")],
        [(V6, "::")],
        [(V6, "::ffff:127.0.0.1")],
        [(V6, "64:ff9b::7f00:1")],
        [(V6, "fe80::1%lo")],
        [(V4, "169.254.169.254")],
        [(V6, "fd00:ec2::254")],
    ],
    ids=str,
)
async def test_names_for_private_addresses_are_refused(
    addresses: Resolved, trap: Trap, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public-looking name that means private addresses is refused with that reason."""
    names(monkeypatch, {"rebind.example": addresses})
    async with opened("") as client:
        assert type(await refused(client, f"http://rebind.example:{trap.port}/")) is PrivateAddress
    assert (trap.arrived(), connected) == (0, [])


@pytest.mark.parametrize("others", [[(V4, HOME)], [(V6, "::1"), (V4, HOME)], [(V4, HOME), (V4, "127.0.0.3")]], ids=str)
async def test_a_private_address_among_public_ones_is_left_out(
    others: Resolved, trap: Trap, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a name with several addresses only the public ones are tried, also when none of them answers."""
    names(monkeypatch, {"mixed.example": [*others, (V4, "198.41.0.4"), *others]})
    async with opened("") as client:
        assert type(await refused(client, f"http://mixed.example:{trap.port}/")) is Unreachable
    assert (trap.arrived(), connected) == (0, ["198.41.0.4"])


async def test_a_name_that_changes_between_two_requests(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that was public when it was asked for first, and is private now, is refused now."""
    async with serving(reply(b"public", Connection="close"), host="127.0.0.2") as site, opened("") as client:
        url = site.url(host="rebind.example")
        asked = names(monkeypatch, {"rebind.example": [[(V4, "127.0.0.2")], [(V4, HOME)]]})
        with as_public(monkeypatch, "127.0.0.2"):
            assert (await client.get(url, {})).body == b"public"
            assert type(await refused(client, url)) is PrivateAddress
            assert type(await refused(client, f"http://rebind.example:{trap.port}/")) is PrivateAddress
        assert (len(site.requests), asked) == (1, ["rebind.example"] * 3)
    assert trap.arrived() == 0


async def test_a_name_is_looked_up_once_for_check_and_use(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is looked up again between the check and the connection, so nothing can change there."""
    asked = names(monkeypatch, {"rebind.example": [[(V4, "127.0.0.2")], [(V4, HOME)]]})
    with as_public(monkeypatch, "127.0.0.2"):
        async with serving(reply(b"public"), host="127.0.0.2") as site, opened("") as client:
            assert (await client.get(site.url(host="rebind.example"), {})).body == b"public"
    assert (asked, trap.arrived()) == (["rebind.example"], 0)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["127.0.0.1", "127.0.0.2"], ["::1", "127.0.0.1"]], ids=str)
async def test_the_address_that_is_connected_to_is_checked(
    addresses: list[str], trap: Trap, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a private address slip through the look-up, the connection itself is still refused."""

    async def resolve(_self: object, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=V6 if ":" in address else V4, proto=0, flags=0)
            for address in addresses
        ]

    monkeypatch.setattr(connections.Resolver, "resolve", resolve)
    async with opened("") as client:
        error = await refused(client, f"http://rebind.example:{trap.port}/")
    assert type(error) in ({PrivateAddress} if len(addresses) == 1 else {PrivateAddress, Unreachable})
    assert (trap.arrived(), connected) == (0, [])


# ── redirects ──────────────────────────────────────────────────────────────────────────────────────────────────────

BY_REDIRECT = [
    *(f"http://{host}:{{port}}/" for hosts in LOOPBACK.values() for host in hosts if "\n" not in host),
    *("//127.0.0.1:{port}/", "//localhost:{port}/", "\\\\127.0.0.1:{port}\\", "http:127.0.0.1:{port}", "http:/127.0.0.1:{port}"),
    *("http://169.254.169.254/latest/meta-data/", "http://metadata.google.internal/", "http://[fd00:ec2::254]/"),
    *("http://inner.example:{port}/", "https://127.0.0.1:{port}/", "webcal://127.0.0.1:{port}/", "feed:http://[::1]:{port}/"),
]  # fmt: skip


@pytest.mark.parametrize("location", BY_REDIRECT, ids=lambda text: text.encode("ascii", "backslashreplace").decode())
async def test_a_public_site_leads_nowhere_private(
    location: str, trap: Trap, connected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirect from the public internet is held to the same rules as the address that was given."""
    names(monkeypatch, {"good.example": [(V4, "127.0.0.2")], "inner.example": [(V4, HOME)]})
    to = location.format(port=trap.port).encode()
    answer = OK.replace(b"200", b"302") + b"Location: " + to + b"\r\nContent-Length: 0\r\n\r\n"
    with as_public(monkeypatch, "127.0.0.2"):
        async with serving(answer, host="127.0.0.2") as site, opened("") as client:
            error = await refused(client, site.url(host="good.example"))
    assert isinstance(error, PrivateAddress | FetchError)
    # A path that only looks like another host stays on the site, and leads in circles there.
    assert type(error) is PrivateAddress or location.startswith(("\\\\", "http:/127", "http:127"))
    assert (trap.arrived(), set(connected)) == (0, {"127.0.0.2"})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "[::1]", "2130706433", "[::ffff:127.0.0.1]"])
async def test_one_open_host_opens_no_other(status: int, host: str, trap: Trap) -> None:
    """A private host that the operator opened at one port can't lead to another port, or to another host."""
    async with (
        serving(redirect(f"http://{host}:{trap.port}/", status)) as site,
        opened(f"127.0.0.1:{site.port}") as client,
    ):
        assert type(await refused(client, site.url())) is PrivateAddress
        with pytest.raises(FeedsError):
            await (client.post(site.url(), {"a": "b"}) if status > 303 else client.get(site.url(), {}))
    assert trap.arrived() == 0


async def test_a_host_that_is_open_at_all_ports_opens_only_itself(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another name or spelling of the same machine is another host."""
    names(monkeypatch, {"inner.example": [(V4, HOME)], "casa.internal": [(V4, HOME)]})
    answers = {
        f"/{host}": redirect(f"http://{host}:{trap.port}/") for host in ("127.0.0.1", "127.0.0.2", "inner.example")
    }
    async with serving(answers) as site, opened("casa.internal", timeout=0.2) as client:
        for path in answers:
            assert type(await refused(client, site.url(path, host="casa.internal"))) is PrivateAddress
        assert (await client.get(site.url(host="casa.internal"), {})).status == 404
    assert trap.arrived() == 0


async def test_a_chain_that_ends_inside(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Public names in between, relative steps and a change of scheme don't hide where a chain leads."""
    names(monkeypatch, {f"{name}.example": [(V4, "127.0.0.2")] for name in "abc"} | {"end.example": [(V4, HOME)]})
    with as_public(monkeypatch, "127.0.0.2"):
        answers: dict[str, bytes] = {}
        async with serving(answers, host="127.0.0.2") as site, opened("") as client:
            answers |= {
                "/": redirect(site.url("/2", host="b.example"), 301),
                "/2": redirect("3", 307),
                "/3": redirect(f"//c.example:{site.port}/4", 303),
                "/4": redirect(f"http://end.example:{trap.port}/", 308),
            }
            assert type(await refused(client, site.url(host="a.example"))) is PrivateAddress
            assert site.paths == ["/", "/2", "/3", "/4"]
    assert trap.arrived() == 0


async def test_a_kept_connection_serves_no_other_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to a host that the operator opened by name is not used for another name at the same address."""
    names(monkeypatch, {"casa.internal": [(V4, HOME)], "rebind.example": [(V4, HOME)]})
    async with serving(reply(b"x")) as server, opened(f"casa.internal:{server.port}") as client:
        assert (await client.get(server.url(host="casa.internal"), {})).body == b"x"
        for host in ("rebind.example", "127.0.0.1"):
            assert type(await refused(client, server.url(host=host))) is PrivateAddress
        assert len(server.requests) == 1


# ── other services ─────────────────────────────────────────────────────────────────────────────────────────────────

SCHEMES = (
    *("file:///etc/passwd", "file://127.0.0.1/etc/passwd", "ftp://127.0.0.1/", "sftp://127.0.0.1/", "tftp://127.0.0.1/x"),
    *("gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/stats", "ldap://127.0.0.1/", "ldaps://127.0.0.1/"),
    *("data:text/xml,<rss/>", "javascript:alert(1)", "vbscript:x", "unix:///var/run/docker.sock", "http+unix://%2Frun%2Fx/"),
    *("jar:http://127.0.0.1!/", "netdoc:///etc/passwd", "smb://127.0.0.1/x", "ssh://127.0.0.1/", "imap://127.0.0.1/"),
    *("ws://127.0.0.1/", "blob:http://127.0.0.1/x", "view-source:http://127.0.0.1/", "about:blank", "php://filter/x"),
)  # fmt: skip
PORTS = (
    *(21, 22, 23, 25, 53, 69, 110, 111, 119, 135, 139, 143, 161, 389, 445, 465, 514, 587, 636, 873, 990, 993, 995),
    *(1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 4369, 5060, 5432, 5433, 5672, 5900, 5984, 5985, 6000, 6379, 6380),
    *(6443, 6667, 7001, 9042, 9092, 9100, 9200, 9300, 9418, 10250, 11211, 15672, 26379, 27017, 28017, 33060),
)


@pytest.mark.parametrize("url", SCHEMES)
async def test_other_schemes_are_refused(url: str, connected: list[str]) -> None:
    """Only the web is read: given as an address, or led to by a redirect."""
    async with serving(redirect(url)) as site, opened(HOME) as client:
        assert type(await refused(client, url)) is BadScheme
        assert type(await refused(client, site.url())) is BadScheme
    assert connected == [HOME]


@pytest.mark.parametrize("port", PORTS)
async def test_ports_of_other_services_are_refused(port: int, connected: list[str]) -> None:
    """Mail, databases, caches and the like are sent nothing, not even where the operator opened the host."""
    async with serving(redirect(f"http://127.0.0.1:{port}/")) as site, opened("1") as client:
        assert type(await refused(client, f"http://127.0.0.1:{port}/")) is BadPort
        assert type(await refused(client, f"http://good.example:{port}/")) is BadPort
        assert type(await refused(client, site.url())) is BadPort
    assert connected == [HOME]


# ── what the operator opens ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("setting", "open_", "closed"),
    [
        ("127.0.0.1", ["127.0.0.1", "2130706433", "127.1"], ["127.0.0.2", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"]),
        ("localhost", ["localhost", "LOCALHOST."], ["127.0.0.1", "app.localhost", "inner.example"]),
        ("inner.example", ["inner.example"], ["a.inner.example", "127.0.0.1", "localhost"]),
        ("127.0.0.1:{port}", ["127.0.0.1"], ["127.0.0.2", "localhost"]),
        ("127.0.0.1:1", [], ["127.0.0.1"]),
        ("", [], ["127.0.0.1", "localhost", "inner.example"]),
        ("1", ["127.0.0.1", "127.0.0.2", "localhost", "inner.example", "app.localhost"], []),
    ],
    ids=str,
)  # fmt: skip
async def test_the_operator_opens_exactly_what_is_named(
    setting: str, open_: list[str], closed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """VECINOS_ALLOW_PRIVATE_HOSTS opens the hosts that it names, nothing beside them, and all with 1."""
    known = ("localhost", "inner.example", "a.inner.example", "app.localhost")
    names(monkeypatch, {name: [(V4, HOME)] for name in known})
    async with serving(reply(b"inside"), host="0.0.0.0") as server, opened(setting.format(port=server.port)) as client:
        for host in open_:
            assert (await client.get(server.url(host=host), {})).body == b"inside"
        for host in closed:
            assert type(await refused(client, server.url(host=host))) is PrivateAddress
        assert len(server.requests) == len(open_)


async def test_many_at_once(trap: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules hold for hundreds of requests side by side as for one."""
    names(monkeypatch, {f"host{number}.example": [(V4, HOME)] for number in range(100)})
    async with opened("") as client:
        urls = [f"http://host{number}.example:{trap.port}/" for number in range(100)] + [
            f"http://127.0.0.1:{trap.port}/"
        ] * 100
        found = await asyncio.gather(*(client.get(url, {}) for url in urls), return_exceptions=True)
    assert {type(one) for one in found} == {PrivateAddress}
    assert trap.arrived() == 0
