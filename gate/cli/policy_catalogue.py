"""The schemes catalogue for judging policies, which is better done without one than not at all."""

from pathlib import Path

import click

from gate.access.catalogue import NO_CATALOGUE, Catalogue
from gate.cli.catalogue_option import load_catalogue
from gate.errors import ConfigError


def usual_catalogue(path: Path | None) -> Catalogue:
    """Return the catalogue that was named, or the usual one, or none and say so."""
    try:
        return load_catalogue(path)
    except ConfigError as error:
        if path is not None:
            raise
        click.echo(f"{error}\nnow: codes are taken as they are spelt", err=True)
        return NO_CATALOGUE
