"""Passes of a site: what they say, whom they are refused, and what the gates are told of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from gate.access.site_policy import MAX_BLOCKED
from gate.card.model import Competence, StandsOn, StatusRef
from gate.card.verify import authenticate, standing, verify_card
from gate.errors import ConfigError
from gate.hub.desk.issuing import issue
from gate.hub.desk.making import create_desk
from gate.hub.desk.models import Desk
from gate.hub.desk.selection import Selection
from gate.hub.desk.statuses import set_status
from gate.hub.manifest.blocks import block, blocked_persons
from gate.hub.manifest.inductions import inducted
from gate.hub.manifest.models import Block, Manifest
from gate.hub.passes.models import Pass
from gate.hub.passes.scheme_card import SchemeCard, read_card
from gate.hub.passes.told import pass_issuers
from gate.hub.sites.services import add_site
from gate.trust.bundle import KeyUse
from gate.trust.person import person_key
from gate.trust.status_list import Status
from tests.hub.desk.conftest import card as scheme_card
from tests.hub.gates import site
from tests.hub.manifest.conftest import (
    Asker,
    asker,
    hub_key,
    ingest,
    ruled,
    secret,
    signing_key,
    unit,
)
from tests.hub.passes.conftest import ANN, believed, issued, shown

if TYPE_CHECKING:
    from gate.hub.sites.models import Site
    from tests.hub.ingest.conftest import SimulatedUnit

__all__ = ["asker", "hub_key", "ingest", "ruled", "secret", "signing_key", "site", "unit"]

pytestmark = pytest.mark.django_db


def faults(site: Site, card: SchemeCard | None = None, **wish: Any) -> str:  # noqa: ANN401 - what a pass is to be
    with pytest.raises(ConfigError) as caught:
        issued(site, card, **wish)
    return str(caught.value)


def test_a_pass_is_believed_by_what_the_site_s_gates_are_given(site: Site) -> None:
    made = issued(site, company="Scaffold Ltd")
    card = verify_card(made.text, believed(site), timezone.now())

    assert (card.issuer, card.number, card.audience) == (
        "site:kings-wharf",
        "P00001",
        "kings-wharf",
    )
    assert (card.name, card.competence.card_type) == ("Jane Example", "labourer")
    assert card.competence.stands_on == StandsOn(
        issuer="cscs", number="12345678", expires_at=datetime(2099, 5, 31, 23, tzinfo=UTC)
    )
    assert card.expires_at == datetime(2099, 5, 31, 23, tzinfo=UTC)
    assert (made.checked_by, made.was_read, made.company) == ("Ann", False, "Scaffold Ltd")


def test_the_key_of_a_site_s_passes_is_for_sites_and_lists_alone(site: Site) -> None:
    issued(site)
    (issuer,) = pass_issuers(site)

    assert issuer.schemes == {"site:kings-wharf"}
    assert [key.uses for key in issuer.keys] == [{KeyUse.SITE, KeyUse.LIST}]


def test_passes_are_numbered_and_share_one_desk(site: Site) -> None:
    numbers = [issued(site, shown(number=f"{one}")).card.number for one in range(3)]

    assert numbers == ["P00001", "P00002", "P00003"]
    assert Desk.objects.get().site == site


def test_a_pass_may_end_before_its_scheme_card(site: Site) -> None:
    made = issued(site, until=date(2098, 12, 31))

    assert made.card.expires_at == datetime(2099, 1, 1, tzinfo=UTC)


def test_a_photograph_is_tied_to_the_pass(site: Site) -> None:
    made = issued(site, photo=b"portrait")
    card = verify_card(made.text, believed(site), timezone.now())

    assert card.competence.photo_digest is not None
    assert bytes(made.photo or b"") == b"portrait"


def test_who_has_a_pass_is_inducted_by_it_and_by_the_scheme_card(site: Site, secret: bytes) -> None:
    issued(site)

    assert inducted(site) == {
        person_key(secret, "site:kings-wharf", "P00001"),
        person_key(secret, "cscs", "12345678"),
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "=Jane"}, "name: '=Jane'"),
        ({"name": ""}, "name: ''"),
        ({"company": "a\u200bb"}, "company: "),
        ({"until": date(2099, 6, 1)}, "until: after the scheme card's own last day"),
        ({"until": date(2020, 6, 1)}, "until: that day is over"),
    ],
)
def test_what_a_pass_can_not_be_is_told_by_its_field(
    site: Site, changes: dict[str, Any], told: str
) -> None:
    assert told in faults(site, **changes)
    assert not Pass.objects.exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"scheme": "site:hilltop"}, "scheme: 'site:hilltop'"),
        ({"scheme": "écs"}, "scheme: 'écs'"),
        ({"number": "=1"}, "number: '=1'"),
        ({"number": "1" * 33}, "number: "),
        ({"number": ""}, "number: ''"),
        ({"proofs": Competence(scheme="cscs", card_type="x" * 25)}, "card_type: "),
        ({"checked_by": ""}, "checked_by: ''"),
        ({"expires_on": date(2101, 1, 1)}, "expires_on: 2101-01-01"),
    ],
)
def test_what_no_card_says_is_told_by_its_field(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        shown(**changes)

    assert told in str(caught.value)


def test_an_expired_scheme_card_carries_no_pass(site: Site) -> None:
    assert "the scheme card has expired" in faults(site, shown(expires_on=date(2020, 1, 1)))


def test_a_scheme_card_has_one_pass_at_a_time(site: Site) -> None:
    made = issued(site)
    assert "that card has the pass P00001" in faults(site)
    set_status(
        made.card.desk,
        Selection(cards=(made.card_id,)),
        Status.INVALID,
        reason="Lost",
        by=ANN,
        now=timezone.now(),
    )

    assert issued(site).card.number == "P00002"
    assert [str(one) for one in standing_of(made, site)] == ["revoked"]


def standing_of(made: Pass, site: Site) -> list[str]:
    trust = believed(site)
    return list(standing(authenticate(made.text, trust), trust, timezone.now()))


def test_who_is_blocked_gets_no_pass(site: Site, secret: bytes) -> None:
    given: dict[str, Any] = {"issuer": "cscs", "number": "12345678", "reason": "Fight"}
    block(site, secret, **given, by=ANN, now=timezone.now())

    assert "that card is blocked here" in faults(site)


def test_whose_pass_is_blocked_gets_no_other_and_the_scheme_card_is_kept_out_too(
    site: Site, secret: bytes
) -> None:
    issued(site)
    given: dict[str, Any] = {"issuer": "site:kings-wharf", "number": "P00001", "reason": "Fight"}
    block(site, secret, **given, by=ANN, now=timezone.now())

    assert blocked_persons(site) == {
        person_key(secret, "site:kings-wharf", "P00001"),
        person_key(secret, "cscs", "12345678"),
    }
    assert "that card is blocked here" in faults(site)


def test_a_block_that_would_tell_of_too_many_is_refused(site: Site, secret: bytes) -> None:
    issued(site)
    Block.objects.bulk_create(
        Block(site=site, person=one.to_bytes(16), reason="x", at=timezone.now(), version=1)
        for one in range(MAX_BLOCKED - 1)
    )
    one_more: dict[str, Any] = {"reason": "Fight", "by": ANN, "now": timezone.now()}
    with pytest.raises(ConfigError, match="which is the most"):
        block(site, secret, issuer="site:kings-wharf", number="P00001", **one_more)

    block(site, secret, issuer="cscs", number="1", **one_more)


def test_a_pass_is_no_scheme_card(site: Site) -> None:
    text = issued(site).text

    with pytest.raises(ConfigError, match="unknown_issuer"):
        read_card(text, checked_by="Ann", now=timezone.now())


def test_the_pass_of_another_site_is_nothing_to_this_one(site: Site, secret: bytes) -> None:
    other = add_site(slug="riverside", name="R", time_zone="UTC", organisation="Hartwell")
    issued(other)
    given: dict[str, Any] = {"issuer": "site:riverside", "number": "P00001", "reason": "Fight"}
    block(site, secret, **given, by=ANN, now=timezone.now())

    assert len(blocked_persons(site)) == 1
    assert pass_issuers(site) == ()


def test_a_site_whose_name_does_not_fit_a_pass_is_told_so() -> None:
    long = add_site(slug="a" * 20, name="A", time_zone="UTC", organisation="Hartwell")

    assert "can't stand on a pass" in faults(long)


@pytest.mark.usefixtures("ruled")
def test_the_manifest_names_the_key_from_the_first_pass_on(
    site: Site, unit: SimulatedUnit, asker: Asker
) -> None:
    before = asker.manifest(unit)
    issued(site)
    after = asker.manifest(unit)

    assert (before.issuers, after.issuers) == ((), pass_issuers(site))
    assert after.version > before.version
    assert len(after.inducted) == 2


@pytest.mark.usefixtures("ruled")
def test_the_manifest_blocks_the_scheme_card_beneath_a_blocked_pass(
    site: Site, unit: SimulatedUnit, asker: Asker, secret: bytes
) -> None:
    issued(site)
    given: dict[str, Any] = {"issuer": "site:kings-wharf", "number": "P00001", "reason": "Fight"}
    block(site, secret, **given, by=ANN, now=timezone.now())

    assert person_key(secret, "cscs", "12345678") in asker.manifest(unit).blocked


def test_the_version_rises_with_a_pass_and_is_the_one_it_names(site: Site) -> None:
    first = issued(site)
    second = issued(site, shown(number="2"))

    assert second.version > first.version
    assert Manifest.objects.get(site=site).version == second.version


class TestACardThatWasRead:
    """A scheme card of a desk of this hub, by its code."""

    @pytest.fixture
    def scheme(self) -> Desk:
        return create_desk(
            slug="ecs",
            iss="ecs.example",
            schemes=frozenset({"ecs-jib"}),
            capacity=1000,
            now=timezone.now(),
        )

    def text(self, desk: Desk, **changes: Any) -> str:  # noqa: ANN401 - any part of a card
        now = timezone.now().replace(microsecond=0)
        usual = {"not_before": now, "issued_at": now, "expires_at": now + timedelta(days=30)}
        return issue(desk, lambda ref: scheme_card(desk, "77", ref, **usual | changes), (), now)[0]

    def read(self, text: str) -> SchemeCard:
        return read_card(text, checked_by="Ann", now=timezone.now())

    def test_the_pass_says_what_the_card_says_and_where_its_status_stands(
        self, scheme: Desk, site: Site
    ) -> None:
        shown_card = self.read(self.text(scheme))
        made = issued(site, shown_card, name=shown_card.name)
        card = verify_card(made.text, believed(site), timezone.now())
        beneath = card.competence.stands_on

        assert made.was_read
        assert card.name == "Jane Example"
        assert card.competence.card_type == "installation-electrician"
        assert beneath is not None
        assert (beneath.issuer, beneath.number) == ("ecs.example", "77")
        assert beneath.status == StatusRef(
            uri=f"{scheme.status_base}1", index=scheme.issuedcard_set.get().index
        )

    def test_a_card_that_was_written_down_is_of_the_issuer_who_speaks_for_its_scheme(
        self, scheme: Desk
    ) -> None:
        assert shown(scheme="ecs-jib").beneath.issuer == scheme.iss

    @pytest.mark.parametrize(
        ("status", "told"),
        [(Status.INVALID, "revoked"), (Status.SUSPENDED, "suspended")],
    )
    def test_a_card_that_its_scheme_cancelled_carries_no_pass(
        self, scheme: Desk, status: Status, told: str
    ) -> None:
        text = self.text(scheme)
        chosen, now = Selection(numbers=("77",)), timezone.now()
        set_status(scheme, chosen, status, reason="Fraud", by=ANN, now=now)

        with pytest.raises(ConfigError, match=told):
            self.read(text)

    @pytest.mark.parametrize(
        ("text", "told"),
        [("", "malformed"), ("CC1:ABC", "malformed"), ("https://cards.example", "web_code")],
    )
    def test_what_is_no_card_is_refused(self, scheme: Desk, text: str, told: str) -> None:
        assert scheme.pk
        with pytest.raises(ConfigError, match=told):
            self.read(text)

    def test_a_stranger_s_card_is_refused(self, scheme: Desk) -> None:
        text = self.text(scheme)
        Desk.objects.filter(pk=scheme.pk).update(
            site=add_site(slug="elsewhere", name="E", time_zone="UTC", organisation="Hartwell")
        )

        with pytest.raises(ConfigError, match="unknown_issuer"):
            self.read(text)

    def test_an_expired_card_is_refused(self, scheme: Desk) -> None:
        now = timezone.now().replace(microsecond=0)
        past = {
            "not_before": now - timedelta(days=9),
            "issued_at": now - timedelta(days=9),
            "expires_at": now - timedelta(days=1),
        }

        with pytest.raises(ConfigError, match="expired"):
            self.read(self.text(scheme, **past))


def test_a_pass_is_never_changed_or_removed_but_for_what_names_its_holder(site: Site) -> None:
    made = issued(site, company="Scaffold Ltd", photo=b"portrait")
    for change in ({"checked_by": "Bob"}, {"text": "CC1:"}, {"number": "1"}, {"photo": b"x"}):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            Pass.objects.filter(pk=made.pk).update(**change)
    with (
        pytest.raises(DatabaseError, match="never removed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM passes_pass")

    Pass.objects.filter(pk=made.pk).update(text="", photo=None, company="", issuer="", number="")
    assert Pass.objects.get().text == ""
