"""What the gate process tells its neighbours: one form, read totally, old at once."""

import json
from contextlib import suppress
from datetime import date
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.languages import Language
from gate.access.model import Direction
from gate.errors import EventError, Reason
from gate.events.lane_state import (
    MAX_FAULTS,
    MAX_HINTS,
    MAX_STATE_BYTES,
    MAX_TEXT_CHARS,
    STALE_S,
    Hint,
    LaneState,
    Shown,
    decode_lane_state,
    encode_lane_state,
    is_current,
)

PRINTABLE: Final = st.characters(exclude_categories=("C", "Z"))
TEXTS: Final = st.text(alphabet=PRINTABLE, max_size=MAX_TEXT_CHARS)
STATES: Final = st.builds(
    LaneState,
    at_s=st.floats(0, 1e9),
    lane=TEXTS,
    direction=st.sampled_from(Direction),
    shown=st.sampled_from(Shown),
    reason=st.none() | st.sampled_from(Reason),
    expires_on=st.none() | st.dates(),
    first_name=TEXTS,
    faults=st.lists(st.text("abc", max_size=20), max_size=MAX_FAULTS).map(tuple),
    language=st.sampled_from(Language),
    is_night=st.booleans(),
    hints=st.lists(st.sampled_from(Hint), max_size=MAX_HINTS).map(tuple),
)
STATE: Final = LaneState(at_s=100.0, lane="Gate A", direction=Direction.IN, shown=Shown.READY)


@given(STATES)
def test_a_state_is_read_as_it_was_written(state: LaneState) -> None:
    assert decode_lane_state(encode_lane_state(state)) == state


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text(), st.lists).map(repr).map(str.encode)
)
def test_any_bytes_are_a_state_or_one_fault(data: bytes) -> None:
    with suppress(EventError):
        assert isinstance(decode_lane_state(data), LaneState)


@given(
    st.sampled_from(sorted(json.loads(encode_lane_state(STATE)))),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
)
def test_any_value_in_any_field_is_a_state_or_one_fault(field: str, value: Any) -> None:  # noqa: ANN401 - any
    values = json.loads(encode_lane_state(STATE)) | {field: value}
    with suppress(EventError):
        assert isinstance(decode_lane_state(json.dumps(values).encode()), LaneState)


CHANGED: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "another version": ({"version": 1}, "version 2; next: restart"),
    "hints that are no list": ({"hints": "wipe"}, "hints: not a list"),
    "three hints": ({"hints": ["wipe"] * 3}, "hints: not a list"),
    "a hint that nobody gives": ({"hints": ["louder"]}, "louder"),
    "another field": ({"card": "1"}, "other fields"),
    "an unknown signal": ({"shown": "purple"}, "purple"),
    "an unknown reason": ({"reason": "because"}, "because"),
    "no number of seconds": ({"at_s": True}, "at_s"),
    "an endless second": ({"at_s": float("inf")}, "at_s"),
    "a long name": ({"first_name": "x" * 81}, "80 printable"),
    "a name that hides something": ({"first_name": "x\u202e"}, "80 printable"),
    "too many faults": ({"faults": ["x"] * 17}, "16"),
    "a night that is a number": ({"is_night": 1}, "is_night"),
    "a language nobody speaks here": ({"language": "xx"}, "xx"),
}


@pytest.mark.parametrize(("change", "fault"), CHANGED.values(), ids=CHANGED)
def test_a_state_that_is_not_whole_is_refused_by_its_fault(
    change: dict[str, Any], fault: str
) -> None:
    values = json.loads(encode_lane_state(STATE)) | change
    with pytest.raises(EventError, match=fault):
        decode_lane_state(json.dumps(values).encode())


def test_a_state_that_lacks_a_field_is_refused() -> None:
    values = json.loads(encode_lane_state(STATE))
    del values["lane"]
    with pytest.raises(EventError, match="other fields"):
        decode_lane_state(json.dumps(values).encode())


def test_more_than_a_page_is_refused_unread() -> None:
    with pytest.raises(EventError, match="4096 bytes"):
        decode_lane_state(encode_lane_state(STATE) + b" " * MAX_STATE_BYTES)


def test_the_longest_state_fits() -> None:
    longest = LaneState(
        at_s=1e15 / 7,
        lane="\u0a15" * MAX_TEXT_CHARS,
        direction=Direction.OUT,
        shown=Shown.MAINTENANCE,
        reason=Reason.SCHEME_NOT_TRUSTED,
        expires_on=date(2026, 12, 6),
        first_name="\u0a15" * MAX_TEXT_CHARS,
        faults=("x" * MAX_TEXT_CHARS,) * MAX_FAULTS,
    )
    assert len(encode_lane_state(longest)) < MAX_STATE_BYTES
    assert decode_lane_state(encode_lane_state(longest)) == longest


@pytest.mark.parametrize(
    ("now_s", "current"),
    [(100.0, True), (100.0 + STALE_S, True), (100.1 + STALE_S, False), (99.9, False)],
)
def test_a_state_tells_of_now_for_five_seconds_and_never_of_the_past(
    now_s: float, *, current: bool
) -> None:
    assert is_current(STATE, now_s) is current
