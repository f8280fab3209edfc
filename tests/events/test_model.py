"""What an event may be."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from gate.errors import EventError
from gate.events.model import Event, EventKind, Holder

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        pytest.param("at", datetime(2026, 12, 6), "aware UTC", id="time without a zone"),  # noqa: DTZ001 - the case
        pytest.param("at", NOW.astimezone(timezone(timedelta(hours=1))), "aware UTC", id="BST"),
        pytest.param("at", NOW.replace(year=1969), "1970", id="before 1970"),
        pytest.param("detail", "two\nlines", "one line", id="two lines"),
        pytest.param("detail", "x" * 257, "256", id="detail too long"),
        pytest.param("access_point", "\ud800", "printable", id="half a character"),
        pytest.param("access_point", "x" * 65, "64", id="name too long"),
        pytest.param("reasons", ("has space",), "code", id="reason no code"),
        pytest.param("reasons", ("",), "code", id="empty reason"),
        pytest.param("reasons", ("a",) * 65, "64", id="too many reasons"),
        pytest.param("count", 0, "1 to", id="no presentation"),
        pytest.param("count", 2**53, "1 to", id="count too large for JSON"),
        pytest.param("list_age_s", -1, "0 to", id="list of tomorrow"),
    ],
)
def test_what_could_not_be_read_back_the_same_is_no_event(
    field: str, value: object, told: str
) -> None:
    fields: dict[str, Any] = {"at": NOW, "clock_trusted": True, "kind": EventKind.ACCESS}
    with pytest.raises(EventError, match=told):
        Event(**{**fields, field: value})


def test_a_person_is_a_keyed_hash_of_16_bytes() -> None:
    with pytest.raises(EventError, match="15 bytes, not 16"):
        Holder(person=bytes(15), issuer="i", number="1", name="N", card_type="t")
