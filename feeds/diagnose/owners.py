"""What the owner of a site on a certain platform can do about a problem, menu by menu.

Menus are named as they stand in the platform's English version. What anybody can do stands in advice.py.
"""

from __future__ import annotations

_WORDPRESS_FEED = (
    "On WordPress the feed is at the site's address followed by /feed/, and the calendar of The Events Calendar at /events/?ical=1. "
    "If they do not come there, look under Plugins for one that turns feeds off, and press Save under Settings › Permalinks."
)
_SQUARESPACE_FEED = (
    "On Squarespace only blog and events pages have feeds: open such a page in a browser, copy its address and add "
    "?format=rss. The page must be public and hold at least one published post or event."
)
_WIX_FEED = (
    "On Wix only the Wix Blog has a feed, at the site's address followed by /blog-feed.xml, once a post is published. Wix "
    "Events has none: keep the events in a public Google Calendar as well."
)
_WEEBLY_FEED = "On Weebly only blog pages have feeds: the address of the blog page followed by /1/feed."
_DRUPAL_FEED = (
    "On Drupal open Structure › Views, add a display of the type Feed to the news or events, and give its address."
)
_JOOMLA_FEED = (
    "On Joomla open the menu item of the news (Category Blog), set Integration › “Show a Feed Link” to Yes, and give the page's "
    "address followed by ?format=feed&type=rss."
)
_BLOGGER_FEED = (
    "On Blogger open Settings › Site feed and set “Allow blog feed” to Full; the feed is at /feeds/posts/default."
)
_TUMBLR_FEED = "On Tumblr the feed is at the blog's address followed by /rss; the blog must not be hidden from people without an account."
_GHOST_FEED = "On Ghost the feed is at the site's address followed by /rss/."
_SITES_FEED = "Google Sites has no feeds. Put a public Google Calendar into the page (Insert › Calendar); its events are then found."
_MEETUP_FEED = "On Meetup give the group's address followed by /events/ical/; the group must be public."
_FACEBOOK = (
    "Facebook lets no other program read pages and events. Ask the group to keep its events in a public Google Calendar as "
    "well, or on a site of its own."
)
_EVENTBRITE = (
    "Eventbrite offers no feed of an organizer's events. Ask the group to keep them in a public Google Calendar as well, or on "
    "its own site."
)
_WHERE = {
    "wordpress": _WORDPRESS_FEED, "squarespace": _SQUARESPACE_FEED, "wix": _WIX_FEED, "weebly": _WEEBLY_FEED,
    "drupal": _DRUPAL_FEED, "joomla": _JOOMLA_FEED, "blogger": _BLOGGER_FEED, "tumblr": _TUMBLR_FEED, "ghost": _GHOST_FEED,
    "google_sites": _SITES_FEED, "meetup": _MEETUP_FEED, "facebook": _FACEBOOK, "instagram": _FACEBOOK,
    "eventbrite": _EVENTBRITE,
}  # fmt: skip
"""Platform → where its feeds are, or that it has none."""

_OPEN_WORDPRESS = (
    "On WordPress.com open Settings › General and set the site to Public. On any other WordPress deactivate the plugin that keeps "
    "the site closed (coming soon, maintenance, members only), or let it leave out /feed/."
)
_OPEN_SQUARESPACE = (
    "On Squarespace open Settings › Site Availability and choose Public; then open the gear beside the page and remove its "
    "password. Check under Settings › Billing that the plan is paid."
)
_OPEN_WIX = (
    "On Wix press Publish in the editor, and check under Settings › Domains that the domain is connected to the site."
)
_OPEN_WEEBLY = "On Weebly press Publish in the editor, and set Pages › Visibility of the blog to Public."
_OPEN_BLOGGER = "On Blogger open Settings › Permissions › Reader access and choose Public."
_OPEN_GHOST = "On Ghost open Settings › General and turn off “Make this site private”."
_OPEN_TUMBLR = "On Tumblr open the blog's Settings › Visibility and turn off “Hide from people without an account”."
_OPEN_DRUPAL = (
    "On Drupal open People › Permissions and let Anonymous user have “View published content”; the same under Access of the "
    "view that makes the feed."
)
_OPEN_JOOMLA = "On Joomla set Access to Public for the menu item and the category of the news."
_OPEN = {
    "wordpress": _OPEN_WORDPRESS, "squarespace": _OPEN_SQUARESPACE, "wix": _OPEN_WIX, "weebly": _OPEN_WEEBLY,
    "blogger": _OPEN_BLOGGER, "ghost": _OPEN_GHOST, "tumblr": _OPEN_TUMBLR, "drupal": _OPEN_DRUPAL, "joomla": _OPEN_JOOMLA,
}  # fmt: skip
"""Platform → how to make a site public."""

