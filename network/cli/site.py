"""Running the site: `serve`, or `web` and `worker` on several machines; `migrate` for its database."""

from __future__ import annotations

import sys

import click

from network.cli.common import fail, logging, run, settings, told
from network.errors import PortInUse

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
port_option = click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port to listen at."
)
supervised_option = click.option("--supervised", is_flag=True, hidden=True, help="End when the parent process does.")


@click.command()
@host_option
@port_option
@told
def serve(host: str, port: int) -> None:
    """Run the site and the worker on this machine."""
    from network import processes

    here = settings(host=host, port=port)
    logging(here.log_level)
    members = run(_check(here.database_url))
    click.echo(f"Vecinos is at {here.base_url} (data in {here.data_dir}). Ctrl-C stops it.")
    if not members:
        click.echo("There are no members yet. In another terminal:")
        click.echo("  vecinos members add https://…           to add an organization by its web address")
        click.echo("  vecinos stewards invite you@example.org to get a link with which you sign in as an organizer")
    sys.exit(run(processes.supervise(processes.parts(host, port))))


@click.command()
@host_option
@port_option
@supervised_option
@told
def web(host: str, port: int, *, supervised: bool) -> None:
    """Run the site only; a worker elsewhere pulls the feeds."""
    from network import processes

    here = settings(host=host, port=port)
    logging(here.log_level)
    if not supervised:
        run(_check(here.database_url))
    try:
        socket = processes.listen(host, port)
    except OSError as error:
        raise PortInUse(host=host, port=str(port)) from error
    processes.serve_web(here, socket, supervised=supervised)


@click.command()
@click.option(
    "--concurrency", default=64, show_default=True, type=click.IntRange(1, 1000), help="Sources pulled at once."
)
@click.option("--host", default="127.0.0.1", hidden=True, help="Where the site is, when no base URL is set.")
@click.option("--port", default=8000, hidden=True, type=click.IntRange(1, 65535), help="The same.")
@supervised_option
@told
def worker(concurrency: int, host: str, port: int, *, supervised: bool) -> None:
    """Run the worker only: pull what is due until stopped."""
    from network import processes

    here = settings(host=host, port=port)
    logging(here.log_level)
    run(processes.work(here, concurrency, supervised=supervised))


@click.command()
@told
def migrate() -> None:
    """Bring the database to this version's schema."""

    async def upgrade() -> str | None:
        from network.database import migrate as migrations
        from network.database.engine import SCHEMA, Database, make_engine, schema_of
        from network.errors import SchemaUnknown

        database = Database(make_engine(settings().database_url))
        try:
            found = await schema_of(database)
            if found is not None and found > SCHEMA:
                raise SchemaUnknown(found=found, known=SCHEMA)
            await migrations.upgrade(database.engine)
            return found
        finally:
            await database.close()

    from sqlalchemy.exc import SQLAlchemyError

    from network.database.engine import SCHEMA

    try:
        found = run(upgrade())
    except SQLAlchemyError as error:
        fail(f"The database can't be opened. Check VECINOS_DATABASE_URL. ({type(error).__name__})")
    click.echo(f"The database has schema {SCHEMA}" + (" already." if found == SCHEMA else " now."))


async def _check(database_url: str) -> int:
    """Open the database once, so that what is wrong with it is said in one sentence; returns how many members it has."""
    from network.database.engine import open_database
    from network.members import register

    database = await open_database(database_url)
    try:
        async with database.reading() as connection:
            return len(await register.everyone(connection))
    finally:
        await database.close()
