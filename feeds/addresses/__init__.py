"""Which addresses are read. All of it is pure: nothing here asks the network.

    links.py      clean_link: a link inside a feed, made absolute, without tracking; which site an address belongs to
    normal.py     normal_form: what a person pastes, or a list or a redirect holds → the address that is asked for
    reach.py      is_public: the rule for IP addresses; AllowedHosts: the private hosts that the operator opened
    calendars.py  calendar_of_embed: the address of a Google or Outlook calendar page → the calendar behind it;
                  coming_events, events_page: the exports of The Events Calendar, page by page

feeds/client applies these rules to every hop and every connection.
"""

from feeds.addresses.calendars import (
    calendar_of_embed,
    calendars_of_embed,
    coming_events,
    events_page,
    is_events_export,
    is_events_list,
    is_secret,
    other_events_page,
)
from feeds.addresses.links import MAX_LINK, TRACKING, clean_link, host_of, same_site, site_of
from feeds.addresses.normal import normal_form, shown
from feeds.addresses.reach import AllowedHosts, is_private_host, is_private_literal, is_public

__all__ = [
    "MAX_LINK",
    "TRACKING",
    "AllowedHosts",
    "calendar_of_embed",
    "calendars_of_embed",
    "clean_link",
    "coming_events",
    "events_page",
    "host_of",
    "is_events_export",
    "is_events_list",
    "is_private_host",
    "is_private_literal",
    "is_public",
    "is_secret",
    "normal_form",
    "other_events_page",
    "same_site",
    "shown",
    "site_of",
]
