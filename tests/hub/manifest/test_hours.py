"""How long everybody was at a site, as its gates are told where the rules ask for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from django.db import connection
from django.utils import timezone

from gate.access.decide import decide
from gate.access.model import AccessPoint, AccessRequest, Direction
from gate.access.policy import parse_policy, rules_of
from gate.access.presence import Presence, SiteWide
from gate.errors import Outcome, Reason
from gate.events.chain import link
from gate.events.codec import encode_holder
from gate.events.model import Event, EventKind, Holder
from gate.hub.manifest.hours import WEEKS, count, etag_now, message_of
from gate.hub.manifest.models import CountedWeek, SignedHours
from gate.hub.manifest.rules import set_rules
from gate.sim.issuer import SimIssuer
from gate.trust.site_hours import Hours, open_hours
from gate.unit.trust_watch import counted_of
from tests.hub.manifest.conftest import SAM as AUTHOR
from tests.hub.manifest.conftest import Asker, rules
from tests.hub.manifest.passing import beats, notes, passes, person, send
from tests.hub.passes.conftest import issued, shown
from tests.hub.people import own_files

if TYPE_CHECKING:
    from gate.hub.sites.models import Site
    from gate.signing.keys import SigningKey
    from tests.hub.ingest.conftest import Sender, SimulatedUnit

__all__ = ["own_files"]

pytestmark = pytest.mark.django_db

MONDAY: Final = datetime(2026, 11, 16, tzinfo=UTC)
"""London has the same time in winter."""
WEDNESDAY: Final = MONDAY + timedelta(days=2)
NOW: Final = WEDNESDAY + timedelta(hours=18)
ASKS: Final = '[working_week]\nmode = "note"\n[people]\nunknown = "note"\n'
Gates = tuple["SimulatedUnit", "SimulatedUnit"]


def worked(gates: Gates, name: str, day: datetime, begins: float, ends: float) -> None:
    """Have somebody come in at one gate and leave by the other."""
    passes(gates[0], name, "in", day + timedelta(hours=begins))
    passes(gates[1], name, "out", day + timedelta(hours=ends))


def hours_of(site: Site, now: datetime = NOW) -> dict[bytes, Hours]:
    return {row.person: row for row in count(site, now).rows}


def minutes(row: Hours) -> tuple[int, int, int]:
    return row.day_min, row.week_min, row.average_week_min


def test_the_day_its_week_and_the_average_of_the_weeks_before_are_counted(
    sender: Sender, gates: Gates, site: Site
) -> None:
    for back in (3, 1):
        for day in range(5):
            worked(gates, "Sam", MONDAY + timedelta(days=day - 7 * back), 7, 17)
    worked(gates, "Sam", MONDAY, 7, 15)
    worked(gates, "Sam", WEDNESDAY, 7, 12)
    worked(gates, "Sam", WEDNESDAY, 12.5, 16)
    send(sender, *gates)

    row = hours_of(site)[person("Sam")]

    # Of three weeks since the first, 50 hours, none and 50 hours.
    assert minutes(row) == (8 * 60 + 30, 16 * 60 + 30, 2 * 50 * 60 // 3)
    assert row.week_is_whole
    assert row.average_is_whole


def test_who_is_here_for_the_first_week_has_that_as_average(
    sender: Sender, gates: Gates, site: Site
) -> None:
    worked(gates, "Sam", MONDAY, 7, 17)
    passes(gates[0], "Dee", "in", WEDNESDAY + timedelta(hours=7))
    send(sender, *gates)

    found = hours_of(site)

    assert minutes(found[person("Sam")]) == (0, 600, 600)
    assert person("Dee") not in found  # she is inside: nothing of hers is over


def test_an_exit_that_nobody_saw_is_no_hours_and_is_said(
    sender: Sender, gates: Gates, site: Site
) -> None:
    worked(gates, "Sam", MONDAY - timedelta(days=7), 7, 17)
    passes(gates[0], "Sam", "in", MONDAY - timedelta(days=3) + timedelta(hours=7))
    passes(gates[0], "Dee", "in", MONDAY + timedelta(hours=7))
    worked(gates, "Dee", WEDNESDAY, 7, 9)
    send(sender, *gates)

    found = hours_of(site)

    sam, dee = found[person("Sam")], found[person("Dee")]
    assert (minutes(sam), sam.week_is_whole, sam.average_is_whole) == ((0, 0, 600), True, False)
    assert (minutes(dee), dee.week_is_whole, dee.average_is_whole) == (
        (120, 120, 120),
        False,
        False,
    )


def test_a_grant_that_was_not_taken_begins_no_stay(
    sender: Sender, gates: Gates, site: Site
) -> None:
    passes(gates[0], "Sam", "in", WEDNESDAY + timedelta(hours=6))
    at = WEDNESDAY + timedelta(hours=6, seconds=5)
    notes(gates[0], EventKind.NOT_TURNED, "in", at, who="Sam", detail="grant 1")
    worked(gates, "Sam", WEDNESDAY, 7, 9)
    send(sender, *gates)
    assert minutes(hours_of(site)[person("Sam")])[0] == 120


def test_what_arrives_late_and_who_is_erased_change_a_week_that_was_counted(
    sender: Sender, gates: Gates, site: Site
) -> None:
    last_week = MONDAY - timedelta(days=7)
    worked(gates, "Sam", last_week, 7, 17)
    send(sender, *gates)
    assert minutes(hours_of(site)[person("Sam")])[2] == 600
    assert CountedWeek.objects.filter(site=site).count() == WEEKS

    worked(gates, "Sam", last_week + timedelta(days=1), 7, 17)
    send(sender, *gates)
    assert minutes(hours_of(site)[person("Sam")])[2] == 1200

    with connection.cursor() as cursor:
        cursor.execute("UPDATE ingest_entry SET salt = NULL, holder = NULL")
        cursor.execute(
            "INSERT INTO people_person (site_id, name, words, language, is_visitor, added_at,"
            " erased_at) VALUES (%s, '', '', '', FALSE, %s, %s)",
            (site.pk, NOW, NOW),
        )
    assert hours_of(site) == {}
    assert not any(CountedWeek.objects.values_list("body", flat=True))


def test_a_week_is_read_as_it_was_counted(sender: Sender, gates: Gates, site: Site) -> None:
    worked(gates, "Sam", MONDAY - timedelta(days=7), 7, 17)
    send(sender, *gates)
    first = hours_of(site)
    CountedWeek.objects.filter(monday=date(2026, 11, 2)).update(
        body=person("Dee") + (60).to_bytes(4, "big") + b"\x00"
    )
    again = hours_of(site)
    assert again[person("Sam")] == first[person("Sam")]
    assert minutes(again[person("Dee")]) == (0, 0, 30)


@pytest.mark.usefixtures("own_files")
def test_a_pass_and_the_card_beneath_it_are_one_person(
    sender: Sender, gates: Gates, site: Site
) -> None:
    made = issued(site, shown())
    pair = (bytes(made.person), bytes(made.beneath))
    for key, way, hour in ((pair[0], "in", 7), (pair[1], "out", 9)):
        _passes_as(gates[0], key, way, WEDNESDAY + timedelta(hours=hour))
    send(sender, gates[0])

    found = hours_of(site)

    assert [minutes(found[key]) for key in pair] == [(120, 120, 120)] * 2


def _passes_as(unit: SimulatedUnit, key: bytes, way: str, at: datetime) -> None:
    event = Event(at=at, clock_trusted=True, kind=EventKind.ACCESS, direction=way, outcome="admit")
    holder = Holder(person=key, issuer="iss", number="1", name="Jane", card_type="gold")
    unit.entries.append(link(unit.head, event, bytes(16), encode_holder(holder)))


def asked(site: Site, more: str = ASKS) -> None:
    set_rules(site, rules(version=1) + more, source="rules", by=AUTHOR, now=timezone.now())


def test_they_are_the_hubs_word_and_signed_every_five_minutes(
    sender: Sender, gates: Gates, site: Site, asker: Asker, signing_key: SigningKey
) -> None:
    asked(site)
    worked(gates, "Sam", WEDNESDAY, 7, 9)
    send(sender, *gates)
    answer = asker.get(gates[1], "hours")
    told = open_hours(answer.content, asker.trusted, site.slug)
    assert person("Sam") in {row.person for row in told.rows}
    assert asker.get(gates[1], "hours", had=answer["ETag"]).status_code == 304

    etag = etag_now(site, NOW, signing_key)
    assert etag is not None
    SignedHours.objects.update(issued_at=NOW)
    assert etag_now(site, NOW + timedelta(seconds=299), signing_key) == etag
    later = etag_now(site, NOW + timedelta(seconds=300), signing_key)
    assert later not in {None, etag}
    assert message_of(site, etag) is None


@pytest.mark.parametrize(
    ("more", "status"),
    [("", 404), (ASKS, 200), ('[young]\nmode = "refer"\n', 200), ('[rest]\nmode = "note"\n', 404)],
    ids=["nothing", "the working week", "people under 18", "rest"],
)
def test_hours_are_told_only_where_the_rules_ask_for_them(
    gates: Gates, site: Site, asker: Asker, more: str, status: int
) -> None:
    asked(site, more)
    answer = asker.get(gates[0], "hours")
    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "no_hours"


def test_a_stranger_is_told_nothing(gates: Gates, site: Site, asker: Asker) -> None:
    asked(site)
    assert asker.get(gates[0], "hours", signer=gates[1].key).json()["code"] == "unknown_unit"
    assert not SignedHours.objects.exists()


@pytest.mark.parametrize(("ago", "whole"), [(2, True), (3, False)])
def test_a_gate_that_was_not_heard_leaves_everybody_s_hours_in_doubt(
    gates: Gates, site: Site, *, ago: int, whole: bool
) -> None:
    beats(gates[0], NOW)
    beats(gates[1], NOW - timedelta(minutes=ago))
    assert count(site, NOW).is_whole is whole


def test_a_gate_answers_by_them(sender: Sender, gates: Gates, site: Site) -> None:
    """From the gates' record by the hub's count to the answer of the rules."""
    for day in range(5):
        worked(gates, "Sam", MONDAY + timedelta(days=day - 7), 7, 17)
        worked(gates, "Dee", MONDAY + timedelta(days=day - 7), 7, 15)
    passes(gates[0], "Kim", "in", MONDAY - timedelta(days=7))
    send(sender, *gates)
    told = rules_of(parse_policy(rules() + ASKS, "rules"), bytes(32))
    there = Presence().with_site(SiteWide(as_of=NOW, hours=counted_of(count(site, NOW))))

    def answer(name: str) -> tuple[Outcome, Reason | None]:
        point = AccessPoint(name="Gate A", direction=Direction.IN, area="site")
        request = AccessRequest(
            access_point=point, at=NOW, card=SimIssuer().card(), person=person(name)
        )
        decision = decide(request, told, there)
        return decision.outcome, decision.reason

    assert answer("Sam") == (Outcome.NOTE, Reason.HOURS)
    assert answer("Dee") == (Outcome.ADMIT, None)
    assert answer("Kim") == (Outcome.NOTE, Reason.NOT_ON_RECORD)
    assert answer("a newcomer") == (Outcome.ADMIT, None)
