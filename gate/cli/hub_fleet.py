"""`gate hub fleet`: the fleet's trust, made, signed, published and kept by people."""

import json
from pathlib import Path

import click

from gate.cli.hub_fleet_changes import CHANGES
from gate.cli.hub_fleet_keys import KEY_COMMANDS, say_what_is_needed
from gate.cli.hub_fleet_options import directory_argument
from gate.devices.clock import SystemClock
from gate.errors import TrustError
from gate.hub.fleet import directory as fleets
from gate.hub.fleet import publish as publishing
from gate.hub.fleet.describe import describe, lines, role_states, staged_lines
from gate.hub.fleet.keys import read_key, read_keyring
from gate.hub.fleet.metadata import read_root
from gate.hub.fleet.repository import KEYS, STAGED, open_fleet
from gate.hub.fleet.staged import keys_wanted, read_staged, see_that_it_follows


@click.group()
def fleet() -> None:
    """Whom every unit believes: issuers, hubs, and the keys that say so.

    Example: gate hub fleet show /var/lib/gate-hub/fleet
    """


for command in (*KEY_COMMANDS, *CHANGES):
    fleet.add_command(command)


@fleet.command()
@directory_argument
@click.option("--json", "in_json", is_flag=True, help="One JSON object.")
@click.pass_context
def show(context: click.Context, directory: Path, *, in_json: bool) -> None:
    """Show roles, keys, versions, how long each lasts; issuers, hubs, releases; what is staged.

    Ends with 0; with 1 if something has expired or soon will; with 2 if it does not verify.

    Example: gate hub fleet show /var/lib/gate-hub/fleet
    """
    held, now = open_fleet(directory), SystemClock().now()
    if in_json:
        click.echo(json.dumps(describe(held, now)))
    else:
        for line in lines(held, now):
            click.echo(line)
    if _warn(directory):
        context.exit(1)


@fleet.command()
@click.argument("target", metavar="DIR|FILE", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Your private key; by default those in DIR/keys.",
)
@click.option(
    "--root",
    "known",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A root.json that you know and keep: what is staged must follow it.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_context
def sign(
    context: click.Context,
    target: Path,
    keys: tuple[Path, ...],
    known: Path | None,
    *,
    yes: bool,
) -> None:
    """Show what is staged, ask, and add your signature to it; 1 if you say no.

    The staged file may have been carried to another machine: it is all that is needed there.

    Example: gate hub fleet sign staged.json --key /media/anna/root-2.pem
    """
    path = target / STAGED if target.is_dir() else target
    staged = read_staged(path)
    if known is not None:
        see_that_it_follows(staged, read_root(known), path)
    for line in staged_lines(staged):
        click.echo(line)
    held = [read_key(key) for key in keys]
    if not keys:
        wanted = keys_wanted(staged)
        held = [key for key in read_keyring(path.parent / KEYS) if key.key.keyid in wanted]
    if not held:
        step = "next: name your key by --key FILE"
        raise TrustError(f"{path.parent / KEYS}: no key there may sign this; {step}")
    if not yes and not click.confirm("Sign this?", err=True):
        context.exit(1)
    staged, done = fleets.sign(path, held)
    click.echo(f"{path}: signed {', '.join(done)}", err=True)
    say_what_is_needed(path, staged)


@fleet.command()
@directory_argument
@click.option("--json", "in_json", is_flag=True, help="One JSON object: the versions.")
def publish(directory: Path, *, in_json: bool) -> None:
    """Put what is staged and signed before the world, complete, in one step.

    Example: gate hub fleet publish /var/lib/gate-hub/fleet
    """
    _tell(publishing.publish(directory, SystemClock().now()), in_json=in_json)
    _warn(directory)


@fleet.command()
@directory_argument
@click.option(
    "--after-restore",
    is_flag=True,
    help="The fleet came out of a backup: sign both, above every version that units may hold.",
)
@click.option("--json", "in_json", is_flag=True, help="One JSON object: the versions.")
def renew(directory: Path, *, after_restore: bool, in_json: bool) -> None:
    """Sign the timestamp anew, and the snapshot when it is due; a timer does it each day.

    Example: gate hub fleet renew /var/lib/gate-hub/fleet
    """
    now = SystemClock().now()
    _tell(publishing.renew(directory, now, after_restore=after_restore), in_json=in_json)
    _warn(directory)


@fleet.command()
@directory_argument
def drop(directory: Path) -> None:
    """Give up what is staged.

    Example: gate hub fleet drop /var/lib/gate-hub/fleet
    """
    fleets.drop(directory)
    click.echo(f"{directory / STAGED}: dropped", err=True)


def _tell(version: publishing.Version, *, in_json: bool) -> None:
    if in_json:
        described = {
            "root": version.root,
            "targets": version.targets,
            "snapshot": version.snapshot,
            "timestamp": version.timestamp,
            "expires": int(version.expires.timestamp()),
        }
        click.echo(json.dumps(described))
    click.echo(
        f"published: root {version.root}, targets {version.targets}, snapshot {version.snapshot}, "
        f"timestamp {version.timestamp}; good until {version.expires:%F %H:%M} UTC",
        err=True,
    )


def _warn(directory: Path) -> bool:
    """Say what expires soon; tell whether anything does."""
    held = open_fleet(directory).published
    states = () if held is None else role_states(held, SystemClock().now())
    warnings = [state.warning for state in states if state.warning]
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    return bool(warnings)
