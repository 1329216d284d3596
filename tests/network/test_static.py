"""What the browser loads: small, ours alone, readable by everybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from network.render import HUES, STATIC, Pages, icon
from tests.network.page_contexts import NETWORK, NOW

TEMPLATES = Path(__file__).parents[2] / "network" / "templates"
CSS = (STATIC / "site.css").read_text()
ALL_TEMPLATES = sorted(TEMPLATES.rglob("*.html"))
SCHEMES = [
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block)) for block in re.findall(r":root \{(.+?)\}", CSS, re.DOTALL)
]


def test_the_sheet_is_small() -> None:
    """Old phones on slow lines: at most 25 KB before compression."""
    assert len(CSS.encode()) <= 25 * 1024


def test_the_sheet_loads_nothing() -> None:
    """No font, no picture, no other sheet from anywhere."""
    assert re.findall(r"url\(|@import|@font-face|https?:", CSS) == []


def test_the_sheet_is_whole() -> None:
    """As many braces open as close."""
    assert CSS.count("{") == CSS.count("}")


@pytest.mark.parametrize("template", ALL_TEMPLATES, ids=lambda file: file.relative_to(TEMPLATES).as_posix())
def test_no_template_needs_a_weaker_policy(template: Path) -> None:
    """No style attribute, no script, no handler in an attribute: the CSP stays strict."""
    assert (
        re.findall(
            r"<script|<style|\sstyle=|\son\w+=|javascript:|http://",
            template.read_text().replace('("https://", "http://")', ""),
        )
        == []
    )


def test_every_file_and_drawing_that_is_named_exists() -> None:
    """A page never asks for what is not there."""
    source = "\n".join(file.read_text() for file in ALL_TEMPLATES)
    assets = set(re.findall(r"asset\(['\"]([^'\"]+)", source))
    drawings = set(re.findall(r"icon\(['\"]([^'\"]+)", source))
    assert [name for name in assets if not (STATIC / name).is_file()] == []
    assert drawings == {file.stem for file in (STATIC / "icons").glob("*.svg")}


def test_the_classes_that_templates_use_are_styled_or_are_microformats() -> None:
    """A class without a rule is a slip of the pen."""
    source = "\n".join(file.read_text() for file in ALL_TEMPLATES)
    used = {name for value in re.findall(r'class="([^"{]+)', source) for name in value.split()}
    unstyled = {name for name in used if f".{name}" not in CSS and not re.match(r"[hpu]-|dt-|m$", name)}
    assert unstyled == set()


@pytest.mark.parametrize("drawing", sorted((STATIC / "icons").glob("*.svg")), ids=lambda file: file.stem)
def test_drawings_are_hidden_from_screen_readers_and_harmless(drawing: Path) -> None:
    """They decorate words that are there anyway; no style, no script, nothing linked."""
    root = etree.fromstring(drawing.read_bytes())
    assert root.get("aria-hidden") == "true"
    assert {
        name for node in root.iter() for name in node.attrib if name in {"style", "href"} or str(name).startswith("on")
    } == set()
    assert icon(drawing.stem)[:4] == "<svg"


def test_the_address_of_a_file_changes_with_its_content() -> None:
    """So that browsers may keep it for good."""
    pages = Pages("https://c.example")
    html = pages.page("about.html", language="en", path="/about", network=NETWORK, now=NOW)
    assert re.search(r'href="/static/site\.css\?v=[0-9a-f]{10}"', html)


def test_there_is_a_class_for_every_monogram_colour() -> None:
    """Each with enough contrast to its white letters."""
    colours = dict(re.findall(r"\.m(\d) \{ background: (#[0-9a-f]{6})", CSS))
    assert sorted(colours) == [str(number) for number in range(HUES)]
    assert [name for name, colour in colours.items() if _contrast(colour, "#ffffff") < 4.5] == []


@pytest.mark.parametrize("scheme", SCHEMES[:2], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "surface", "tint", "glow"])
@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "accent-deep", "bad", "good"])
def test_text_can_be_read(ink: str, ground: str, scheme: dict[str, str]) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for text, in the light and in the dark."""
    assert _contrast(scheme[ink], scheme[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES[:2], ids=["light", "dark"])
def test_buttons_and_fields_can_be_seen(scheme: dict[str, str]) -> None:
    """Words on buttons at 4.5 to 1, the edges of fields at 3 to 1 (WCAG 2.2, 1.4.11)."""
    assert _contrast(scheme["on-accent"], scheme["accent"]) >= 4.5
    assert min(_contrast(scheme["edge"], scheme[ground]) for ground in ("paper", "surface", "tint")) >= 3


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
