"""Which gates have been handed what: noted as they ask, told in words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gate.hub.ingest.models import Heartbeat
from gate.hub.manifest.models import Handed
from gate.hub.sites.models import Site, Unit

REFUSED: Final = "refused manifest: "
"""What a unit tells that doesn't take what it is handed begins so (gate.uplink.heart)."""

NOTE_AGAIN: Final = timedelta(seconds=60)
"""A unit asks every 15 seconds; that it asked is written down this often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A unit of a site: which version it was handed, and when it last asked; None for never.

    `knows_time`: it didn't say otherwise; without the time no gate carries out an order.
    `stays_at`: the version it goes by because it refuses later ones; None if it refuses none.
    """

    name: str
    version: int
    asked_at: datetime | None
    knows_time: bool = True
    stays_at: int | None = None

    def has(self, version: int) -> bool:
        """Tell whether it was handed a version, and didn't say that it refuses it."""
        return self.version >= version and (self.stays_at is None or self.stays_at >= version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a version has come: `had` of `of` gates have it, and which have not got it."""

    had: int
    of: int
    missing: tuple[Gate, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every gate has it."""
        return not self.missing

    @property
    def words(self) -> str:
        """Say it, such as `sent to 2 of 3 gates`."""
        return f"sent to {self.had} of {self.of} gate{'' if self.of == 1 else 's'}"


def note(unit: Unit, version: int, now: datetime) -> None:
    """Write down that a unit has a version, unless it stands there, as of the last minute."""
    there = Handed.objects.filter(unit=unit).first()
    if there is not None and there.version == version and now - there.asked_at < NOTE_AGAIN:
        return
    Handed.objects.update_or_create(unit=unit, defaults={"version": version, "asked_at": now})


def gates_of(site: Site) -> tuple[Gate, ...]:
    """Return the units in use at a site."""
    handed = {one.unit_id: one for one in Handed.objects.filter(unit__site=site)}
    beats = {beat.unit_id: beat for beat in Heartbeat.objects.filter(unit__site=site)}
    return tuple(
        Gate(
            name=unit.name,
            version=handed[unit.pk].version if unit.pk in handed else 0,
            asked_at=handed[unit.pk].asked_at if unit.pk in handed else None,
            knows_time=unit.pk not in beats or beats[unit.pk].clock_trusted,
            stays_at=_stays_at(beats.get(unit.pk)),
        )
        for unit in Unit.objects.filter(site=site, retired_at=None)
    )


def reach(gates: tuple[Gate, ...], version: int) -> Reach:
    """Return how far a version has come."""
    missing = tuple(gate for gate in gates if not gate.has(version))
    return Reach(had=len(gates) - len(missing), of=len(gates), missing=missing)


def _stays_at(beat: Heartbeat | None) -> int | None:
    if beat is None or not any(str(fault).startswith(REFUSED) for fault in beat.faults):
        return None
    return beat.manifest_version or 0
