"""Who is inside still by the record at a day's end, with the evidence, to be closed by a person.

The list is a roll call's, less who has been taken to have left already: the same rule, the same
evidence, the same doubts. Whoever has been in since before today has most likely left unseen.
Where exits are free (`gate.access.exits`) nobody's was missed, and nobody is on the list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gate.access.exits import SEEN, Exits
from gate.access.roll_call import Standing
from gate.events.codec import holder_if_any
from gate.hub.log.day import Day, day_of
from gate.hub.manifest.forgiving import Forgotten
from gate.hub.manifest.rules import exits_of
from gate.hub.rollcall.gather import OnList, gather
from gate.hub.rollcall.sheet import Line, lines_now
from gate.hub.sites.models import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftInside:
    """Somebody inside by the record; `is_old` since before today."""

    who: Forgotten
    line: Line
    journal: int
    seq: int
    is_old: bool

    @property
    def value(self) -> str:
        """How a form names them, and what it showed."""
        return f"{self.who.person.hex()}.{self.who.seen_ms}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysEnd:
    """Everybody inside, who has been longest first, and which gates' records are not whole."""

    people: tuple[LeftInside, ...]
    unheard: tuple[str, ...]
    exits: Exits = SEEN

    @property
    def old(self) -> tuple[LeftInside, ...]:
        """Who has been in since before today."""
        return tuple(one for one in self.people if one.is_old)

    def chosen(self, values: Iterable[str]) -> list[Forgotten]:
        """Return whom a form names: as it showed them, though they may have passed since."""
        wanted = dict(_named(value) for value in values)
        there = {one.who.person: one.who for one in self.people}
        return [
            Forgotten(
                person=person,
                issuer=there[person].issuer if person in there else "",
                number=there[person].number if person in there else "",
                seen_ms=seen_ms,
            )
            for person, seen_ms in wanted.items()
        ]


def left_inside(site: Site, now: datetime) -> DaysEnd:
    """Return who is inside by the record, and should have been seen to leave."""
    exits = exits_of(site)
    if not exits.are_seen:
        return DaysEnd(people=(), unheard=(), exits=exits)
    gathered = gather(site, now)
    day = day_of(now, ZoneInfo(site.time_zone))
    people = sorted(
        (one for one in gathered.people if one.how != Standing.FORGIVEN),
        key=lambda one: (one.at_ms, one.person),
    )
    lines = lines_now(people, day)
    found = [_left(one, line, day) for one, line in zip(people, lines, strict=True)]
    return DaysEnd(people=tuple(found), unheard=gathered.unheard)


def _left(one: OnList, line: Line, day: Day) -> LeftInside:
    holder = holder_if_any(one.holder)
    return LeftInside(
        who=Forgotten(
            person=one.person,
            issuer="" if holder is None else holder.issuer,
            number="" if holder is None else holder.number,
            seen_ms=one.at_ms,
        ),
        line=line,
        journal=one.journal,
        seq=one.seq,
        is_old=one.at_ms < day.start_ms,
    )


def _named(value: str) -> tuple[bytes, int]:
    """Return whom a form's value names; raises ValueError if it is none of ours."""
    person, _, seen_ms = value.partition(".")
    return bytes.fromhex(person), int(seen_ms)
