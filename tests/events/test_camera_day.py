"""A camera's day on the wire: six numbers, or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EventError
from gate.events.camera_day import MOST, CameraDay, from_wire, to_wire

FIGURES = st.integers(0, MOST)


@given(st.lists(FIGURES, min_size=6, max_size=6))
def test_what_is_sent_is_what_is_read(figures: list[int]) -> None:
    assert to_wire(from_wire(figures)) == figures


@given(st.recursive(st.none() | st.integers() | st.text() | st.booleans(), st.lists, max_leaves=8))
def test_anything_else_is_one_error(told: object) -> None:
    try:
        day = from_wire(told)
    except EventError:
        return
    assert isinstance(day, CameraDay)


@pytest.mark.parametrize(
    "told", [[], [1] * 5, [1] * 7, [1, 2, 3, 4, 5, -1], [MOST + 1] * 6, [True] * 6, [1.0] * 6, None]
)
def test_a_figure_that_is_none_or_out_of_bounds_is_refused(told: object) -> None:
    with pytest.raises(EventError, match="camera day"):
        from_wire(told)
