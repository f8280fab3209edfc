"""The roll call: who is inside by the record, and what the record can't know. Pure.

A person is on it whose last passage anywhere was inwards, with how sure that is. Everything that
may make it wrong is named beside them: gates that were not heard of, turns of nobody known, a fire
that froze it, people who left with the last fire and were not seen to come back, exits that are
free (`gate.access.exits`). What no gate can tell, it says of every roll call alike (`ALWAYS`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Final, NamedTuple

from gate.access.exits import SEEN, Exits
from gate.access.model import Direction
from gate.access.muster import Muster
from gate.access.presence import SITE_WIDE_FRESH, How, Passage, Presence
from gate.trust.gates_heard import GateHeard
from gate.trust.site_presence import LastPassage

ALWAYS: Final = (
    "Who came in or went out behind somebody else, in their place or not by a gate, is not known."
)
"""A contact counts turns, not people."""


class Standing(StrEnum):
    """What is known of somebody on a roll call."""

    INSIDE = "inside"
    ENTERED = "entered"
    """Came in where exits are free: they may have left."""
    NOT_KNOWN = "not_known"
    """A grant of which nobody knows whether it was taken: inside, or not."""
    AWAITED = "awaited"
    """Inside when the last fire alarm began, and not seen since."""
    FORGIVEN = "forgiven"
    """Taken to have left, by a manager's word; nobody saw it."""


class Called(NamedTuple):
    """Somebody on a roll call, and by which passage. A tuple, as a passage is."""

    person: bytes
    standing: Standing
    last: Passage | LastPassage


@dataclass(frozen=True, slots=True, kw_only=True)
class RollCall:
    """Who is inside, and what is not known.

    Attributes:
        at: the moment it is of: when it was called, or when the fire alarm that stands began.
        is_frozen: a fire alarm stands, so it is not of now.
        called: everybody on it, each once.
        known: how far each other gate's record is known.
        turned_in, turned_out: how many passed of whom nobody knows who they are.
        exits: how the site knows that somebody has left.
    """

    at: datetime
    is_frozen: bool = False
    called: tuple[Called, ...] = field(default=(), repr=False)
    known: tuple[GateHeard, ...] = ()
    turned_in: int = 0
    turned_out: int = 0
    exits: Exits = SEEN

    def those(self, standing: Standing) -> frozenset[bytes]:
        """Return who stands so."""
        return frozenset(one.person for one in self.called if one.standing is standing)

    @property
    def unheard(self) -> tuple[GateHeard, ...]:
        """The gates of whose record so much is missing that the list may be wrong either way."""
        return tuple(gate for gate in self.known if self.at - gate.whole_at > SITE_WIDE_FRESH)

    @property
    def areas(self) -> dict[str, int]:
        """How many are inside each area, or came in there and may have left."""
        counts: dict[str, int] = {}
        for one in self.called:
            if one.standing in PRESENT:
                counts[one.last.area] = counts.get(one.last.area, 0) + 1
        return counts

    def gate_words(self, zone: tzinfo = UTC) -> Iterator[str]:
        """Yield a sentence for each gate that was not heard."""
        for gate in self.unheard:
            yield f"{_unheard_words(gate, zone)}; the list may be wrong either way."

    def words(self, zone: tzinfo = UTC) -> Iterator[str]:
        """Yield what is not known, a sentence each; the last one always holds."""
        if self.is_frozen:
            yield f"Fire alarm: frozen as it was at {self.at.astimezone(zone):%H:%M:%S %Z}."
        if self.exits.doubt:
            yield self.exits.doubt
        yield from self.gate_words(zone)
        if self.turned_in or self.turned_out:
            yield (
                f"{self.turned_in} came in and {self.turned_out} went out of whom nobody knows who"
                " they are."
            )
        for standing, said in _SAID.items():
            count = len(self.those(standing))
            if count:
                yield f"{count} {said}"
        yield ALWAYS


def _unheard_words(gate: GateHeard, zone: tzinfo) -> str:
    if not gate.was_heard:
        return f"{gate.name} never heard"
    return f"{gate.name} unheard since {gate.whole_at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


_SAID: Final = {
    Standing.AWAITED: "left with the last fire alarm and have not been seen to come back.",
    Standing.NOT_KNOWN: "were let through, not known whether they turned: ask where they are.",
    Standing.FORGIVEN: "left by a manager's word; nobody saw them go.",
}

_UNSEEN: Final[dict[str, Standing]] = {
    How.NOT_KNOWN: Standing.NOT_KNOWN,
    How.FORGIVEN: Standing.FORGIVEN,
}

PRESENT: Final = frozenset({Standing.INSIDE, Standing.ENTERED})
"""Who is counted: of all others nobody says that they are inside."""


def call_roll(
    presence: Presence,
    muster: Muster,
    now: datetime,
    *,
    own: bytes | None = None,
    exits: Exits = SEEN,
) -> RollCall:
    """Return who is inside as far as is known at `now`.

    While a fire alarm stands it is of the moment that began, but for what was learnt of other gates
    since by a gate that lost its power meanwhile.

    Args:
        presence: by this unit's own record and the whole site's.
        muster: what the last alarms made of it.
        now: the moment it is called.
        own: this unit's uid: its own record is known, whatever its hub has of it.
        exits: how the site knows that somebody has left.
    """
    at, alarm = now, muster.alarm
    is_frozen = alarm is not None and not alarm.is_test
    if alarm is not None and is_frozen:
        at = alarm.at
        frozen = alarm.roll_call
        presence = frozen if frozen.site is not None else frozen.with_site(presence.site)
    presence = exits.about(presence, at)
    gates = () if presence.site is None else presence.site.gates
    known = tuple(gate for gate in gates if gate.uid != own)
    return RollCall(
        at=at,
        is_frozen=is_frozen,
        called=tuple(_called(presence, muster, exits)),
        known=known,
        turned_in=muster.turned_in + sum(gate.turned_in for gate in known),
        turned_out=muster.turned_out + sum(gate.turned_out for gate in known),
        exits=exits,
    )


def _called(presence: Presence, muster: Muster, exits: Exits) -> Iterator[Called]:
    may_await = muster.left_with(presence) is not None  # asked once: usually nobody is awaited
    for person in presence.persons():
        last = presence.last_of(person)
        if last is None:
            continue
        standing = _standing(last)
        if may_await and standing is Standing.INSIDE and muster.awaits(person, presence):
            standing = Standing.AWAITED
        elif standing is Standing.INSIDE and not exits.are_seen:
            standing = Standing.ENTERED
        if standing is not None:
            yield Called(person=person, standing=standing, last=last)


def _standing(last: Passage | LastPassage) -> Standing | None:
    unseen = _UNSEEN.get(last.how)
    if unseen is not None:
        return unseen
    return Standing.INSIDE if last.direction == Direction.IN else None
