"""What the commands, the worker and the web all work with, opened in order and closed in reverse."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from feeds.addresses import AllowedHosts
from feeds.client import Client
from network.database.engine import Database, open_database
from network.places import Gazetteer
from network.settings import Settings


@dataclass(frozen=True, slots=True)
class Site:
    """One network's settings, database and places, and the door to other people's servers."""

    settings: Settings
    database: Database
    gazetteer: Gazetteer
    client: Client


def make_client(settings: Settings) -> Client:
    """The door to other people's servers, as the settings allow it."""
    return Client(user_agent=settings.user_agent, allowed=AllowedHosts.parse(settings.allow_private_hosts))


@contextlib.asynccontextmanager
async def open_site(settings: Settings) -> AsyncIterator[Site]:
    """Everything a site needs. Raises DatabaseError and its kind when it can't be opened."""
    async with contextlib.AsyncExitStack() as stack:
        database = await open_database(settings.database_url)
        stack.push_async_callback(database.close)
        gazetteer = stack.enter_context(Gazetteer(settings.data_dir))
        await asyncio.to_thread(gazetteer.prepare)
        client = await stack.enter_async_context(make_client(settings))
        yield Site(settings, database, gazetteer, client)
