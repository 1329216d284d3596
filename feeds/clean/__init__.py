"""HTML from strangers → HTML we may show, and what else is made of it.

entry           an entry as its feed gave it → the same entry, clean
html            HTML as sent → safe HTML                         (sanitize.py, order.py)
text, excerpt   HTML → its words                                 (words.py)
without_images  clean HTML → the same with links to its images   (words.py)
"""

from feeds.clean.entry import entry
from feeds.clean.sanitize import html
from feeds.clean.words import excerpt, text, without_images

__all__ = ["entry", "excerpt", "html", "text", "without_images"]
