"""Which machines may be connected to: those of the public internet, and those that the operator opened."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache

from feeds.addresses.normal import host_and_port
from feeds.errors import BadAddress

_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        *("0.0.0.0/8", "127.0.0.0/8"),  # this machine (RFC 1122)
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),  # private (RFC 1918)
        "100.64.0.0/10",  # behind a provider's NAT (RFC 6598)
        "169.254.0.0/16",  # link-local (RFC 3927), where clouds keep their metadata
        *("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15"),  # protocols, 6to4 relays, benchmarks
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),  # documentation (RFC 5737)
        *("224.0.0.0/4", "240.0.0.0/4"),  # multicast, reserved, broadcast
    )
)
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(ipaddress.IPv6Network(block) for block in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

_LOCAL_NAMES = (".localhost", ".localdomain", ".local", ".internal", ".home.arpa", ".intranet", ".lan")
"""This machine (RFC 6761), the neighbours (RFC 6762, RFC 8375), clouds' metadata and inner networks (ICANN: .internal)."""


@lru_cache(maxsize=8192)
def is_public(address: str) -> bool:
    """Whether an IP address (as text) belongs to the public internet.

    Our own list and not `ipaddress.is_global`, which on Python 3.11.2 lets through 64:ff9b::7f00:1, fec0::1,
    192.88.99.1 and 224.0.0.1. IPv6 that carries an IPv4 address (mapped, NAT64, 6to4, Teredo) is what it carries.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in block for block in _NOT_PUBLIC_4)
    if parsed.scope_id:
        return False
    carried = _carried(parsed)
    if carried:
        return all(is_public(str(inner)) for inner in carried)
    return parsed in _GLOBAL_6 and not any(parsed in block for block in _NOT_PUBLIC_6)


def _carried(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    """The IPv4 addresses to which a packet for this IPv6 address may be turned."""
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    return (ipaddress.IPv4Address(int(address) & 0xFFFFFFFF),) if address in _NAT64 else ()


@lru_cache(maxsize=8192)
def is_private_literal(host: str) -> bool:
    """Whether a host (as in a normal form, IPv6 without brackets) is an IP address that is not public."""
    is_literal = ":" in host or host.rpartition(".")[2].isdigit()
    return is_literal and not is_public(host)


def is_private_host(host: str) -> bool:
    """Whether a host is private by its spelling alone: such an IP address, or a name that no public name server knows."""
    return is_private_literal(host) or f".{host}".endswith(_LOCAL_NAMES)


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """The hosts that are read although they are not public: none, all, or those named (with any port or with one)."""

    everything: bool = False
    named: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def parse(cls, setting: str) -> AllowedHosts:
        """From a setting: `` none, `1` all, else hosts or host:port separated by commas. Raises BadAddress."""
        words = [word.strip() for word in setting.lower().split(",") if word.strip()]
        if words in (["1"], ["*"], ["true"], ["yes"], ["on"], ["all"]):
            return cls(everything=True)
        if words in (["0"], ["false"], ["no"], ["off"]):
            return cls()
        return cls(named=frozenset(_allowed(word) for word in words))

    def allows(self, host: str, port: int) -> bool:
        """Whether this very host (IPv6 without brackets) may be asked at this port, wherever it is."""
        return self.everything or (bool(self.named) and ((host, None) in self.named or (host, port) in self.named))


def _allowed(word: str) -> tuple[str, int | None]:
    try:
        host, port = host_and_port(f"[{word}]" if word.count(":") > 1 and not word.startswith("[") else word)
    except ValueError as error:
        raise BadAddress(word, "not a host or host:port") from error
    return host.strip("[]"), port
