"""`gate hub block`, `unblock`, `forgive`, `lockdown`, `lift`, `test-release`, `policy`, `sitekey`.

What a site's gates go by.

Each says how far it has come: gates ask every 15 seconds, and one that is cut off asks later.
"""

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gate.cli.hub_config import config_option
from gate.config import read_text
from gate.errors import ConfigError
from gate.hub.config import HubConfig, load_config
from gate.hub.database import PRIVATE
from gate.hub.keys import site_key
from gate.hub.wsgi import start_django

if TYPE_CHECKING:
    from gate.hub.manifest.authors import Author
    from gate.hub.sites.models import Site

_issuer_option: Final = click.option(
    "--issuer", required=True, help="Who issued the card, as the gates' record names them."
)
_reason_option: Final = click.option(
    "--reason", required=True, help="Kept with your name; never shown at the gate."
)


@click.command()
@config_option
@_issuer_option
@_reason_option
@click.argument("site")
@click.argument("card")
def block(config_path: Path, site: str, card: str, issuer: str, reason: str) -> None:
    """Keep the holder of CARD out of SITE, at every gate.

    Gates are sent a keyed hash of the card, and no name. Exits are not affected.

    Example: gate hub block kings-wharf ECS-00123456 --issuer https://cards.example --reason "Fight"
    """
    config, place, by = _at(config_path, site)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.manifest import blocks  # noqa: PLC0415 - as above

    secret = site_key(config, place.slug)
    kept = blocks.block(
        place, secret, issuer=issuer, number=card, reason=reason, by=by, now=timezone.now()
    )
    _tell(place, f"{card}: blocked", kept.version)


@click.command()
@config_option
@_issuer_option
@_reason_option
@click.argument("site")
@click.argument("card")
def unblock(config_path: Path, site: str, card: str, issuer: str, reason: str) -> None:
    """Let the holder of CARD in again at SITE.

    Example: gate hub unblock kings-wharf ECS-00123456 --issuer https://cards.example --reason "OK"
    """
    config, place, by = _at(config_path, site)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.manifest import blocks  # noqa: PLC0415 - as above

    secret = site_key(config, place.slug)
    there = blocks.block_of_card(place, secret, issuer=issuer, number=card)
    ended = blocks.unblock(place, there.pk, reason=reason, by=by, now=timezone.now())
    _tell(place, f"{card}: no longer blocked", ended.version)


@click.command()
@config_option
@_issuer_option
@_reason_option
@click.argument("site")
@click.argument("card")
def forgive(config_path: Path, site: str, card: str, issuer: str, reason: str) -> None:
    """Take it for true that the holder of CARD, who forgot to show it, has left SITE.

    Every gate lets them in again and records it with your name and the reason: as estimated.

    Example: gate hub forgive kings-wharf ECS-00123456 --issuer https://cards.example --reason "Bus"
    """
    config, place, by = _at(config_path, site)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.manifest import forgiving  # noqa: PLC0415 - as above

    secret = site_key(config, place.slug)
    kept = forgiving.forgive(
        place, secret, issuer=issuer, number=card, reason=reason, by=by, now=timezone.now()
    )
    _tell(place, f"{card}: the exit is forgiven", kept.version)
    _tell_timeless(place)


@click.command()
@config_option
@_reason_option
@click.argument("site")
def lockdown(config_path: Path, site: str, reason: str) -> None:
    """Close every entry of SITE until `lift`; exits stay free.

    Example: gate hub lockdown kings-wharf --reason "Crane inspection"
    """
    _, place, by = _at(config_path, site)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.manifest import orders  # noqa: PLC0415 - as above

    order = orders.lock_down(place, reason=reason, by=by, now=timezone.now())
    _tell(place, f"{place.slug}: entry is locked down", order.version)
    _tell_timeless(place)


@click.command()
@config_option
@_reason_option
@click.argument("site")
def lift(config_path: Path, site: str, reason: str) -> None:
    """End the lock-down of SITE.

    Example: gate hub lift kings-wharf --reason "Inspection over"
    """
    _, place, by = _at(config_path, site)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.manifest import orders  # noqa: PLC0415 - as above

    order = orders.lift(place, reason=reason, by=by, now=timezone.now())
    _tell(place, f"{place.slug}: the lock-down is lifted", order.version)
    _tell_timeless(place)


