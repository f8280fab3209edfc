"""What a fire alarm of the morning came to, by the journal: who was inside, and who is back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gate.events.attendance import Attendance
from gate.events.model import EventKind
from gate.events.movement import Movement
from gate.sim.demo_kinds import Kind
from gate.sim.demo_script import Turn
from gate.sim.site import STARTS_AT
from gate.store.journal_reader import JournalReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Mustered:
    """The last alarm that was cleared; `back` of those `inside` when it began came in again."""

    inside: int
    turned: int
    back: int


def mustered(movements: Iterable[Movement]) -> Mustered | None:
    """Return what the last alarm came to; None if there was none, or it stands still.

    Raises:
        EventError: one leads neither in nor out.
    """
    fold, inside, turned, cleared = Attendance(""), 0, 0, False
    for movement in movements:
        match movement.kind:
            case EventKind.FIRE_ALARM:
                inside, turned, cleared = fold.people().presence.inside_count, 0, False
            case EventKind.TURNS_UNIDENTIFIED:
                turned += movement.count
            case EventKind.ALL_CLEAR:
                cleared = True
            case _:
                pass
        fold.move(movement)
    if not cleared:
        return None
    people = fold.people()
    awaited = people.muster.awaited(people.presence)
    return Mustered(inside=inside, turned=turned, back=inside - len(awaited))


def mustered_in(journal: Path) -> Mustered | None:
    """Return what the last alarm came to by the record in `journal`.

    Raises:
        JournalError, EventError: it can't be read.
    """
    with JournalReader.open(journal) as reader:
        return mustered(reader.movements(STARTS_AT))


def muster_faults(turns: Sequence[Turn], came: Mustered | None) -> Iterator[str]:
    """Yield what is wrong with the count of who came back after the last alarm of `turns`."""
    alarms = [place for place, turn in enumerate(turns) if turn.kind is Kind.FIRE]
    if not alarms:
        return
    back = sum(turn.kind is Kind.BACK for turn in turns[alarms[-1] :])
    expected = (turns[alarms[-1]].inside, back)
    if came is None:
        yield "no fire alarm of the morning was cleared"
    elif (came.inside, came.back) != expected:
        yield (
            f"fire alarm: {came.back} of {came.inside} are counted as back,"
            f" expected {expected[1]} of {expected[0]}"
        )
