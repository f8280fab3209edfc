"""Which hub a command is about: the option that names its file."""

from pathlib import Path
from typing import Final

import click

config_option: Final = click.option(
    "--config",
    "config_path",
    metavar="FILE",
    default="/etc/gate/hub.toml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The hub's own file.",
)
