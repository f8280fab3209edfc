"""Who is inside: a fold of passages, oldest first. Pure and immutable.

A passage is somebody who was let through, in or out; refusals and referrals move nobody. The order
of the record decides, not the clock: the last passage told of a person is where they are. So a
unit whose clock was set back does not let anybody be inside twice.

What the site's other gates saw comes from the hub, with its age. Of a person's last passage here
and their last one anywhere, the newer counts.

A passage may be less than seen: a grant of which nobody knows whether it was taken, or an exit that
a named manager took for made (`How`). A forgiven exit is of the moment the manager spoke, so it
never undoes a passage that came after.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from types import MappingProxyType
from typing import Final, NamedTuple

from gate.access.model import AccessRequest, Direction
from gate.access.persons import CountedHours, WorkedTime
from gate.trust.gates_heard import GateHeard
from gate.trust.site_presence import LastPassage

SITE_WIDE_FRESH: Final = timedelta(minutes=2)
"""Eight polls at their usual pace (15 s): what the site's other gates saw is known so long. And
twice the time between two words of a gate to its hub (60 s): its record counts as whole so long."""


class How(StrEnum):
    """How a passage is known."""

    PASSED = "passed"
    """Somebody was let through, and turned where a contact tells of turns."""
    NOT_KNOWN = "not_known"
    """Somebody was let through, and nobody knows whether they turned: of several who were let
    through together fewer turned, a fire began, or the gate lost its power."""
    FORGIVEN = "forgiven"
    """A named manager took it for made: estimated, and never the end of hours."""


class Passage(NamedTuple):
    """One person going one way. `person` is the keyed hash (gate.trust.person).

    A tuple because a gate makes one of each passage of a day when it starts, and it costs a third
    of a frozen dataclass.
    """

    person: bytes
    direction: Direction
    at: datetime
    access_point: str
    area: str
    how: How = How.PASSED


def _nobody() -> MappingProxyType[bytes, Passage]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWide:
    """Last passages at any gate of the site, by person, as its hub knew them at `as_of`.

    `lag`: how far behind that the gate's record was which the hub knew least far; `gates`: how far
    each was known, how many passed there of whom nobody knows who they are, and its last fire.
    `hours`: how long everybody was on site, if the hub counts it.
    """

    as_of: datetime
    lag: timedelta = timedelta(0)
    passages: Mapping[bytes, LastPassage] = field(default_factory=dict)
    gates: tuple[GateHeard, ...] = ()
    hours: CountedHours | None = None

    @property
    def left_at(self) -> datetime | None:
        """When the last fire alarm began that some gate has had the all-clear of."""
        return max(
            (
                gate.alarm_at
                for gate in self.gates
                if gate.alarm_at is not None
                and gate.clear_at is not None
                and gate.clear_at >= gate.alarm_at
            ),
            default=None,
        )

    def since(self, moment: datetime) -> "SiteWide":
        """Return what is known without those who came in last before a moment."""
        passages = {
            person: one
            for person, one in self.passages.items()
            if one.direction != Direction.IN or one.at >= moment
        }
        return self if len(passages) == len(self.passages) else replace(self, passages=passages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Everybody's last passage: `inside` by those who came in last, `left` by those who went out.

    A new passage copies the map it changes: about 10 microseconds at 2,000 people, at the pace
    people walk. A day is read in one fold, which copies nothing.

    Attributes:
        inside, left: by this unit's own record.
        site: by the whole site's; None for a gate that stands alone.
        heads: how many are inside each area, by both; kept as they pass, for rules ask at each
            scan. It follows from the rest: only the folds below make it.
    """

    inside: MappingProxyType[bytes, Passage] = field(default_factory=_nobody)
    left: MappingProxyType[bytes, Passage] = field(default_factory=_nobody)
    site: SiteWide | None = None
    heads: Mapping[str, int] = field(default_factory=dict, compare=False)

    def last_of(self, person: bytes) -> Passage | LastPassage | None:
        """Return where a person passed last, here or anywhere; None if nobody saw them."""
        here = self.inside.get(person) or self.left.get(person)
        anywhere = None if self.site is None else self.site.passages.get(person)
        return _newer(here, anywhere)

    def persons(self) -> Iterator[bytes]:
        """Yield everybody of whom a passage is known, each once."""
        yield from self.inside
        yield from self.left
        for person in () if self.site is None else self.site.passages:
            if person not in self.inside and person not in self.left:
                yield person

    def is_inside(self, person: bytes) -> bool:
        """Tell whether the last passage of a person was inwards."""
        last = self.last_of(person)
        return last is not None and last.direction == Direction.IN

    def are_inside(self, persons: Collection[bytes], least: int) -> bool:
        """Tell whether at least so many of these are inside; looks no further than it must."""
        if least > len(persons):
            return False
        found = (person for person in persons if self.is_inside(person))
        return sum(1 for _ in islice(found, least)) == least

    def worked(self, request: AccessRequest) -> WorkedTime | None:
        """Return how long somebody was on site, by the hub's count or by their record."""
        hours = None if self.site is None else self.site.hours
        if hours is not None:
            return hours.of(request.person, request.stands_on)
        return None if request.record is None else request.record.worked

    def head_count(self, area: str | None = None) -> int:
        """How many people are inside an area, or inside at all, as far as this gate knows."""
        return sum(self.heads.values()) if area is None else self.heads.get(area, 0)

    def is_current(self, request: AccessRequest) -> bool:
        """Tell whether it is known, at the moment of a request, what other gates saw.

        What is old may not be so any more; what has a hole, a gate that is cut off from the hub,
        may never have been so.
        """
        if self.site is None:
            return True
        is_young = request.clock_trusted and request.at - self.site.as_of <= SITE_WIDE_FRESH
        return is_young and self.site.lag <= SITE_WIDE_FRESH

    @property
    def inside_count(self) -> int:
        """How many people are inside by this unit's own record."""
        return len(self.inside)

    def after(self, *passages: Passage) -> "Presence":
        """Return the presence once these have happened, oldest first."""
        inside, left = self.inside.copy(), self.left.copy()
        heads = dict(self.heads)
        anywhere = {} if self.site is None else self.site.passages
        for passage in passages:
            person = passage.person
            before = inside.get(person) or left.get(person)
            _count(heads, _newer(before, anywhere.get(person)), -1)
            _put(inside, left, passage)
            _count(heads, _newer(passage, anywhere.get(person)), 1)
        return _made(inside, left, self.site, heads)

    def amended(self, grant: Passage) -> "Presence":
        """Return the presence once more is known of a grant; who has passed since, has passed."""
        last = self.inside.get(grant.person) or self.left.get(grant.person)
        return self if last is not None and last.at > grant.at else self.after(grant)

    def forgiven(self, exit_: Passage) -> "Presence":
        """Return the presence once a named manager took an exit for made."""
        return self.amended(exit_)

    def with_site(self, site: SiteWide | None) -> "Presence":
        """Return the presence with what is known of the whole site in place of what was."""
        return replace(self, site=site, heads=_heads(self.inside, self.left, site))

    def since(self, moment: datetime) -> "Presence":
        """Return the presence without those who came in last before a moment; who left, left."""
        inside = {person: one for person, one in self.inside.items() if one.at >= moment}
        site = None if self.site is None else self.site.since(moment)
        if len(inside) == len(self.inside) and site is self.site:
            return self
        return _made(inside, self.left.copy(), site, _heads(inside, self.left, site))


