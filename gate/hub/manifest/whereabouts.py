"""Where everybody last passed: a table caught up with the entries when somebody asks for it.

The ingest knows nothing of it: entries are only ever added, so a mark for each journal says how far
they have been looked at, and a question costs what has arrived since the one before. Within a
journal the order of the record decides, between journals the time; a time after the hub had the
entry is no time, and the hub's own is taken. A grant that was not taken leaves its holder on the
side they came from, as of the moment of the grant, for they may have passed elsewhere since.

With it goes what tells of fires and of people whom nobody knows (`Noticed`).
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from gate.access.model import Direction
from gate.errors import Outcome
from gate.events.attendance import STRANGERS
from gate.events.codec import to_ms
from gate.events.model import PERSON_BYTES, EventKind
from gate.hub.manifest.models import SignedPresence
from gate.hub.sites.models import Site

PAGE_ENTRIES: Final = 20_000
"""Looked at in one transaction: a tenth of a second for which SQLite's other writers wait."""

_GRANT: Final = re.compile(r"grant ([1-9][0-9]{0,15})", re.ASCII)
"""As `gate.events.model.which_grant` writes it."""

_PERSON_ENDS: Final = '"}'
_PERSON_CHARS: Final = 2 * PERSON_BYTES + len(_PERSON_ENDS)
"""`gate.events.codec.encode_holder` sorts its keys, and `person` is the last of them."""

_BEHIND: Final = """
    SELECT journal.id, COALESCE(folded.through, 0), journal.stored_through
    FROM ingest_journal journal
    JOIN sites_unit unit ON unit.id = journal.unit_id
    LEFT JOIN manifest_folded folded ON folded.journal_id = journal.id
    WHERE unit.site_id = %s AND journal.stored_through > COALESCE(folded.through, 0)
"""
_ANNULLED: Final = (EventKind.NOT_TURNED, EventKind.TURN_UNKNOWN)
_FIRES: Final = (EventKind.FIRE_ALARM, EventKind.FIRE_TEST, EventKind.ALL_CLEAR)
_PASSAGES: Final = f"""
    SELECT seq, at_ms, received_ms, kind, detail,
        CASE WHEN kind <> '{EventKind.NOT_TURNED}' THEN direction
             WHEN direction = '{Direction.IN}' THEN '{Direction.OUT}'
             ELSE '{Direction.IN}' END,
        holder
    FROM ingest_entry
    WHERE journal_id = %s AND seq > %s AND seq <= %s AND holder IS NOT NULL
      AND (kind = '{EventKind.ACCESS}' AND outcome IN ('{Outcome.ADMIT}', '{Outcome.NOTE}')
           OR kind IN {tuple(map(str, _ANNULLED))})
      AND direction IN ('{Direction.IN}', '{Direction.OUT}')
    ORDER BY seq
"""  # noqa: S608 - constants only
_KEEP: Final = """
    INSERT INTO manifest_whereabouts (site_id, person, journal_id, seq, at_ms, direction)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (site_id, person) DO UPDATE
    SET journal_id = excluded.journal_id, seq = excluded.seq, at_ms = excluded.at_ms,
        direction = excluded.direction
    WHERE excluded.journal_id = manifest_whereabouts.journal_id
       OR excluded.at_ms >= manifest_whereabouts.at_ms
"""
_GRANTED: Final = "SELECT at_ms, received_ms FROM ingest_entry WHERE journal_id = %s AND seq = %s"
_NOTICE: Final = f"""
    INSERT INTO manifest_noticed (site_id, journal_id, seq, at_ms, kind, direction, count)
    SELECT %s, journal_id, seq,
        CASE WHEN at_ms < received_ms THEN at_ms ELSE received_ms END, kind, direction, count
    FROM ingest_entry
    WHERE journal_id = %s AND seq > %s AND seq <= %s
      AND (kind IN {tuple(map(str, (*STRANGERS, *_FIRES)))}
           OR kind = '{EventKind.ACCESS}' AND direction = '{Direction.OUT}' AND holder IS NULL
              AND outcome IN ('{Outcome.ADMIT}', '{Outcome.NOTE}'))
"""  # noqa: S608 - constants only
_MARK: Final = """
    INSERT INTO manifest_folded (journal_id, through) VALUES (%s, %s)
    ON CONFLICT (journal_id) DO UPDATE SET through = excluded.through
"""
_SEEN: Final = """
    SELECT seen.person, seen.journal_id, seen.direction, seen.at_ms, entry.access_point,
        entry.holder, entry.kind, seen.seq
    FROM manifest_whereabouts seen
    JOIN ingest_entry entry ON entry.journal_id = seen.journal_id AND entry.seq = seen.seq
        AND entry.at_ms >= seen.at_ms
    WHERE seen.site_id = %s AND seen.at_ms >= %s
    ORDER BY seen.at_ms DESC
    LIMIT %s
"""
"""An entry's own time is never below the one kept; where entries are divided by days, this leaves
the days before it alone."""

