"""Cancelling, suspending and reinstating cards at a desk, one or in bulk: all or nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from django.db import DatabaseError, connection, transaction

from gate.errors import ConfigError, TrustError
from gate.hub.desk.issuing import Fact
from gate.hub.desk.models import ChangedCard, Desk, DeskList, IssuedCard, StatusChange
from gate.hub.desk.selection import MAX_NAMED, Selection
from gate.hub.desk.statuses import preview, set_status
from gate.trust.status_list import Status
from tests.hub.desk.conftest import NOW, SAM, issued, list_file, published

LATER: Final = NOW + timedelta(minutes=1)
BAD: Final = Fact(code="am2", source="Bad Awards", centre="Mill Lane")


def changes(
    desk: Desk, chosen: Selection, status: Status, expected: int | None = None
) -> StatusChange:
    return set_status(desk, chosen, status, reason="Fraud", by=SAM, now=LATER, expected=expected)


def statuses(desk: Desk) -> dict[str, Status]:
    """Return what the published list says of each card."""
    held = published(desk)
    return {one.number: held.status(one.index) for one in IssuedCard.objects.filter(desk=desk)}


def test_a_cancelled_card_is_cancelled_in_the_list_that_units_fetch_and_no_other_is(
    desk: Desk,
) -> None:
    for number in ("J1", "J2", "J3"):
        issued(desk, number)
    change = changes(desk, Selection(numbers=("J2",)), Status.INVALID)
    assert statuses(desk) == {"J1": Status.VALID, "J2": Status.INVALID, "J3": Status.VALID}
    assert published(desk).issued_at == LATER
    assert (change.count, change.by_name, change.reason) == (1, "Sam", "Fraud")
    assert change.selection == "card J2"
    (kept,) = ChangedCard.objects.filter(change=change)
    assert (kept.card.number, kept.before) == ("J2", Status.VALID)


def test_a_source_s_cards_are_suspended_at_once_and_no_others(desk: Desk) -> None:
    for number in range(30):
        issued(desk, f"J{number}", *([BAD] if number % 3 == 0 else []), Fact(source="Good"))
    shown = preview(desk, Selection(source="Bad Awards"), Status.SUSPENDED)
    assert (shown.count, shown.unchanged, len(shown.first)) == (10, 0, 10)
    changes(desk, Selection(source="Bad Awards"), Status.SUSPENDED, expected=10)
    found = {number for number, status in statuses(desk).items() if status is Status.SUSPENDED}
    assert found == {f"J{number}" for number in range(0, 30, 3)}


def test_source_and_centre_must_stand_in_one_row(desk: Desk) -> None:
    issued(desk, "J1", Fact(source="A", centre="X"), Fact(source="B", centre="Y"))
    issued(desk, "J2", Fact(source="A", centre="Y"))
    chosen = Selection(source="A", centre="Y")
    assert [one.number for one in preview(desk, chosen, Status.INVALID).first] == ["J2"]


@pytest.mark.parametrize(
    ("narrowed", "left"),
    [
        ({"card_type": "other"}, {"J2"}),
        ({"issued_from": NOW.date()}, {"J1", "J2"}),
        ({"issued_until": NOW.date() - timedelta(days=1)}, {"J3"}),
        ({"issued_until": NOW.date()}, {"J1", "J2", "J3"}),
        ({"status": Status.INVALID}, set()),
    ],
)
def test_type_days_and_status_narrow_what_is_meant(
    desk: Desk, narrowed: dict[str, object], left: set[str]
) -> None:
    issued(desk, "J1", BAD)
    with_type = replace(issued(desk, "J0").competence, card_type="other")
    issued(desk, "J2", BAD, competence=with_type)
    old = NOW - timedelta(days=1)
    issued(desk, "J3", BAD, issued_at=old, not_before=old)
    chosen = Selection(centre="Mill Lane", **narrowed)  # type: ignore[arg-type]  # any of its parts
    assert {one.number for one in preview(desk, chosen, Status.INVALID).first} == left


def test_an_unknown_number_is_named_and_nothing_is_changed(desk: Desk) -> None:
    issued(desk, "J1")
    before = published(desk)
    with pytest.raises(ConfigError, match="card J9: not issued at ecs; nothing was changed"):
        changes(desk, Selection(numbers=("J1", "J9")), Status.INVALID)
    assert not StatusChange.objects.exists()
    assert published(desk) == before


def test_another_desk_s_card_is_not_known_here(new_desk: Callable[..., Desk], desk: Desk) -> None:
    issued(new_desk("other"), "J1", BAD)
    with pytest.raises(ConfigError, match="not issued at ecs"):
        changes(desk, Selection(numbers=("J1",)), Status.INVALID)
    with pytest.raises(ConfigError, match="no such card"):
        changes(desk, Selection(source="Bad Awards"), Status.INVALID)
    other = IssuedCard.objects.get()
    with pytest.raises(ConfigError, match="no such card"):
        changes(desk, Selection(cards=(other.pk,)), Status.INVALID)


def test_a_cancelled_card_is_never_softened_to_on_hold(desk: Desk) -> None:
    issued(desk, "J1", BAD)
    issued(desk, "J2", BAD)
    changes(desk, Selection(numbers=("J1",)), Status.INVALID)
    changes(desk, Selection(source="Bad Awards"), Status.SUSPENDED, expected=1)
    assert statuses(desk) == {"J1": Status.INVALID, "J2": Status.SUSPENDED}
    with pytest.raises(ConfigError, match="none of these 1 cards would change"):
        changes(desk, Selection(numbers=("J1",)), Status.SUSPENDED)


def test_in_bulk_only_cards_on_hold_are_reinstated(desk: Desk) -> None:
    issued(desk, "J1", BAD)
    issued(desk, "J2", BAD)
    changes(desk, Selection(numbers=("J1",)), Status.INVALID)
    changes(desk, Selection(numbers=("J2",)), Status.SUSPENDED)
    shown = preview(desk, Selection(source="Bad Awards"), Status.VALID)
    assert (shown.count, shown.unchanged) == (1, 1)
    changes(desk, Selection(source="Bad Awards"), Status.VALID)
    assert statuses(desk) == {"J1": Status.INVALID, "J2": Status.VALID}
    changes(desk, Selection(numbers=("J1",)), Status.VALID)
    assert set(statuses(desk).values()) == {Status.VALID}


def test_a_change_is_undone_without_touching_what_was_changed_since(desk: Desk) -> None:
    for number in ("J1", "J2", "J3"):
        issued(desk, number, BAD)
    bulk = changes(desk, Selection(source="Bad Awards"), Status.SUSPENDED)
    changes(desk, Selection(numbers=("J3",)), Status.INVALID)
    changes(desk, Selection(change=bulk.pk), Status.VALID, expected=2)
    assert statuses(desk) == {"J1": Status.VALID, "J2": Status.VALID, "J3": Status.INVALID}
    assert StatusChange.objects.count() == 3


def test_what_was_confirmed_of_another_number_of_cards_is_not_done(desk: Desk) -> None:
    issued(desk, "J1", BAD)
    shown = preview(desk, Selection(source="Bad Awards"), Status.INVALID)
    issued(desk, "J2", BAD)
    with pytest.raises(ConfigError, match="it is 2 cards now, not 1; nothing was changed"):
        changes(desk, Selection(source="Bad Awards"), Status.INVALID, expected=shown.count)
    assert set(statuses(desk).values()) == {Status.VALID}


@pytest.mark.parametrize("chosen", [Selection(), Selection(card_type="gold")])
def test_a_selection_that_names_no_cards_changes_none(desk: Desk, chosen: Selection) -> None:
    issued(desk, "J1")
    with pytest.raises(ConfigError, match="names no cards"):
        changes(desk, chosen, Status.INVALID)


@pytest.mark.parametrize("reason", ["", " x", "x" * 201, "a\nb"])
def test_a_change_needs_a_reason_that_can_be_shown(desk: Desk, reason: str) -> None:
    issued(desk, "J1")
    with pytest.raises(ConfigError, match="reason"):
        set_status(
            desk, Selection(numbers=("J1",)), Status.INVALID, reason=reason, by=SAM, now=LATER
        )
    assert not StatusChange.objects.exists()


def test_more_cards_than_are_named_one_by_one_are_refused() -> None:
    with pytest.raises(ConfigError, match=f"at most {MAX_NAMED}"):
        Selection(cards=tuple(range(MAX_NAMED + 1)))


def test_cards_in_several_lists_are_changed_in_each(new_desk: Callable[..., Desk]) -> None:
    desk = new_desk("small", capacity=8)
    for number in range(14):
        issued(desk, f"J{number}", BAD)
    assert DeskList.objects.filter(desk=desk).count() == 3
    changes(desk, Selection(source="Bad Awards"), Status.INVALID, expected=14)
    for one in IssuedCard.objects.filter(desk=desk):
        held = published(desk, one.status_list.number)
        assert held.status(one.index) is Status.INVALID


def test_two_changes_in_one_second_are_two_lists_the_second_later(desk: Desk) -> None:
    issued(desk, "J1")
    changes(desk, Selection(numbers=("J1",)), Status.SUSPENDED)
    first = published(desk)
    changes(desk, Selection(numbers=("J1",)), Status.INVALID)
    assert published(desk).issued_at > first.issued_at


def test_a_disk_that_refuses_keeps_the_change_and_says_so(desk: Desk) -> None:
    issued(desk, "J1")
    path = list_file(f"{desk.status_base}1")
    path.unlink()
    path.mkdir()
    with pytest.raises(TrustError, match="is kept, and not published yet"):
        changes(desk, Selection(numbers=("J1",)), Status.INVALID)
    assert IssuedCard.objects.get().status == Status.INVALID


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE desk_issuedcard SET number = 'x'",
        'UPDATE desk_issuedcard SET "index" = "index" + 1',
        "UPDATE desk_issuedcard SET name = 'Somebody Else'",
        "DELETE FROM desk_issuedcard",
        "UPDATE desk_statuschange SET reason = 'x'",
        "DELETE FROM desk_statuschange",
        "UPDATE desk_changedcard SET before = 2",
        "DELETE FROM desk_changedcard",
    ],
)
def test_the_database_refuses_to_rewrite_what_was_done(desk: Desk, statement: str) -> None:
    issued(desk, "J1")
    changes(desk, Selection(numbers=("J1",)), Status.INVALID)
    with (
        pytest.raises(DatabaseError, match="never"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_name_may_be_erased(desk: Desk) -> None:
    issued(desk, "J1")
    IssuedCard.objects.update(name="")
    assert IssuedCard.objects.get().name == ""
