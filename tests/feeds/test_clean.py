"""HTML from strangers: what is kept, what goes, and that it takes no longer than it should."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import clean
from feeds.clean.order import is_demanding, orderly
from feeds.model import Entry
from tests.feeds.shown_html import faults

BASE = "https://site.example/posts/1"
REL = ' rel="nofollow noopener noreferrer"'

KEPT = {
    "<h2>Title</h2><p>Text<br>with <b>bold</b> &amp; <em>more</em></p>": None,
    '<ul><li>one</li></ul><ol start="3"><li>two</li></ol>': None,
    '<table><thead><tr><th scope="col">h</th></tr></thead><tbody><tr><td colspan="2">c</td></tr></tbody></table>': None,
    '<figure><img src="https://x.example/a.jpg" alt="a" width="640" height="480"><figcaption>c</figcaption></figure>': None,
    "<blockquote><pre><code>a &lt; b</code></pre></blockquote>": None,
    '<del>a</del><ins>b</ins> H<sub>2</sub>O<sup>3</sup> <abbr title="long">l</abbr>': None,
    '<details><summary>s</summary><p lang="es">t</p></details>': None,
    "plain text": None,
    "a &amp; b": None,
    "1 < 2 & 3": "1 &lt; 2 &amp; 3",
    "<h1>Top</h1>": "<h3>Top</h3>",
    '<p class=x style="color:red" id=y onclick=z data-a=b>t</p>': "<p>t</p>",
    "<center><font color=red>t</font></center>": "t",
    "<p>unclosed <i>tags": "<p>unclosed <i>tags</i></p>",
    "<pre>\n\ncode</pre>": "<pre>\n\ncode</pre>",
    "a&#1;b&#x202e;c&#xFFFE;d": "ab\u202ecd",
    "x\x00y": "xy",
    "<b>\ud800x</b>": "<b>x</b>",
}  # fmt: skip
GONE = {
    "a<script>alert(1)</script>b": "ab",
    "a<style>p{}</style>b": "ab",
    "a<!-- c -->b": "ab",
    "<svg><script>x</script><a href=/x>y</a></svg>t": "t",
    "<math><mi>x</mi></math>t": "t",
    "<form action=/x><input name=a><button>send</button><textarea>x</textarea></form>": "send",
    "<object data=x.swf>fallback</object>": "fallback",
    "<iframe></iframe>t": "t",
    "<img src=x onerror=alert(1)>": '<img src="https://site.example/posts/x">',
    "<a href='javascript:alert(1)'>x</a>": f"<a{REL}>x</a>",
    "<a href='JaVa\tScRiPt:alert(1)'>x</a>": f"<a{REL}>x</a>",
    "<a href='data:text/html,x'>x</a>": f"<a{REL}>x</a>",
    "<a href='//[bad'>x</a>": f"<a{REL}>x</a>",
    "<img src='data:image/png;base64,AA' alt=x>t": "t",
    "<img src='' alt=x><img alt=y>t": "t",
}
LINKS = {
    "<a href='/a?utm_source=rss&b=1&utm_medium=x'>x</a>": "https://site.example/a?b=1",
    "<a href='b'>x</a>": "https://site.example/posts/b",
    "<a href='//other.example/c'>x</a>": "https://other.example/c",
    "<a href='https://user:secret@other.example/'>x</a>": "https://other.example/",
    "<a href=' https://other.example/a b '>x</a>": "https://other.example/a%20b",
    "<a href='mailto:ana@site.example'>x</a>": "mailto:ana@site.example",
    "<a href='tel:+15550100'>x</a>": "tel:+15550100",
    "<a href='HTTPS://OTHER.example/'>x</a>": "https://OTHER.example/",
}
BEACONS = [
    "<img src='https://pixel.example/x.gif' width=1 height=1>",
    "<img src='https://pixel.example/x.gif' height=0>",
    "<img src='http://feeds.feedburner.com/~r/x/~4/abc' alt=''>",
    "<a href='http://feeds.feedburner.com/~ff/x?a=b'><img src='http://feeds.feedburner.com/~ff/x?d=b'></a>",
    "<img src='https://stats.wordpress.com/b.gif?host=x'>",
    "<img src='https://pixel.wp.com/b.gif?v=noscript'>",
    "<img src='http://feeds.wordpress.com/1.0/comments/x/1/'>",
    "<img src='https://ad.doubleclick.net/x'>",
    "<img src='https://medium.com/_/stat?event=post.clientViewed'>",
    "<img src='https://www.facebook.com/tr?id=1'>",
    "<img src='https://mail.example/track/open/pixel.gif?u=1'>",
]
TOKENS = [
    *("<p>", "</p>", "<b>", "</b>", "<i>", "</i>", '<a href="/x">', "</a>", "<div>", "</div>", "<ul>", "<li>", "</li>", "</ul>"),
    *("<table>", "<tr>", "<td>", "</td>", "</table>", "<svg>", "</svg>", "<math>", "<style>", "</style>", "<title>", "</title>"),
    *("<object>", "</object>", "<button>", "<form>", "</form>", "<h1>", "</h1>", "<h2>", "<br>", "<hr>", "<!--", "-->", "<a>"),
    *('<img src="/i.jpg" alt="a">', "<img src=/i.jpg width=1>", "<font color=red>", "<select>", "<option>", "<template>"),
    *("<noscript>", "<iframe src=/y>", "</iframe>", "<dl>", "<dt>", "<dd>", "<details>", "<ruby>", "<rt>", "<caption>", "<pre>"),
    *("<textarea>", "</textarea>", "<plaintext>", "<xmp>", "<script>", "</script>", "<foreignObject>", "<mglyph>", "\n\n"),
    *("x", "y ", "&amp;", "&lt;b&gt;", "&#8217;", "&nbsp;", "<", ">", '"', "' onload=x ", "<a href='javascript:x'>", "</"),
]  # fmt: skip


@pytest.mark.parametrize("markup", KEPT)
def test_kept(markup: str) -> None:
    """Content stays as it is, or becomes what it means."""
    expected = KEPT[markup]
    assert (markup if expected is None else expected) == clean.html(markup, BASE)


@pytest.mark.parametrize("markup", GONE)
def test_gone(markup: str) -> None:
    """Whatever could act is gone, its words stay where they are meant to be read."""
    assert GONE[markup] == clean.html(markup, BASE)


@pytest.mark.parametrize("markup", LINKS)
def test_links(markup: str) -> None:
    """Links are absolute and tell nobody where their reader came from."""
    assert f'<a href="{LINKS[markup]}"{REL}>x</a>' == clean.html(markup, BASE)


@pytest.mark.parametrize("markup", BEACONS)
def test_beacons(markup: str) -> None:
    """Images that count their readers go, and the links that held nothing else."""
    assert "ab" == clean.html(f"a{markup}b", BASE)


def test_places_in_the_page() -> None:
    """A link to a place inside the page leads nowhere, since ids are gone."""
    assert f"<a{REL}>1</a>" == clean.html("<a href='#fn1'>1</a>", BASE)


def test_without_a_base() -> None:
    """Relative addresses mean nothing without a base."""
    assert f'<a{REL}>x</a><a href="https://y.example/"{REL}>y</a>' == clean.html(
        "<a href='/x'>x</a><a href='https://y.example/'>y</a><img src=z.jpg>", None
    )


def test_players_become_links() -> None:
    """A film or sound that can't be shown can still be reached."""
    markup = "<p>a</p><iframe src='https://video.example/embed/1?x=1'></iframe><audio controls src=b.mp3></audio>"
    assert (
        f'<p>a</p><p><a href="https://video.example/embed/1?x=1"{REL}>video.example/embed/1</a></p>'
        f'<p><a href="https://site.example/posts/b.mp3"{REL}>b.mp3</a></p>'
    ) == clean.html(markup, BASE)


