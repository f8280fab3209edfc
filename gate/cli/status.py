"""`gate status`: the unit's own page, read-only, for the people of the site."""

import os
import sys
from pathlib import Path

import click


@click.command
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The unit's own file, with its [status], such as /etc/gate/unit.toml.",
)
def status(config_path: Path) -> None:
    """Answer browsers on the site's network with this unit's own page, until SIGTERM or Ctrl-C.

    It writes nothing and decides nothing; the gate works without it. Who may sign in is given on
    the hub's page Gate logins, or by `gate hub locallogin`.

    Exit codes: 0 told to stop; 2 it is not configured, or the port is taken.

    Example: gate status --config /etc/gate/unit.toml
    """
    program = (sys.executable, "-m", "gate.cli.status_process", str(config_path))
    os.execv(sys.executable, program)  # noqa: S606 - ourselves, with what stands above
