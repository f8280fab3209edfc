"""`gate hub fleet add-issuer` and its like: changes of what the fleet vouches for, staged."""

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from gate.cli.hub_fleet_keys import say_what_is_needed
from gate.cli.hub_fleet_options import directory_argument
from gate.cli.moments import MOMENT
from gate.devices.clock import SystemClock
from gate.hub.fleet import directory as fleets
from gate.hub.fleet.repository import STAGED

_kid_option = click.option("--kid", help="That key only; by default every key.")
_at_option = click.option(
    "--at", type=MOMENT, help="What is signed until then is still believed; by default now."
)


@click.command(name="add-issuer")
@directory_argument
@click.argument("exported", type=click.Path(path_type=Path, file_okay=False, exists=True))
def add_issuer(directory: Path, exported: Path) -> None:
    """Stage the issuers of EXPORTED, a directory that `gate trust export` wrote.

    An issuer that is there already gets the keys that it lacks.

    Example: gate hub fleet add-issuer fleet ecs-jib-public
    """
    staged = fleets.add_issuers(directory, exported, SystemClock().now())
    say_what_is_needed(directory / STAGED, staged)


@click.command(name="retire-issuer")
@directory_argument
@click.argument("iss", metavar="ISSUER")
@_kid_option
@_at_option
@click.option("--remove", is_flag=True, help="Forget the issuer: none of its cards is believed.")
def retire_issuer(
    directory: Path, iss: str, kid: str | None, at: datetime | None, *, remove: bool
) -> None:
    """Stage that nothing ISSUER signs from now on is believed; its older cards still are.

    Example: gate hub fleet retire-issuer fleet ecs-jib --kid 063cbd9426f780ce
    """
    _refuse_both(remove=remove, kid=kid, at=at)
    now = SystemClock().now()
    staged = fleets.retire_issuer(directory, iss, now, at=at or now, kid=kid, remove=remove)
    say_what_is_needed(directory / STAGED, staged)


@click.command(name="add-hub")
@directory_argument
@click.argument("site")
@click.argument("key")
def add_hub(directory: Path, site: str, key: str) -> None:
    """Stage that KEY, which `gate hub migrate` prints, speaks for SITE to its units.

    Example: gate hub fleet add-hub fleet kings-wharf
    3659fd48d25e09df4f381b944c9b08395e2f32b175a11e0482d45d4dc3fd9229
    """
    staged = fleets.add_hub(directory, site, key, SystemClock().now())
    say_what_is_needed(directory / STAGED, staged)


@click.command(name="retire-hub")
@directory_argument
@click.argument("site")
@_kid_option
@_at_option
@click.option("--remove", is_flag=True, help="Forget the site's hub altogether.")
def retire_hub(
    directory: Path, site: str, kid: str | None, at: datetime | None, *, remove: bool
) -> None:
    """Stage that nothing SITE's hub signs from now on is believed.

    Example: gate hub fleet retire-hub fleet kings-wharf --kid 063cbd9426f780ce
    """
    _refuse_both(remove=remove, kid=kid, at=at)
    now = SystemClock().now()
    staged = fleets.retire_hub(directory, site, now, at=at or now, kid=kid, remove=remove)
    say_what_is_needed(directory / STAGED, staged)


@click.command(name="mark-compromised")
@directory_argument
@click.argument("kid")
@click.option("--issuer", "iss", help="Whose key it is.")
@click.option("--site", help="Whose hub's key it is.")
def mark_compromised(directory: Path, kid: str, iss: str | None, site: str | None) -> None:
    """Stage that nothing the key KID ever signed is believed: a stolen key backdates.

    Every card it signed is refused; give its holders new ones.

    Example: gate hub fleet mark-compromised fleet 063cbd9426f780ce --issuer ecs-jib
    """
    now = SystemClock().now()
    if iss is not None and site is None:
        staged = fleets.mark_issuer(directory, iss, kid, now)
    elif site is not None and iss is None:
        staged = fleets.mark_hub(directory, site, kid, now)
    else:
        raise click.UsageError("say whose key it is: --issuer ISSUER or --site SITE")
    say_what_is_needed(directory / STAGED, staged)


@click.command(name="add-release")
@directory_argument
@click.argument("version")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
)
def add_release(directory: Path, version: str, files: tuple[Path, ...]) -> None:
    """Stage that the fleet vouches for VERSION of this software, which is these files.

    Each file's name, length and SHA-256 are taken down; the files themselves stay where they are.

    Example: gate hub fleet add-release fleet 0.2.0 dist/site_gate-0.2.0-py3-none-any.whl
    """
    staged = fleets.add_release(directory, version, files, SystemClock().now())
    say_what_is_needed(directory / STAGED, staged)


@click.command(name="withdraw-release")
@directory_argument
@click.argument("version")
def withdraw_release(directory: Path, version: str) -> None:
    """Stage that the fleet vouches for VERSION no longer.

    Example: gate hub fleet withdraw-release fleet 0.2.0
    """
    staged = fleets.withdraw_release(directory, version, SystemClock().now())
    say_what_is_needed(directory / STAGED, staged)


def _refuse_both(*, remove: bool, kid: str | None, at: datetime | None) -> None:
    if remove and (kid is not None or at is not None):
        raise click.UsageError("--remove forgets all of it at once: leave out --kid and --at")


CHANGES: Final = (
    add_issuer,
    retire_issuer,
    add_hub,
    retire_hub,
    mark_compromised,
    add_release,
    withdraw_release,
)
