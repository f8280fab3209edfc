"""A site's hours as a message: how long everybody was there, counted when a unit asks.

Only a site whose rules ask for hours has any (`[young]`, `[working_week]`). They are counted from
what the gates saw (`gate.hub.manifest.stays`): minutes of today, of this week from Monday, and of a
week on average over the 17 full weeks before it, or over those since somebody was first here. A
pass and the scheme card beneath it are one person, whom gates may ask for by either.

A week that is over is counted once and kept, with what it was counted from; if more arrives for it,
or somebody is erased, it is counted anew. Nothing is kept that the entries don't tell.
"""

import hashlib
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from gate.access.model import Direction
from gate.access.presence import SITE_WIDE_FRESH
from gate.errors import Outcome
from gate.events.codec import from_ms, to_ms
from gate.events.model import EventKind
from gate.hub.manifest.models import ETAG_CHARS, CountedWeek, Forgiveness, SignedHours
from gate.hub.manifest.presence import gates_heard
from gate.hub.manifest.rules import policy_in, rules_of
from gate.hub.manifest.stays import MAX_STAY_MS, Seen, stays_of
from gate.hub.manifest.whereabouts import person_of
from gate.hub.passes.models import Pass
from gate.hub.sites.models import Site
from gate.signing.keys import SigningKey
from gate.trust.person import PERSON_BYTES
from gate.trust.site_hours import MAX_ROWS, MAX_WEEK_MIN, Hours, SiteHours, sign_hours

COUNT_EVERY: Final = timedelta(minutes=5)
"""A sixth of the time for which a gate takes a day's minutes as they are."""

WEEKS: Final = 17
"""Working Time Regulations 1998, regulation 4(3); of who came later, the weeks since: 4(4)."""

_WEEK: Final = timedelta(days=7)
_MINUTE_MS: Final = 60_000
_AFTER_ENTRIES: Final = 2**63
"""What was forgiven in a millisecond comes after what the gates saw in it."""

_SEEN: Final = f"""
    SELECT CASE WHEN at_ms < received_ms THEN at_ms ELSE received_ms END, seq, journal_id, kind,
        direction, holder, detail, clock_trusted
    FROM ingest_entry
    WHERE site_id = %s AND at_ms >= %s AND at_ms < %s AND holder IS NOT NULL
      AND direction IN ('{Direction.IN}', '{Direction.OUT}')
      AND (kind = '{EventKind.ACCESS}' AND outcome IN ('{Outcome.ADMIT}', '{Outcome.NOTE}')
           OR kind IN ('{EventKind.NOT_TURNED}', '{EventKind.TURN_UNKNOWN}'))
"""  # noqa: S608 - constants only
_ENTRIES: Final = (
    "SELECT COUNT(*) FROM ingest_entry WHERE site_id = %s AND at_ms >= %s AND at_ms < %s"
)
_ERASED: Final = "SELECT COUNT(*) FROM people_person WHERE site_id = %s AND erased_at IS NOT NULL"
_ROW: Final = struct.Struct(f">{PERSON_BYTES}sIB")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calendar:
    """A site's weeks as of a moment, and whose pass stands on whose card."""

    site: Site
    zone: ZoneInfo
    now: datetime
    same: Mapping[bytes, bytes]

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def monday(self) -> date:
        return self.today - timedelta(days=self.today.weekday())

    def begin_ms(self, day: date) -> int:
        return to_ms(datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC))

    def day_of(self, at_ms: int) -> int:
        return datetime.fromtimestamp(at_ms / 1000, self.zone).date().toordinal()


def etag_now(site: Site, now: datetime, key: SigningKey) -> str | None:
    """Return the ETag of the hours that a unit is to have; None: the site's rules ask for none."""
    policy = policy_in(rules_of(site))
    if policy is None or not policy.asks_hours:
        return None
    there = SignedHours.objects.defer("message").filter(site=site).first()
    if there is not None and _is_young(there, now):
        return there.etag
    if there is None:
        SignedHours.objects.get_or_create(site=site)
    counted = count(site, now)
    with transaction.atomic():
        there = SignedHours.objects.select_for_update().get(site=site)
        if not _is_young(there, now):
            _keep(there, counted, key)
        return there.etag


def message_of(site: Site, etag: str) -> bytes | None:
    """Return the message with that ETag; None if it has just been replaced."""
    there = SignedHours.objects.get(site=site)
    if there.message is None or there.etag != etag:
        return None
    return bytes(there.message)


def count(site: Site, now: datetime) -> SiteHours:
    """Return how long everybody was at a site."""
    passes = Pass.objects.filter(site=site).values_list("person", "beneath")
    same = {bytes(person): bytes(beneath) for person, beneath in passes}
    calendar = _Calendar(site=site, zone=ZoneInfo(site.time_zone), now=now, same=same)
    past = [_week(calendar, calendar.monday - back * _WEEK) for back in range(WEEKS, 0, -1)]
    today, week = calendar.today.toordinal(), _walked(calendar, calendar.monday)
    rows = {
        person: Hours(
            person,
            day_min=_minutes(week.get(person, {}).get(today, (0, False))[0]),
            week_min=_minutes(sum(spent for spent, _ in week.get(person, {}).values())),
            average_week_min=0,
            week_is_whole=not any(miss for _, miss in week.get(person, {}).values()),
        )._replace(**_average(person, past))
        for person in {*week, *(person for one in past for person in one)}
    }
    for person, row in rows.items():
        if all(person not in one for one in past):
            rows[person] = row._replace(
                average_week_min=row.week_min, average_is_whole=row.week_is_whole
            )
    told = {key: rows[who] for key, who in same.items() if who in rows} | rows
    chosen = sorted(told.items(), key=lambda one: -one[1].week_min)[:MAX_ROWS]
    return SiteHours(
        site=site.slug,
        issued_at=now.astimezone(UTC).replace(microsecond=0),
        day=calendar.today,
        is_whole=all(
            now - gate.whole_at <= SITE_WIDE_FRESH
            for gate in gates_heard(site, now)
            if gate.was_heard
        ),
        rows=tuple(row._replace(person=key) for key, row in chosen),
    )


