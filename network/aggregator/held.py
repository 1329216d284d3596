"""What is not believed at once. Pure: it decides, the archive stores.

A source that suddenly lists almost nothing has more often lost its plugin, its permission or its mind than its events.
So nothing that was announced goes away because of one strange body:

    shrunk    more than a handful is missing, and more than half. A calendar waits for the organizers; a feed, of which
              nothing is ever deleted, is believed when two more pulls say the same. Or something is missing from a
              body that could not be read as a whole: believed likewise
    empty     nothing is left. Believed when two more pulls, or the organizers, say so
    kept      the organizers said that what is missing is still on: it stays until its time is over
"""

from __future__ import annotations

from network.model import Held

HANDFUL = 5
CONFIRMED = 2
"""So many more pulls that say the same are believed."""


def verdict(
    *, before: int, listed: int, missing: int, held: Held, pulls: int, calendar: bool, whole: bool = True
) -> Held:
    """Whether a body is held, and why; "" when it is believed.

    `before`: how many items the source had (of a calendar those that are still to come); `listed`: how many the body
    lists; `missing`: how many of those before it does not list; `held` and `pulls`: what was found before, and how
    many pulls have said the same since; `whole`: whether all of the body was read.
    """
    much = missing > HANDFUL and missing * 2 > before
    if listed == 0 and missing:
        now: Held = "empty"
    elif much or (missing and not whole):
        now = "shrunk"
    else:
        return ""
    waits = calendar and much and now == "shrunk"
    return "" if held == now and pulls + 1 >= CONFIRMED and not waits else now
