"""What deciding costs: every rule a site can ask for, a full site, and a day read at start.

Deciding stands beside two floors: the bare verification of a card's signature, without which there
is nothing to decide, and the whole way from a frame to the relay, of which it is to be under 5 %.
A day of passages, read as a unit does when it starts, stands beside a bare SELECT of the same rows.
"""

import sqlite3
import tempfile
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import thread_time
from typing import Final

from gate.access.decide import Rule, decide
from gate.access.model import AccessPoint, AccessRequest, Direction
from gate.access.persons import Inducted, PersonRecord, Role, SignedRams, WorkedTime
from gate.access.policy import parse_policy, rules_of
from gate.access.presence import Passage, Presence, SiteWide, fold_passages
from gate.access.site_rules import SitePersons
from gate.bench.journal import DIRECTORY
from gate.bench.rows import BenchRow, Limit, time_beside, time_each_beside
from gate.bench.scan import rows as scan_rows
from gate.bench.verify import bare_verification
from gate.card.model import Competence
from gate.errors import GateError
from gate.events.chain import head_of, link
from gate.events.codec import SALT_BYTES, encode_holder
from gate.events.model import Event, EventKind, Holder
from gate.sim.issuer import NOW, SimIssuer
from gate.store.journal import open_journal
from gate.store.journal_rows import INSERT_ENTRY, to_row
from gate.trust.site_presence import LastPassage
from gate.unit.attendance import recorded_people

PEOPLE: Final = 5_000
INSIDE: Final = 2_000
PASSAGES: Final = 20_000
REQUESTS: Final = 200
"""Different people, half of them inside."""

SCAN_RUNS: Final = 1
"""Forty cards from a frame to the relay."""

_SITE_KEY: Final = bytes(range(32))
_BARE: Final = "SELECT at_ms, kind, access_point, direction, holder FROM entries ORDER BY seq"
_HSE_UNTIL: Final = date(2030, 1, 1)
_POLICY: Final = """\
version = 1
site = "riverside"
time_zone = "Europe/London"
[[accept]]
scheme = "ecs-jib"
types = "any"
[[area]]
name = "site"
scheme = "ecs-jib"
types = "any"
[hours]
mon = "00:00-24:00"
tue = "00:00-24:00"
wed = "00:00-24:00"
thu = "00:00-24:00"
fri = "00:00-24:00"
sat = "00:00-24:00"
sun = "00:00-24:00"
[[work]]
name = "electrical"
occupations = [12]
[[endorsement]]
area = "site"
any_of = [12]
[[barred]]
area = "site"
scheme = "ecs-jib"
types = ["pqp"]
[[limit]]
area = "site"
limits = ["not-electrical"]
[[occupancy]]
most = 4000
[induction]
mode = "refer"
version = 3
valid_days = 365
[passback]
mode = "note"
[supervision]
mode = "refer"
[young]
mode = "refer"
[health_safety]
mode = "refuse"
[rams]
mode = "refer"
[site_supervisor]
mode = "note"
[first_aid]
mode = "note"
[rest]
mode = "note"
[working_week]
mode = "note"
[search]
percent = 1
[visitors]
mode = "refer"
"""


def rows(runs: int) -> list[BenchRow]:
    """Return what deciding costs, as a part of a scan, and what a day costs at start.

    Raises:
        GateError: the disk refuses.
    """
    issuer = SimIssuer()
    records = records_of_everybody()
    rules = site_rules(records)
    presence = a_site()
    requests = requests_of(issuer, records)
    decide_s, verify_s = time_each_beside(
        [partial(decide, request, rules, presence) for request in requests],
        [
            bare_verification(issuer.text(issuer.card(number)), issuer.key.verifying_key)
            for number in range(REQUESTS)
        ],
        runs,
        clock_s=thread_time,
    )
    relay_ms = median([row.value for row in scan_rows(SCAN_RUNS) if row.name == "frame to relay"])
    return [
        BenchRow(
            name=f"decide, {len(rules)} rules, {PEOPLE} people, {INSIDE} inside",
            value=decide_s * 1e6,
            floor=verify_s * 1e6,
            unit="us a card",
            runs=runs,
            floor_is="a bare verification by cryptography, key loaded",
            limit=Limit(most=100),
        ),
        BenchRow(
            name="the same, of the whole way",
            value=decide_s * 1e6,
            floor=relay_ms * 1e3,
            unit="us a card",
            runs=runs,
            floor_is="no floor but the whole of a scan: frame to relay, 40 cards",
            limit=Limit(most=0.05, of_ratio=True),
        ),
        _presence_row(runs),
    ]


def site_rules(records: dict[bytes, PersonRecord]) -> tuple[Rule, ...]:
    """Return every rule that a policy can ask for."""
    persons = SitePersons(inducted=frozenset(records), records=records)
    return rules_of(parse_policy(_POLICY, "policy"), _SITE_KEY, persons=persons)