class PresenceFold:
    """A presence in the making: passages put one after another, oldest first."""

    def __init__(self) -> None:
        self._inside: dict[bytes, Passage] = {}
        self._left: dict[bytes, Passage] = {}

    def put(self, passage: Passage) -> None:
        """Take one more."""
        _put(self._inside, self._left, passage)

    def last_of(self, person: bytes) -> Passage | None:
        """Return the last that was put of a person."""
        return self._inside.get(person) or self._left.get(person)

    def presence(self) -> Presence:
        """Return who is inside after all that was put; what is put later doesn't change it."""
        inside, left = self._inside.copy(), self._left.copy()
        return _made(inside, left, None, _heads(inside, left, None))


def fold_passages(passages: Iterable[Passage]) -> Presence:
    """Return who is inside after all these, oldest first."""
    fold = PresenceFold()
    for passage in passages:
        fold.put(passage)
    return fold.presence()


def _put(inside: dict[bytes, Passage], left: dict[bytes, Passage], passage: Passage) -> None:
    came_in = passage.direction is Direction.IN
    (left if came_in else inside).pop(passage.person, None)
    (inside if came_in else left)[passage.person] = passage


def _made(
    inside: dict[bytes, Passage],
    left: dict[bytes, Passage],
    site: SiteWide | None,
    heads: Mapping[str, int],
) -> Presence:
    return Presence(
        inside=MappingProxyType(inside), left=MappingProxyType(left), site=site, heads=heads
    )


def _newer(here: Passage | None, anywhere: LastPassage | None) -> Passage | LastPassage | None:
    # The site's times are whole seconds, rounded down: of our own passage, ours is the newer.
    if anywhere is None or (here is not None and here.at >= anywhere.at):
        return here
    return anywhere


def _heads(
    inside: Mapping[bytes, Passage], left: Mapping[bytes, Passage], site: SiteWide | None
) -> Mapping[str, int]:
    heads: Counter[str] = Counter(one.area for one in inside.values())
    for person, anywhere in () if site is None else site.passages.items():
        here = inside.get(person) or left.get(person)
        if here is None:
            if anywhere.direction == Direction.IN:
                heads[anywhere.area] += 1
        elif _newer(here, anywhere) is anywhere:
            _count(heads, here, -1)
            _count(heads, anywhere, 1)
    return dict(heads)


def _count(heads: dict[str, int], passage: Passage | LastPassage | None, step: int) -> None:
    if passage is not None and passage.direction == Direction.IN:
        heads[passage.area] = heads.get(passage.area, 0) + step
