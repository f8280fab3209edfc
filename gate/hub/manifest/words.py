"""How far something has come to the gates, in a manager's words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gate.hub.manifest.handed import Gate, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachWords:
    """The short word and its style, and a sentence for each gate that has not got it."""

    short: str
    tone: str
    mark: str
    missing: tuple[str, ...]


def reach_words(reach: Reach, now: datetime) -> ReachWords:
    """Tell how far a version has come."""
    return ReachWords(
        short=reach.words,
        tone="in" if reach.is_complete and reach.of else "note",
        mark="✓" if reach.is_complete and reach.of else "!",
        missing=tuple(_missing(gate, now) for gate in reach.missing),
    )


def timeless_words(gates: tuple[Gate, ...]) -> list[str]:
    """Name the gates that carry out no order, because they said that they don't know the time."""
    return [
        f"{gate.name} does not know what time it is, and obeys no order: tell the guard there."
        for gate in gates
        if not gate.knows_time
    ]


def age_words(age: timedelta) -> str:
    """Tell how long ago, in the two largest units."""
    minutes = max(0, int(age.total_seconds())) // 60
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} days {hours % 24} h"


def _missing(gate: Gate, now: datetime) -> str:
    if gate.asked_at is None:
        return f"{gate.name} has not got it: it has never asked."
    if gate.stays_at is not None and gate.version > gate.stays_at:
        return f"{gate.name} refuses it, as it does every change since. Gates says why."
    return f"{gate.name} has not got it: it last asked {age_words(now - gate.asked_at)} ago."
