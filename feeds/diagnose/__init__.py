"""What a failure really means, which software is behind it, and how its owner can mend it. All of it is pure.

    failure.py      diagnose: what a server said where a feed was expected → the error that it really is
    signs.py        how guards against robots, closed sites and broken ones look
    platforms.py    platform_of: an address, headers, a page → the software behind it
    advice.py       advice: a problem's code and a platform → how to mend it, in plain words
    owners.py       what the owners of a site can do there, menu by menu

A valid feed without items is no failure and never comes here.
"""

from feeds.diagnose.advice import advice, advice_sentences
from feeds.diagnose.failure import diagnose, is_guarded
from feeds.diagnose.platforms import PLATFORMS, platform_of

__all__ = ["PLATFORMS", "advice", "advice_sentences", "diagnose", "is_guarded", "platform_of"]
