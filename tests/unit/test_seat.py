"""What is kept for a unit reaches each of two lanes between two of its frames."""

from gate.access.model import Direction
from gate.unit.portal import State
from gate.unit.seat import PostedSeat
from tests.unit.conftest import Desk, Lane


def test_a_lane_with_a_thread_of_its_own_does_what_it_was_told_at_its_next_turn(
    desk: Desk,
) -> None:
    lanes = [Lane(desk, Direction.IN), Lane(desk, Direction.OUT)]
    seats = [PostedSeat(), PostedSeat()]
    keeper = lanes[0].controller.keeper
    lanes[0].upkeep.begin(seats, keeper.roll, keeper.unit_faults)
    for seat in seats:
        seat.tell(lambda one: one.lock_down())
    assert [lane.controller.state for lane in lanes] == [State.LOCKED, State.LOCKED]
    for seat, lane in zip(seats, lanes, strict=True):
        seat.turn(lane.controller)
    assert [lane.controller.state for lane in lanes] == [State.LOCK_DOWN, State.LOCKED]


def test_a_lane_put_together_anew_is_not_told_what_another_was(desk: Desk) -> None:
    lane, seat = Lane(desk, Direction.IN), PostedSeat()
    seat.tell(lambda one: one.lock_down())
    seat.forget()
    seat.turn(lane.controller)
    assert lane.controller.state is State.LOCKED


def test_a_fault_of_the_unit_is_recorded_once_for_both_lanes(desk: Desk) -> None:
    first, second = Lane(desk, Direction.IN), Lane(desk, Direction.OUT)
    second.controller.keeper.unit_faults = first.controller.keeper.unit_faults
    for lane in (first, second):
        lane.controller.fault("tamper")
    assert [lane.controller.faults for lane in (first, second)] == [{"tamper"}, {"tamper"}]
    recorded = [*first.journal.records, *second.journal.records]
    assert [event.detail for event, _ in recorded].count("tamper") == 1
