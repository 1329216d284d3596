"""Which HTML we show: tags, their attributes, and what kind of thing each tag is."""

from __future__ import annotations


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


FORMATTING = _set("a abbr b bdi cite code del dfn em i ins kbd mark q s samp small span strong sub sup tt u var")
BLOCKS = _set(
    "p div h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre figure hr details address article aside section header"
    " footer"
)
VOID = _set("br img hr wbr col")
TAGS = (
    FORMATTING
    | BLOCKS
    | VOID
    | _set("li dt dd thead tbody tfoot tr td th caption colgroup figcaption summary time ruby rt rp")
)
DROPPED_WITH_CONTENT = _set("script style title textarea iframe noembed noframes template select svg math xmp")
ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "col": {"span"},
    "time": {"datetime"},
}
NUMBERS = _set("width height start value colspan rowspan span")
REL = "nofollow noopener noreferrer"
