"""`gate hub fleet init`, `new-key`, `rotate`, `extend`: the keys of the fleet's roles."""

import sys
from pathlib import Path
from typing import Final

import click

from gate.cli.hub_fleet_options import directory_argument
from gate.devices.clock import SystemClock
from gate.errors import TrustError
from gate.hub.fleet import ceremony
from gate.hub.fleet.files import explained
from gate.hub.fleet.keys import PUBLIC_SUFFIX, make_key
from gate.hub.fleet.publish import publish
from gate.hub.fleet.repository import KEYS, PUBLISHED, STAGED
from gate.hub.fleet.roles import ONLINE, Role
from gate.hub.fleet.staged import Staged, still_needed

_PLACE: Final = click.Path(path_type=Path)
_THRESHOLD: Final = 2


@click.command()
@directory_argument
@click.option(
    "--root-key",
    "root",
    multiple=True,
    metavar="PLACE",
    type=_PLACE,
    help="Where a root key is made (a directory), or one's file; once for each.",
)
@click.option(
    "--targets-key",
    "targets",
    multiple=True,
    metavar="PLACE",
    type=_PLACE,
    help="Likewise, for the keys that sign issuers, hubs and releases; each signs alone.",
)
@click.option(
    "--threshold",
    type=click.IntRange(1, ceremony.MAX_ROOT_KEYS),
    default=_THRESHOLD,
    show_default=True,
    help="How many root keys must sign.",
)
@click.option("--single", is_flag=True, help="One of each key, and one signature, for one site.")
def init(
    directory: Path,
    root: tuple[Path, ...],
    targets: tuple[Path, ...],
    threshold: int,
    *,
    single: bool,
) -> None:
    """Begin a fleet: make its keys and its first version.

    Keys are made one after the other, so that a stick can be changed for the next. With every
    signature at hand the first version is published; else it waits in DIR/staged.json for them.

    Example: gate hub fleet init fleet --root-key /media/1 --root-key /media/2 --root-key anna.pub
    --targets-key /media/4
    """
    if single:
        if len(root) > 1 or len(targets) > 1:
            raise click.UsageError("--single: one root key and one targets key")
        root, targets, threshold = root or (directory / KEYS,), targets or (directory / KEYS,), 1
    elif len(root) <= threshold or not targets:
        raise click.UsageError(
            f"{len(root)} --root-key and {len(targets)} --targets-key: at least {threshold + 1} "
            f"and 1 are needed, so that a lost root key ends nothing; for one site: --single"
        )
    now = SystemClock().now()
    staged = ceremony.init(
        directory,
        root=root,
        targets=targets,
        threshold=threshold,
        now=now,
        before=_ask_for_the_stick,
    )
    if still_needed(staged):
        say_what_is_needed(directory / STAGED, staged)
        return
    publish(directory, now)
    pinned = directory / PUBLISHED / "fleet" / "metadata" / "1.root.json"
    click.echo(f"{directory}: published; each unit needs {pinned} as its root.json", err=True)


@click.command(name="new-key")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--name", required=True, help="What people call it, such as root-anna.")
def new_key(folder: Path, name: str) -> None:
    """Make a key on your own machine; only its public half, NAME.pub, leaves it.

    Example: gate hub fleet new-key /media/anna --name root-anna
    """
    if Path(name).name != name or not name.isprintable() or name.startswith("."):
        raise click.BadParameter(f"{name!r}: not the name of a file", param_hint="--name")
    with explained(folder):
        key = make_key(folder, name)
    click.echo(f"{key.source}: made, keep it; give away {key.source.with_suffix(PUBLIC_SUFFIX)}")


@click.command()
@directory_argument
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--old", metavar="KEY", help="Which key goes: its name, or how its id begins.")
@click.option(
    "--new",
    "place",
    metavar="PLACE",
    type=_PLACE,
    help="As --root-key of init; snapshot and timestamp keys are made in DIR/keys.",
)
def rotate(directory: Path, role: str, old: str | None, place: Path | None) -> None:
    """Stage another key in the place of one: it is old, lost, or no longer one's own.

    Keys are named by root, so root must be signed: by enough of its keys as they are, and as they
    are to be.

    Example: gate hub fleet rotate fleet root --old root-2 --new /media/5
    """
    staged = ceremony.rotate(
        directory,
        Role(role),
        SystemClock().now(),
        old=old,
        place=place,
        before=_ask_for_the_stick,
    )
    say_what_is_needed(directory / STAGED, staged)


@click.command()
@directory_argument
@click.argument("role", type=click.Choice([role.value for role in Role if role not in ONLINE]))
def extend(directory: Path, role: str) -> None:
    """Stage root or targets unchanged, to be signed for another year.

    Example: gate hub fleet extend fleet root
    """
    staged = ceremony.extend(directory, Role(role), SystemClock().now())
    say_what_is_needed(directory / STAGED, staged)


def say_what_is_needed(path: Path, staged: Staged) -> None:
    """Tell who must sign yet, or that it may be published."""
    needed = still_needed(staged)
    for one in needed:
        click.echo(f"{path}: {one}", err=True)
    step = f"sign {path} --key FILE" if needed else f"publish {path.parent}"
    click.echo(f"next: gate hub fleet {step}", err=True)


def _ask_for_the_stick(role: str, place: Path) -> None:
    """Wait until somebody has put in the stick; a place that is there needs no asking off a tty."""
    if sys.stdin.isatty():
        click.prompt(
            f"{role} key: put the stick in so that it is at {place}, then Enter",
            default="",
            show_default=False,
            prompt_suffix=" ",
            err=True,
        )
    if not place.is_dir():
        raise TrustError(f"{place}: no directory; next: make it, or put the stick in")


KEY_COMMANDS: Final = (init, new_key, rotate, extend)
