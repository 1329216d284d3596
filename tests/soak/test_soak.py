"""Two simulated weeks of forty sources. Longer: python -m tests.soak --sources 500 --weeks 4"""

from __future__ import annotations

from random import Random

import pytest

from network.aggregator import refresh
from network.database.engine import Database
from tests.soak.pullers import Fate, HerePuller
from tests.soak.settlers import settle
from tests.soak.story import Story
from tests.world import DAY, NOW


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_after_weeks_of_troubles_the_store_holds_exactly_what_was_published(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every post and gathering of every site, each once, in its latest words, whatever failed or died meanwhile."""
    random = Random(2)
    town = settle(random, 40, start=NOW, peace=NOW + 14 * DAY)
    monkeypatch.setattr(refresh, "now", lambda: town.now)
    monkeypatch.setattr(refresh, "PATIENCE", 0.05)
    async with town.open():
        fate = Fate(random)
        story = Story(town, database, HerePuller(database, list(town.homes), fate), fate, random, step=(4, 10))
        await story.join()
        await story.live()
    told = await story.summary()
    assert await story.faults() == [], told
    assert fate.deaths > 5, told
    assert sum(town.troubles.values()) > 30, told
