"""Texts as the worst of feeds have them, for properties that hold for any text."""

from __future__ import annotations

import os
from collections.abc import Callable
from string import ascii_lowercase

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st

EXAMPLES = os.environ.get("VECINOS_TEST_EXAMPLES", "")
"""How many examples of each property to try, at random; without it few, and always the same ones."""


def examples(few: int) -> settings:
    """Settings for a property of which so many examples are tried in a usual run."""
    return settings(
        derandomize=not EXAMPLES,
        max_examples=int(EXAMPLES or few),
        database=None,
        deadline=None,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large),
    )


bounded = examples(40)

FRAGMENTS = (
    *(
        "]]>",
        "<![CDATA[",
        "&amp;",
        "&amp;lt;",
        "&lt;b&gt;",
        "&#0;",
        "&#128;",
        "&#x1F600;",
        "&nbsp;",
        "&nada;",
        "&",
        "<",
    ),
    *(">", '"', "'", "<b>bold</b>", "<p>", "</p>", "<br>", "<i", "<script>alert(1)</script>", "<!-- x -->", "<?x?>"),
    *(
        '<a href="/x?a=1&amp;b=2">link</a>',
        '<img src="https://a.example/i.png">',
        "<ul><li>one<li>two</ul>",
        "<pre>\n\n",
    ),
    *("\x00", "\x0b", "\x1b[0m", "\x7f", "\x85", "\x93", "\u2028", "\ud800", "\udcff", "\ufffe", "\ufdd0", "\ufdd1"),
    *(
        "👩‍👩‍👧‍👦",
        "🇵🇷",
        "e\u0301",
        "שלום",
        "مرحبا",
        "\u202egnp.exe",
        "\u200b",
        "\ufeff",
        "\U000e0041",
        "ñandú",
        "Ã±",
        "Â¿",
    ),
    *("\r\n", "\n\n", "\r", "\t", "  ", " ", "\\n", "\\,", "\\", ";", ":", ",", "^n", "%41", "%", "=?utf-8?q?x?="),
    *(
        "BEGIN:VEVENT",
        "\nEND:VCALENDAR\n",
        "https://a.example/?a=1&b=2",
        "{{x}}",
        "0",
        "ana@a.example (Ana)",
        "1 Main St",
    ),
)
"""Line ends, references, tags, sections, control characters, half characters, scripts of other directions, syntax."""

texts = st.lists(
    st.sampled_from(FRAGMENTS)
    | st.text(max_size=6)
    | st.text(ascii_lowercase + " ", max_size=12)
    | st.builds(str.__mul__, st.sampled_from(("x", "ñ ", "<b>", "&amp;")), st.sampled_from((80, 3000))),
    max_size=8,
).map("".join)


def settled(strategy: st.SearchStrategy[str], *changes: Callable[[str], str]) -> st.SearchStrategy[str]:
    """Texts that these changes leave alone: what is left of any text after all of them, again and again."""

    def settle(text: str) -> str:
        for _ in range(8):
            before = text
            for change in changes:
                text = change(text)
            if text == before:
                return text
        assume(False)
        return text

    return strategy.map(settle)
