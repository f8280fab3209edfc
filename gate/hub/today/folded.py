"""A site's day from the database: whole the first time, then what has arrived since."""

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db import connection

from gate.access.model import Direction
from gate.errors import Outcome
from gate.events.codec import to_ms
from gate.events.model import PERSON_BYTES, EventKind
from gate.hub.log.day import Day
from gate.hub.manifest.models import Forgiveness
from gate.hub.sites.models import Site
from gate.hub.today.folding import (
    NOT_ADMITTED,
    FoldedDay,
    FoldedDays,
    Known,
    Row,
    anew,
    arrived,
    gone_on,
)
from gate.hub.today.passed import Passage

_PERSON_AT: Final = 2 * PERSON_BYTES + 2
"""`gate.events.codec.encode_holder` puts the person last, before `"}`."""

_AFTER_ENTRIES: Final = 2**63
"""What was forgiven in a millisecond comes after what the gates saw in it."""

_ROWS: Final = f"""
    SELECT CASE WHEN at_ms < received_ms THEN at_ms ELSE received_ms END, seq, journal_id,
        kind, direction, substr(holder, length(holder) - {_PERSON_AT - 1}, {2 * PERSON_BYTES}),
        CASE WHEN ' ' || reasons || ' ' LIKE '%% rest %%' THEN 1 ELSE 0 END, outcome, at_ms
    FROM ingest_entry
    WHERE {{}} AND at_ms >= %s AND at_ms < %s
      AND (kind = '{EventKind.ACCESS}' AND outcome IN {NOT_ADMITTED}
           OR holder IS NOT NULL AND direction IN ('{Direction.IN}', '{Direction.OUT}')
              AND (kind = '{EventKind.ACCESS}' AND outcome IN ('{Outcome.ADMIT}', '{Outcome.NOTE}')
                   OR kind = '{EventKind.NOT_TURNED}'))
"""  # noqa: S608 - constants only
OF_DAY: Final = _ROWS.format("site_id = %s")
SINCE: Final = _ROWS.format("journal_id = %s AND seq > %s AND seq <= %s")


_MARKS: Final = """
    SELECT journal.id, journal.stored_through FROM ingest_journal journal
    JOIN sites_unit unit ON unit.id = journal.unit_id WHERE unit.site_id = %s
"""
_ERASED: Final = "SELECT COUNT(*) FROM people_person WHERE site_id = %s AND erased_at IS NOT NULL"


def known_of(site: Site, day: Day) -> Known:
    """Ask what a site's day hangs on: three small questions, whatever the day has seen."""
    ((erased,),) = _all(_ERASED, (site.pk,))
    return Known(
        start_ms=day.start_ms,
        end_ms=day.end_ms,
        erased=erased,
        forgiven=tuple(sorted(_forgiven(site, day))),
        marks=dict(_all(_MARKS, (site.pk,))),
    )


def folded(site: Site, known: Known) -> FoldedDay:
    """Return a site's day: as this process has it from before, gone on with to what is known."""
    days: FoldedDays = apps.get_app_config("today").days  # type: ignore[attr-defined]  # see apps.py
    there = days.get(site.pk, known)
    if there is None:
        day = anew(known, _all(OF_DAY, (site.pk, known.start_ms, known.end_ms)))
    else:
        day = gone_on(there, known, list(_arrived(there, known)))
    days.keep(site.pk, day)
    return day


def _arrived(there: FoldedDay, known: Known) -> Iterator[Row]:
    for journal, (after, through) in arrived(there, known).items():
        yield from _all(SINCE, (journal, after, through, known.start_ms, known.end_ms))


def _forgiven(site: Site, day: Day) -> Iterator[Passage]:
    """Yield the exits that were forgiven on a day."""
    rows = Forgiveness.objects.filter(site=site, at__gte=day.start, at__lt=day.end)
    for number, person, at in rows.values_list("pk", "person", "at"):
        kind, way = EventKind.FORGIVEN.value, Direction.OUT.value
        yield to_ms(at), _AFTER_ENTRIES, number, kind, way, bytes(person).hex(), 0


def _all(query: str, values: tuple[Any, ...]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