@click.command(name="test-release")
@config_option
@_reason_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.argument("site")
@click.pass_context
def test_release(
    context: click.Context, config_path: Path, site: str, reason: str, *, yes: bool
) -> None:
    """Open every gate of SITE once, now; 1 if you say no.

    Each in its own direction, as for a card; never in a lock-down, fire, maintenance or fault, and
    none that learns of it more than ten minutes later.

    Example: gate hub test-release kings-wharf --reason "Yearly inspection"
    """
    _, place, by = _at(config_path, site)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.manifest import orders  # noqa: PLC0415 - as above

    if fault := orders.hindrance_to_test(place, timezone.now()):
        raise ConfigError("test_release", [fault])
    when = "in the next 15 seconds or so; have somebody stand at each"
    click.echo(f"every gate of {place.name} opens once, {when}", err=True)
    if not yes and not click.confirm("Open every gate once?", err=True):
        context.exit(1)
    order = orders.release_for_test(place, reason=reason, by=by, now=timezone.now())
    _tell(place, f"{place.slug}: every gate opens once", order.version)
    _tell_timeless(place)


@click.command()
@config_option
@click.argument("site")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def policy(config_path: Path, site: str, file: Path) -> None:
    """Give SITE's gates the rules in FILE, judged whole before they are taken.

    Their `site` is SITE, their `version` is higher than the last, and they name no blocked cards:
    `gate hub block` does, without naming them to the gates.

    Example: gate hub policy kings-wharf site-policy.toml
    """
    _, place, by = _at(config_path, site)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.manifest import rules  # noqa: PLC0415 - as above

    taken = rules.set_rules(place, read_text(file), source=str(file), by=by, now=timezone.now())
    _tell(place, f"{file}: the rules of {place.slug}", taken.version)


@click.command()
@config_option
@click.argument("site")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def sitekey(config_path: Path, site: str, target: Path) -> None:
    """Write SITE's key to TARGET, to be carried to each of its units as their `site_key`.

    It keeps persons nameless: keep it like a key, and remove the copy once it is on the unit. A
    unit with another key obeys no block.

    Example: gate hub sitekey kings-wharf site.key
    """
    config, place, _ = _at(config_path, site)
    key = site_key(config, place.slug)
    try:
        with os.fdopen(
            os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb"
        ) as file:
            file.write(key)
    except OSError as error:
        step = "next: name a new file in a directory that is yours"
        raise ConfigError(str(target), [f"can't be written: {error.strerror}; {step}"]) from error
    click.echo(f"{target}: the key of {place.slug}", err=True)


def _at(config_path: Path, slug: str) -> "tuple[HubConfig, Site, Author]":
    """Set Django up; return the hub, the site, and who is at its console."""
    config = load_config(config_path)
    start_django(config)
    from gate.hub.manifest.authors import Author  # noqa: PLC0415 - needs Django set up
    from gate.hub.sites.services import find_site  # noqa: PLC0415 - as above

    return config, find_site(slug), Author(name=f"{getpass.getuser()}, at the hub's console")


def _tell(site: "Site", done: str, version: int) -> None:
    from gate.hub.manifest.handed import gates_of, reach  # noqa: PLC0415 - needs Django set up
    from gate.hub.manifest.rules import rules_of  # noqa: PLC0415 - as above

    click.echo(f"{done}; {reach(gates_of(site), version).words} so far", err=True)
    if rules_of(site) is None:
        step = f"next: gate hub policy {site.slug} FILE"
        click.echo(f"nothing is sent to the gates before the hub has their rules; {step}", err=True)


def _tell_timeless(site: "Site") -> None:
    from gate.hub.manifest.handed import gates_of  # noqa: PLC0415 - needs Django set up
    from gate.hub.manifest.words import timeless_words  # noqa: PLC0415 - as above

    for words in timeless_words(gates_of(site)):
        click.echo(f"warning: {words}", err=True)
