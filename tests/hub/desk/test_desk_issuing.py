"""Making a desk and issuing cards at it: places, lists, keys."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from django.db import connection

from gate.card.model import Competence, StatusRef
from gate.card.verify import verify_card
from gate.errors import CardError, ConfigError, TrustError
from gate.hub.desk import keys
from gate.hub.desk.issuing import Fact, issue
from gate.hub.desk.keys import issuer_of, key_file
from gate.hub.desk.models import Desk, DeskList, IssuedCard, Qualification
from gate.hub.desk.selection import Selection
from gate.hub.desk.statuses import set_status
from gate.hub.sites.services import add_site
from gate.signing.keys import Algorithm
from gate.trust.bundle import KeyUse, TrustBundle
from gate.trust.status_list import Status
from tests.hub.desk.conftest import NOW, SAM, card, issued, published

EMPTY_LIST: Final = 1000


def test_a_new_desk_has_a_list_for_units_to_fetch_and_a_key_of_its_own(desk: Desk) -> None:
    held = published(desk)
    assert (held.uri, len(held), held.issued_at) == ("https://ecs.invalid/1", EMPTY_LIST, NOW)
    assert held.ttl_s == 900
    assert key_file("ecs").stat().st_mode & 0o777 == 0o600
    assert key_file("ecs").parent.stat().st_mode & 0o777 == 0o700
    (trusted,) = issuer_of(desk).keys
    assert trusted.uses == {KeyUse.CARD, KeyUse.LIST}


def test_no_private_key_is_in_the_database(desk: Desk) -> None:
    pem = key_file("ecs").read_text()
    secret = pem.splitlines()[1]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - a name from the database
            for row in cursor.fetchall():
                assert "PRIVATE KEY" not in repr(row)
                assert secret not in repr(row)
    assert desk.issuer


def test_a_card_that_is_issued_is_one_that_a_gate_verifies(desk: Desk) -> None:
    fact = Fact(code="am2", source="NET", centre="Mill Lane")
    text, made = issue(desk, lambda ref: card(desk, "J1", ref), [fact, fact], NOW)
    trust = TrustBundle(
        issuers=(issuer_of(desk),), status_lists={published(desk).uri: published(desk)}
    )
    assert verify_card(text, trust, NOW) == made
    row = IssuedCard.objects.get()
    assert (row.number, row.name, row.card_type) == (
        "J1",
        "Jane Example",
        "installation-electrician",
    )
    assert (row.status_list.uri, row.index) == (made.status.uri, made.status.index)
    kept = Qualification.objects.get()
    assert (kept.code, kept.source, kept.centre) == ("am2", "NET", "Mill Lane")


def test_a_cancelled_card_is_refused_by_what_a_gate_believes(desk: Desk) -> None:
    text, _ = issue(desk, lambda ref: card(desk, "J1", ref), [], NOW)
    set_status(desk, Selection(numbers=("J1",)), Status.INVALID, reason="x", by=SAM, now=NOW)
    trust = TrustBundle(
        issuers=(issuer_of(desk),), status_lists={published(desk).uri: published(desk)}
    )
    with pytest.raises(CardError, match="revoked"):
        verify_card(text, trust, NOW)


def test_no_two_cards_share_a_place_and_the_next_list_is_there_before_its_first_card(
    new_desk: Callable[..., Desk],
) -> None:
    desk = new_desk("small", capacity=16)
    places: list[tuple[str, int]] = []
    for number in range(40):
        made = issued(desk, f"J{number}")
        if made.status.uri not in {uri for uri, _ in places}:
            last = DeskList.objects.filter(desk=desk).latest("number")
            assert places == [] or last.uri == made.status.uri
        places.append((made.status.uri, made.status.index))
        assert published(desk, DeskList.objects.filter(desk=desk).count()).uri
    assert len(set(places)) == 40
    assert [one.taken for one in DeskList.objects.filter(desk=desk)] == [14, 14, 12]
    assert [one.number for one in DeskList.objects.filter(desk=desk)] == [1, 2, 3]


def test_the_next_list_is_published_while_the_one_before_still_takes_cards(
    new_desk: Callable[..., Desk],
) -> None:
    desk = new_desk("small", capacity=16)
    for number in range(13):
        issued(desk, f"J{number}")
    assert published(desk, 2).uri == "https://small.invalid/2"
    assert published(desk).issued_at > NOW, "units look for the next list when this one is new"
    assert issued(desk, "J14").status.uri == "https://small.invalid/1"


def test_a_card_that_no_gate_would_accept_takes_no_place(desk: Desk) -> None:
    with pytest.raises(CardError):
        issued(desk, "")
    assert not IssuedCard.objects.exists()
    assert DeskList.objects.get().taken == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"issuer": "somebody"}, "issues as 'ecs', not as 'somebody'"),
        ({"competence": Competence(scheme="cscs", card_type="x")}, "speaks for ecs-jib"),
        ({"status": StatusRef(uri="https://ecs.invalid/1", index=2000)}, "the place it was given"),
    ],
)
def test_a_card_that_is_not_the_desk_s_to_issue_is_refused(
    desk: Desk, wrong: dict[str, Any], said: str
) -> None:
    with pytest.raises(TrustError, match=said):
        issued(desk, "J1", **wrong)
    assert not IssuedCard.objects.exists()


def test_a_key_that_is_gone_or_open_to_others_signs_nothing(desk: Desk) -> None:
    key_file("ecs").chmod(0o640)
    with pytest.raises(TrustError, match="others may read it"):
        issued(desk, "J1")
    key_file("ecs").unlink()
    with pytest.raises(TrustError, match="restore it from a backup"):
        issued(desk, "J1")


def test_another_desk_s_key_signs_nothing(new_desk: Callable[..., Desk], desk: Desk) -> None:
    new_desk("other")
    key_file("other").replace(key_file("ecs"))
    with pytest.raises(TrustError, match="none of the keys of ecs"):
        issued(desk, "J1")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"slug": "Not A Slug"}, "name = 'Not A Slug'"),
        ({"iss": " x"}, "issuer = ' x'"),
        ({"schemes": frozenset()}, "schemes: none"),
        ({"capacity": 0}, "capacity = 0"),
        ({"capacity": (1 << 25) + 1}, "1 to 33554432 cards"),
        ({"status_base": "https://x.example"}, "that end in"),
        ({"slug": "ecs", "iss": "other"}, "is called so already"),
        ({"slug": "other", "iss": "ecs"}, "issues under that name already"),
    ],
)
def test_a_desk_that_can_not_be_is_named_with_its_faults(
    new_desk: Callable[..., Desk], desk: Desk, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        new_desk(**{"slug": "new"} | given)
    assert list(Desk.objects.all()) == [desk]
    assert [path.name for path in key_file("x").parent.iterdir()] == ["ecs.pem"]


def test_two_desks_never_share_a_status_base_and_no_key_is_left(
    new_desk: Callable[..., Desk], desk: Desk
) -> None:
    with pytest.raises(TrustError, match="share the status base"):
        new_desk("new", status_base=f"{desk.status_base}more/")
    assert not key_file("new").exists()


def test_a_key_that_lies_there_is_never_written_over(new_desk: Callable[..., Desk]) -> None:
    folder = key_file("x").parent
    folder.mkdir(mode=0o700)
    (folder / "lost.pem").write_text("of a desk that the database forgot")
    with pytest.raises(TrustError, match="a key lies there already"):
        new_desk("lost")
    assert (folder / "lost.pem").read_text() == "of a desk that the database forgot"


def test_a_site_s_own_desk_signs_passes_and_lists_and_no_cards(
    new_desk: Callable[..., Desk],
) -> None:
    site = add_site(slug="quay", name="Quay", time_zone="Europe/London", organisation="Hartwell")
    made = new_desk("quay", schemes=frozenset({"site:quay"}), site=site)
    (trusted,) = issuer_of(made).keys
    assert trusted.uses == {KeyUse.SITE, KeyUse.LIST}
    assert made.site == site


def test_a_desk_may_have_a_p256_key(new_desk: Callable[..., Desk]) -> None:
    made = new_desk("p256", algorithm=Algorithm.ESP256)
    assert keys.load_key(made).verifying_key.algorithm is Algorithm.ESP256
    assert published(made).issued_at == datetime(2026, 11, 22, 12, tzinfo=UTC)
