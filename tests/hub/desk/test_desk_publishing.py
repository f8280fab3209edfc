"""Lists as files: written after the database has them, again when lost, signed anew in time."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import shake_256
from typing import Final

import pytest
from django.test import Client

from gate.errors import TrustError
from gate.hub.desk.keys import key_file, load_key
from gate.hub.desk.lists import sign
from gate.hub.desk.models import Desk, DeskList
from gate.hub.desk.publishing import SIGN_AGAIN, bring_up_to_date, publish, publish_all
from gate.hub.desk.selection import Selection
from gate.hub.desk.statuses import set_status
from gate.trust.status_list import Status, list_name
from gate.trust.status_token import MAX_TOKEN_BYTES
from tests.hub.desk.conftest import NOW, SAM, issued, list_file, published

URI: Final = "https://ecs.invalid/1"
HALF_A_DAY: Final = timedelta(hours=12)


def test_a_list_is_signed_anew_before_it_is_half_a_day_old_and_not_each_time(desk: Desk) -> None:
    first = list_file(URI).read_bytes()
    publish(desk, NOW + SIGN_AGAIN - timedelta(seconds=1))
    assert list_file(URI).read_bytes() == first
    publish(desk, NOW + SIGN_AGAIN)
    assert published(desk).issued_at == NOW + SIGN_AGAIN
    assert SIGN_AGAIN + timedelta(hours=1) < HALF_A_DAY


def test_what_was_committed_and_not_written_is_written_by_the_next_to_look(desk: Desk) -> None:
    issued(desk, "J1")
    before = list_file(URI).read_bytes()
    set_status(desk, Selection(numbers=("J1",)), Status.INVALID, reason="x", by=SAM, now=NOW)
    after = list_file(URI).read_bytes()
    for left in (before, after[:100], None):
        list_file(URI).unlink()
        if left is not None:
            list_file(URI).write_bytes(left)
        assert publish_all(NOW) == ()
        assert list_file(URI).read_bytes() == after


def test_a_unit_that_asks_is_given_a_fresh_list_even_with_the_timer_dead(desk: Desk) -> None:
    address = f"/lists/{list_name(URI)}"
    list_file(URI).unlink()
    answer = Client().get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/statuslist+cwt"
    assert answer.content == list_file(URI).read_bytes()
    again = Client().get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert DeskList.objects.get(desk=desk).digest in answer["ETag"]


def test_a_unit_is_given_the_list_that_is_there_if_it_can_not_be_signed_anew(desk: Desk) -> None:
    DeskList.objects.update(issued_at=NOW - timedelta(days=2000))
    key_file(desk.slug).unlink()
    there = list_file(URI).read_bytes()
    answer = Client().get(f"/lists/{list_name(URI)}")
    assert (answer.status_code, answer.content) == (200, there)


def test_a_list_that_is_no_desk_s_is_served_as_it_lies_there(desk: Desk) -> None:
    other = list_file(URI).with_name("0123456789abcdef.cwt")
    other.write_bytes(b"signed by somebody")
    bring_up_to_date(other.name, NOW)
    assert Client().get(f"/lists/{other.name}").content == b"signed by somebody"
    assert desk.slug == "ecs"


def test_one_desk_s_fault_stops_no_other(new_desk: Callable[..., Desk], desk: Desk) -> None:
    other = new_desk("other")
    key_file(desk.slug).unlink()
    (fault,) = publish_all(NOW + SIGN_AGAIN)
    assert (fault.desk, "missing, so nothing is signed" in fault.why) == ("ecs", True)
    assert published(other).issued_at == NOW + SIGN_AGAIN


def test_a_clock_set_back_signs_nothing_older_and_does_not_run_away(desk: Desk) -> None:
    issued(desk, "J1")
    for hours in (1, 2):
        publish(desk, NOW - timedelta(hours=hours))
    assert published(desk).issued_at == NOW
    past = NOW - timedelta(hours=1)
    set_status(desk, Selection(numbers=("J1",)), Status.INVALID, reason="x", by=SAM, now=past)
    assert published(desk).issued_at == NOW + timedelta(seconds=1)


def test_a_list_too_large_for_units_is_not_signed_and_nothing_is_changed(
    desk: Desk,
) -> None:
    held = DeskList.objects.get()
    noise = shake_256(b"noise").digest(MAX_TOKEN_BYTES)
    with pytest.raises(TrustError, match="nothing was changed"):
        sign(held, noise, load_key(desk), NOW)
    assert DeskList.objects.get().issued_at == NOW
