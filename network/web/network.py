"""What organizers decide about the network itself: its name, town and time zone."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from network.i18n import translator
from network.members import network
from network.stewards import sign_in, trail
from network.stewards.roles import may
from network.web.answers import private_page, see_other
from network.web.desk import allowed, signed_in
from network.web.visit import Visit, visit

FIELDS = ("name", "description", "contact", "town", "timezone")


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(name)
    return name


Line = Annotated[str, BeforeValidator(lambda text: " ".join(str(text).split()))]


class Decided(BaseModel):
    """What the form may hold."""

    name: Line = Field(min_length=2, max_length=80)
    description: str = Field(default="", max_length=2000)
    contact: Line = Field(default="", max_length=200, pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$")
    town: Line = Field(min_length=2, max_length=80)
    timezone: Annotated[Line, AfterValidator(_known_zone)]


async def form(request: Request) -> Response:
    """The form with what is decided now."""
    here = await visit(request)
    steward, session = await signed_in(here)
    if not may(steward, "change the network"):
        raise HTTPException(403)
    values = {name: getattr(here.network, name) for name in FIELDS}
    csrf = sign_in.csrf_token(session, here.site.settings.secret_key)
    page = here.page("desk/network.html", steward=steward, csrf=csrf, values=values, errors={})
    return private_page(page)


async def save(request: Request) -> Response:
    """Store it, or say what is wrong beside each field with everything kept."""
    here = await visit(request)
    steward = await allowed(here, "change the network")
    sent = await request.form()
    values = {name: str(sent.get(name, "")) for name in FIELDS}
    try:
        decided = Decided.model_validate(values)
        errors = {} if here.site.gazetteer.find(decided.town) else {"town": "unknown"}
    except ValidationError as error:
        errors = {str(problem["loc"][0]): problem["type"] for problem in error.errors()}
    if errors:
        told = {name: _wrong(here, name) for name in errors}
        page = here.page("desk/network.html", steward=steward, csrf=str(sent["csrf"]), values=values, errors=told)
        return private_page(page, 422)
    async with here.site.database.writing() as connection:
        await network.write(connection, **decided.model_dump())
        await trail.record(connection, steward, "change the network", decided.name, now=here.now)
    return see_other(here.url("/desk"))


def _wrong(here: Visit, name: str) -> str:
    gettext = translator(here.language).gettext
    return {
        "name": gettext("Write a name of 2 to 80 characters."),
        "contact": gettext("Write an e-mail address such as hello@example.org, or nothing."),
        "town": gettext("This town is not known. Write a town and its state, such as Worcester, MA."),
        "timezone": gettext("This time zone is not known. Write it like America/New_York."),
    }.get(name, gettext("This is too long. Shorten it, please."))
