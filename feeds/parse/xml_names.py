"""What an element is called, whichever namespace and prefix its feed gave it.

`name` gives the local name in lower case, preceded by the usual prefix of its namespace (`dc:date`, `media:content`);
all that RSS and Atom themselves define has no prefix. A namespace that is not known counts as the one that its prefix
usually stands for: feeds get the address wrong more often than the prefix.
"""

from __future__ import annotations

from functools import lru_cache

ATOM = "http://www.w3.org/2005/Atom"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"

MAX_TAG = 300

NAMESPACES = {
    "": "",
    ATOM.lower(): "",
    "https://www.w3.org/2005/atom": "",
    "http://purl.org/atom/ns#": "",
    "http://purl.org/rss/1.0": "",
    "http://purl.org/net/rss1.1#": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://cyber.law.harvard.edu/rss": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://purl.org/pie": "",
    "http://purl.org/echo": "",
    "http://example.com/necho": "",
    "http://example.com/newformat#": "",
    "uri/of/echo/namespace#": "",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://purl.org/rss/1.0/modules/slash": "slash",
    "http://search.yahoo.com/mrss": "media",
    "https://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/search/mrss": "media",
    "http://www.rssboard.org/media-rss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://wellformedweb.org/commentapi": "wfw",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://webns.net/mvcb": "admin",
    "http://purl.org/rss/1.0/modules/event": "ev",
    "urn:ietf:params:xml:ns:xcal": "xcal",
    "urn:ietf:params:xml:ns:icalendar-2.0": "xcal",
    "http://schemas.google.com/g/2005": "gd",
    "http://base.google.com/ns/1.0": "g",
    "http://webnus.net/rss/mec": "mec",
    "http://schemas.trumba.com/rss/x-trumba": "x-trumba",
    "http://sidearmsports.com/schemas/cal_rss/1.0": "s",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://schema.org": "schema",
    "https://schema.org": "schema",
}


def name(tag: str, prefix: str | None) -> str:
    """The name of an element from lxml's `tag` and `prefix`; empty for one that is too long to be any."""
    return _name(tag, prefix) if len(tag) <= MAX_TAG else ""


@lru_cache(maxsize=2048)
def _name(tag: str, prefix: str | None) -> str:
    namespace, _, local = tag[1:].rpartition("}") if tag[0] == "{" else ("", "", tag)
    if ":" in local:  # an undeclared prefix
        prefix, _, local = local.partition(":")
        namespace = "?"
    usual = NAMESPACES.get(namespace.strip().lower().rstrip("/"))
    if usual is None:
        usual = "" if "backend.userland.com/rss" in namespace.lower() else (prefix or "").lower()
    return f"{usual}:{local.lower()}" if usual else local.lower()
