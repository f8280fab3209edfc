"""How long a frame may take: on any machine nobody waits, and a slower one looks at less."""

import pytest

from gate.devices.pace import (
    CAP_S,
    FRAME_S,
    GLANCE_S_PER_PX,
    LEAST_S,
    STEP_S,
    WAIT_S,
    Pace,
    cap_s,
    most_px,
)

PX = 1280 * 720


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at_s = 5.0

    def monotonic(self) -> float:
        return self.at_s


@pytest.mark.parametrize("slowness", [0.1, 1.0])
def test_a_machine_that_is_no_slower_has_the_time_that_was_measured_to_be_enough(
    slowness: float,
) -> None:
    assert cap_s(slowness, PX) == CAP_S


def test_a_machine_that_is_somewhat_slower_has_as_much_more_time() -> None:
    assert cap_s(1.4, PX) == pytest.approx(1.4 * CAP_S)


@pytest.mark.parametrize("slowness", [1.0, 1.4, 2.0, 4.0, 8.0, 12.0])
@pytest.mark.parametrize("px", [640 * 480, PX, 1456 * 1088])
def test_who_comes_just_after_a_frame_waits_no_longer_than_was_promised(
    slowness: float, px: int
) -> None:
    wait_s = cap_s(slowness, px) + slowness * (STEP_S + GLANCE_S_PER_PX * px) + FRAME_S
    assert wait_s <= WAIT_S + 1e-9


def test_a_machine_without_any_time_to_spare_begins_one_step_nevertheless() -> None:
    assert cap_s(50.0, PX) == LEAST_S


def test_what_is_looked_at_at_once_is_smaller_on_a_slower_machine() -> None:
    assert most_px(0.5) == most_px(1.0) > 1456 * 1088
    assert 640 * 360 < most_px(18.6) < PX < most_px(7.0)


def glanced(pace: Pace, clock: Hand, times_s: list[float]) -> None:
    for one_s in times_s:
        pace.begin(PX)
        clock.at_s += one_s
        pace.glanced(PX)


def test_how_slow_a_machine_is_its_glances_tell_and_what_happens_for_a_moment_does_not() -> None:
    clock = Hand()
    pace = Pace(clock.monotonic)
    assert pace.slowness == 1.0
    glanced(pace, clock, [3 * GLANCE_S_PER_PX * PX] * 20 + [1.0] * 5)
    assert pace.slowness == pytest.approx(3)
    glanced(pace, clock, [GLANCE_S_PER_PX * PX] * 31)
    assert pace.slowness == pytest.approx(1)


def test_a_frame_s_time_begins_with_its_glance_and_ends_at_its_cap() -> None:
    clock = Hand()
    pace = Pace(clock.monotonic)
    pace.begin(PX)
    clock.at_s += 0.99 * CAP_S
    assert pace.has_time()
    clock.at_s += 0.02 * CAP_S
    assert not pace.has_time()
    pace.begin(PX)
    assert pace.has_time()
