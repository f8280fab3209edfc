"""A hub filled with so many entries for a bench: 500 people who come and go, all but few inside.

It is written by the database itself, past the ingest, into an empty hub that is thrown away.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from gate.events.codec import to_ms
from gate.hub.ingest.models import Heartbeat, Journal
from gate.hub.manifest.models import Folded
from gate.hub.people.models import Company, Person, PersonCard
from gate.hub.sites.models import Role, Site, Unit
from gate.hub.sites.services import add_site, add_user
from gate.signing.keys import Algorithm, VerifyingKey

PEOPLE: Final = 500
COMPANIES: Final = 20
GATES: Final = 4
STEP_MS: Final = 12_600
"""Four thousand entries from midnight to two in the afternoon."""

_HOUR_OF_DAY: Final = 14
_LATEST_AGO_MS: Final = 30 * 60_000
"""So that more can pass, and not in time to come."""

_PERSON: Final = 1_000_000_000
_ZEROS: Final = "0" * 22

_ENTRY: Final = """
    INSERT INTO ingest_entry (journal_id, site_id, received_ms, seq, at_ms, clock_trusted, kind,
        access_point, direction, outcome, reason, reasons, count, list_age_s, detail, commitment,
        salt, holder, hash)
    WITH RECURSIVE n(i) AS (
        SELECT CAST({first} AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < {last}
    )
    SELECT {journal} + i % {gates}, {site}, {first_ms} + i * {step} + 900, i / {gates} + 1,
        {first_ms} + i * {step}, {true}, 'access',
        'Gate ' || substr('ABCD', CAST(i % {gates} + 1 AS INTEGER), 1),
        CASE WHEN (({end} - i) / {people}) % 2 = 0 THEN 'in' ELSE 'out' END,
        CASE WHEN i % 97 = 0 THEN 'refuse' ELSE 'admit' END,
        CASE WHEN i % 97 = 0 THEN 'expired' ELSE '' END,
        CASE WHEN i % 97 = 0 THEN 'expired' ELSE '' END,
        1, 3600, '', {blob32}, {blob16},
        '{{"card_type":"gold","issuer":"iss","name":"Person ' || CAST(i % {people} AS VARCHAR(9))
            || '","number":"' || CAST({person} + i % {people} AS VARCHAR(12)) ||
            '","person":"{zeros}'
            || CAST({person} + i % {people} AS VARCHAR(12)) || '"}}',
        {blob32}
    FROM n
"""


@dataclass(slots=True)
class FilledHub:
    """The site, and how its record goes on: `entries` so far, the first of them at `first_ms`."""

    site: Site
    journals: tuple[int, ...]
    entries: int
    first_ms: int

    def pass_one(self) -> None:
        """Have one more person pass a gate, as if its unit had sent it."""
        self.entries += 1
        _write(self, self.entries - 1, end=self.entries - 1)
        journal = self.journals[(self.entries - 1) % len(self.journals)]
        mark = (self.entries - 1) // len(self.journals) + 1
        Journal.objects.filter(pk=journal).update(stored_through=mark)


def fill(entries: int, now: datetime, unit_keys: Sequence[bytes] = ()) -> FilledHub:
    """Make a site with so many entries, the latest half an hour old; for its clock it is 14 hours.

    Its units have the public keys that are given, or such as nobody can sign by.
    """
    site = add_site(slug="bench", name="Bench", time_zone=_zone(now), organisation="Bench")
    add_user(name="bench", password=secrets.token_hex(16), roles={site.slug: Role.MANAGER})
    keys = unit_keys or [bytes([9 + number]) * 32 for number in range(GATES)]
    journals = tuple(_gate(site, number, key, entries, now) for number, key in enumerate(keys))
    _people(site, now)
    first_ms = to_ms(now) - _LATEST_AGO_MS - (entries - 1) * STEP_MS
    filled = FilledHub(site=site, journals=journals, entries=entries, first_ms=first_ms)
    _write(filled, 0, end=entries - 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return filled


def _gate(site: Site, number: int, key: bytes, entries: int, now: datetime) -> int:
    """Add a unit that is heard, with a journal; return the journal's number."""
    stored = (entries - 1 - number) // GATES + 1
    name = f"Gate {'ABCD'[number]}"
    uid = VerifyingKey(Algorithm.ED25519, key).kid.hex()
    unit = Unit.objects.create(uid=uid, site=site, name=name, public_key=key)
    journal = Journal.objects.create(
        unit=unit, journal_id=bytes(16), stored_through=stored, head_hash=bytes(32)
    )
    Folded.objects.create(journal=journal, through=max(0, stored - 4 * PEOPLE // GATES))
    Heartbeat.objects.create(
        unit=unit,
        received_at=now + timedelta(hours=1),
        sent_at=now,
        clock_trusted=True,
        backlog=0,
        list_ages_s={},
        version="1",
        boot_reason="power",
        faults=[],
    )
    return int(journal.pk)


def _write(filled: FilledHub, first: int, *, end: int) -> None:
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTRY.format(
                first=first,
                last=end,
                end=end,
                gates=GATES,
                journal=filled.journals[0],
                site=filled.site.pk,
                first_ms=filled.first_ms,
                step=STEP_MS,
                people=PEOPLE,
                person=_PERSON,
                zeros=_ZEROS,
                true="1" if is_sqlite else "TRUE",
                blob32="zeroblob(32)" if is_sqlite else f"'\\x{'00' * 32}'::bytea",
                blob16="zeroblob(16)" if is_sqlite else f"'\\x{'00' * 16}'::bytea",
            )
        )


def _zone(now: datetime) -> str:
    """Return a zone where it is about two in the afternoon: a bench measures a full day."""
    ahead = _HOUR_OF_DAY - now.hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def _people(site: Site, now: datetime) -> None:
    companies = [
        Company.objects.create(site=site, name=f"Company {one}") for one in range(COMPANIES)
    ]
    people = Person.objects.bulk_create(
        Person(site=site, company=companies[one % COMPANIES], name=f"Person {one}", added_at=now)
        for one in range(PEOPLE)
    )
    PersonCard.objects.bulk_create(
        PersonCard(
            site=site,
            person=person,
            scheme="ecs",
            card_type="gold",
            issuer="iss",
            number=str(_PERSON + one),
            last_day="2040-01-01",
            key=bytes.fromhex(f"{_ZEROS}{_PERSON + one}"),
        )
        for one, person in enumerate(people)
    )