def _average(person: bytes, past: list[Mapping[bytes, tuple[int, bool]]]) -> dict[str, Any]:
    """Return the average over the weeks since somebody was first here."""
    first = next((place for place, week in enumerate(past) if person in week), None)
    if first is None:
        return {}
    weeks = [week.get(person, (0, False)) for week in past[first:]]
    spent_min = sum(minutes for minutes, _ in weeks)
    return {
        "average_week_min": min(spent_min // len(weeks), MAX_WEEK_MIN),
        "average_is_whole": not any(miss for _, miss in weeks),
    }


def _week(calendar: _Calendar, monday: date) -> Mapping[bytes, tuple[int, bool]]:
    """Return minutes of a week that is over, and whether some are missing: as kept, or counted."""
    basis = _basis(calendar, monday)
    there = CountedWeek.objects.filter(site=calendar.site, monday=monday).first()
    if there is not None and there.basis == basis:
        rows = _ROW.iter_unpack(bytes(there.body))
        return {person: (minutes, bool(miss)) for person, minutes, miss in rows}
    counted = {
        person: (
            _minutes(sum(spent for spent, _ in days.values())),
            any(miss for _, miss in days.values()),
        )
        for person, days in _walked(calendar, monday).items()
    }
    body = b"".join(_ROW.pack(person, *row) for person, row in sorted(counted.items()))
    kept = {"basis": basis, "body": body}
    CountedWeek.objects.update_or_create(site=calendar.site, monday=monday, defaults=kept)
    return counted


def _basis(calendar: _Calendar, monday: date) -> str:
    """Return what a week's count hangs on; if any of it is another, so may the count be."""
    site, begins_ms, ends_ms = calendar.site, *_bounds(calendar, monday)
    entries = _number(_ENTRIES, (site.pk, begins_ms, ends_ms))
    erased, zone = _number(_ERASED, (site.pk,)), calendar.zone.key
    forgiven = sum(1 for _ in _forgiven(calendar, begins_ms, ends_ms))
    is_over = to_ms(calendar.now) >= ends_ms
    return f"{entries} {erased} {forgiven} {zone}{'' if is_over else ' so far'}"


def _walked(calendar: _Calendar, monday: date) -> Mapping[bytes, dict[int, tuple[int, bool]]]:
    """Return milliseconds, and whether some are missing, by person and by day of a week."""
    days = range(monday.toordinal(), (monday + _WEEK).toordinal())
    begins_ms, ends_ms = _bounds(calendar, monday)
    known_ms = min(ends_ms, to_ms(calendar.now))
    stays = stays_of(_seen(calendar, begins_ms, ends_ms), calendar.day_of, known_ms)
    found = {}
    for person, one in stays.items():
        there = {
            day: (one.by_day.get(day, 0), day in one.missing)
            for day in days
            if day in one.by_day or day in one.missing
        }
        if there:
            found[person] = there
    return found


def _bounds(calendar: _Calendar, monday: date) -> tuple[int, int]:
    """Return from when to when a week's stays are seen: the longest before it, and after it."""
    return (
        calendar.begin_ms(monday) - MAX_STAY_MS,
        calendar.begin_ms(monday + _WEEK) + MAX_STAY_MS,
    )


def _seen(calendar: _Calendar, begins_ms: int, ends_ms: int) -> Iterator[Seen]:
    site, same = calendar.site, calendar.same
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, (site.pk, begins_ms, ends_ms))
        for at_ms, seq, journal, kind, direction, holder, detail, trusted in cursor.fetchall():
            person = person_of(holder)
            if person is not None:
                who = same.get(person, person)
                yield Seen(at_ms, seq, journal, kind, direction, who, detail, bool(trusted))
    yield from _forgiven(calendar, begins_ms, ends_ms)


def _forgiven(calendar: _Calendar, begins_ms: int, ends_ms: int) -> Iterator[Seen]:
    forgiven = Forgiveness.objects.filter(
        site=calendar.site, at__gte=from_ms(begins_ms), at__lt=from_ms(ends_ms)
    )
    for number, key, at in forgiven.values_list("pk", "person", "at"):
        who, kind = calendar.same.get(bytes(key), bytes(key)), EventKind.FORGIVEN.value
        yield Seen(to_ms(at), _AFTER_ENTRIES, number, kind, Direction.OUT.value, who)


def _number(query: str, values: tuple[Any, ...]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.fetchone()[0])


def _minutes(spent_ms: int) -> int:
    return min(spent_ms // _MINUTE_MS, MAX_WEEK_MIN)


def _is_young(there: SignedHours, now: datetime) -> bool:
    return there.issued_at is not None and timedelta(0) <= now - there.issued_at < COUNT_EVERY


def _keep(there: SignedHours, counted: SiteHours, key: SigningKey) -> None:
    message = sign_hours(counted, key)
    there.issued_at, there.message = counted.issued_at, message
    there.etag = hashlib.sha256(message).hexdigest()[:ETAG_CHARS]
    there.save()
