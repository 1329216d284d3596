"""Builds the site from its settings; opens and closes what it needs, in order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from feeds.addresses import AllowedHosts
from feeds.client import Client
from network.database.engine import Database, Generation, generation, open_database
from network.errors import VecinosError
from network.places import Gazetteer
from network.render import Pages
from network.settings import Settings
from network.web.cached import Cached
from network.web.faults import OwnFormsOnly, http_fault, our_error, our_fault
from network.web.visit import Site


class Decision(Convertor[str]):
    """What an organizer decides, in an address."""

    regex = "approve|decline|pause|resume"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("decision", Decision())


def make_client(settings: Settings) -> Client:
    """The door to other people's servers, as the settings allow it."""
    return Client(user_agent=settings.user_agent, allowed=AllowedHosts.parse(settings.allow_private_hosts))


@contextlib.asynccontextmanager
async def open_site(settings: Settings) -> AsyncIterator[Site]:
    """Everything a site needs, closed in reverse order. Raises DatabaseError and its kind when it can't be opened."""
    async with contextlib.AsyncExitStack() as stack:
        database = await open_database(settings.database_url)
        stack.push_async_callback(database.close)
        gazetteer = stack.enter_context(Gazetteer(settings.data_dir))
        await asyncio.to_thread(gazetteer.prepare)
        client = await stack.enter_async_context(make_client(settings))
        yield Site(settings, database, Pages(settings.base_url), gazetteer, client)


def make_app(settings: Settings) -> ASGIApp:
    """The whole site as an ASGI application."""
    from network.routes import ROUTES  # noqa: PLC0415 - its addresses use the convertor that is registered above

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_site(settings) as site:
            site.pages.prepare()
            app.state.site = site
            yield

    app = Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        middleware=[Middleware(OwnFormsOnly)],
        exception_handlers={HTTPException: http_fault, VecinosError: our_error, Exception: our_fault},
    )

    async def current() -> Generation:
        database: Database = app.state.site.database
        async with database.reading() as connection:
            return await generation(connection)

    return Cached(app, current)
