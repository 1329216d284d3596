"""`vecinos demo`: a sample coalition, to see what this is."""

from __future__ import annotations

import sys

import click

from network.cli.common import logging, run, settings, told
from network.cli.site import host_option, port_option


@click.command()
@host_option
@port_option
@told
def demo(host: str, port: int) -> None:
    """Run a filled sample coalition, with its members' own sites, on this machine."""
    from network.demo import start

    here = settings(host=host, port=port)
    logging("warning")
    sys.exit(run(start.demo(here, host, port)))
