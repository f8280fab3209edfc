"""The unit's uplink as a process without patience, that may be killed at any moment.

    python -m gate.bench.chaos.uplink CONFIG SEED

Everything is the unit's own (`gate.uplink`), but for two things: it waits for next to nothing after
a pass, because hours of a campaign would else be waiting; and its clock jumps about.
"""

import sys
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event
from typing import Final

from gate.config import load_config
from gate.devices.clock import SystemClock
from gate.errors import EventError, GateError, JournalError
from gate.events.batch import unit_uid
from gate.store.cursor import Cursor, cursor_directory
from gate.store.unit_key import load_unit_key
from gate.unit.log import log_to
from gate.uplink.client import HubClient
from gate.uplink.cycle import Pace, Uplink
from gate.uplink.sync import Link

PAUSE_S: Final = 0.02
MAX_JUMP_S: Final = 400 * 86_400
"""A little more than a year, forth or back: a unit that lost its battery."""

JUMP_ODDS: Final = 0.05
_PACE: Final = Pace(every_s=PAUSE_S, pass_s=20.0, heartbeat_s=1.0)


class JumpingClock:
    """The `Clock` port on a clock that somebody keeps setting; its steady line stays steady."""

    def __init__(self, random: Random) -> None:
        self._clock = SystemClock()
        self._random = random
        self._offset = timedelta(0)

    def now(self) -> datetime:
        """Return the time it shows."""
        if self._random.random() < JUMP_ODDS:
            self._offset = timedelta(seconds=self._random.randint(-MAX_JUMP_S, MAX_JUMP_S))
        return self._clock.now() + self._offset

    def monotonic(self) -> float:
        """Return seconds on a steady line."""
        return self._clock.monotonic()

    def is_trusted(self) -> bool:
        """Tell whether it was left alone."""
        return not self._offset

    def boot_id(self) -> str:
        """Return what names this boot of the machine."""
        return self._clock.boot_id()


def main(path: Path, seed: str) -> int:
    """Upload until killed.

    Raises:
        GateError: it can't start.
    """
    log_to(sys.stderr)
    random = Random(f"uplink {seed}")  # noqa: S311 - to be drawn again, not to be secret
    config, clock, pause = load_config(path), JumpingClock(random), Event()
    if config.hub is None:
        raise SystemExit(__doc__)
    hub = config.hub
    with ExitStack() as opened:
        cursor = opened.enter_context(Cursor(cursor_directory(config.unit.journal)))
        client = opened.enter_context(
            HubClient(hub.url, ca=hub.ca, now=clock.now, monotonic=clock.monotonic)
        )
        key = load_unit_key(config.unit.key)
        link = Link(
            uid=unit_uid(key.verifying_key),
            key=key,
            hub_key=hub.key,
            journal=config.unit.journal,
            cursor=cursor,
            client=client,
            clock=clock,
            batch_entries=hub.batch_entries,
        )
        uplink = Uplink(link, config.unit.trust, _PACE, random.random)
        while True:
            try:
                uplink.once()
            except (JournalError, EventError) as error:
                sys.stderr.write(f"no pass: {error}\n")
            pause.wait(PAUSE_S)


if __name__ == "__main__":
    try:
        raise SystemExit(main(Path(sys.argv[1]), sys.argv[2]))
    except GateError as fault:
        raise SystemExit(str(fault)) from fault