def test_sizes_are_numbers() -> None:
    """Widths and heights are numbers, or they go."""
    markup = "<img src=a.jpg width='100%' height=20><img src=b.jpg width=2000000>"
    assert (
        '<img src="https://site.example/posts/a.jpg" height="20"><img src="https://site.example/posts/b.jpg">'
    ) == clean.html(markup, BASE)


@settings(deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=60).map("".join))
def test_nothing_active_and_stable(markup: str) -> None:
    """Whatever is put in, what comes out may be shown, and cleaning it again changes nothing."""
    shown = clean.html(markup, BASE)
    assert [] == faults(shown)
    assert shown == clean.html(shown, BASE)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text(markup: str) -> None:
    """No text makes it fail, and what comes out may be shown."""
    assert [] == faults(clean.html(markup, BASE))
    assert [] == faults(clean.html("<p>" + markup, None))


@settings(deadline=None)
@given(st.lists(st.sampled_from(TOKENS), max_size=60).map("".join))
def test_orderly(markup: str) -> None:
    """Bringing HTML into order leaves it balanced and of allowed tags."""
    ordered = orderly(markup)
    assert ordered == orderly(ordered)
    assert [] == [fault for fault in faults(ordered) if " " not in fault]


def test_orderly_keeps_content() -> None:
    """Long HTML reads the same after it was brought into order."""
    row = '<li class="x">One &amp; <b>two</b><br/><a href="/a?b=1&amp;c=2" title=\'t "q"\'>three</a> &aacute;<p>four<p>five</li>'
    markup = f"<!-- c --><ul>{row * 300}</ul><style>p > b {{}}</style><p>end"
    assert is_demanding(markup)
    assert clean.text(markup) == clean.text(clean.html(markup, BASE))
    link = f'<a href="https://site.example/a?b=1&amp;c=2" title="t &quot;q&quot;"{REL}>three</a>'
    assert 300 == clean.html(markup, BASE).count(link)


