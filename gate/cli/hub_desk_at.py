"""Which desk a command is about, and who gives it: Django set up, the desk looked up."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gate.hub.config import load_config
from gate.hub.wsgi import start_django

if TYPE_CHECKING:
    from gate.hub.desk.models import Desk
    from gate.hub.manifest.authors import Author

desk_argument: Final = click.argument("slug", metavar="DESK")


def at_hub(config_path: Path) -> None:
    """Set Django up."""
    start_django(load_config(config_path))


def at_desk(config_path: Path, slug: str) -> "tuple[Desk, Author]":
    """Set Django up; return the desk, and who is at the hub's console."""
    at_hub(config_path)
    from gate.hub.desk.making import find_desk  # noqa: PLC0415 - needs Django set up

    return find_desk(slug), console()


def console() -> "Author":
    """Return who is at the hub's console."""
    from gate.hub.manifest.authors import Author  # noqa: PLC0415 - needs Django set up

    return Author(name=f"{getpass.getuser()}, at the hub's console")
