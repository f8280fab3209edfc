"""Remembering units for a minute, which saves one of two questions to the database a batch.

Good for taking a batch and for nothing else: a uid is its key's own hash, so neither can change,
and whether the unit is still in use is asked again where the batch is stored.
"""

from dataclasses import dataclass, field
from typing import Final

from gate.hub.ingest.rows import KnownUnit

RECALL_S: Final = 60


@dataclass(slots=True)
class Recall:
    """The units that a process was asked about lately; it holds no more than there are."""

    units: dict[str, tuple[KnownUnit, float]] = field(default_factory=dict)

    def get(self, uid: str, now_s: float) -> KnownUnit | None:
        """Return the unit as it was at most a minute ago."""
        unit, at_s = self.units.get(uid, (None, 0.0))
        return unit if 0 <= now_s - at_s < RECALL_S else None

    def keep(self, unit: KnownUnit, now_s: float) -> None:
        """Remember a unit."""
        self.units[unit.uid] = (unit, now_s)

    def forget(self, uid: str) -> None:
        """Ask for it again next time."""
        self.units.pop(uid, None)
