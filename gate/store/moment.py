"""What time it is for a neighbour of the gate process: by the clock, and by what that one kept.

The gate process alone folds and keeps (gate.trust.clock_floor); this only reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gate.errors import TrustError
from gate.store.clock_state import read_clock_state
from gate.trust.clock_floor import ClockState, begin_boot, read_clock
from gate.trust.status_token import CLOCK_SLACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The time, or its lower bound if it is not `trusted`.

    `untrusted_s` is the time that ran under an untrusted clock, added up across boots.
    """

    at: datetime
    trusted: bool
    untrusted_s: float = 0.0


def moment_of(
    state: Path,
    *,
    system_now: datetime,
    system_trusted: bool,
    uptime_s: float,
    boot_id: str,
    passed: Iterable[datetime] = (),
) -> Moment:
    """Return the present by readings of the clock.

    Args:
        state: the file the gate process keeps.
        system_now: what the machine's clock says; aware, UTC.
        system_trusted: whether something set it that can be relied upon.
        uptime_s: seconds since this boot.
        boot_id: names this boot.
        passed: moments that are known to have passed.
    """
    try:
        kept = read_clock_state(state) or ClockState()
    except TrustError:
        kept = ClockState()  # the gate process says so, and keeps a new one
    reading = read_clock(
        system_now=system_now,
        system_trusted=system_trusted,
        uptime_s=uptime_s,
        state=begin_boot(kept, boot_id),
    )
    latest = max(passed, default=reading.at)
    trusted = reading.trusted and reading.at >= latest - CLOCK_SLACK
    at = reading.at if trusted else max(reading.at, latest)
    return Moment(at=at, trusted=trusted, untrusted_s=reading.untrusted_s)
