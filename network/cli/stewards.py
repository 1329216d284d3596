"""`vecinos stewards`: who may sign in."""

from __future__ import annotations

import click

from network.cli.common import run, settings, told


@click.group()
def stewards() -> None:
    """Organizers and stewards."""


@stewards.command()
@click.argument("email")
@told
def invite(email: str) -> None:
    """Print a one-time sign-in link for the organizer with this e-mail address."""
    if "@" not in email or " " in email:
        raise click.BadParameter("write it like ana@example.org", param_hint="EMAIL")
    click.echo(run(_invite(email)))


async def _invite(email: str) -> str:
    from network.database.engine import now, open_database
    from network.stewards import sign_in

    here = settings()
    database = await open_database(here.database_url)
    try:
        async with database.writing() as connection:
            token = await sign_in.invite(connection, email, now=now())
    finally:
        await database.close()
    return f"{here.base_url}/desk/sign-in/{token}"
