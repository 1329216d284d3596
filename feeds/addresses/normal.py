"""What a person pastes, or a list, a page or a redirect holds → the one address that is asked for."""

from __future__ import annotations

import ipaddress
import re
import socket
from functools import lru_cache
from urllib.parse import quote

from feeds.addresses.links import MAX_LINK
from feeds.errors import AddressError, BadAddress, BadPort, BadScheme

_PRIVILEGED, _LAST_PORT = 1024, 65_535
_WEB = {80, 443}
_OTHER_SERVICES = {
    *{1433, 1434, 1521, 3306, 33060, 5432, 5433, 5984, 7000, 7001, 9042, 27017, 27018, 27019, 28017},  # databases
    *{6379, 6380, 11211, 26379},  # caches
    *{9200, 9300},  # search engines
    *{2181, 2379, 2380, 4369, 5671, 5672, 9092, 15672},  # queues and coordination
    *{2375, 2376, 2377, 6443, 10250, 10255},  # Docker, Kubernetes
    *{3389, 5985, 5986, *range(5900, 5911), *range(6000, 6064)},  # remote desktops, X11
    *{2049, 3659, 4045, 4190, 6566, 9100, 9418, 10080},  # file sharing, scanners, printers, mail filters, git, backups
    *{1719, 1720, 1723, 5060, 5061, *range(6665, 6670), 6679, 6697},  # telephony, VPN, chat
}
"""Ports from 1024 of services which an HTTP request could harm: the Fetch standard's list of bad ports
(https://fetch.spec.whatwg.org/#port-blocking) and what usually runs beside a web site. Below 1024: only 80 and 443."""
_TLS_PORTS = {443, 8443}
_AROUND = ' \t\r\n\f\v\x00<>"«»“”\u200b\ufeff\u00a0'
_NOT_IN_ADDRESS = re.compile(r"[\x00-\x1f\x7f]+")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(.*)", re.IGNORECASE | re.DOTALL)
_SCHEME_TWICE = re.compile(r"[/\\]*https?:[/\\]", re.IGNORECASE)
_PORT_FOLLOWS = re.compile(r"\d{1,5}(?:[/?#\\]|$)")
_AUTHORITY = re.compile(r"[/\\]*([^/\\?#]*)(.*)", re.DOTALL)
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)$")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_IN_PATH = r"!$&'()*+,./0-9:;=?@A-Z_a-z~\[\]-"
_PLACES = re.compile(
    r"((?:[a-z][a-z0-9+.-]{0,20}:[/\\]+|(?:https?|feed|webcals?):)*[/\\]*)([^/\\?#]*)(.*)", re.IGNORECASE | re.DOTALL
)
"""What comes before the host, the host with all that may stand beside it, and the rest."""
_NORMAL = re.compile(rf"(https?://[a-z0-9._-]+(?::\d+)?)/[{_IN_PATH}]*(?:%[0-9A-Fa-f]{{2}}[{_IN_PATH}]*)*")


def normal_form(url: str) -> str:
    """The http(s) address that is meant by `url`, in the one spelling under which it is kept and asked for.

    Without a scheme it becomes https:// (http:// where a port is named that is not one of TLS, as development servers
    have); webcal: and feed: become what they stand for. The host is lower-case ASCII (UTS 46) without a final dot, an
    IPv4 address is written plainly (as browsers do with 127.1 or 0x7f000001); credentials, fragment and default port
    are dropped; what may not stand in a path is percent-encoded. Raises BadAddress, BadScheme or BadPort.
    """
    # Nearly all are in normal form already; a whole round of sites goes through here.
    plain = _NORMAL.fullmatch(url)
    return url if plain and len(url) <= MAX_LINK and _is_normal(plain[1]) else _normal_form(url)


@lru_cache(maxsize=16_384)
def _is_normal(origin: str) -> bool:
    try:
        return _normal_form(origin) == origin + "/"
    except AddressError:
        return False


