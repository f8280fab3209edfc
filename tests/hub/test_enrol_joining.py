"""A unit joins by a code: once, in time, at its hub; and takes its place from another."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from gate.errors import ConfigError
from gate.hub.audit.models import Record
from gate.hub.enrol.budget import MAX_FAILURES, WINDOW_S, FailureBudget
from gate.hub.enrol.codes import MAX_AT_ONCE, cancel_code, codes_open, make_codes, numbered
from gate.hub.enrol.joining import take_join
from gate.hub.enrol.judge import KnownCode, Verdict, judge
from gate.hub.enrol.models import SetUpCode
from gate.hub.enrol.steps import PATIENCE, Step, progress_of
from gate.hub.ingest.models import Alarm, AlarmKind, Journal
from gate.hub.sites.models import Site, Unit
from gate.hub.sites.services import add_site, add_unit, retire_unit
from gate.signing.keys import Algorithm
from gate.sim.issuer import seeded_key
from gate.trust.enrolment import MIN_LIFE, open_code
from gate.trust.joining import sign_join
from gate.trust.network import Network, StaticAddress, Wired
from gate.trust.place import Place, lanes_called
from tests.hub.enrol_codes import (
    AT,
    BY,
    HUB,
    OTHER,
    UNIT,
    joins,
    made,
    refusal,
    request_by,
    site,
    wish,
)

__all__ = ["site"]

pytestmark = pytest.mark.django_db

UID = UNIT.verifying_key.kid.hex()
SECOND = timedelta(seconds=1)


def heard(unit: Unit) -> None:
    Journal.objects.create(unit=unit, journal_id=bytes(16), stored_through=1, head_hash=bytes(32))


def test_a_unit_joins_and_learns_its_place_and_the_sites_key(site: Site) -> None:
    joined = joins(made(site))

    assert joined.uid == UID
    assert joined.place == Place(
        site="kings-wharf", name="Gate A", lanes=lanes_called("Gate A", "in")
    )
    assert joined.hub_time == AT
    assert len(joined.site_key) == 32
    unit = Unit.objects.get(uid=UID)
    assert (unit.name, unit.site, bytes(unit.public_key)) == (
        "Gate A",
        site,
        UNIT.verifying_key.public,
    )


def test_a_code_says_where_to_join_and_nothing_of_its_token_is_kept(site: Site) -> None:
    one = made(site, days=3)

    code = open_code(one.text)
    assert code.hub is not None
    assert (code.hub.url, code.key) == ("https://hub.example.org", HUB.verifying_key)
    assert code.until - code.issued_at == timedelta(days=3)
    row = SetUpCode.objects.get()
    assert code.hub.token not in bytes(row.token_hash)


def test_the_same_unit_may_ask_again_and_is_answered_alike(site: Site) -> None:
    one = made(site)
    assert joins(one) == joins(one)
    assert Unit.objects.count() == 1
    assert not Alarm.objects.exists()


def test_a_second_unit_is_refused_and_an_alarm_raised_once(site: Site) -> None:
    one = made(site)
    joins(one)

    assert refusal(lambda: joins(one, OTHER)) == (409, "taken")
    assert refusal(lambda: joins(one, OTHER)) == (409, "taken")
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.unit.uid, alarm.times) == (AlarmKind.SECOND_UNIT, UID, 2)
    assert OTHER.verifying_key.kid.hex() in alarm.detail
    assert "192.0.2.9" in alarm.detail
    assert Unit.objects.count() == 1


def test_a_code_whose_unit_works_is_used(site: Site) -> None:
    one = made(site)
    joins(one)
    heard(Unit.objects.get())

    assert refusal(lambda: joins(one, OTHER)) == (409, "used")
    assert Alarm.objects.get().kind == AlarmKind.SECOND_UNIT
    joins(one)  # whose power was cut after its first entry


def test_a_code_of_a_unit_that_was_retired_is_used_for_that_unit_too(site: Site) -> None:
    one = made(site)
    joins(one)
    retire_unit(UID, AT)
    assert refusal(lambda: joins(one)) == (409, "used")


def test_a_code_is_good_until_its_last_second(site: Site) -> None:
    one = made(site, days=1)
    assert refusal(lambda: joins(one, now=AT + MIN_LIFE)) == (410, "expired")
    joins(one, now=AT + MIN_LIFE - SECOND)


def test_a_unit_that_joined_in_time_is_answered_after_its_codes_day(site: Site) -> None:
    one = made(site, days=1)
    joins(one)
    joins(one, now=AT + MIN_LIFE)


def test_a_cancelled_code_is_as_unknown_as_one_that_never_was(site: Site) -> None:
    one = made(site)
    cancel_code(site, one.code.pk, AT)
    cancelled = refusal(lambda: joins(one))
    one.code.delete()
    assert cancelled == refusal(lambda: joins(one)) == (404, "unknown")


def test_a_code_that_was_used_is_not_cancelled(site: Site) -> None:
    one = made(site)
    joins(one)
    with pytest.raises(ConfigError, match="used or cancelled meanwhile"):
        cancel_code(site, one.code.pk, AT)


def test_a_request_for_another_hub_is_told_so(site: Site) -> None:
    _, request = request_by(made(site))
    other = seeded_key("another hub", Algorithm.ED25519)
    ask = lambda: take_join(request, other, host="", now=AT)  # noqa: E731 - asked within refusal
    assert refusal(ask) == (421, "other_hub")


def test_a_request_that_another_key_signed_is_malformed(site: Site) -> None:
    join, _ = request_by(made(site))
    forged = sign_join(join, OTHER)
    ask = lambda: take_join(forged, HUB, host="", now=AT)  # noqa: E731 - as above
    assert refusal(ask) == (400, "malformed")
    assert not Unit.objects.exists()


def test_a_replacement_takes_the_name_and_retires_the_one_before(site: Site) -> None:
    old = add_unit(site=site.slug, name="Gate A", public_key=OTHER.verifying_key.public)
    one = made(site, replaces=old)
    assert Unit.objects.get(retired_at=None) == old

    assert joins(one).place.name == "Gate A"
    old.refresh_from_db()
    assert (old.name, old.retired_at) == ("Gate A", AT)
    assert [unit.uid for unit in Unit.objects.filter(retired_at=None)] == [UID]


def test_a_unit_moves_to_another_site(site: Site) -> None:
    other = add_site(
        slug="hillside", name="Hillside", time_zone="Europe/London", organisation="Hartwell"
    )
    old = add_unit(site=other.slug, name="Gate 7", public_key=OTHER.verifying_key.public)
    joined = joins(made(site, names=["Gate 7"], replaces=old))
    old.refresh_from_db()
    assert joined.place.site == "kings-wharf"
    assert old.retired_at == AT


def test_who_joined_is_in_the_audit(site: Site) -> None:
    one = made(site)
    joins(one)
    joins(one)
    record = Record.objects.get()
    assert (record.act, record.place, record.host) == ("joined", "Gate A", "192.0.2.9")
    assert record.site == site


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({"names": []}, "count: 0 units; allowed: 1 to 40", id="no unit"),
        pytest.param(
            {"names": numbered("Gate", MAX_AT_ONCE + 1)}, "count: 41 units", id="over a sheet"
        ),
        pytest.param({"names": [" A"]}, "name: name ' A'", id="a name with a blank before it"),
        pytest.param({"names": ["x" * 62]}, "name: lane", id="no room for a lane's name"),
        pytest.param({"names": ["Gate B"]}, "name: Gate B is in use here", id="a name in use"),
        pytest.param({"days": 0}, "days: 0; allowed: 1 to 30", id="no day"),
        pytest.param({"days": 31}, "days: 31; allowed: 1 to 30", id="over a month"),
        pytest.param({"url": "http://hub.example.org"}, "http: loopback only", id="without TLS"),
        pytest.param(
            {
                "names": numbered("Gate", 2),
                "network": Network(
                    link=Wired(),
                    static=StaticAddress(
                        address="192.0.2.9/24", gateway="192.0.2.1", servers=("192.0.2.1",)
                    ),
                ),
            },
            "one address is for one unit",
            id="one address for two",
        ),
    ],
)
def test_a_code_that_can_not_be_is_not_made(
    site: Site, changes: dict[str, object], told: str
) -> None:
    add_unit(site=site.slug, name="Gate B", public_key=OTHER.verifying_key.public)
    with pytest.raises(ConfigError, match=told):
        make_codes(site, wish(**changes), HUB, by=BY, now=AT)
    assert not SetUpCode.objects.exists()


def test_two_open_codes_are_never_for_one_name(site: Site) -> None:
    made(site)
    with pytest.raises(ConfigError, match="a code for Gate A is open; cancel it"):
        made(site)


def test_a_site_without_rules_gets_no_code(db: None) -> None:  # noqa: ARG001 - opens the database
    bare = add_site(slug="bare", name="Bare", time_zone="Europe/London", organisation="Hartwell")
    with pytest.raises(ConfigError, match="rules: bare has none in force"):
        made(bare)


def test_a_sheet_has_a_code_for_each_name(site: Site) -> None:
    many = make_codes(site, wish(names=numbered("Gate", 40)), HUB, by=BY, now=AT)
    assert len({one.text for one in many}) == codes_open(site).count() == 40
    assert (many[0].code.name, many[39].code.name) == ("Gate 1", "Gate 40")


def test_the_database_lets_nobody_be_used_and_cancelled(site: Site) -> None:
    one = made(site)
    joins(one)
    with pytest.raises(IntegrityError), transaction.atomic():
        SetUpCode.objects.update(cancelled_at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        SetUpCode.objects.update(unit=None)


def test_a_page_sees_how_far_a_unit_has_come(site: Site) -> None:
    one = made(site)
    joins(one)
    code = SetUpCode.objects.get()
    assert progress_of(code, AT + PATIENCE).reached == (Step.JOINED,)
    assert not progress_of(code, AT + PATIENCE).is_late
    assert progress_of(code, AT + PATIENCE + SECOND).is_late
    heard(Unit.objects.get())
    done = progress_of(code, AT + PATIENCE + SECOND)
    assert (done.is_done, done.is_late) == (True, False)


NOW = datetime(2026, 11, 23, tzinfo=UTC)
OPEN = KnownCode(until=NOW + SECOND)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (None, Verdict.UNKNOWN),
        (OPEN, Verdict.FRESH),
        (KnownCode(until=NOW), Verdict.EXPIRED),
        (KnownCode(until=NOW + SECOND, cancelled=True), Verdict.CANCELLED),
        (KnownCode(until=NOW, cancelled=True), Verdict.CANCELLED),
        (KnownCode(until=NOW, user=b"mine"), Verdict.AGAIN),
        (KnownCode(until=NOW, user=b"mine", heard=True), Verdict.AGAIN),
        (KnownCode(until=NOW, user=b"mine", retired=True), Verdict.USED),
        (KnownCode(until=NOW + SECOND, user=b"theirs"), Verdict.TAKEN),
        (KnownCode(until=NOW + SECOND, user=b"theirs", heard=True), Verdict.USED),
        (KnownCode(until=NOW + SECOND, user=b"theirs", retired=True), Verdict.USED),
    ],
)
def test_what_a_token_is_worth(code: KnownCode | None, verdict: Verdict) -> None:
    assert judge(code, b"mine", NOW) is verdict


def test_a_host_that_asks_in_vain_waits_until_the_minute_is_over() -> None:
    budget = FailureBudget()
    for _ in range(MAX_FAILURES):
        assert budget.wait_s("192.0.2.9", 60.0) == 0
        budget.spend("192.0.2.9", 60.0)
    assert budget.wait_s("192.0.2.9", 70.0) == WINDOW_S - 10
    assert budget.wait_s("192.0.2.8", 70.0) == 0
    assert budget.wait_s("192.0.2.9", 120.0) == 0
