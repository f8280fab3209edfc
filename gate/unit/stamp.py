"""The time a record bears, and whether it can be relied upon.

A clock below the floor is wrong whatever it says of itself: the floor is the latest moment that a
signature in force proves to have passed (TRUST-AND-SYNC, "Traps": a Pi may boot in 1970).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gate.devices.ports import Clock

FLOOR_SLACK: Final = timedelta(seconds=60)
"""A signer's clock may be ahead of ours by so much (an issuer who signs several lists in a second
dates them seconds ahead); a clock that was never set is off by years."""

TRUST_CHECK_S: Final = 1.0
"""How long the clock's own word is believed: asking it is a system call, and it changes rarely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A moment, aware, UTC; `below_floor` implies that it is not trusted."""

    at: datetime
    trusted: bool
    below_floor: bool


class StampClock:
    """Reads the clock against a floor; None if nothing signed is held."""

    def __init__(self, clock: Clock, floor: datetime | None) -> None:
        self._clock = clock
        self._floor = floor
        self._asked_s: float | None = None
        self._trusted = False

    def monotonic(self) -> float:
        """Return seconds on the unit's steady line."""
        return self._clock.monotonic()

    def stamp(self) -> Stamp:
        """Return the present moment."""
        at = self._clock.now()
        below = self._floor is not None and at < self._floor - FLOOR_SLACK
        return Stamp(at=at, trusted=not below and self._is_trusted(), below_floor=below)

    def _is_trusted(self) -> bool:
        at_s = self._clock.monotonic()
        if self._asked_s is None or at_s - self._asked_s >= TRUST_CHECK_S:
            self._asked_s, self._trusted = at_s, self._clock.is_trusted()
        return self._trusted
