"""Who belongs on a roll call now, by what evidence, and what the list can't know.

The rule is gate.access.roll_call's, over everybody's last passage at any gate. Where a fire alarm
stands the list is of its beginning: whoever passed since then, whichever way, was about when it
began, and is on it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from gate.access.muster import Muster
from gate.access.presence import Presence, SiteWide
from gate.access.roll_call import Standing, call_roll
from gate.events.codec import to_ms
from gate.events.model import EventKind
from gate.hub.log.day import day_of
from gate.hub.manifest.places import companies_of
from gate.hub.manifest.presence import LOOK_BACK, gates_heard, unnamed_passages
from gate.hub.manifest.rules import exits_of
from gate.hub.manifest.whereabouts import Seen, catch_up, seen_since
from gate.hub.sites.models import Site
from gate.hub.today.inside import unheard_of
from gate.trust.gates_heard import GateHeard
from gate.trust.site_presence import MAX_ROWS

TURN_ENTRIES: Final = 40
"""A turn is recorded within seconds of its grant: no gate writes more in between."""

_TURNED: Final = f"""
    SELECT seen.person FROM manifest_whereabouts seen
    JOIN ingest_entry turn ON turn.journal_id = seen.journal_id
        AND turn.seq > seen.seq AND turn.seq <= seen.seq + {TURN_ENTRIES}
        AND turn.at_ms >= seen.at_ms
    WHERE seen.site_id = %s AND seen.at_ms >= %s AND turn.kind = '{EventKind.TURNED}'
        AND turn.detail = 'grant ' || CAST(seen.seq AS VARCHAR(20))
"""  # noqa: S608 - constants only

GRANTED: Final = "granted"
TURNED: Final = "turned"
LET_IN: Final = "let_in"
TURNED_IN: Final = "turned_in"
"""As GRANTED and TURNED, where exits are free: they may have left."""

_BY_TURN: Final = {
    Standing.INSIDE: (GRANTED, TURNED),
    Standing.ENTERED: (LET_IN, TURNED_IN),
}


class OnList(NamedTuple):
    """Somebody on the list, by which entry; `how` says what it proves.

    A tuple because 500 must be called at once: a frozen dataclass takes three times as long.
    """

    person: bytes
    journal: int
    seq: int
    at_ms: int
    direction: str
    how: str
    company: str
    gate: str
    holder: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A list, the moment it is of, and what it can't know."""

    as_of: datetime
    is_frozen: bool
    people: tuple[OnList, ...] = field(repr=False)
    doubts: tuple[str, ...]
    unheard: tuple[str, ...]


def gather(site: Site, now: datetime) -> Gathered:
    """Return who is to be called."""
    catch_up(site)
    gates = tuple(gates_heard(site, now))
    since_ms = to_ms(now - LOOK_BACK)
    alarm_at = _alarm(gates)
    seen = {row[0]: row for row in seen_since(site, now - LOOK_BACK, MAX_ROWS)}
    rows = {row.person: row for row in unnamed_passages(site, now, seen.values())}
    presence = Presence().with_site(SiteWide(as_of=now, passages=rows, gates=gates))
    call = call_roll(presence, Muster(), now, exits=exits_of(site))
    of_gates = frozenset(call.gate_words())
    standings = {one.person: one.standing for one in call.called}
    if alarm_at is not None:
        for person, row in rows.items():
            if row.at >= alarm_at:
                standings.setdefault(person, Standing.INSIDE)
    people = tuple(_people(standings, seen, _turned(site, since_ms), companies_of(site)))
    return Gathered(
        as_of=now if alarm_at is None else alarm_at,
        is_frozen=alarm_at is not None,
        people=people,
        doubts=tuple(words for words in call.words() if words not in of_gates),
        unheard=tuple(unheard_of(call.unheard, day_of(now, ZoneInfo(site.time_zone)))),
    )


def _alarm(gates: Iterable[GateHeard]) -> datetime | None:
    """Return when the fire alarm began that stands at some gate; None if none does."""
    standing = [
        gate.alarm_at
        for gate in gates
        if gate.alarm_at is not None and (gate.clear_at is None or gate.clear_at < gate.alarm_at)
    ]
    return min(standing, default=None)


def _turned(site: Site, since_ms: int) -> set[bytes]:
    with connection.cursor() as cursor:
        cursor.execute(_TURNED, (site.pk, since_ms))
        return {bytes(person) for (person,) in cursor.fetchall()}


def _people(
    standings: dict[bytes, Standing],
    seen: Mapping[bytes, Seen],
    turned: set[bytes],
    companies: Mapping[bytes, str],
) -> Iterator[OnList]:
    for person, standing in standings.items():
        _, journal, direction, at_ms, gate, holder, _, seq = seen[person]
        granted, passed = _BY_TURN.get(standing, (str(standing), str(standing)))
        yield OnList(
            person=person,
            journal=journal,
            seq=seq,
            at_ms=at_ms,
            direction=direction,
            how=passed if person in turned else granted,
            company=companies.get(person, ""),
            gate=gate,
            holder=holder,
        )
