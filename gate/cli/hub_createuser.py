"""`gate hub createuser`: somebody who may sign in."""

import secrets
import sys
from pathlib import Path
from typing import Final

import click

from gate.cli.hub_config import config_option
from gate.hub.config import load_config
from gate.hub.wsgi import start_django

_RANDOM_BYTES: Final = 12
"""96 bits: nobody guesses it, and 16 characters can still be typed once."""


@click.command()
@config_option
@click.argument("name")
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="SITE:ROLE",
    help="What they do at a site: manager or guard; may be given again for another site.",
)
@click.option("--admin", "is_admin", is_flag=True, help="They may see every site.")
@click.option(
    "--random-password", is_flag=True, help="Make a password and print it, this once, on stdout."
)
def createuser(
    config_path: Path, name: str, roles: tuple[str, ...], *, is_admin: bool, random_password: bool
) -> None:
    """Let somebody sign in. The password is asked for, or read from a pipe.

    Example: gate hub createuser --config hub.toml --role kings-wharf:manager sam
    """
    start_django(load_config(config_path))
    from gate.hub.sites.models import Role  # noqa: PLC0415 - needs Django set up
    from gate.hub.sites.services import add_user  # noqa: PLC0415 - as above

    by_site: dict[str, Role] = {}
    for text in roles:
        site, _, role = text.partition(":")
        if not site or role not in Role.values:
            known = ", ".join(Role.values)
            raise click.BadParameter(f"{text!r}: not SITE:ROLE with a role of {known}")
        by_site[site] = Role(role)
    password = secrets.token_urlsafe(_RANDOM_BYTES) if random_password else _asked_password()
    add_user(name=name, password=password, roles=by_site, is_admin=is_admin)
    if random_password:
        click.echo(password)
    click.echo(f"{name}: may sign in", err=True)


def _asked_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
