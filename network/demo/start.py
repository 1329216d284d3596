"""What starts the demo: the members' sites, a coalition registered by their home pages, pulled; then the site itself.

A second start finds the coalition in its data folder and keeps what is there.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from feeds.errors import FeedsError
from feeds.model import FoundFeed
from network import processes, settings
from network.aggregator import welcome
from network.aggregator.refresh import Refresh
from network.database.engine import now
from network.demo.coalition import Organization, organizations
from network.demo.server import serve
from network.errors import NoFeedFound, PortInUse
from network.members import network, register, sources
from network.model import Member
from network.progress import progress, say
from network.settings import Settings
from network.site import Site, open_site
from network.stewards import sign_in

NAME = "Vecinos de Worcester"
DESCRIPTION = (
    "A sample coalition in and around Worcester, Massachusetts. The organizations are invented; "
    "their web sites run on your own machine."
)
ORGANIZER = "organizer@example.org"
APPLICANTS = 2
"""So many organizations have only applied, so that there is something to decide on at the desk."""


async def demo(settings: Settings, host: str, port: int) -> int:
    """Run the demo until it is stopped; returns the exit code. Raises PortInUse before anything is done."""
    try:
        processes.listen(host, port).close()
    except OSError as error:
        raise PortInUse(host=host, port=str(port)) from error
    async with serve(organizations()) as addresses:
        here = _demo_settings(settings, addresses, host, port)
        async with open_site(here) as site:
            link = await _prepare(site, addresses)
        _tell(here, link, addresses)
        return await processes.supervise(processes.parts(host, port), _environment(here))


def _demo_settings(given: Settings, addresses: Mapping[str, str], host: str, port: int) -> Settings:
    """The operator's settings with a data folder of the demo's own, in which the sample sites may be read."""
    folder = given.data_dir / "demo"
    sites = [address.removeprefix("http://") for address in addresses.values()]
    allowed = ",".join([*sites, *([given.allow_private_hosts] if given.allow_private_hosts else [])])
    environ = {"VECINOS_DATA_DIR": str(folder), "VECINOS_ALLOW_PRIVATE_HOSTS": allowed, "VECINOS_LOG_LEVEL": "warning"}
    return settings.read(environ, host=host, port=port)


def _environment(here: Settings) -> dict[str, str]:
    """What the site and the worker are started with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VECINOS_")}
    return kept | {
        "VECINOS_DATA_DIR": str(Path(here.data_dir).resolve()),
        "VECINOS_ALLOW_PRIVATE_HOSTS": here.allow_private_hosts,
        "VECINOS_LOG_LEVEL": here.log_level,
    }


async def _prepare(site: Site, addresses: Mapping[str, str]) -> str:
    """Register and pull what is not there yet; returns a one-time sign-in link."""
    async with site.database.writing() as connection:
        known = await _kept(connection, addresses)
        timezone = (await network.read(connection)).timezone
    missing = [one for one in organizations() if addresses[one.slug] + "/" not in known]
    if not known:
        async with site.database.writing() as connection:
            await network.write(connection, name=NAME, description=DESCRIPTION, town="Worcester, MA", contact=ORGANIZER)
    await _register(site, missing, addresses, timezone)
    await _pull(site, timezone)
    async with site.database.writing() as connection:
        token = await sign_in.invite(connection, ORGANIZER, now=now())
    return f"{site.settings.base_url}/desk/sign-in/{token}"


async def _kept(connection: AsyncConnection, addresses: Mapping[str, str]) -> set[str]:
    """The home pages of the members that are there from an earlier start. One whose port is now somebody else's has
    moved to another, and is made anew.
    """
    known = set()
    for member in await register.everyone(connection):
        if member.slug in addresses and member.home_url != addresses[member.slug] + "/":
            await register.remove(connection, member.slug)
        else:
            known.add(member.home_url)
    return known


async def _register(site: Site, missing: Sequence[Organization], addresses: Mapping[str, str], timezone: str) -> None:
    with progress("Looking at the members' sites", len(missing)) as step:
        for number, one in enumerate(missing):
            home = addresses[one.slug] + "/"
            member, feeds = await _found(site, one, home, timezone)
            if number >= len(missing) - APPLICANTS and len(missing) == len(addresses):
                member = replace(member, state="applied")
            async with site.database.writing() as connection:
                await welcome.admit(connection, member, feeds, site.gazetteer, now=now())
            step()


async def _found(site: Site, one: Organization, home: str, timezone: str) -> tuple[Member, list[FoundFeed]]:
    """A member as its home page shows it; one whose feed can't be read is taken in as well, as in real life."""
    member = Member(
        id=0, slug=one.slug, name=one.name, description=one.description, home_url=home, town=one.town, region=one.region,
        postcode=one.postcode, state="approved", languages=one.languages, topics=one.topics, contact_email=one.contact,
    )  # fmt: skip
    try:
        seen = await welcome.look(site.client, home, now=now(), timezone=timezone)
    except (FeedsError, NoFeedFound):
        return member, [FoundFeed(home + "feed/", "", "feed", "demo")]
    return member, [offer.found for offer in seen.offers]


async def _pull(site: Site, timezone: str) -> None:
    async with site.database.reading() as connection:
        total = await sources.count_due(connection, None, now=now())
    with progress("Pulling their feeds and calendars", total) as step:
        reports = await Refresh(site.database, site.client, timezone, report=lambda _report: step()).run_once()
    new, problems = sum(report.new for report in reports), sum(bool(report.problem) for report in reports)
    if reports:
        say(f"Pulled {len(reports)} feeds and calendars: {new} new items, {problems} with problems (as in real life).")


def _tell(here: Settings, link: str, addresses: Mapping[str, str]) -> None:
    with contextlib.suppress(BrokenPipeError):
        say("")
        say(f"  The network           {here.base_url}/     en español: {here.base_url}/es/")
        say(f"  Near you              {here.base_url}/members?near=01609")
        say(f"  Combined feed         {here.base_url}/feed.rss   /feed.atom   /feed.json   /events.ics")
        say(f"  Apply to join         {here.base_url}/join")
        say(f"  Sign in (once)        {link}")
        say(f"  The members' sites    {min(addresses.values())}/ … {max(addresses.values())}/")
        say("")
        say("Ctrl-C stops it. A second start keeps what is there.")
