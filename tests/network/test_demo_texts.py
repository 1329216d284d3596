"""The sample coalition's texts: what volunteers may write, and what becomes of it."""

from __future__ import annotations

from datetime import date, time, timedelta
from importlib.resources import files

import pytest

from network.demo.coalition import organization, organizations, read_organization
from network.demo.days import fill, say, say_time
from network.demo.markup import excerpt, html, plain
from network.demo.program import coming, published
from network.demo.rhythm import EPOCH, read_when, weekday_number
from network.model import LANGUAGES, TOPICS

TODAY = date(2026, 11, 22)
YEAR = [TODAY + timedelta(days=days) for days in range(366)]

HEAD = """name: Test
host: test.example
flavour: plain
town: Worcester
region: MA
postcode: 01609
address: 1 Test Street
languages: es, en
topics: housing
contact: hi@test.example
phone: 508-555-0100
colour: #123456
posts on: monday
description: A test.
"""


def test_the_coalition_is_whole() -> None:
    """Sixteen organizations in many towns and languages, with the program's own topics and languages."""
    members = organizations()
    assert len(members) == 16
    assert len({each.flavour for each in members}) == 13
    assert len({each.town for each in members}) >= 10
    assert {"en", "es", "pt", "ht", "vi"} <= {each.language for each in members}
    assert {topic for each in members for topic in each.topics} <= set(TOPICS)
    assert {language for each in members for language in each.languages} <= set(LANGUAGES)
    assert all(each.host.endswith(".example") for each in members)
    assert all(each.phone[3:8] == "-555-" for each in members)


def test_names_are_unique() -> None:
    """No two organizations share a host, and no organization has two posts or events of one name."""
    assert len({each.host for each in organizations()}) == 16
    for each in organizations():
        assert len({post.slug for post in each.posts}) == len(each.posts)
        assert len({event.slug for event in each.events}) == len(each.events)


@pytest.mark.parametrize("today", YEAR[::13])
def test_every_date_is_filled_in_on_every_day(today: date) -> None:
    """No placeholder is left in any text, whatever the day."""
    for each in organizations():
        for post in published(each, today):
            assert "{" not in post.title + post.body


@pytest.mark.parametrize("today", YEAR[::7])
def test_there_is_always_something_on(today: date) -> None:
    """On every day of the year: news of the past week, dates ahead, a cancelled one, a moved one, whole days."""
    posts = [post for each in organizations() for post in published(each, today)]
    assert sum(post.at.date() >= today - timedelta(days=7) for post in posts) >= 10
    assert all(today - timedelta(days=50) < post.at.date() < today for post in posts)
    ahead = [occasion for each in organizations() for occasion in coming(each, today, timedelta(days=35))]
    assert len(ahead) >= 30
    assert {"planned", "cancelled", "moved"} == {occasion.state for occasion in ahead}
    assert any(occasion.starts is None and occasion.days > 1 for occasion in ahead)


def test_links_between_organizations_lead_somewhere() -> None:
    """A text names only organizations and events that there are."""
    for each in organizations():
        for post in each.posts:
            html(
                post.body, lambda link: organization(link[7:].partition("/")[0]).host if link[:7] == "member:" else link
            )
            if post.republishes:
                owner, _, slug = post.republishes.partition("/")
                assert organization(owner).post(slug).slug == slug


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("{thursday+5}", "en", "Thursday, November 26"),
        ("{jueves+5}", "es", "jueves 26 de noviembre"),
        ("{quinta-feira+4}", "pt", "quinta-feira, 26 de novembro"),
        ("{terça+3}", "pt", "terça-feira, 24 de novembro"),
        ("{jedi+5}", "ht", "jedi 26 novanm"),
        ("{chủ nhật+6}", "vi", "Chủ nhật, ngày 29 tháng 11"),
        ("{e mërkurë+5}", "sq", "e mërkurë, 25 nëntor"),
        ("{vendredi+0}", "fr", "vendredi 20 novembre"),
        ("{saturday-2}", "en", "Saturday, November 14"),
        ("{thursday+5|day}", "en", "November 26"),
        ("{thursday+5|ordinal}", "en", "Thursday, November 26th"),
        ("{thursday+5|short}", "en", "Thu. 11/26"),
        ("{jueves+5|short}", "es", "jueves 26/11"),
        ("{thursday+5|es}", "en", "jueves 26 de noviembre"),
        ("{event:legal/walk}", "en", "Sunday, November 22"),
        ("nothing {here} to fill", "en", "nothing {here} to fill"),
    ],
)
def test_dates_in_sentences(text: str, language: str, expected: str) -> None:
    """A placeholder becomes the day that is meant, in the text's language; counted from Friday, November 20."""
    assert fill(text, date(2026, 11, 20), language, lambda _name, after: after) == expected


def test_ordinals_and_clock_times() -> None:
    """1st, 2nd, 3rd, 11th, 23rd; six in the evening, midnight and noon."""
    written = [say(date(2026, 12, day), "en", "ordinal").split()[-1] for day in (1, 2, 3, 11, 23)]
    assert written == ["1st", "2nd", "3rd", "11th", "23rd"]
    assert [say_time(time(hour, 5), "en") for hour in (18, 0, 12)] == ["6:05 pm", "12:05 am", "12:05 pm"]
    assert (say_time(time(18, 30), "es"), say_time(time(18, 30), "ht")) == ("6:30 p. m.", "18:30")


