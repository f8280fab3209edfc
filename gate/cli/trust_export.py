"""`gate trust export`: what gates are to believe, from an issuer's desk or from a hub."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gate.devices.clock import SystemClock
from gate.errors import TrustError
from gate.store import desk as desks
from gate.store import trust_store
from gate.store.files import write_file
from gate.trust.update_file import SUFFIX, format_update

if TYPE_CHECKING:
    from gate.hub.manifest.update import Gathered

_MODE: Final = 0o600
"""A manifest is served to its site's units only; of a presence whoever reads it learns names."""


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--site", help="Whose units the file is for, by its short name on the hub.")
@click.option(
    "--with-presence",
    is_flag=True,
    help="Add who is where at the site, with names; it is old before it arrives.",
)
def export(source: Path, target: Path, site: str | None, *, with_presence: bool) -> None:
    """Write what gates are to believe, to be carried to them by a hand.

    From an issuer's desk (SOURCE is its directory): the public part, with its list signed anew,
    into the directory TARGET, which keeps the other issuers it trusts.

    From a hub (SOURCE is its hub.toml, as the hub's user): all that the units of --site would
    fetch, into one file; TARGET is that file, or a directory, such as a stick's, for one named
    by site and date. A gate takes it by `gate trust import`.

    Example: gate trust export desk unit-trust

    Example: gate trust export /etc/gate/hub.toml /media/stick --site riverside
    """
    if source.is_dir():
        if site is not None or with_presence:
            raise click.UsageError(
                f"{source} is a desk's directory; --site and --with-presence go with a hub.toml"
            )
        _from_desk(source, target)
    elif site is None:
        raise click.UsageError(
            f"{source} is no desk's directory; from a hub.toml name the units' --site, too"
        )
    else:
        _from_hub(source, target, site, with_presence=with_presence)


def _from_desk(directory: Path, target: Path) -> None:
    if target.is_file():
        raise click.UsageError(f"{target} is a file; a desk is exported into a directory")
    if directory.resolve() == target.resolve():
        raise TrustError(f"{target}: the desk itself; name another directory")
    now = SystemClock().now()
    desks.renew_list(desks.open_desk(directory), now)
    bundle = trust_store.load_trust(directory)
    trust_store.merge(target, bundle, trust_store.list_tokens(directory), now)
    click.echo(f"{target}: trusts {', '.join(item.iss for item in bundle.issuers)}", err=True)


def _from_hub(config_path: Path, target: Path, slug: str, *, with_presence: bool) -> None:
    from gate.hub.config import load_config  # noqa: PLC0415 - a unit has no hub, and no Django
    from gate.hub.wsgi import start_django  # noqa: PLC0415 - as above

    config = load_config(config_path)
    start_django(config)
    from gate.hub.manifest.update import gather  # noqa: PLC0415 - needs Django set up
    from gate.hub.sites.services import find_site  # noqa: PLC0415 - as above

    now = SystemClock().now()
    gathered = gather(config, find_site(slug), now, with_presence=with_presence)
    file = target / f"{slug}-{now:%Y-%m-%d}{SUFFIX}" if target.is_dir() else target
    see_that_it_is_a_file(file)
    data = format_update(gathered.parts)
    try:
        write_file(file, data, mode=_MODE)
    except OSError as error:
        raise TrustError(f"{file}: can't be written: {error.strerror}") from error
    click.echo(f"{file}: {len(data)} bytes; {_contents(gathered, slug)}", err=True)
    for warning in _warnings(gathered, slug, now):
        click.echo(f"warning: {warning}", err=True)


def see_that_it_is_a_file(file: Path) -> None:
    """Refuse what is meant as a stick that isn't in, or what no update may replace.

    Raises:
        TrustError: it is no file of an update, nor a name for one.
    """
    if file.suffix != SUFFIX or (file.exists() and not file.is_file()):
        step = f"next: put the stick in, or name a file that ends in {SUFFIX}"
        raise TrustError(f"{file}: no directory, and no update file's name; {step}")


def _contents(gathered: "Gathered", slug: str) -> str:
    """Say what is in it, and until when it may be carried."""
    parts = [] if gathered.version is None else [f"manifest {gathered.version} of {slug}"]
    parts += [f"{gathered.lists} status list{'' if gathered.lists == 1 else 's'}"]
    parts += ["the fleet's trust"] if _has_fleet(gathered) else []
    until = "" if gathered.good_until is None else f"; good until {_words(gathered.good_until)}"
    return ", ".join(parts) + until


def _warnings(gathered: "Gathered", slug: str, now: datetime) -> list[str]:
    found = list(gathered.faults)
    if gathered.good_until is not None and gathered.good_until <= now:
        found.append("gates will refuse what has expired; next: gate hub fleet show DIR")
    if gathered.version is None:
        found.append(f"no manifest: the hub has no rules; next: gate hub policy {slug} FILE")
    return found


def _has_fleet(gathered: "Gathered") -> bool:
    return any(name.startswith("fleet/") for name in gathered.parts)


def _words(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
