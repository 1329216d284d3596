"""Whose turn it is, with a clock that the test holds."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from network.aggregator.lease import Leased
from network.aggregator.turns import CROWD, Turns


def leased(number: int, site: str = "") -> Leased:
    return Leased(
        id=number, member_id=1, url=f"https://{site or 'x'}.example/{number}", kind="feed", title="", format="", parser="",
        language=None, etag="", last_modified="", body_hash="", failures=0, rhythm=None, good_at=None, read_at=None, site=site,
    )  # fmt: skip


def test_a_site_with_a_thousand_sources_does_not_delay_a_site_with_one() -> None:
    """Sites take turns, not sources."""
    turns = Turns(pause=0)
    for number in range(1000):
        turns.add(leased(number, "big"), "big", 0)
    turns.add(leased(5000, "small"), "small", 0)
    taken = [turns.take(0) for _ in range(2)]
    assert [site for turn in taken if turn for site in turn[1:]] == ["big", "small"]


def test_no_more_than_two_at_a_time_to_one_site() -> None:
    """The third waits until one of the two is done."""
    turns = Turns(pause=0)
    for number in range(3):
        turns.add(leased(number, "a"), "a", 0)
    assert turns.take(0) is not None
    assert turns.take(0) is not None
    assert turns.take(9) is None
    turns.done("a", 9)
    assert turns.take(9) is not None


def test_a_site_gets_a_pause_between_two_requests() -> None:
    """Half a second after the beginning of one the next may begin, and the worker can know when."""
    turns = Turns(pause=0.5)
    for number in range(2):
        turns.add(leased(number, "a"), "a", 0)
    assert turns.take(0) is not None
    assert turns.take(0.4) is None
    assert turns.next_moment() == 0.5
    assert turns.take(0.5) is not None


def test_the_pause_holds_for_a_source_that_comes_later() -> None:
    """Also when nothing waited meanwhile."""
    turns = Turns(pause=0.5)
    turns.add(leased(1, "a"), "a", 0)
    assert turns.take(0) is not None
    turns.done("a", 0.1)
    turns.add(leased(2, "a"), "a", 0.1)
    assert turns.take(0.2) is None
    assert turns.take(0.6) is not None


def test_hosts_of_the_operator_have_no_limit() -> None:
    """No site: as many at a time as there are."""
    turns = Turns()
    for number in range(100):
        turns.add(leased(number), None, 0)
    assert sum(turns.take(0) is not None for _ in range(200)) == 100


def test_what_waits_too_long_or_for_a_tired_site_is_given_up() -> None:
    """It goes back to where every worker can take it; the rest stays in order."""
    turns = Turns(pause=0)
    turns.add(leased(1, "slow"), "slow", 0)
    turns.add(leased(2, "slow"), "slow", 50)
    turns.add(leased(3, "tired"), "tired", 60)
    turns.add(leased(4, "tired"), None, 60)
    assert [one.id for one in turns.give_up(before=40)] == [1]
    assert sorted(one.id for one in turns.give_up({"tired"})) == [3, 4]
    assert len(turns) == 1
    turn = turns.take(60)
    assert turn is not None
    assert turn[0].id == 2
    assert [one.id for one in turns.give_up_all()] == []


def test_a_crowded_site_is_named() -> None:
    """So that no more of its sources are taken from the others' reach."""
    turns = Turns()
    for number in range(CROWD):
        turns.add(leased(number, "big"), "big", 0)
    turns.add(leased(999, "small"), "small", 0)
    assert turns.crowded() == ["big"]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.data())
def test_every_source_gets_its_turn_once_whatever_happens(data: st.DataObject) -> None:
    """Any order of coming, finishing and waiting: nothing is lost, doubled or stuck, and no limit is passed."""
    turns = Turns(pause=data.draw(st.sampled_from([0.0, 0.5])))
    clock, number = 0.0, 0
    running: list[str | None] = []
    came: list[int] = []
    began: list[int] = []
    for _ in range(data.draw(st.integers(1, 60))):
        step = data.draw(st.sampled_from(["add", "take", "done", "wait", "give up"]))
        if step == "add":
            number += 1
            site = data.draw(st.sampled_from(["a", "b", "c", None]))
            came.append(number)
            turns.add(leased(number, site or "free"), site, clock)
        elif step == "take" and (turn := turns.take(clock)) is not None:
            began.append(turn[0].id)
            running.append(turn[1])
        elif step == "done" and running:
            turns.done(running.pop(data.draw(st.integers(0, len(running) - 1))), clock)
        elif step == "give up":
            began += [one.id for one in turns.give_up({"b"}, before=clock - 2)]
        else:
            clock += 0.3
        assert all(count <= 2 for site, count in Counter(running).items() if site)
    while len(turns) or running:
        clock += 1
        while running:
            turns.done(running.pop(), clock)
        while (turn := turns.take(clock)) is not None:
            began.append(turn[0].id)
            running.append(turn[1])
    assert sorted(began) == came