Seen = tuple[bytes, int, str, int, str, str | None, str, int]
"""Person, journal, direction, milliseconds since 1970, access point, holder part, kind and number
of the entry."""


Behind = Mapping[int, tuple[int, int]]
"""Of each journal, up to which entry it was looked at and up to which it has arrived."""


def behind(site: Site) -> Behind:
    """Return what has arrived that nobody has looked at."""
    return {journal: (through, stored) for journal, through, stored in _all(_BEHIND, (site.pk,))}


def catch_up(
    site: Site, page: int = PAGE_ENTRIES, *, arrived: Behind | None = None, once: bool = False
) -> bool:
    """Look at every entry that has arrived since the last time; tell whether anybody has moved.

    While nothing has arrived no writer's turn is taken: a page is not to wait for uploads. What
    arrives meanwhile is left for the next time: while gates upload there would be no end. With
    `once` the rest of more than a page is left, too; `arrived` is for who has asked already.
    """
    has_moved = False
    arrived = behind(site) if arrived is None else arrived
    until = {journal: stored for journal, (_, stored) in arrived.items()}
    is_behind = bool(until)
    while is_behind:
        left, is_behind = page, False
        with transaction.atomic():
            for journal, after, stored in _hold(site):
                through = min(stored, after + left)
                if through > after:
                    has_moved |= _fold(site, journal, after, through)
                left -= through - after
                is_behind |= not once and through < until.get(journal, 0)
    return has_moved


def seen_since(site: Site, since: datetime, most: int) -> Iterator[Seen]:
    """Yield who passed last and where, since some time, at most so many; the latest first."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, (site.pk, to_ms(since), most))
        for person, *others in cursor.fetchall():
            yield (bytes(person), *others)


def _hold(site: Site) -> list[tuple[int, int, int]]:
    """Lock the site's presence, and return each journal that has new entries, from and through."""
    held = SignedPresence.objects.select_for_update().only("site_id").filter(site=site)
    if not list(held):
        SignedPresence.objects.get_or_create(site=site)
        list(held.all())
    return _all(_BEHIND, (site.pk,))


def _fold(site: Site, journal: int, after: int, through: int) -> bool:
    last: dict[bytes, tuple[Any, ...]] = {}
    for seq, at_ms, received_ms, kind, detail, direction, holder in _all(
        _PASSAGES, (journal, after, through)
    ):
        person = person_of(holder)
        if person is None:
            continue
        known_ms = min(at_ms, received_ms)
        if kind in _ANNULLED:
            known_ms = _granted_ms(journal, detail, known_ms)
        last[person] = (site.pk, person, journal, seq, known_ms, direction)
    with connection.cursor() as cursor:
        if last:
            cursor.executemany(_KEEP, [last[person] for person in sorted(last)])
        cursor.execute(_NOTICE, (site.pk, journal, after, through))
        noticed = cursor.rowcount > 0
        cursor.execute(_MARK, (journal, through))
    return bool(last) or noticed


def _granted_ms(journal: int, detail: str, else_ms: int) -> int:
    """Return when the grant was given that an entry says was not, or maybe not, taken."""
    match = _GRANT.fullmatch(detail)
    rows = [] if match is None else _all(_GRANTED, (journal, int(match[1])))
    return min(rows[0]) if rows else else_ms


def person_of(holder: str) -> bytes | None:
    """Return the person of a holder part; None if it is none of ours, which the log tells."""
    try:
        person = bytes.fromhex(holder[-_PERSON_CHARS : -len(_PERSON_ENDS)])
    except ValueError:
        return None
    return person if len(person) == PERSON_BYTES and holder.endswith(_PERSON_ENDS) else None


def _all(query: str, values: tuple[Any, ...]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