_GOOGLE_PUBLIC = (
    "In Google Calendar on a computer open the three dots beside the calendar › Settings and sharing › Access permissions, tick "
    "“Make available to public” (with all details), and copy “Public address in iCal format” from Integrate calendar."
)
_OUTLOOK_PUBLIC = (
    "In Outlook on the web open Settings › Calendar › Shared calendars › Publish a calendar, choose the calendar and “Can view "
    "all details”, press Publish, and copy the ICS link. At work or school an administrator may have to allow it."
)
_ICLOUD_PUBLIC = (
    "On iCloud.com or in Calendar on a Mac open the sharing of the calendar, tick “Public Calendar”, and copy the link."
)
_TEAMUP_PUBLIC = (
    "In Teamup open Settings › General Settings and enable iCalendar feeds; then add a link with read-only access under "
    "Settings › Sharing, and copy the iCalendar address of that link."
)
_PUBLIC = {
    "google_calendar": _GOOGLE_PUBLIC, "outlook": _OUTLOOK_PUBLIC, "icloud": _ICLOUD_PUBLIC, "teamup": _TEAMUP_PUBLIC,
}  # fmt: skip
"""Service → how to make a calendar public."""

_CLOUDFLARE = (
    "In Cloudflare's dashboard open Security › Settings and turn off Bot Fight Mode, which no rule can except (and Under Attack "
    "mode). Or, on a paid plan, add a custom rule under Security rules (WAF) with the action Skip for addresses with feed or ical."
)
_GUARDS = {
    "cloudflare": _CLOUDFLARE,
    "siteground": (
        "SiteGround asks programs for a captcha. Write to its support from the site's account, and ask that the User-Agent Vecinos "
        "may read the addresses with feed or ical."
    ),
    "sucuri": "In Sucuri's dashboard open Firewall › Access Control › Allow URL Paths and add the addresses with feed or ical.",
    "wordfence": (
        "In WordPress open Wordfence › Blocking and remove the block; then add the User-Agent Vecinos or /feed/ to what is "
        "allowed under Wordfence › Firewall › All Firewall Options."
    ),
    "imunify360": "Ask the site's host to let the User-Agent Vecinos pass its guard Imunify360.",
    "imperva": "Ask whoever manages Imperva for the site to add an exception for the addresses with feed or ical.",
    "wordpress": (
        "Look under Plugins for one that keeps robots out (security, firewall, captcha), and let it leave out /feed/ and "
        "?ical=1. If there is none, it is the host's guard: ask its support."
    ),
}  # fmt: skip

_FEWER_WORDPRESS = (
    "On WordPress open Settings › Reading, set “Syndication feeds show the most recent” to 20 items, and “For each post in a feed, "
    "include” to Excerpt."
)

OWNERS = {
    "not_found": _WHERE | _PUBLIC,
    "gone": _WHERE | _PUBLIC,
    "html_page": _WHERE | _PUBLIC,
    "not_a_feed": _WHERE | _PUBLIC,
    "no_feed_found": _WHERE,
    "feeds_off": _WHERE,
    "never_feeds": {"facebook": _FACEBOOK, "instagram": _FACEBOOK, "eventbrite": _EVENTBRITE},
    "private_calendar": _PUBLIC,
    "sign_in_page": _OPEN | _PUBLIC,
    "site_closed": _OPEN,
    "forbidden": _OPEN | _PUBLIC | {"wordpress": _GUARDS["wordpress"]},
    "bot_challenge": _GUARDS,
    "site_faulty": {
        "wordpress": (
            "WordPress has sent its administrator an e-mail with a link to repair it: deactivate the plugin or theme that it names. If "
            "the database can't be reached, ask the host and check wp-config.php."
        ),
        "drupal": "On Drupal look under Reports › Recent log messages for the error, and clear the caches.",
        "joomla": "On Joomla open System › Global Configuration › Server, set “Error Reporting” to Maximum, and open the page again.",
    },
    "maintenance": {
        "wordpress": (
            "An update of WordPress may have been interrupted: if it stays so, delete the file .maintenance in the site's folder, or "
            "turn off the maintenance plugin."
        ),
        "drupal": "On Drupal open Configuration › Development › Maintenance mode and turn it off.",
        "joomla": "On Joomla open System › Global Configuration › Site and set “Site Offline” to No.",
        "squarespace": _OPEN_SQUARESPACE,
    },
    "empty_body": {
        "wordpress": (
            "An empty page of WordPress comes from an error in PHP: deactivate the plugin that was changed last, and open /feed/ "
            "again."
        ),
    },
    "too_large": {"wordpress": _FEWER_WORDPRESS},
    "too_heavy": {"wordpress": _FEWER_WORDPRESS},
    "too_many_items": {"wordpress": _FEWER_WORDPRESS},
    "not_well_formed": {
        "wordpress": (
            "A plugin or theme of WordPress writes something before or into the feed, often warnings or blank lines: deactivate those "
            "changed last one by one, and set WP_DEBUG_DISPLAY to false."
        ),
    },
    "unknown_timezone": {
        "google_calendar": "In Google Calendar open Settings › Time zone and the calendar's own settings, and choose a city's zone.",
        "outlook": "In Outlook on the web open Settings › Calendar › View › Time zones, and choose the zone by its city.",
        "wordpress": "On WordPress open Settings › General › Timezone and choose a city (New York) in place of UTC and a number.",
    },
}
"""Code → platform → advice."""