@pytest.mark.parametrize(
    ("line", "rrule", "first"),
    [
        ("every tuesday 18:00-19:30", "FREQ=WEEKLY;BYDAY=TU", [(0, date(2024, 1, 2)), (1, date(2024, 1, 9))]),
        (
            "every 4th thursday 18:30-20:00",
            "FREQ=MONTHLY;BYDAY=4TH",
            [(24289, date(2024, 1, 25)), (24290, date(2024, 2, 22))],
        ),
        ("saturday 10:00-13:00, every 6 weeks from week 5", "", [(0, date(2024, 2, 10)), (1, date(2024, 3, 23))]),
        ("friday, 3 days, every 2 weeks from week 0", "", [(0, date(2024, 1, 5)), (1, date(2024, 1, 19))]),
    ],
)
def test_rhythms(line: str, rrule: str, first: list[tuple[int, date]]) -> None:
    """What can be written after "when:", with its rule and its first dates."""
    when = read_when(line)
    assert when.rrule == rrule
    assert list(when.dates(EPOCH, date(2024, 12, 31)))[:2] == first
    assert when.next_date(first[1][1]) == first[1][1]
    assert list(when.dates(first[1][1], first[1][1])) == first[1:]


@pytest.mark.parametrize(
    "line", ["", "sometimes", "every 5th monday", "tuesday 18:00-19:30, 2 days", "every tuesday at six"]
)
def test_an_unknown_rhythm_is_refused(line: str) -> None:
    """A typing error is named, not guessed at."""
    with pytest.raises(ValueError, match="not a "):
        read_when(line)


def test_weekdays_in_all_languages() -> None:
    """By their full names, with or without accents; "quinta" is enough in Portuguese."""
    assert [
        weekday_number(day) for day in ("Thursday", "jueves", "quinta", "jedi", "thứ Năm", "e enjte", "sabado")
    ] == [3] * 6 + [5]
    with pytest.raises(ValueError, match="weekday"):
        weekday_number("someday")


def test_marked_up_text() -> None:
    """Paragraphs, line breaks, both kinds of list, links, bold and italics; everything else is only text."""
    text = "One **two**\n*three* <b> & [four](/x?a=1&b=2)\n\n- a\n- b\n\n1. c\n2. d"
    expected = (
        '<p>One <strong>two</strong><br />\n<em>three</em> &lt;b&gt; &amp; <a href="https://e.example/x?a=1&amp;b=2">four</a></p>\n'
        "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol>\n<li>c</li>\n<li>d</li>\n</ol>"
    )
    assert html(text, lambda link: "https://e.example" + link) == expected
    assert plain("One **two** & [four](/x)") == "One two & four"
    assert (excerpt("one two three", 2), excerpt("one two", 2)) == ("one two […]", "one two")


def test_an_organization_is_read_from_its_text() -> None:
    """Head, posts and events, as texts/README.md says."""
    text = HEAD + "\n=== post: a\ntitle: A\nlanguage: en\ntags: x, y\n\nBody.\n\n=== event: b\ntitle: B\n"
    text += (
        "when: every friday 18:00-19:00\nwhere: Here, there\nmoved: 3\nmoved to: +1 day, 17:00-18:00, There, MA\n\nFun."
    )
    read = read_organization("test", text)
    (post,), (event,) = read.posts, read.events
    assert (post.title, post.language, post.tags, post.body) == ("A", "en", ("x", "y"), "Body.")
    assert (event.where, event.body, event.host, event.moved) == ("Here, there", "Fun.", "test.example", 3)
    assert event.move is not None
    assert (event.move.days, event.move.starts, event.move.where) == (1, time(17), "There, MA")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD.replace("plain", "myspace"), "no such flavour"),
        (HEAD.replace("town: Worcester\n", ""), "town"),
        (HEAD + "Just a line\n", "key: value"),
        (HEAD + "\n=== event: b\ntitle: B\nwhen: now and then\nwhere: X\n\nY", "not a rhythm"),
        (HEAD + "\n=== event: b\ntitle: B\nwhen: friday\nwhere: X\nmoved to: elsewhere\n\nY", "not a move"),
    ],
)
def test_a_mistake_in_a_text_is_named(text: str, said: str) -> None:
    """Whoever edits a text learns which file and what is wrong with it."""
    with pytest.raises(ValueError, match=f"mine.txt: .*{said}"):
        read_organization("mine", text)


def test_who_edits_the_texts_finds_out_how() -> None:
    """Every key that the texts use is explained beside them."""
    folder = files("network.demo") / "texts"
    explained = (folder / "README.md").read_text(encoding="utf-8")
    for key in (
        "posts on",
        "utm",
        "flavour",
        "title",
        "tags",
        "language",
        "author",
        "picture",
        "republishes",
        "when",
        "where",
        "cancelled",
        "moved to",
    ):
        assert key in explained
