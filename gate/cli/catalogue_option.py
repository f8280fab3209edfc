"""Where the schemes catalogue is, for the commands that want a code's name and colour."""

from pathlib import Path
from typing import Final

import click

from gate.access.catalogue import NO_CATALOGUE, Catalogue
from gate.config import load_catalogue
from gate.errors import ConfigError

_PLACES: Final = (
    Path(__file__).parents[2] / "config" / "schemes.toml",
    Path("/etc/gate/schemes.toml"),
)
"""A checkout's own, then a unit's."""

catalogue_option = click.option(
    "--catalogue",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The schemes catalogue; by default config/schemes.toml, or /etc/gate/schemes.toml.",
)


def usual_catalogue(path: Path | None) -> Catalogue:
    """Return the catalogue that was named, or the usual one, or none and say so.

    Raises:
        ConfigError: the one that was named cannot be read, or has faults.
    """
    if path is not None:
        return load_catalogue(path)
    try:
        return load_catalogue(next((place for place in _PLACES if place.exists()), _PLACES[-1]))
    except ConfigError as error:
        click.echo(f"{error}\nnow: codes are taken as they are spelt", err=True)
        return NO_CATALOGUE