def _normal_form(url: str) -> str:
    text = _NOT_IN_ADDRESS.sub("", url.strip(_AROUND))
    if not text or len(text) > MAX_LINK:
        raise BadAddress(shown(url)[:200], f"{len(text)} characters")
    scheme, rest = _scheme(text)
    matched = _AUTHORITY.fullmatch(rest)
    assert matched is not None
    authority, path = matched.groups()
    try:
        host, port = host_and_port(authority.rpartition("@")[2])
        path = _path(path)
    except ValueError as error:
        raise BadAddress(shown(url), str(error)) from error
    if port is not None and not _is_for_the_web(port):
        raise BadPort(shown(url), str(port))
    scheme = scheme or ("http" if port is not None and port not in _TLS_PORTS else "https")
    default = port is None or port == (443 if scheme == "https" else 80)
    normal = f"{scheme}://{host}{path}" if default else f"{scheme}://{host}:{port}{path}"
    if len(normal) > MAX_LINK:
        raise BadAddress(shown(url)[:200], f"{len(normal)} characters once encoded")
    return normal


def _is_for_the_web(port: int) -> bool:
    return port in _WEB or (_PRIVILEGED <= port <= _LAST_PORT and port not in _OTHER_SERVICES)


def shown(url: str) -> str:
    """An address as it may stand in a log or an error: without user name and password.

    Where it is so broken that a password may reach beyond its place (one with a slash does), all before the last @ is
    left out.
    """
    text = _NOT_IN_ADDRESS.sub("", url.strip(_AROUND))
    if "@" not in text:
        return text
    matched = _PLACES.fullmatch(text)
    assert matched is not None
    lead, authority, path = matched.groups()
    host = authority.rpartition("@")[2]
    try:
        host_and_port(host)
    except ValueError:
        return f"{lead}…@{text.rpartition('@')[2]}"
    return f"{lead}{host}{path}"


def _scheme(text: str) -> tuple[str, str]:
    """The scheme (empty when it is left to the port) and what follows it."""
    found = _SCHEME.match(text)
    if found is None:
        return "", text
    name, rest = found[1].lower(), found[2]
    if name in {"http", "https"}:
        return _scheme(rest.lstrip("/\\")) if _SCHEME_TWICE.match(rest) else (name, rest)
    if name in {"webcal", "webcals", "feed"}:
        inner = rest.lstrip("/\\")
        return _scheme(inner) if re.match(r"https?:", inner, re.IGNORECASE) else ("", rest)
    if _PORT_FOLLOWS.match(rest):
        return "", text
    raise BadScheme(shown(text), "" if "@" in rest else name)  # "name" may be a user's


def host_and_port(authority: str) -> tuple[str, int | None]:
    """A host in its plain spelling (IPv6 in brackets) and the port that is named. Raises ValueError."""
    if authority.startswith("["):
        literal, closed, after = authority[1:].partition("]")
        if "%" in literal or not closed or after[:1] not in {"", ":"}:
            raise ValueError("host")
        host, port = f"[{ipaddress.IPv6Address(literal)}]", after[1:]
    else:
        name, _, port = authority.partition(":")
        host = _host(name)
    if port and not (port.isascii() and port.isdigit() and len(port) < 6):  # noqa: PLR2004
        raise ValueError("port")
    return host, int(port) if port else None


def _host(name: str) -> str:
    """A host name or IPv4 address in its plain ASCII spelling. Raises ValueError."""
    if not name.isascii():
        import idna  # noqa: PLC0415 - its tables cost 10 ms and few need them

        name = idna.encode(name, uts46=True).decode("ascii")
    name = name.lower().removesuffix(".")
    if not _NAME.fullmatch(name):
        raise ValueError("host")
    if _NUMBER.match(name.rpartition(".")[2]):
        try:
            return socket.inet_ntoa(socket.inet_aton(name))
        except OSError as error:
            raise ValueError("host") from error
    return name


def _path(path: str) -> str:
    path = path.partition("#")[0]
    before, mark, query = path.partition("?")
    path = before.replace("\\", "/") + mark + query
    if not path.startswith("/"):
        path = "/" + path
    # Bytes that are not UTF-8 arrive from headers as lone surrogates and go out again as the bytes they were.
    return quote(_LONE_PERCENT.sub("%25", path).encode("utf-8", "surrogateescape"), safe="!$%&'()*+,-./:;=?@[]_~")
