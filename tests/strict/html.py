"""HTML as it may stand in a feed: balanced, no active content, no relative addresses."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.strict.values import Report, words

_VOID = words("area br col hr img input link meta source track wbr")
_END_OPTIONAL = words("p li dt dd option optgroup rp rt thead tbody tfoot tr td th colgroup caption html head body")
_SAFE = words("""a abbr acronym address area article aside audio b bdi bdo big blockquote br button caption center cite code col
    colgroup data datalist dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer form h1 h2
    h3 h4 h5 h6 header hgroup hr i img input ins kbd label legend li main map mark menu meter nav noscript ol optgroup
    option output p picture pre progress q rp rt ruby s samp section select small source span strike strong sub summary
    sup table tbody td template textarea tfoot th thead time tr track tt u ul var video wbr""")
_UNSAFE = words(
    "applet base body embed frame frameset head html iframe link meta object param script style svg title math xml"
)
_DOCUMENT = words("html head title body")
_ATTRIBUTES = words("""abbr accept align alt axis border cellpadding cellspacing cite class clear color cols colspan compact controls
    coords crossorigin datetime decoding dir download face for headers height hidden high href hreflang hspace id ismap
    itemid itemprop itemref itemscope itemtype kind label lang list loading loop low max media method min muted name
    nowrap open optimum poster preload referrerpolicy rel rev reversed role rows rowspan rules scope shape size sizes
    span src srclang srcset start summary tabindex target title translate type usemap valign value volume vspace width
    xmlns""")
_STYLES = words("""background background-color border border-bottom border-collapse border-color border-left border-right
    border-spacing border-style border-top border-width clear color cursor direction display float font font-family
    font-size font-style font-variant font-weight height letter-spacing line-height list-style-type margin margin-bottom
    margin-left margin-right margin-top overflow padding padding-bottom padding-left padding-right padding-top
    text-align text-decoration text-indent vertical-align white-space width""")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|#")
_ACTIVE = re.compile(r"\s*(?:javascript|vbscript|data):", re.IGNORECASE)
_ADDRESSES = {"href", "src", "poster", "cite"}


def check(report: Report, where: str, fragment: str, *, document: bool = False, based: bool = False) -> None:
    """A fragment, or a whole `document`; relative addresses are fine only where a base is declared (`based`)."""
    if re.search(r"<[A-Za-z/!][^>]*$", fragment):
        report.say("NotHtml", where, "a tag is not finished")
    walker = _Walker(report, where, document=document, based=based)
    walker.feed(fragment)
    walker.close()
    if rest := [tag for tag in walker.open if tag not in _END_OPTIONAL]:
        report.say("NotHtml", where, f"<{rest[-1]}> is not closed")


class _Walker(HTMLParser):
    def __init__(self, report: Report, where: str, *, document: bool, based: bool) -> None:
        super().__init__()
        self.report, self.where = report, where
        self.document, self.based = document, based
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)
        if tag not in _SAFE | _UNSAFE:
            self.report.say("NotHtml", self.where, f"<{tag}>")
        elif tag in _UNSAFE and not (self.document and tag in _DOCUMENT):
            self.report.say("SecurityRisk", self.where, f"<{tag}>")
        for name, value in attrs:
            attribute(self.report, self.where, name, value or "")
            if name in _ADDRESSES and value and not self.based and not _ABSOLUTE.match(value.strip()):
                self.report.say("ContainsRelRef", self.where, value)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        while self.open and self.open[-1] != tag and self.open[-1] in _END_OPTIONAL:
            self.open.pop()
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag not in _END_OPTIONAL:
            self.report.say("NotHtml", self.where, f"</{tag}> has no beginning")


def attribute(report: Report, where: str, name: str, value: str) -> None:
    """One attribute of an HTML element."""
    if name == "style":
        for rule in filter(None, map(str.strip, value.split(";"))):
            if rule.partition(":")[0].strip().lower() not in _STYLES or re.search(
                r"url|expression|[\\@]", rule, re.IGNORECASE
            ):
                report.say("DangerousStyleAttr", where, rule)
    elif name not in _ATTRIBUTES and not name.startswith(("data-", "aria-")):
        report.say("SecurityRiskAttr", where, f"{name}={value}")
    elif name in _ADDRESSES and _ACTIVE.match(value):
        report.say("SecurityRisk", where, f"{name}={value}")
