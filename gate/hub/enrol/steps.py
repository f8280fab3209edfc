"""How far a unit that joins has come, as its hub sees it: live, on the page of units."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gate.hub.enrol.models import SetUpCode
from gate.hub.ingest.models import Journal
from gate.hub.manifest.models import Handed

PATIENCE: Final = timedelta(minutes=5)
"""A unit that has not ended by then has gone back to how it was (gate.enrol)."""


class Step(StrEnum):
    """What the hub has seen of a unit, in its order."""

    JOINED = "joined"
    RULES = "rules"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a unit has come; `is_late` if the next step should have come by now."""

    code: SetUpCode
    reached: tuple[Step, ...]
    is_late: bool

    @property
    def is_done(self) -> bool:
        """Whether its first entry has come."""
        return Step.ENTRY in self.reached


def progress_of(code: SetUpCode, now: datetime) -> Progress:
    """Return how far the unit of a code that was used has come."""
    unit = code.unit
    reached = [Step.JOINED]
    if Handed.objects.filter(unit=unit).exists():
        reached.append(Step.RULES)
    if Journal.objects.filter(unit=unit).exists():
        reached.append(Step.ENTRY)
    used_at = code.used_at or now
    is_late = Step.ENTRY not in reached and now - used_at > PATIENCE
    return Progress(code=code, reached=tuple(reached), is_late=is_late)
