"""What time it is for the network process: by the clock, and by what the gate process kept of it.

The gate process alone folds and keeps (gate.trust.clock_floor); this only reads.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gate.devices.ports import Clock
from gate.errors import TrustError
from gate.store.clock_state import read_clock_state
from gate.trust.clock_floor import ClockState, begin_boot, read_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The time, or its lower bound if it is not `trusted`.

    `untrusted_s` is the time that ran under an untrusted clock, added up across boots.
    """

    at: datetime
    trusted: bool
    untrusted_s: float = 0.0


def moment(clock: Clock, state: Path) -> Moment:
    """Return the present; `state` is the file that the gate process keeps.

    Raises:
        DeviceError: the machine doesn't name its boot.
    """
    try:
        kept = read_clock_state(state) or ClockState()
    except TrustError:
        kept = ClockState()  # the gate process says so, and keeps a new one
    reading = read_clock(
        system_now=clock.now(),
        system_trusted=clock.is_trusted(),
        uptime_s=clock.monotonic(),
        state=begin_boot(kept, clock.boot_id()),
    )
    return Moment(at=reading.at, trusted=reading.trusted, untrusted_s=reading.untrusted_s)
