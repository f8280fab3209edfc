"""What the commands of `gate hub fleet` have in common on the command line."""

from pathlib import Path
from typing import Final

import click

directory_argument: Final = click.argument(
    "directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False)
)
