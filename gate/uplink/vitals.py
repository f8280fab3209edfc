"""How the unit is, read from the machine; what can't be read is unknown, never made up.

`root` is the directory under which /sys and /proc lie, so that a test may bring its own.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from gate.events.heartbeat import (
    MAX_LISTS,
    MAX_TEMPERATURE_C,
    MAX_URI_CHARS,
    MIN_TEMPERATURE_C,
)
from gate.store.trust_in_force import TrustInForce

POWER_ON: Final = "power_on"
RESTART: Final = "restart"

_ZONES: Final = "sys/class/thermal"
_RESET_STATUS: Final = "proc/device-tree/chosen/bootloader/rsts"
"""The Pi's PM_RSTS register at boot, 32 bits, the highest byte first (Raspberry Pi documentation,
"The /chosen node")."""

_HAD_POWER_ON: Final = 0x1000
"""PM_RSTS_HADPOR_SET. Of its other bits no use is made: Linux restarts a Pi by its watchdog, so a
restart that was asked for and one by the watchdog look alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What a heartbeat tells of the machine; None or empty where it is unknown."""

    temperature_c: int | None
    disk_free_bytes: int | None
    boot_reason: str


def read_vitals(directory: Path, root: Path = Path("/")) -> Vitals:
    """Return how the machine is now; `directory` is where the journal lies."""
    return Vitals(
        temperature_c=_temperature_c(root / _ZONES),
        disk_free_bytes=_disk_free_bytes(directory),
        boot_reason=_boot_reason(root / _RESET_STATUS),
    )


def list_ages(held: TrustInForce, now: datetime) -> Mapping[str, int]:
    """Return the ages of the status lists in force, the oldest first if they are too many to tell.

    An age below zero (the clock is wrong) is told as 0.
    """
    ages = [
        (_age_s(one.issued_at, now), one.uri)
        for one in held.bundle.status_lists.values()
        if len(one.uri) <= MAX_URI_CHARS and one.uri.isprintable()
    ]
    return {uri: age_s for age_s, uri in sorted(ages, reverse=True)[:MAX_LISTS]}


def manifest_age_s(held: TrustInForce, now: datetime) -> int | None:
    """Return the age of the manifest in force; None without one."""
    return None if held.manifest is None else _age_s(held.manifest.issued_at, now)


def _age_s(signed_at: datetime, now: datetime) -> int:
    return max(0, int((now - signed_at).total_seconds()))


def _temperature_c(zones: Path) -> int | None:
    """Return the hottest zone's temperature; a Pi has one, its processor's."""
    found = []
    for zone in sorted(zones.glob("thermal_zone*/temp")):
        try:
            found.append(int(zone.read_text("ascii")) // 1000)
        except (OSError, ValueError):
            continue  # a zone that is switched off says so by an error
    return max(
        (one for one in found if MIN_TEMPERATURE_C <= one <= MAX_TEMPERATURE_C), default=None
    )


def _disk_free_bytes(directory: Path) -> int | None:
    try:
        disk = os.statvfs(directory)
    except OSError:
        return None
    return disk.f_bavail * disk.f_frsize


def _boot_reason(register: Path) -> str:
    try:
        status = register.read_bytes()
    except OSError:
        return ""
    if len(status) != 4:
        return ""
    return POWER_ON if int.from_bytes(status, "big") & _HAD_POWER_ON else RESTART
