"""The time a record bears, and whether it can be relied upon.

Under an untrusted clock, or one that stands before what is known to have passed, the time is a
lower bound of the present (gate.trust.clock_floor). What is known of time is kept across boots:
seldom while the clock is trusted, more often while it is not, because the time that runs then must
add up however often the power is cut.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gate.devices.ports import Clock
from gate.trust.clock_floor import (
    ClockState,
    begin_boot,
    clock_freshness,
    raise_floor,
    read_clock,
)
from gate.trust.freshness import Tier

TRUST_CHECK_S: Final = 1.0
"""How long the clock's own word is believed: asking it is a system call, and it changes rarely."""

KEEP_TRUSTED_S: Final = 600.0
"""Between two writes while the clock is trusted; SD cards wear, and the journal's times count too
(gate.unit.wiring)."""

KEEP_UNTRUSTED_S: Final = 15.0
"""Between two writes while it is not; of a boot that is shorter, only the time until the first
reading adds up, which on a Pi is longer than this."""

MAX_JUMPS: Final = 16
"""Kept until they are recorded, which is within a second."""

Keep = Callable[[ClockState], None]
"""Keeps a state where it survives a power cut; raises TrustError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A moment, aware, UTC; a lower bound of the present unless `trusted`.

    `untrusted_s` is the time that ran under an untrusted clock, added up across boots.
    """

    at: datetime
    trusted: bool
    untrusted_s: float = 0.0

    @property
    def clock_tier(self) -> Tier:
        """How long the clock has been untrusted: green, amber, red."""
        return clock_freshness(self.untrusted_s).tier


class StampClock:
    """Reads the machine's clock against what was kept of the boots before; any thread may ask."""

    def __init__(
        self, clock: Clock, *, state: ClockState | None = None, keep: Keep | None = None
    ) -> None:
        """Go on from `state`; None: nothing was ever kept, and nothing before now adds up.

        Raises:
            DeviceError: the machine doesn't name its boot.
            TrustError: it names it in a way that can't be kept.
        """
        self._clock = clock
        self._keep = keep
        boot_id = clock.boot_id()
        if state is None:
            state = ClockState(boot_id=boot_id, uptime_s=clock.monotonic())
        self._state = begin_boot(state, boot_id)
        self._asked_s: float | None = None
        self._trusted = False
        self._kept_s: float | None = None
        self._kept_trusted = False
        self._jumps: list[timedelta] = []
        self._lock = threading.RLock()

    def monotonic(self) -> float:
        """Return seconds on the unit's steady line."""
        return self._clock.monotonic()

    def stamp(self) -> Stamp:
        """Return the present moment."""
        with self._lock:
            reading = read_clock(
                system_now=self._clock.now(),
                system_trusted=self._is_trusted(),
                uptime_s=self._clock.monotonic(),
                state=self._state,
            )
            self._state = reading.state
            if reading.jump is not None and len(self._jumps) < MAX_JUMPS:
                self._jumps.append(reading.jump)
        return Stamp(at=reading.at, trusted=reading.trusted, untrusted_s=reading.untrusted_s)

    def raise_floor(self, *signed: datetime) -> None:
        """Take note that these moments have passed: something in force was signed then.

        The time that ran until now is told first, on what was known before: it is no time since.
        A lower bound that is learnt anew is no jump of the clock.
        """
        with self._lock:
            self.stamp()
            state = raise_floor(self._state, *signed)
            if state.at is not None and not state.trusted:
                state = replace(state, at=max(state.at, state.floor))
            self._state = state

    def take_jumps(self) -> list[timedelta]:
        """Return by how much the time jumped, each once; behind is below zero."""
        with self._lock:
            jumps, self._jumps = self._jumps, []
        return jumps

    def keep(self, *, now: bool = False) -> bool:
        """Keep what is known of time, if that is due or `now`; return whether it was.

        Raises:
            TrustError: the disk refuses; it is tried again when it is due the next time.
        """
        stamp = self.stamp()
        at_s = self._clock.monotonic()
        every_s = KEEP_TRUSTED_S if stamp.trusted else KEEP_UNTRUSTED_S
        is_due = (
            now
            or self._kept_s is None
            or stamp.trusted is not self._kept_trusted
            or at_s - self._kept_s >= every_s
        )
        if self._keep is None or not is_due:
            return False
        self._kept_s, self._kept_trusted = at_s, stamp.trusted
        self._keep(self._state)
        return True

    def _is_trusted(self) -> bool:
        at_s = self._clock.monotonic()
        if self._asked_s is None or at_s - self._asked_s >= TRUST_CHECK_S:
            self._asked_s, self._trusted = at_s, self._clock.is_trusted()
        return self._trusted
