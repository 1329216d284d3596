"""Builds the web site from its settings; what it needs is opened and closed by site.py."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from network.database.engine import Database, Generation, generation
from network.errors import VecinosError
from network.render import Pages
from network.settings import Settings
from network.site import open_site
from network.web.cached import Cached
from network.web.faults import OwnFormsOnly, http_fault, our_error, our_fault


class Decision(Convertor[str]):
    """What an organizer decides, in an address."""

    regex = "approve|decline|pause|resume"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("decision", Decision())


def make_app(settings: Settings) -> ASGIApp:
    """The whole site as an ASGI application."""
    from network.routes import ROUTES  # noqa: PLC0415 - its addresses use the convertor that is registered above

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with open_site(settings) as site:
            app.state.site, app.state.pages = site, Pages(settings.base_url)
            app.state.pages.prepare()
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
