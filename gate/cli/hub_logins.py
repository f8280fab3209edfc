"""`gate hub locallogin`: who may sign in at a site's units when the hub can't be asked."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gate.cli.hub_config import config_option
from gate.hub.config import load_config
from gate.hub.wsgi import start_django
from gate.trust.local_login import LocalRole

if TYPE_CHECKING:
    from gate.hub.locals.logins import Given
    from gate.hub.manifest.authors import Author
    from gate.hub.sites.models import Site

_role: Final = click.Choice([role.value for role in LocalRole])
_role_option: Final = click.option(
    "--role",
    required=True,
    type=_role,
    help="manager: everything; guard: no record; contractor: nobody's name.",
)


@click.group()
def locallogin() -> None:
    """Give, change and withdraw logins of a site's gates' own pages."""


@locallogin.command()
@config_option
@_role_option
@click.argument("site")
@click.argument("name")
def add(config_path: Path, site: str, name: str, role: str) -> None:
    """Give NAME a login at every gate of SITE, and print its password, once.

    Example: gate hub locallogin add kings-wharf gatehouse --role guard
    """
    place, by = _at(config_path, site)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.locals.logins import add_login  # noqa: PLC0415 - as above

    _tell(place, add_login(place, name, LocalRole(role), by=by, now=timezone.now()))


@locallogin.command()
@config_option
@click.option("--role", type=_role, help="Another role from now on; left out: the one it has.")
@click.argument("site")
@click.argument("name")
def renew(config_path: Path, site: str, name: str, role: str | None) -> None:
    """Give NAME another password at SITE, and print it, once; it is signed out where it was in.

    Example: gate hub locallogin renew kings-wharf gatehouse
    """
    place, by = _at(config_path, site)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.locals.logins import login_called, renew_login  # noqa: PLC0415 - as above

    there = login_called(place, name)
    new_role = LocalRole(role or there.role)
    _tell(place, renew_login(place, there.pk, new_role, by=by, now=timezone.now()))


@locallogin.command()
@config_option
@click.argument("site")
@click.argument("name")
def withdraw(config_path: Path, site: str, name: str) -> None:
    """Take NAME's login at SITE away; it is signed out where it was in.

    Example: gate hub locallogin withdraw kings-wharf gatehouse
    """
    place, by = _at(config_path, site)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.locals.logins import login_called, withdraw_login  # noqa: PLC0415 - as above

    ended = withdraw_login(place, login_called(place, name).pk, by=by, now=timezone.now())
    _tell_reach(place, f"{name}: withdrawn", ended.version)


@locallogin.command(name="list")
@config_option
@click.argument("site")
def list_(config_path: Path, site: str) -> None:
    """Print who may sign in at the gates of SITE: name, role, since when.

    Example: gate hub locallogin list kings-wharf
    """
    place, _ = _at(config_path, site)
    from gate.hub.locals.told import logins_of  # noqa: PLC0415 - needs Django set up

    for one in logins_of(place):
        click.echo(f"{one.name}  {one.role}  since {one.at:%Y-%m-%d %H:%M} UTC, by {one.by_name}")


def _at(config_path: Path, slug: str) -> "tuple[Site, Author]":
    """Set Django up; return the site, and who is at the hub's console."""
    start_django(load_config(config_path))
    from gate.hub.manifest.authors import Author  # noqa: PLC0415 - needs Django set up
    from gate.hub.sites.services import find_site  # noqa: PLC0415 - as above

    return find_site(slug), Author(name=f"{getpass.getuser()}, at the hub's console")


def _tell(site: "Site", given: "Given") -> None:
    click.echo(given.password)
    login = given.login
    _tell_reach(site, f"{login.name}: {login.role}, password above", login.version)


def _tell_reach(site: "Site", done: str, version: int) -> None:
    from gate.hub.manifest.handed import gates_of, reach  # noqa: PLC0415 - needs Django set up
    from gate.hub.manifest.rules import rules_of  # noqa: PLC0415 - as above

    click.echo(f"{done}; {reach(gates_of(site), version).words} so far", err=True)
    if rules_of(site) is None:
        step = f"next: gate hub policy {site.slug} FILE"
        click.echo(f"nothing is sent to the gates before the hub has their rules; {step}", err=True)
