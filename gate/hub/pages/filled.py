"""A hub filled with so many entries for a bench: 500 people who come and go, all but few inside.

It is written by the database itself, past the ingest, into an empty hub that is thrown away.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from gate.events.codec import to_ms
from gate.hub.ingest.models import Heartbeat, Journal
from gate.hub.manifest.models import Folded
from gate.hub.people.models import Company, Person, PersonCard
from gate.hub.sites.models import Role, Site, Unit
from gate.hub.sites.services import add_site, add_user

PEOPLE: Final = 500
COMPANIES: Final = 20
STEP_MS: Final = 12_600
"""Four thousand entries from midnight to two in the afternoon."""

_HOUR_OF_DAY: Final = 14
_PERSON: Final = 1_000_000_000
_ZEROS: Final = "0" * 22

_FILL: Final = """
    INSERT INTO ingest_entry (journal_id, site_id, received_ms, seq, at_ms, clock_trusted, kind,
        access_point, direction, outcome, reason, reasons, count, list_age_s, detail, commitment,
        salt, holder, hash)
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {last})
    SELECT {journal}, {site}, {first_ms} + i * {step} + 900, i + 1, {first_ms} + i * {step}, {true},
        'access', 'Gate A', CASE WHEN (({last} - i) / {people}) % 2 = 0 THEN 'in' ELSE 'out' END,
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


def fill(entries: int, now: datetime) -> Site:
    """Make a site with so many entries, the latest a minute old; for its clock it is 14 hours."""
    site = add_site(slug="bench", name="Bench", time_zone=_zone(now), organisation="Bench")
    add_user(name="bench", password=secrets.token_hex(16), roles={site.slug: Role.MANAGER})
    unit = Unit.objects.create(uid="00" * 8, site=site, name="Gate A", public_key=bytes(32))
    journal = Journal.objects.create(
        unit=unit, journal_id=bytes(16), stored_through=entries, head_hash=bytes(32)
    )
    Folded.objects.create(journal=journal, through=max(0, entries - 4 * PEOPLE))
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
    _people(site, now)
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(
            _FILL.format(
                last=entries - 1,
                journal=journal.pk,
                site=site.pk,
                first_ms=to_ms(now) - 60_000 - (entries - 1) * STEP_MS,
                step=STEP_MS,
                people=PEOPLE,
                person=_PERSON,
                zeros=_ZEROS,
                true="1" if is_sqlite else "TRUE",
                blob32="zeroblob(32)" if is_sqlite else f"'\\x{'00' * 32}'::bytea",
                blob16="zeroblob(16)" if is_sqlite else f"'\\x{'00' * 16}'::bytea",
            )
        )
        cursor.execute("ANALYZE")
    return site


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
