"""What aiohttp and Python raise for servers, networks and addresses → one error of ours, with its technical cause."""

from __future__ import annotations

import socket
import ssl

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from feeds.client.codings import BROKEN
from feeds.client.connections import NotPublicError
from feeds.errors import (
    BadAddress,
    BadAnswer,
    BadScheme,
    FeedsError,
    PrivateAddress,
    TlsFailed,
    TooManyRedirects,
    TooSlow,
    UnknownHost,
    Unreachable,
)

FOREIGN: tuple[type[Exception], ...] = (aiohttp.ClientError, HttpProcessingError, OSError, UnicodeError, *BROKEN)
"""What comes when a server, a network or an address is at fault (TimeoutError is an OSError)."""
_TRANSLATIONS: tuple[tuple[type[Exception], type[FeedsError]], ...] = (
    (NotPublicError, PrivateAddress),
    (ssl.SSLError, TlsFailed),
    (aiohttp.ClientSSLError, TlsFailed),
    (aiohttp.ServerFingerprintMismatch, TlsFailed),
    (aiohttp.ConnectionTimeoutError, Unreachable),
    (TimeoutError, TooSlow),
    (aiohttp.ClientConnectionError, Unreachable),
    (OSError, Unreachable),
    (aiohttp.NonHttpUrlClientError, BadScheme),
    (aiohttp.InvalidURL, BadAddress),
    (UnicodeError, BadAddress),
    (aiohttp.TooManyRedirects, TooManyRedirects),
    (Exception, BadAnswer),  # broken HTTP, broken packing, a body cut short
)
_NO_SUCH_NAME = {socket.EAI_NONAME, socket.EAI_NODATA}
"""What a name server says of a name that there is not; what we hear when no name server answers is another thing."""


def translated(error: Exception, url: str, waiting_for: str = "") -> FeedsError:
    """An exception of FOREIGN as one of ours. `waiting_for` is told where time ran out."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if not isinstance(cause, NotPublicError):
        cause = error
    meaning = next(ours for theirs, ours in _TRANSLATIONS if isinstance(cause, theirs))
    if isinstance(error, aiohttp.ClientConnectorDNSError) and error.os_error.errno in _NO_SUCH_NAME:
        meaning = UnknownHost
    told = str(cause) or (waiting_for if isinstance(cause, TimeoutError) else "")
    return meaning(url, " ".join(f"{type(error).__name__}: {told}".rstrip(": ").split())[:300])