MEGABYTE = 1_000_000
HOSTILE = [
    *("<div>", "<b><i>", "<p>x", "<b x=1><p>x", "<ul><li>", "<a href=/x>", '<a href="', "<a '", "<", "</", "<!--", "<script>"),
    *("&", "&#", "&nbsp;", "\r", "\0", "<table><td>", "<img src=x>", "</p>", "<br>", "<title>", "<h1>", "<iframe src=x>"),
    *("<iframe src=x ", "<a x=1 ", "<font color=x><p>", "<svg>", "<select><option>", "<dt><dd>", "<details>", " src=", "a"),
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_input_is_linear(unit: str) -> None:
    """A megabyte of anything is cleaned and read in a second or two, and stays within reason."""
    markup = unit * (MEGABYTE // len(unit))
    begun = time.process_time()
    shown = clean.html(markup, BASE)
    clean.text(shown)
    clean.without_images(shown, lambda description: description or "Image")
    assert 3 > time.process_time() - begun
    assert 4 * MEGABYTE > len(shown)


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "</div>" * 100_000,
        "<a " + " ".join(f"x{number}=1" for number in range(50_000)) + ">x</a>",
        "<p>" + "".join(f"<b x={number}>" for number in range(1000)) + "<p>x" * 1000,
        "<a " + "x" * MEGABYTE + ">x",
        "<a " + " " * MEGABYTE + "=x>x",
        "<iframe src=" + "a" * MEGABYTE,
        "<iframe " + " src=a" * 150_000,
        "<img src=x width=" + "1" * MEGABYTE + ">",
    ],
)
def test_bombs(markup: str) -> None:
    """Depth, attributes and unclosed formatting by the ten thousands."""
    begun = time.process_time()
    clean.html(markup, BASE)
    assert 2 > time.process_time() - begun


