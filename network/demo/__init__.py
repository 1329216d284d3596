"""The sample coalition: sixteen invented organizations and their web sites, for `vecinos demo` and for tests.

    texts/*.txt      what they write, one file each; who edits them reads texts/README.md
      → coalition.py     Organization, Post, Event: the texts, read
        rhythm.py        when things happen: a fixed grid of weeks
      → program.py       what is published and what is on, on a given day
        days.py          dates in sentences, in seven languages
        markup.py        text → HTML
        pictures.py      the images, drawn
      → site.py          one organization's site: its addresses and links
      → pages.py, feed_formats.py, calendars.py     its pages (style.css), feeds and calendars
        platforms.py     what the platforms add by themselves
      → sites.py         a request → an answer, as the site's platform gives it
      → server.py        every site at a port of its own on this machine
      → start.py         `vecinos demo`: the sites, the coalition registered from them, the network itself

All of it is a pure function of the day: what was published yesterday is the same today, and never is a page empty.
"""