def records_of_everybody() -> dict[bytes, PersonRecord]:
    """Return what the site knows of its people."""
    return {_person(number): _record(number) for number in range(PEOPLE)}


def requests_of(issuer: SimIssuer, records: dict[bytes, PersonRecord]) -> list[AccessRequest]:
    """Return what different people ask, one after the other."""
    step = PEOPLE // REQUESTS
    return [_request(issuer, number * step, records) for number in range(REQUESTS)]


def _person(number: int) -> bytes:
    return f"{number:016}".encode()


def _record(number: int) -> PersonRecord:
    today = NOW.date()
    roles = frozenset(Role) if number % 40 == 0 else frozenset[Role]()
    return PersonRecord(
        inducted=Inducted(on=today - timedelta(days=30), version=3),
        work="electrical",
        rams=SignedRams(last_day=today, work="electrical"),
        under_18=number % 50 == 1,
        supervisor=_person(0),
        worked=WorkedTime(day=today, day_min=60, week_min=600, average_week_min=2400),
        visitor=number % 50 == 2,
        host=_person(0),
        roles=roles,
        qualified=frozenset({21}),
    )


def a_site() -> Presence:
    """Return a site whose gates all tell of it: half of who is inside came in elsewhere."""
    here = [_passage(number) for number in range(0, INSIDE, 2)]
    at = NOW - timedelta(hours=2)
    elsewhere = [
        LastPassage(
            _person(number), "in" if number < INSIDE else "out", at, "Gate B", "site", "", ""
        )
        for number in range(1, PEOPLE, 2)
    ]
    site = SiteWide(as_of=NOW, passages={row.person: row for row in elsewhere})
    return fold_passages(here).with_site(site)


def _passage(number: int) -> Passage:
    return Passage(
        person=_person(number),
        direction=Direction.IN,
        at=NOW - timedelta(hours=1),
        access_point="Gate A in",
        area="site",
    )


def _request(issuer: SimIssuer, number: int, records: dict[bytes, PersonRecord]) -> AccessRequest:
    proven = Competence(
        scheme="ecs-jib",
        card_type="electrician",
        occupations=(12,),
        disciplines=(21,),
        limits=("supervised",) if number % 3 == 0 else (),
        health_safety=(3, _HSE_UNTIL),
    )
    return AccessRequest(
        access_point=AccessPoint(name="Gate A in", direction=Direction.IN, area="site"),
        at=NOW,
        card=issuer.card(number, competence=proven),
        person=_person(number),
        list_age_s=3600,
        manifest_age_s=60,
        record=records[_person(number)],
    )


def _presence_row(runs: int) -> BenchRow:
    with tempfile.TemporaryDirectory(dir=DIRECTORY) as directory:
        path = Path(directory) / "journal.db"
        _write_day(path)
        with closing(sqlite3.connect(path)) as connection:
            value_s, floor_s = time_beside(
                partial(_start, path),
                lambda: connection.execute(_BARE).fetchall(),
                runs,
                clock_s=thread_time,
            )
    return BenchRow(
        name=f"presence of {PASSAGES} passages",
        value=value_s * 1e3,
        floor=floor_s * 1e3,
        unit="ms a start",
        runs=runs,
        floor_is="a bare SELECT of the same rows, of the columns that tell who went where and when",
        limit=Limit(most=300),
    )


def _start(path: Path) -> None:
    """Read the day as a unit does when it starts."""
    presence = recorded_people(path, "site", NOW).presence
    if len(presence.left) != PEOPLE:
        raise GateError(f"bench: {len(presence.left)} people left, {PEOPLE} did")


def _write_day(path: Path) -> None:
    """Write a day in which everybody comes and goes twice, as a journal has it."""
    begun_at = NOW - timedelta(hours=12)
    with closing(open_journal(path, now=begun_at, clock_trusted=True)) as journal:
        started = Event(at=begun_at, clock_trusted=True, kind=EventKind.UNIT_STARTED)
        head = head_of(journal.append(started, None))
    written = []
    for number in range(PASSAGES):
        event = Event(
            at=begun_at + timedelta(seconds=2 * number),
            clock_trusted=True,
            kind=EventKind.ACCESS,
            access_point="Gate A in",
            direction=("in", "out")[number // PEOPLE % 2],
            outcome="admit",
            list_age_s=3600,
        )
        holder = Holder(
            person=_person(number % PEOPLE),
            issuer="https://cards.example",
            number=f"{number % PEOPLE:08}",
            name="Jordan Blackwood-Smith",
            card_type="installation-electrician",
        )
        entry = link(head, event, bytes(SALT_BYTES), encode_holder(holder))
        head = head_of(entry)
        written.append(to_row(entry))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(INSERT_ENTRY, written)