def test_many_small_traps() -> None:
    """A small feed full of the worst that is too short to be suspected takes no time either."""
    unit = "<p>" + "".join(f"<b x={number}>" for number in range(15)) + "<p>x" * 8
    begun = time.process_time()
    for _ in range(256_000 // len(unit)):
        clean.html(unit, BASE)
    assert 1 > time.process_time() - begun


class TestText:
    """The words of HTML."""

    @pytest.mark.parametrize(
        ("markup", "expected"),
        [
            ("<p>One</p><p>two<br>three</p>", "One\ntwo\nthree"),
            ("wo<b>r</b>d  and\n more", "word and\nmore"),
            ("<ul><li>a</li><li>b &amp; c</li></ul>", "a\nb & c"),
            ("<td>a</td><td>b</td>", "a\nb"),
            ("x<script>y</script><style>z</style><!-- c -->", "x"),
            ("no tags &lt;here&gt;", "no tags <here>"),
            ("", ""),
        ],
    )
    def test_text(self, markup: str, expected: str) -> None:
        """Blocks on lines of their own, nothing that isn't read."""
        assert expected == clean.text(markup)

    @pytest.mark.parametrize(
        ("length", "expected"),
        [
            (100, "One two, three"),
            (14, "One two, three"),
            (13, "One two…"),
            (9, "One two…"),
            (8, "One two…"),
            (4, "One…"),
        ],
    )
    def test_excerpt(self, length: int, expected: str) -> None:
        """The beginning, cut after a word."""
        assert expected == clean.excerpt("<p>One two,</p> three", length)

    def test_excerpt_of_one_long_word(self) -> None:
        """A word that is too long is cut."""
        assert "xxxx…" == clean.excerpt("x" * 100, 5)


class TestWithoutImages:
    """Our pages load nothing from strangers."""

    @staticmethod
    def label(description: str) -> str:
        return f"Image: {description}" if description else "Image"

    @pytest.mark.parametrize(
        ("markup", "expected"),
        [
            ("<p>no image</p>", "<p>no image</p>"),
            (
                'a <img src="https://x.example/a.jpg?b=1&amp;c=2" alt="A &amp; &quot;B&quot;"> b',
                f'a <a href="https://x.example/a.jpg?b=1&amp;c=2"{REL}>Image: A &amp; "B"</a> b',
            ),
            (
                '<figure><img src="https://x.example/a.jpg" alt=""><figcaption>c</figcaption></figure>',
                f'<figure><a href="https://x.example/a.jpg"{REL}>Image</a><figcaption>c</figcaption></figure>',
            ),
            (
                f'<a href="https://x.example/"{REL}><b><img src="https://x.example/a.jpg"></b></a>',
                f'<a href="https://x.example/"{REL}><b>Image</b></a>',
            ),
            ('<img alt="x">', "Image: x"),
        ],
    )
    def test_links_instead(self, markup: str, expected: str) -> None:
        """An image becomes a link to it, or words where it was in a link; no link is left empty."""
        assert expected == clean.without_images(markup, self.label)

    def test_stays_clean(self) -> None:
        """What comes out may be shown, also when the label holds what it shouldn't."""
        shown = clean.without_images(clean.html('<img src=a.jpg alt="<b>">', BASE), lambda alt: f"<script>{alt}")
        assert [] == faults(shown)
        assert "&lt;script&gt;&lt;b&gt;" in shown


class TestEntry:
    """A whole entry."""

    def test_clean(self) -> None:
        """Both texts are cleaned against the base, which has then done its duty."""
        raw = Entry(
            id="1",
            title="t",
            summary="<b>s</b>",
            content="<a href=x onclick=y>c</a>",
            base=BASE,
            image="https://i.example/",
        )
        expected = Entry(
            id="1",
            title="t",
            summary="<b>s</b>",
            content=f'<a href="https://site.example/posts/x"{REL}>c</a>',
            image="https://i.example/",
        )
        assert expected == clean.entry(raw)

    @pytest.mark.parametrize(
        ("summary", "content", "expected"),
        [
            ("<b>s</b>", "", ("", "<b>s</b>")),
            ("", "<b>c</b>", ("", "<b>c</b>")),
            ("<b>same</b>", "<b>same</b>", ("", "<b>same</b>")),
            ("<b>same", "<b>same</b>", ("", "<b>same</b>")),
            ("s", "c", ("s", "c")),
            ("s", "<script>x</script>", ("", "s")),
            ("", "", ("", "")),
        ],
    )
    def test_summary_and_content(self, summary: str, content: str, expected: tuple[str, str]) -> None:
        """There is content where there is anything to show, and a summary only where it says something else."""
        shown = clean.entry(Entry(id="1", summary=summary, content=content))
        assert expected == (shown.summary, shown.content)
