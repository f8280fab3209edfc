"""What time it is for the network process: by its clock, and by what the gate process kept."""

from pathlib import Path

from gate.devices.ports import Clock
from gate.store.moment import Moment, moment_of

__all__ = ["Moment", "moment"]


def moment(clock: Clock, state: Path) -> Moment:
    """Return the present; `state` is the file that the gate process keeps.

    Raises:
        DeviceError: the machine doesn't name its boot.
    """
    return moment_of(
        state,
        system_now=clock.now(),
        system_trusted=clock.is_trusted(),
        uptime_s=clock.monotonic(),
        boot_id=clock.boot_id(),
    )
