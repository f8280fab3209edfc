"""The roll call as people read it: rows by company and name, and all that makes it unsure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from gate.access.muster import Muster
from gate.access.presence import SITE_WIDE_FRESH, SiteWide
from gate.access.roll_call import PRESENT, Called, RollCall, Standing, call_roll
from gate.status.record_watch import LOOK_BACK
from gate.status.record_watch import Called as Holder
from gate.status.unit_watch import Seen
from gate.status.words import age_words, moment_words
from gate.trust.site_presence import LastPassage, SitePresence

_APART: Final = {
    Standing.NOT_KNOWN: "Let through, not known whether they turned: ask where they are",
    Standing.AWAITED: "Left with the last fire alarm, not seen to come back",
}
_OLD: Final = "Came in over a day ago, not seen since: they may have left unseen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Somebody on it; `name` and `company` are empty where this gate doesn't know them."""

    name: str
    number: str
    company: str
    since: datetime
    gate: str
    area: str
    standing: Standing
    is_old: bool = False

    @property
    def called(self) -> str:
        """What to call out."""
        if self.name:
            return self.name
        return f"Card {self.number}" if self.number else "Name not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A roll call.

    Attributes:
        call: what it is made of.
        muster: what the last fire made of who is inside.
        rows: everybody, by company and name; who came in over a day ago, at the end.
        doubts: what it can't know, of this gate; `call` names the rest.
    """

    call: RollCall
    muster: Muster
    rows: tuple[Row, ...]
    doubts: tuple[str, ...]

    @property
    def present(self) -> int:
        """How many are counted, as `present_words` says of them."""
        return sum(1 for row in self.rows if row.standing in PRESENT)

    @property
    def present_words(self) -> str:
        """How they stand."""
        return self.call.exits.standing_words(is_sure=self.is_sure)

    @property
    def is_sure(self) -> bool:
        """Whether nothing but what no gate can know is unknown."""
        return not self.doubts and len(list(self.call.words())) == 1

    def companies(self) -> list[tuple[str, list[Row]]]:
        """Return who is counted by company; "" is whose company isn't known."""
        present = [row for row in self.rows if row.standing in PRESENT and not row.is_old]
        return [(company, list(rows)) for company, rows in groupby(present, lambda r: r.company)]

    def areas(self) -> list[tuple[str, int]]:
        """Return how many are counted in each area, if there are several; "" is not known."""
        counts = Counter(row.area for row in self.rows if row.standing in PRESENT)
        if sum(1 for area in counts if area) < 2:
            return []
        return sorted(counts.items(), key=lambda one: (not one[0], one))

    def apart(self) -> list[tuple[str, list[Row]]]:
        """Return the others, by what is to be done about them."""
        old = [row for row in self.rows if row.standing in PRESENT and row.is_old]
        groups = [(_APART[kind], [r for r in self.rows if r.standing is kind]) for kind in _APART]
        return [(words, rows) for words, rows in (*groups, (_OLD, old)) if rows]


def roll_of(seen: Seen, own: bytes | None) -> Roll:
    """Return the roll call at the moment that was seen; `own` is this unit's uid."""
    people = seen.record.people
    site = _site_wide(seen.site)
    presence = people.presence.with_site(site)
    call = call_roll(presence, people.muster, seen.moment.at, own=own, exits=seen.exits)
    elsewhere = {} if site is None else site.passages
    rows = [
        _row(one, seen.record.called.get(one.person), elsewhere.get(one.person), call.at)
        for one in call.called
        if one.standing is not Standing.FORGIVEN
    ]
    rows.sort(key=lambda row: (not row.company, row.company.casefold(), row.company, _place(row)))
    return Roll(
        call=call, muster=people.muster, rows=tuple(rows), doubts=tuple(_doubts(seen, call))
    )


def _site_wide(site: SitePresence | None) -> SiteWide | None:
    if site is None:
        return None
    passages = {row.person: row for row in site.rows}
    return SiteWide(as_of=site.issued_at, lag=site.lag, passages=passages, gates=site.gates)


def _row(one: Called, here: Holder | None, elsewhere: LastPassage | None, at: datetime) -> Row:
    name, company = ("", "") if elsewhere is None else (elsewhere.name, elsewhere.company)
    return Row(
        name=here.name if here is not None and here.name else name,
        number="" if here is None else here.number,
        company=company,
        since=one.last.at,
        gate=one.last.access_point,
        area=one.last.area,
        standing=one.standing,
        is_old=at - one.last.at > LOOK_BACK,
    )


def _place(row: Row) -> tuple[str, str]:
    return row.called.casefold(), row.number


def _doubts(seen: Seen, call: RollCall) -> Iterator[str]:
    """Yield what makes it unsure at this gate, a sentence each."""
    zone, record = seen.zone, seen.record
    if not seen.moment.trusted:
        yield "This gate doesn't know what time it is: times are no earlier than they say."
    if record.fault:
        yield f"This gate's own record can't be read now: {record.fault}."
    if record.predecessor and record.began_at is not None:
        began = moment_words(record.began_at, zone)
        yield (
            f"This gate's record begins on {began}, for the one before it was damaged: who passed"
            " here before is on the list only if the hub knew."
        )
    if any(lane.state is None for lane in seen.lanes):
        yield "The gate process is not heard: who passes here now may not be recorded."
    if seen.site is None:
        yield (
            "Nothing is known of the site's other gates: this is who passed here alone."
            if seen.is_of_a_site
            else "This gate has no hub: this is who passed here alone."
        )
        return
    age = seen.moment.at - seen.site.issued_at
    if age > SITE_WIDE_FRESH and not call.is_frozen:
        known = moment_words(seen.site.issued_at, zone)
        yield (
            f"What other gates saw is known up to {known}, {age_words(age)} ago: who passed there"
            " since may be missing here, or have left."
        )
    if seen.site_fault:
        yield f"What other gates saw does not come any more: {seen.site_fault}."
