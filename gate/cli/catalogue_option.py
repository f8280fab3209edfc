"""Where the schemes catalogue is, for the commands that want a code's name and colour."""

from pathlib import Path
from typing import Final

import click

from gate.access.catalogue import Catalogue, parse_catalogue
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


def load_catalogue(path: Path | None) -> Catalogue:
    """Return the catalogue at `path`, or at the first usual place that has one.

    Raises:
        ConfigError: there is none, or it has faults.
    """
    place = path or next((usual for usual in _PLACES if usual.exists()), _PLACES[-1])
    try:
        text = place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            str(place), [f"cannot be read: {error}; name one: --catalogue"]
        ) from error
    return parse_catalogue(text, str(place))
