"""How a source fares, in one word. Pure: quiet and broken are never mixed up, since only a source that answers is quiet."""

from __future__ import annotations

from network.model import Health, Held, SourceState

DAY = 86_400
QUIET_AFTER = 3
"""A source is quiet when it has brought nothing new for so many times its usual interval …"""
QUIET_AT_LEAST = 14 * DAY
"""… and for at least so long: a feed that posts daily is not quiet after a long weekend."""
UNKNOWN_INTERVAL = 60 * DAY
"""The usual interval of a source that gives none, such as a calendar."""


def health(state: SourceState, *, held: Held = "", newest_at: int | None, usual: int | None, now: int) -> Health:
    """What people are told of a source. `newest_at`: when it last brought something; `usual`: seconds from one entry to
    the next; moments in UTC seconds.
    """
    if state != "fine":
        return state
    if held in {"shrunk", "empty"}:
        return "suspect"
    silence = now - (now if newest_at is None else newest_at)
    interval = UNKNOWN_INTERVAL if usual is None else usual
    return "quiet" if silence > max(QUIET_AFTER * interval, QUIET_AT_LEAST) else "fine"
