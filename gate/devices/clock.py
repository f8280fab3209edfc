"""The only file that asks what time it is (STYLE 15).

`is_trusted` needs no network and says yes in two cases:
- the kernel calls its clock synchronised: chrony, ntpd, timesyncd or a GPS daemon steers it now;
- timesyncd has set the clock since this boot. The kernel withdraws its word 9 hours after the
  last answer of a time server (its error estimate grows by 500 ppm up to 16 s), although a Pi's
  crystal then is off by a second or two: a link lost on Friday must not spoil Monday's decisions.
Everything else, a failing system call included, is not trusted.

`monotonic` is Linux's CLOCK_MONOTONIC: it begins when the machine does, and sets nobody's clock.
"""

import ctypes
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gate.errors import DeviceError

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
"""A random UUID that the kernel draws once a boot (random(4))."""

TIMESYNCD_MARKER: Final = Path("/run/systemd/timesync/synchronized")
"""Touched at every synchronisation, on a tmpfs: gone at boot (systemd-timesyncd.service(8))."""

_TIME_ERROR: Final = 5
"""What adjtimex(2) returns for a clock that nobody steers; -1 is a failed call."""

_TIMEX_BYTES: Final = 512
"""More than the 208 of `struct timex`; zeroed, its `modes` asks for nothing to be changed."""


def kernel_clock_state() -> int:
    """Return the kernel's clock state: 0 to 4 synchronised, 5 not, -1 unknown."""
    adjtimex = ctypes.CDLL(None).adjtimex
    return int(adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)))


class SystemClock:
    """The `Clock` port on the machine's own clock."""

    def __init__(
        self,
        *,
        kernel_state: Callable[[], int] = kernel_clock_state,
        marker: Path = TIMESYNCD_MARKER,
        boot_id: Path = BOOT_ID,
    ) -> None:
        self._kernel_state = kernel_state
        self._marker = marker
        self._boot_id = boot_id

    def now(self) -> datetime:
        """Return the time, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds on a steady line."""
        return time.monotonic()

    def is_trusted(self) -> bool:
        """Tell whether a time source has set this clock (see the module's contract)."""
        if 0 <= self._kernel_state() < _TIME_ERROR:
            return True
        try:
            return self._marker.exists()
        except OSError:
            return False

    def boot_id(self) -> str:
        """Return what names this boot of the machine.

        Raises:
            DeviceError: the kernel doesn't say.
        """
        try:
            return self._boot_id.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise DeviceError(f"{self._boot_id}: the boot's name can't be read: {error}") from error
