"""Who may do what. The only place that decides it."""

from __future__ import annotations

from typing import Literal

from network.model import Steward

Action = Literal["see the desk", "decide on members", "decide on sources", "change the network"]
_MAY: dict[str, frozenset[Action]] = {
    "organizer": frozenset({"see the desk", "decide on members", "decide on sources", "change the network"}),
    "steward": frozenset({"see the desk"}),
}


def may(steward: Steward | None, action: Action) -> bool:
    """May this person do this? Nobody who is not signed in may do anything."""
    return steward is not None and action in _MAY[steward.role]
