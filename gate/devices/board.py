"""The board that a unit runs on, by the files of its kernel; what it does not tell is None.

`root` is the directory under which /sys and /proc lie. A Pi's firmware tells of its supply by
`get_throttled` (Raspberry Pi kernels) and by the kernel's own alarm (hwmon `rpi_volt`); the clock
with a cell is rtc0, and a Pi 5's tells the cell's voltage.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

UNDER_VOLTAGE_NOW: Final = 1 << 0
THROTTLED_NOW: Final = 1 << 2
UNDER_VOLTAGE_SINCE_START: Final = 1 << 16
"""Bits of `get_throttled` (raspberrypi.com, Raspberry Pi OS, vcgencmd)."""

_THROTTLED: Final = "sys/devices/platform/soc*/soc*firmware/get_throttled"
_RTC: Final = "sys/class/rtc/rtc0"
_DEFAULT_ROUTE: Final = "00000000"
_NO_LINKS: Final = frozenset({"lo"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rtc:
    """A clock that runs without the board; `cell_mv` is None where it does not tell."""

    at: datetime
    cell_mv: int | None = None


class Board:
    """Reads what the kernel tells; nothing is kept, and nothing is ever written."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def throttled(self) -> int | None:
        """Return the firmware's flags of supply and heat."""
        for path in sorted(self._root.glob(_THROTTLED)):
            return _number(path, 16)
        return None

    def low_voltage(self) -> bool | None:
        """Return the kernel's own alarm of the supply."""
        for name in sorted(self._root.glob("sys/class/hwmon/hwmon*/name")):
            if _text(name) == "rpi_volt":
                alarm = _number(name.with_name("in0_lcrit_alarm"))
                return None if alarm is None else alarm != 0
        return None

    def rtc(self) -> Rtc | None:
        """Return the clock with a cell, if there is one that can be read."""
        since_s = _number(self._root / _RTC / "since_epoch")
        if since_s is None:
            return None
        cells = [
            _number(self._root / _RTC / where)
            for where in ("battery_voltage", "device/battery_voltage")
        ]
        cell_uv = next((cell for cell in cells if cell is not None), None)
        try:
            at = datetime.fromtimestamp(since_s, UTC)
        except (ValueError, OverflowError, OSError):
            return None
        return Rtc(at=at, cell_mv=None if cell_uv is None else cell_uv // 1000)

    def disk_errors(self) -> int | None:
        """Return how many errors the ext4 file systems have met; None where there are none."""
        counts = [_number(path) for path in self._root.glob("sys/fs/ext4/*/errors_count")]
        known = [count for count in counts if count is not None]
        return sum(known) if known else None

    def links_up(self) -> tuple[str, ...]:
        """Return the network links that are up, but for the machine's own."""
        found = (
            path.parent.name
            for path in sorted(self._root.glob("sys/class/net/*/operstate"))
            if _text(path) == "up"
        )
        return tuple(name for name in found if name not in _NO_LINKS)

    def has_way_out(self) -> bool | None:
        """Tell whether there is a default route (IPv4); None if the kernel tells none at all."""
        text = _text(self._root / "proc/net/route")
        if text is None:
            return None
        rows = [line.split() for line in text.splitlines()[1:]]
        return any(len(row) > 1 and row[1] == _DEFAULT_ROUTE for row in rows)


def _text(path: Path) -> str | None:
    try:
        return path.read_text("ascii").strip()
    except (OSError, ValueError):
        return None  # a file that is not there, or that the driver answers with an error


def _number(path: Path, base: int = 10) -> int | None:
    text = _text(path)
    try:
        return None if text is None else int(text, base)
    except ValueError:
        return None
