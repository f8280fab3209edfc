"""`gate hub createuser`: somebody who may sign in, or who forgot how."""

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gate.cli.hub_config import config_option
from gate.hub.config import load_config
from gate.hub.wsgi import start_django

if TYPE_CHECKING:
    from gate.hub.sites.models import Role

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
    help="What they do at a site: manager, guard or contractor; again for another site.",
)
@click.option("--admin", "is_admin", is_flag=True, help="They may see every site.")
@click.option("--email", help="Where a link for a new password is sent, if they forget theirs.")
@click.option("--reset", is_flag=True, help="Give a new password to somebody who is there.")
@click.option(
    "--without-code",
    is_flag=True,
    help="With --reset: ask them for no code any more, as after a lost phone.",
)
@click.option(
    "--random-password", is_flag=True, help="Make a password and print it, this once, on stdout."
)
def createuser(
    config_path: Path,
    name: str,
    roles: tuple[str, ...],
    email: str | None,
    *,
    is_admin: bool,
    reset: bool,
    without_code: bool,
    random_password: bool,
) -> None:
    """Let somebody sign in. The password is asked for, or read from a pipe.

    Example: gate hub createuser --config hub.toml --role kings-wharf:manager sam
    """
    if reset and (roles or is_admin):
        raise click.UsageError("--reset leaves roles as they are: leave --role and --admin out")
    if without_code and not reset:
        raise click.UsageError("--without-code is for somebody who is there: add --reset")
    start_django(load_config(config_path))
    from gate.hub.accounts.second_factor import (  # noqa: PLC0415 - needs Django set up
        forget_second_factor,
    )
    from gate.hub.audit.accounts import note_at_console  # noqa: PLC0415 - as above
    from gate.hub.audit.notes import Act  # noqa: PLC0415 - as above
    from gate.hub.sites.services import add_user, find_user, reset_user  # noqa: PLC0415 - as above

    by_site = _roles(roles)
    if reset:
        find_user(name)  # before a password is asked for
    password = secrets.token_urlsafe(_RANDOM_BYTES) if random_password else _asked_password()
    if reset:
        user = reset_user(name=name, password=password, email=email)
        if without_code and forget_second_factor(user):
            note_at_console(Act.FORGOT_CODE, user)
            click.echo(f"{name}: signs in without a code", err=True)
        note_at_console(Act.CHOSE_PASSWORD, user)
    else:
        user = add_user(
            name=name, password=password, roles=by_site, is_admin=is_admin, email=email or ""
        )
        given = [f"{role} at {site}" for site, role in by_site.items()]
        runs = ["who runs this hub"] if is_admin else []
        note_at_console(Act.ADDED_USER, user, ", ".join(runs + given))
    if random_password:
        click.echo(password)
    click.echo(f"{name}: {'has a new password' if reset else 'may sign in'}", err=True)


def _roles(roles: tuple[str, ...]) -> "dict[str, Role]":
    from gate.hub.sites.models import Role  # noqa: PLC0415 - needs Django set up

    by_site: dict[str, Role] = {}
    for text in roles:
        site, _, role = text.partition(":")
        if not site or role not in Role.values:
            known = ", ".join(Role.values)
            raise click.BadParameter(f"{text!r}: not SITE:ROLE with a role of {known}")
        by_site[site] = Role(role)
    return by_site


def _asked_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
