"""Rule 19 proved: a day's lots are drawn again, and held against what the record says. Pure.

Whoever has the key of a day that is over (`gate.access.visits.search_key`) and that day's record
can do it. The key tells nothing of another day. Refusals are left aside: who may not come in is not
searched, and many of them stand in one entry.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gate.access.model import Direction
from gate.access.visits import is_drawn
from gate.errors import Outcome, Reason
from gate.events.codec import NO_HOLDER, decode_holder
from gate.events.model import Entry, EventKind

_JUDGED: Final = frozenset({Outcome.ADMIT.value, Outcome.NOTE.value, Outcome.REFER.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A day drawn again, by the numbers of its entries.

    Attributes:
        entries: by whom it can be told, of those who came in or were sent to the guard.
        erased: by whom it can't: the holder was erased.
        drawn: on whom the lot fell.
        untold: drawn, and the record doesn't say so.
        false: not drawn, and the record says so.
    """

    entries: int
    erased: int
    drawn: tuple[int, ...]
    untold: tuple[int, ...]
    false: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether the record says of each what the lot says."""
        return not self.untold and not self.false


def draw_again(entries: Iterable[Entry], key: bytes, percent: int) -> Draw:
    """Return what the lots of a day say of the entries of that day.

    Raises:
        EventError: an entry's holder is none.
    """
    count = erased = 0
    drawn, untold, false = [], [], []
    for entry in entries:
        event = entry.event
        if event.kind is not EventKind.ACCESS or event.direction != Direction.IN:
            continue
        if event.outcome not in _JUDGED or Reason.EMERGENCY.value in event.reasons:
            continue
        if entry.holder is None:
            erased += entry.commitment != NO_HOLDER
            continue
        count += 1
        falls = is_drawn(key, decode_holder(entry.holder).person, event.at, percent)
        is_told = Reason.RANDOM_SEARCH.value in event.reasons
        if falls:
            drawn.append(entry.seq)
        if falls and not is_told:
            untold.append(entry.seq)
        if is_told and not falls:
            false.append(entry.seq)
    return Draw(
        entries=count,
        erased=erased,
        drawn=tuple(drawn),
        untold=tuple(untold),
        false=tuple(false),
    )
