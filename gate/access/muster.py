"""What a fire alarm does to who is inside: a roll call that is frozen, and a count of who is back.

The alarm freezes the roll call. Whoever turns through afterwards is not identified, and is counted
as such. A named person's all-clear starts the count of who comes back: whoever was inside when the
alarm began, at whichever gate they had come in, left with it for all that is known. Until they come
in again they are awaited, and passback is suspended for them. A weekly test does the same but for
that: nobody is asked to leave. Pure.

Who is awaited follows from when the alarm began and from where everybody passed last, so that a
gate that lost its power meanwhile, or hears only later who had come in elsewhere, awaits the same
people.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from gate.access.model import Direction
from gate.access.presence import Passage, Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A fire alarm that stands.

    Attributes:
        roll_call: who was inside when it began.
        turned_in, turned_out: turns since, by nobody knows whom.
    """

    at: datetime
    is_test: bool
    roll_call: Presence = field(repr=False)
    turned_in: int = 0
    turned_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Muster:
    """The alarm that stands, if one does, and who came back here after the last one.

    Attributes:
        left_at: when the last alarm began here that was cleared, which is when everybody who was
            inside is taken to have left; None before the first.
        back: who came in here since the all-clear.
        turned_in, turned_out: how many passed here since, of whom nobody knows who they are.
    """

    alarm: Alarm | None = None
    left_at: datetime | None = None
    back: frozenset[bytes] = frozenset()
    turned_in: int = 0
    turned_out: int = 0

    def alarmed(self, at: datetime, presence: Presence, *, is_test: bool) -> "Muster":
        """Return the muster once an alarm began; one that stands goes on."""
        if self.alarm is not None:
            return self
        return replace(self, alarm=Alarm(at=at, is_test=is_test, roll_call=presence))

    def turned(self, way: Direction, count: int) -> "Muster":
        """Return the muster after turns by nobody knows whom."""
        came, went = (count, 0) if way is Direction.IN else (0, count)
        alarm = self.alarm
        if alarm is not None:
            alarm = replace(
                alarm, turned_in=alarm.turned_in + came, turned_out=alarm.turned_out + went
            )
        return replace(
            self,
            alarm=alarm,
            turned_in=self.turned_in + came,
            turned_out=self.turned_out + went,
        )

    def cleared(self) -> "Muster":
        """Return the muster after the all-clear."""
        if self.alarm is None or self.alarm.is_test:
            return replace(self, alarm=None)
        return Muster(left_at=self.alarm.at)

    def passed(self, passage: Passage) -> "Muster":
        """Return the muster after somebody passed: who was awaited is so no more."""
        if self.left_at is None or passage.direction is not Direction.IN:
            return self
        return replace(self, back=self.back | {passage.person})

    def not_taken(self, person: bytes) -> "Muster":
        """Return the muster once it is known that somebody who was let in did not come in."""
        return replace(self, back=self.back - {person}) if person in self.back else self

    def awaits(self, person: bytes, presence: Presence) -> bool:
        """Tell whether somebody was inside when the last alarm began and has not come back."""
        left_at = self.left_with(presence)
        if left_at is None or (left_at == self.left_at and person in self.back):
            return False
        last = presence.last_of(person)
        return last is not None and last.direction == Direction.IN and last.at <= left_at

    def left_with(self, presence: Presence) -> datetime | None:
        """Return when everybody left last with an alarm that was cleared, here or elsewhere."""
        elsewhere = None if presence.site is None else presence.site.left_at
        return max((at for at in (self.left_at, elsewhere) if at is not None), default=None)

    def awaited(self, presence: Presence) -> frozenset[bytes]:
        """Return everybody who is awaited back."""
        return frozenset(one for one in presence.persons() if self.awaits(one, presence))

    def presence_for(self, person: bytes | None, presence: Presence) -> Presence:
        """Return the presence to judge a person by: who is awaited back left with the alarm."""
        left_at = self.left_with(presence)
        if person is None or left_at is None or not self.awaits(person, presence):
            return presence
        # A passage of ours is the newer one of two at the same time (gate.access.presence).
        left = Passage(
            person=person,
            direction=Direction.OUT,
            at=left_at,
            access_point="",
            area="",
        )
        return presence.after(left)


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who is inside, and what the last alarm made of it."""

    presence: Presence = field(default_factory=Presence)
    muster: Muster = field(default_factory=Muster)

    def passed(self, passage: Passage) -> "People":
        """Return the people after somebody passed."""
        return People(presence=self.presence.after(passage), muster=self.muster.passed(passage))
