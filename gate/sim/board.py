"""A board that is not there: the files that a Pi's kernel tells of it by, under a root of its own.

The fake of gate.devices.board for machines without clock cell, supply alarm and sensor; the same
suite is run over it and over the machine's own files.
"""

from pathlib import Path
from typing import Final

FIRMWARE: Final = "sys/devices/platform/soc/soc:firmware/get_throttled"


class SimulatedBoard:
    """Writes what a kernel would tell."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def tell(self, path: str, text: str) -> None:
        """Have the kernel tell something."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text + "\n", "ascii")

    def throttle(self, flags: int) -> None:
        """Set the firmware's flags of supply and heat."""
        self.tell(FIRMWARE, f"{flags:x}")

    def alarm(self, *, is_low: bool) -> None:
        """Set the kernel's own alarm of the supply."""
        self.tell("sys/class/hwmon/hwmon1/name", "rpi_volt")
        self.tell("sys/class/hwmon/hwmon1/in0_lcrit_alarm", str(int(is_low)))

    def set_rtc(self, since_s: int, *, cell_uv: int | None = None) -> None:
        """Set the clock with a cell."""
        self.tell("sys/class/rtc/rtc0/since_epoch", str(since_s))
        if cell_uv is not None:
            self.tell("sys/class/rtc/rtc0/battery_voltage", str(cell_uv))

    def warm(self, temperature_c: int) -> None:
        """Set the processor's temperature."""
        self.tell("sys/class/thermal/thermal_zone0/temp", str(temperature_c * 1000))

    def err(self, count: int) -> None:
        """Let the disk have met so many errors."""
        self.tell("sys/fs/ext4/mmcblk0p2/errors_count", str(count))

    def connect(self, *, way_out: bool = True) -> None:
        """Plug a cable in."""
        self.tell("sys/class/net/eth0/operstate", "up")
        row = "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0" if way_out else ""
        self.tell("proc/net/route", f"Iface\tDestination\tGateway\n{row}")
