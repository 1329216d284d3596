"""An organization applies: paste an address, see what was found, complete it, apply."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from feeds.addresses import normal_form
from feeds.errors import AddressError, FeedsError, FetchError
from feeds.model import FoundFeed, Page
from network.aggregator import welcome
from network.errors import MemberExists, NoFeedFound, TooManyLookups, VecinosError
from network.i18n import translator
from network.members.lists import kind_of
from network.model import LANGUAGES, TOPICS, Member
from network.web.answers import private_page, public_page, see_other
from network.web.budget import Budget
from network.web.visit import Visit, visit

LOOKUPS = Budget(limit=20, seconds=60)
"""Look-ups that visitors may cause in a minute, all together: no visitor's address is kept to count them apart."""
Line = Annotated[str, BeforeValidator(lambda text: " ".join(str(text).split()))]


class Application(BaseModel):
    """What an organization tells of itself."""

    address: Line = Field(min_length=4, max_length=500)
    name: Line = Field(min_length=2, max_length=120)
    description: str = Field(default="", max_length=2000)
    town: Line = Field(min_length=2, max_length=80)
    contact_name: Line = Field(default="", max_length=120)
    contact_email: Line = Field(min_length=5, max_length=200, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    languages: list[str] = Field(min_length=1)
    topics: list[str] = Field(default_factory=list)
    feeds: list[str] = Field(min_length=1)


async def start(request: Request) -> Response:
    """The first step: which address?"""
    here = await visit(request)
    return public_page(here.page("join/start.html", problem=None, address=""))


async def found(request: Request) -> Response:
    """The second step: what was found there, and what is still to be told."""
    here = await visit(request)
    address = str((await request.form()).get("address", "")).strip()[:500]
    try:
        seen = await _look(here, address)
    except (AddressError, FetchError, NoFeedFound, TooManyLookups) as error:
        return _start_again(here, address, _told(here, error))
    values: dict[str, object] = {
        "address": seen.page.url, "name": seen.page.title, "description": seen.page.description, "town": "",
        "contact_name": "", "contact_email": "", "languages": _spoken(seen.page), "topics": [],
        "feeds": [offer.found.url for offer in seen.offers if offer.feed],
    }  # fmt: skip
    return private_page(_found_page(here, seen, values, {}))


async def apply(request: Request) -> Response:
    """The third step: the application is stored, or what is missing is said beside its field."""
    here = await visit(request)
    form = await request.form()
    values = _values(form)
    try:
        application = Application.model_validate(values)
    except ValidationError as error:
        return await _complete(here, values, {str(problem["loc"][0]): problem["type"] for problem in error.errors()})
    try:
        await _store(here, application)
    except MemberExists as error:
        return _start_again(here, application.address, here.sentence(error.code, **error.facts), status=409)
    except AddressError as error:
        return _start_again(here, application.address, here.sentence(error.code))
    return see_other(here.url("/join/thanks"))


async def thanks(request: Request) -> Response:
    """What happens now."""
    here = await visit(request)
    return public_page(here.page("join/thanks.html"))


async def _look(here: Visit, address: str) -> welcome.Look:
    if not LOOKUPS.spend(here.now):
        raise TooManyLookups
    return await welcome.look(here.site.client, address, now=here.now, timezone=here.network.timezone)


async def _store(here: Visit, told: Application) -> None:
    town, region, postcode = welcome.town_or_zip(told.town)
    place = here.site.gazetteer.find(told.town)
    member = Member(
        id=0, slug="", name=told.name, description=told.description.strip(), home_url=normal_form(told.address),
        town=town, region=place.region if place else region, postcode=postcode,
        state="applied", languages=tuple(word for word in told.languages if word in LANGUAGES),
        topics=tuple(word for word in told.topics if word in TOPICS), contact_name=told.contact_name,
        contact_email=told.contact_email,
    )  # fmt: skip
    feeds = [FoundFeed(normal_form(url), "", kind_of(url), "applied") for url in told.feeds[: welcome.MAX_FEEDS]]
    async with here.site.database.writing() as connection:
        await welcome.admit(connection, member, feeds, here.site.gazetteer, now=here.now)


async def _complete(here: Visit, values: dict[str, object], wrong: dict[str, str]) -> Response:
    """The second step again, with everything that was written kept, and what is wrong beside each field."""
    try:
        seen = await _look(here, str(values["address"]))
    except (AddressError, FetchError, NoFeedFound, TooManyLookups) as error:
        return _start_again(here, str(values["address"]), _told(here, error))
    errors = {name: _wrong(here, name, kind) for name, kind in wrong.items()}
    return private_page(_found_page(here, seen, values, errors), status=422)


def _found_page(here: Visit, seen: welcome.Look, values: dict[str, object], errors: dict[str, str]) -> str:
    problems = [
        f"{offer.found.title or offer.found.url}: {here.sentence(offer.problem.code)}"
        for offer in seen.offers
        if offer.problem
    ]
    feeds = [(offer.found, offer.next_items(here.now)) for offer in seen.offers]
    return here.page(
        "join/found.html", page=seen.page, feeds=feeds, problems=problems, values=values, errors=errors,
        languages=LANGUAGES, topics=TOPICS,
    )  # fmt: skip


def _told(here: Visit, error: FeedsError | VecinosError) -> str:
    return here.sentence(error.code, **(error.facts if isinstance(error, VecinosError) else {}))


def _start_again(here: Visit, address: str, problem: str, status: int = 422) -> Response:
    return private_page(here.page("join/start.html", problem=problem, address=address), status)


def _values(form: FormData) -> dict[str, object]:
    one = {
        name: str(form.get(name, ""))
        for name in ("address", "name", "description", "town", "contact_name", "contact_email")
    }
    many = {name: [str(value) for value in form.getlist(field)] for name, field in
            (("languages", "languages"), ("topics", "topics"), ("feeds", "feed"))}  # fmt: skip
    return {**one, **many}


def _wrong(here: Visit, name: str, kind: str) -> str:
    gettext = translator(here.language).gettext
    if kind == "string_too_long":
        return gettext("This is too long. Shorten it, please.")
    return {
        "name": gettext("Write the name of your organization."),
        "town": gettext("Write your town or ZIP code, such as Worcester, MA or 01609."),
        "contact_email": gettext("Write an e-mail address at which we can reach you, such as ana@example.org."),
        "languages": gettext("Tick at least one language in which you help people."),
        "feeds": gettext("Tick at least one feed or calendar."),
    }.get(name, gettext("Something is missing here."))


def _spoken(page: Page) -> list[str]:
    spoken = (page.language or "").partition("-")[0]
    return [spoken] if spoken in LANGUAGES else []
