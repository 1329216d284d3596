"""The `vecinos` command.

Exit codes: 0 well, 1 something that was asked for failed, 2 wrong use. Commands import what they need when they run, so
that `--help` is there at once.
"""

import click

from network.cli import demo, doctor, members, reading, site, sources, stewards
from network.settings import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(VERSION, prog_name="vecinos")
def main() -> None:
    """A coalition's network directory with a federated event feed."""


for command in (
    demo.demo, site.serve, site.web, site.worker, site.migrate,
    members.members, sources.sources, reading.pull, reading.read, doctor.doctor, stewards.stewards,
):  # fmt: skip
    main.add_command(command)
