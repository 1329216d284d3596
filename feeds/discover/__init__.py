"""A web page → the feeds and calendars it offers.

offers.py   page: what one page says of its organization, and the feeds and calendars it links to or embeds (pure)
software.py what is known of the software behind a site: where a calendar says more than a feed (pure)
search.py   discover: from an address that a person gives; asks the page and, where it lacks something, a few more
"""

from feeds.discover.offers import page
from feeds.discover.search import candidates, discover

__all__ = ["candidates", "discover", "page"]
