"""Where hubs reach us: an address of its own for each subscription, which nobody can guess. Pure.

A token carries a mark of ours (an HMAC), so that it is known as ours when the subscription is long forgotten: the hub
is then told "410, gone" and its question whether we want to unsubscribe is answered with yes.
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from feeds.addresses import AllowedHosts, host_of, is_private_literal, normal_form
from feeds.errors import AddressError
from network.settings import Settings

PATH = "/websub/"
TOKEN = re.compile(r"[A-Za-z0-9_-]{64}")
_RANDOM, _MARK = 32, 16
_NEARBY = re.compile(r"(?:[^.]*|.*\.(?:localhost|local|internal|lan|home\.arpa))")
"""Names that mean something else, or nothing, on other people's machines (RFC 6761, 6762, 8375)."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    """`base_url`: the site's address, without a slash at its end. `key`: what marks a token as ours. `allowed`: the
    private hosts that may be asked.
    """

    base_url: str
    key: bytes
    allowed: AllowedHosts = AllowedHosts()  # noqa: RUF009 - frozen

    @classmethod
    def of(cls, settings: Settings) -> Callbacks:
        """As a site's settings say."""
        return cls(settings.base_url, settings.secret_key, AllowedHosts.parse(settings.allow_private_hosts))

    def new_token(self) -> str:
        """The secret part of a new callback's address: 32 random bytes and our mark."""
        chosen = secrets.token_bytes(_RANDOM)
        return urlsafe_b64encode(chosen + self._mark(chosen)).decode()

    def is_ours(self, token: str) -> bool:
        """Did we make this token, however long ago?"""
        if not TOKEN.fullmatch(token):
            return False
        made = urlsafe_b64decode(token)
        return hmac.compare_digest(made[_RANDOM:], self._mark(made[:_RANDOM]))

    def address(self, token: str) -> str:
        """The callback that is given to a hub."""
        return f"{self.base_url}{PATH}{token}"

    def in_reach_of(self, hub: str) -> bool:
        """Can this hub reach us? A site on loopback or in a private network is reached only from nearby."""
        return not _is_nearby(host_of(self.base_url)) or self._is_near(hub)

    def _is_near(self, hub: str) -> bool:
        try:
            parts = urlsplit(normal_form(hub))
        except AddressError:
            return False
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        named = not self.allowed.everything and self.allowed.allows(host, port)
        return named or _is_nearby(host)

    def _mark(self, chosen: bytes) -> bytes:
        return hmac.digest(self.key, b"websub callback " + chosen, sha256)[:_MARK]


def _is_nearby(host: str) -> bool:
    return is_private_literal(host) or (":" not in host and _NEARBY.fullmatch(host) is not None)
