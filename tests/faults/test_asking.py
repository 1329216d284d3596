"""Asking again costs little: nothing is sent, read or written twice that has not changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from network import settings
from network.database.engine import generation
from network.site import make_client
from tests.faults.documents import CALENDAR, FEEDS, Gathering, Post, ics, rss
from tests.faults.network import Network
from tests.faults.sites import PACKERS, Site, Validators
from tests.servers import reply, serving
from tests.world import DAY, HOUR, NOW

ONE = Post(guid="1", link="https://tenants.example/1", title="We won", published=NOW - DAY)
TWO = Post(guid="2", link="https://tenants.example/2", title="We go on", published=NOW - HOUR)
MEETING = Gathering(uid="a@tenants.example", title="Assembly", start=NOW + 3 * DAY)

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("validators", ["both", "etag", "date"])
async def test_a_document_that_has_not_changed_is_not_sent_again(network: Network, validators: Validators) -> None:
    """The validators of the last answer go along, both where there are both; a change comes through at once."""
    site = Site(rss([ONE]), validators=validators)
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        first, again = [(await network.pull())[server.url("/feed")] for _ in range(2)]
        site.publish(rss([TWO, ONE]))
        changed = (await network.pull())[server.url("/feed")]
    assert site.statuses == [200, 304, 200]
    sent = {name for name in ("if-none-match", "if-modified-since") if name in site.asked[1].headers}
    assert sent == {
        "both": {"if-none-match", "if-modified-since"}, "etag": {"if-none-match"}, "date": {"if-modified-since"},
    }[validators]  # fmt: skip
    assert (first.new, again.unchanged, changed.new) == (1, True, 1)
    assert await network.titles() == ["We go on", "We won"]


@pytest.mark.parametrize("validators", ["ignored", "none"])
@pytest.mark.parametrize(("path", "media_type", "body"), [
    ("/feed", "application/rss+xml", rss([ONE])), ("/events.ics", CALENDAR, ics([MEETING])),
])  # fmt: skip
async def test_a_server_without_working_validators_is_known_by_the_bytes(
    network: Network, validators: Validators, path: str, media_type: str, body: bytes
) -> None:
    """It sends everything every time; the same bytes are not read again, and nobody's copy of the feed becomes stale."""
    site = Site(body, media_type, validators=validators)
    async with serving({path: site}) as server:
        await network.join(server.url(path))
        await network.pull()
        async with network.database.reading() as connection:
            before = await generation(connection)
        reports = [(await network.pull())[server.url(path)] for _ in range(2)]
        async with network.database.reading() as connection:
            assert await generation(connection) == before
    assert site.statuses == [200, 200, 200]
    assert [report.unchanged for report in reports] == [True, True]


@sqlite
async def test_a_new_validator_of_the_same_document_is_remembered(network: Network) -> None:
    """A server that was moved to another machine gives other ETags: the next question has the new one."""
    body = rss([ONE])
    site = Site(body, validators="none", headers={"ETag": '"machine-1"'})
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
        site.headers = {"ETag": '"machine-2"'}
        await network.pull()
        await network.pull()
    assert [request.headers.get("if-none-match") for request in site.asked] == [None, '"machine-1"', '"machine-2"']


@sqlite
async def test_not_modified_to_a_first_question_is_no_answer(network: Network) -> None:
    """A broken cache says "nothing new" to somebody who has nothing: that is a fault, and the feed is read when it is
    over.
    """
    site = Site(rss([ONE]), fault=reply(status=304))
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        broken = (await network.pull())[server.url("/feed")]
        site.fault = None
        mended = (await network.pull())[server.url("/feed")]
    assert (broken.problem, mended.new) == ("bad_answer", 1)


@sqlite
async def test_a_cache_that_says_nothing_new_for_ever_loses_nothing(network: Network) -> None:
    """While it lies nothing new can come; when it stops, all of it comes."""
    site = Site(rss([ONE]))
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
        site.fault = reply(status=304)
        site.publish(rss([TWO, ONE]))
        await network.pull()
        assert await network.titles() == ["We won"]
        site.fault = None
        await network.pull()
    assert await network.titles() == ["We go on", "We won"]


@sqlite
@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("coding", PACKERS)
async def test_packed_documents_are_unpacked(network: Network, coding: str, name: str) -> None:
    """In every coding that is offered, and in every format."""
    media_type, write = FEEDS[name]
    site = Site(write([TWO, ONE]), media_type, coding=coding)
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
    assert coding in site.asked[0].headers["accept-encoding"]
    assert await network.titles() == ["We go on", "We won"]


@sqlite
async def test_a_site_is_told_who_asks_and_where_to_complain(network: Network, tmp_path: Path) -> None:
    """Every request names the program, the network's address or the operator's, and nothing else that tells anybody apart."""
    site = Site(rss([ONE]))
    environ = {"VECINOS_BASE_URL": "https://coalition.example", "VECINOS_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
    read = settings.read(environ | {"VECINOS_DATA_DIR": str(tmp_path)})
    async with serving({"/feed": site}) as server, make_client(read) as network.client:
        await network.join(server.url("/feed"))
        await network.pull()
    assert site.asked[0].headers["user-agent"] == f"Vecinos/{settings.VERSION} (+https://coalition.example)"
    assert set(site.asked[0].headers) <= {"host", "user-agent", "accept", "accept-encoding"}
