"""`gate sync`: the network process of a unit."""

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from random import SystemRandom
from typing import Final

import click

from gate.config import load_config
from gate.config_fields import Config, HubConfig
from gate.config_lanes import areas_of
from gate.devices.clock import SystemClock
from gate.devices.notifier import open_notifier
from gate.errors import ConfigError
from gate.events.batch import unit_uid
from gate.store.camera_days import camera_days_path
from gate.store.clock_state import clock_state_path
from gate.store.cursor import Cursor, cursor_directory
from gate.store.support import SUPPORT
from gate.store.unit_key import unit_key
from gate.unit.log import log_to
from gate.uplink.client import HubClient
from gate.uplink.cycle import Pace, Uplink
from gate.uplink.fetch import Fetcher
from gate.uplink.moment import moment
from gate.uplink.pull import Pull, PullSource
from gate.uplink.supervised import SupervisedStop
from gate.uplink.support import Supporting
from gate.uplink.sync import Ending, Link

Cut = Callable[[], None]

EXIT_DONE: Final = 0
EXIT_NOT_ALL: Final = 1

END_S: Final = 0.5
"""For what is under way to end by itself; a name that is being looked up can't be interrupted."""

_log = logging.getLogger(__name__)
_STOPS: Final = (signal.SIGTERM, signal.SIGINT)


@click.command
@click.option(
    "--config",
    "config_path",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="The unit's own file, such as /etc/gate/unit.toml.",
)
@click.option("--forever", is_flag=True, help="Go on until SIGTERM or Ctrl-C.")
@click.option(
    "--show-key",
    is_flag=True,
    help="Print the unit's uid and public key, which the hub must know, as JSON, and end.",
)
@click.pass_context
def sync(context: click.Context, config_path: Path, *, forever: bool, show_key: bool) -> None:
    """Bring the unit's record to its hub, and what the unit believes from it.

    Fetched are the site's manifest and presence, status lists and, if a root is pinned, the fleet's
    trust; what is not signed as it must be, or older than what is held, is refused by name. The hub
    is told how the unit is. The journal is only read. Whatever goes wrong on the way, what was not
    receipted by the hub is sent again. The unit's key is made if there is none. The log is on
    stderr, one line a fact.

    Exit codes: 0 the hub has everything, or told to stop; 1 not everything, or the hub refused; 2
    it can't start, or another `gate sync` is at work.

    Example: gate sync --config /etc/gate/unit.toml --forever
    """
    log_to(sys.stderr)
    config = load_config(config_path)
    if show_key:
        _show_key(config)
        return
    hub = _hub(config, config_path)
    signals = _signals()
    with ExitStack() as opened:
        uplink, cuts = _uplink(config, hub, opened)
        stop, ended = SupervisedStop(open_notifier()), threading.Event()
        code = EXIT_DONE if forever else EXIT_NOT_ALL
        watch = threading.Thread(
            target=_watch, args=(signals, stop, cuts, ended, code), daemon=True
        )
        watch.start()
        try:
            if forever:
                uplink.run(stop)
            else:
                code = EXIT_DONE if uplink.once().ending is Ending.DONE else EXIT_NOT_ALL
        finally:
            ended.set()
    context.exit(code)


def _uplink(config: Config, hub: HubConfig, opened: ExitStack) -> tuple[Uplink, Sequence[Cut]]:
    """Return the uplink, and what ends what is under way."""
    clock = SystemClock()
    cursor = opened.enter_context(Cursor(cursor_directory(config.unit.journal)))
    key, made = unit_key(config.unit.key)
    uid, public = unit_uid(key.verifying_key), key.verifying_key.public.hex()
    if made:
        _log.warning("unit key made", extra={"uid": uid, "public_key": public})
    client = opened.enter_context(
        HubClient(hub.url, ca=hub.ca, proxy=hub.proxy, now=clock.now, monotonic=clock.monotonic)
    )
    link = Link(
        uid=uid,
        key=key,
        hub_key=hub.key,
        journal=config.unit.journal,
        cursor=cursor,
        client=client,
        clock=clock,
        batch_entries=hub.batch_entries,
        areas=areas_of(config),
        cameras={
            lane.name: camera_days_path(config.unit.journal, lane.direction)
            for lane in config.access_point
        },
    )
    pace = Pace(every_s=hub.every_s)
    source = PullSource(
        trust=config.unit.trust,
        site=config.unit.site,
        url=hub.url,
        hub_key=hub.key,
        uid=uid,
        key=key,
        poll_s=hub.poll_s,
        now=partial(moment, clock, clock_state_path(config.unit.journal)),
        monotonic=clock.monotonic,
    )
    fetcher = opened.enter_context(Fetcher(ca=hub.ca, proxy=hub.proxy, monotonic=clock.monotonic))
    draw, pull = SystemRandom().random, Pull(source, fetcher)
    supporting = Supporting(link, lambda: pull.in_force().hub_keys, fetcher.support, SUPPORT)
    uplink = Uplink(link, config.unit.trust, pace, draw, pull, fetcher.is_watched, supporting.turn)
    return uplink, (client.cut, fetcher.cut)


def _signals() -> int:
    """Return a file from which a byte can be read once the process is told to stop.

    A handler in Python would have to wait until the main thread is back from a system call.
    """
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end)
    for number in _STOPS:
        signal.signal(number, lambda *_: None)
    return read_end


def _watch(
    signals: int, stop: threading.Event, cuts: Sequence[Cut], ended: threading.Event, code: int
) -> None:
    """Wait until told to stop; end the process if its main thread does not by itself.

    Nothing is lost by that: mark and receipts are replaced whole, and the journal is only read.
    """
    os.read(signals, 1)
    stop.set()
    for cut in cuts:
        cut()
    if not ended.wait(END_S):
        os._exit(code)


def _hub(config: Config, path: Path) -> HubConfig:
    if config.hub is None:
        fault = "hub is missing; allowed: a table [hub] with the url and the key of the unit's hub"
        raise ConfigError(str(path), [fault])
    return config.hub


def _show_key(config: Config) -> None:
    public = unit_key(config.unit.key)[0].verifying_key
    click.echo(json.dumps({"uid": unit_uid(public), "public_key": public.public.hex()}))
