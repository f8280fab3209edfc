"""`gate trust import`: what a hub serves, brought to a cut-off gate by a hand."""

import json
import logging
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import click

from gate.config import load_config
from gate.config_fields import Config
from gate.devices.clock import SystemClock
from gate.errors import ConfigError, TrustError
from gate.store.clock_state import clock_state_path
from gate.store.trust_names import PINNED_ROOT
from gate.store.update_file import UpdateFile, open_update
from gate.trust.update_file import TIMESTAMP_PART
from gate.uplink.carried import CARRIED_URL, CarriedFiles
from gate.uplink.moment import moment
from gate.uplink.pull import Pull, PullSource
from gate.uplink.told import Fate, Told

_WORDS: Final = {
    Fate.TAKEN: "taken: {words}",
    Fate.HELD: "held already: {words}",
    Fate.REFUSED: "refused: {words}",
    Fate.MISSED: "{words}",
    Fate.NONE: "not in this file",
}


@click.command(name="import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    default="/etc/gate/unit.toml",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The unit's own file.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def import_(context: click.Context, file: Path, config_path: Path, *, as_json: bool) -> None:
    """Take what a hub's `gate trust export` wrote, on a gate that has no network.

    Each part is judged as if it had come through the network: nothing older than what is held, of
    another site, expired, or not signed as it must be replaces anything. What is good counts
    at once, while the gate runs, and each part is told. It is run by the user whose the trust
    directory is, usually gate.

    Exit codes: 0 something newer was taken, or nothing was new; 1 a part was refused; 2 it can't be
    done.

    Example: sudo -u gate gate trust import /media/stick/riverside-2026-11-22.gateupdate
    """
    config = load_config(config_path)
    _check_hub(config, config_path)
    check_owner(config.unit.trust, os.geteuid())
    with _unlogged(), open_update(file) as update:
        carried = CarriedFiles(update)
        pull = Pull(_source(config), carried)
        try:
            pull.bring(waits=True)
        finally:
            left = _left(update, carried)
            told = sorted(pull.told, key=lambda one: one.part)
            _tell(told, left, as_json=as_json)
    is_missed = TIMESTAMP_PART in update.names and _has(pull.told, Fate.MISSED)
    if is_missed or _has(pull.told, Fate.REFUSED):
        context.exit(1)


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep the uplink's log back: what it would say is told on stdout."""
    log = logging.getLogger("gate.uplink")
    nowhere = logging.NullHandler()
    log.addHandler(nowhere)
    log.propagate = False
    try:
        yield
    finally:
        log.propagate = True
        log.removeHandler(nowhere)


def _source(config: Config) -> PullSource:
    clock = SystemClock()
    return PullSource(
        trust=config.unit.trust,
        site=config.unit.site,
        url=CARRIED_URL,
        hub_key=None if config.hub is None else config.hub.key,
        uid="",
        key=None,
        poll_s=0.0,
        now=partial(moment, clock, clock_state_path(config.unit.journal)),
        monotonic=clock.monotonic,
    )


def _check_hub(config: Config, path: Path) -> None:
    """See that somebody is named whose manifest could be believed."""
    if config.hub is None and not (config.unit.trust / PINNED_ROOT).exists():
        fault = (
            "hub is missing; allowed: a table [hub] with the url and the key of the unit's hub, or"
            f" the fleet's first root as {config.unit.trust / PINNED_ROOT}"
        )
        raise ConfigError(str(path), [fault])


def check_owner(trust: Path, user: int) -> None:
    """See that the uplink may link and remove what `user` writes here: it must own it.

    Raises:
        TrustError: the directory is another user's, or is not there.
    """
    try:
        owner = trust.stat().st_uid
    except OSError as error:
        raise TrustError(f"{trust}: {error.strerror}; it must be a directory") from error
    if owner == user:
        return
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"
    raise TrustError(f"{trust}: belongs to {name}; next: sudo -u {name} gate trust import ...")


def _has(told: list[Told], fate: Fate) -> bool:
    return any(one.fate is fate for one in told)


def _left(update: UpdateFile, carried: CarriedFiles) -> list[str]:
    """Return the parts that nobody here asked for; of the fleet's a unit asks for what is new."""
    is_fleet_asked = TIMESTAMP_PART in carried.asked
    return sorted(
        name
        for name in update.names - carried.asked
        if not (is_fleet_asked and name.startswith("fleet/"))
    )


def _tell(told: list[Told], left: list[str], *, as_json: bool) -> None:
    if as_json:
        parts = [{"part": one.part, "fate": one.fate, "words": one.words} for one in told]
        click.echo(json.dumps({"parts": parts, "left": left}))
        return
    for one in told:
        click.echo(f"{one.part}: {_WORDS[one.fate].format(words=one.words)}")
    for name in left:
        click.echo(f"{name}: left; this unit has no use for it")
