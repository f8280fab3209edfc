"""A camera is asked for the light that the codes want which nobody can read."""

import pytest

from gate.devices.exposure import MOST_EV, REST_S, SETTLE_S, STEP_EV, Exposure
from gate.reading.light import Light


def light(dark: float, bright: float, glare: float = 0.0) -> Light:
    return Light(dark=dark, bright=bright, glare=glare, edge_px=2, side_px=200, x=0, y=0)


WASHED = light(120, 255)
DIM = light(20, 60)


@pytest.mark.parametrize(
    ("seen", "ev"),
    [
        pytest.param(WASHED, -STEP_EV, id="a phone in the dark: less"),
        pytest.param(light(30, 255, glare=0.2), -STEP_EV, id="parts without print: less"),
        pytest.param(DIM, STEP_EV, id="a card before the sun: more"),
        pytest.param(light(20, 255), 0.0, id="white paper with black print"),
        pytest.param(light(120, 200), 0.0, id="faded print"),
        pytest.param(None, 0.0, id="nothing missed"),
    ],
)
def test_a_code_asks_by_its_own_light(seen: Light | None, ev: float) -> None:
    exposure = Exposure()
    exposure.look(seen, 100.0)
    assert exposure.ev == ev


def test_one_step_is_waited_for_before_the_next() -> None:
    exposure = Exposure()
    for frame in range(15):
        exposure.look(WASHED, 100 + frame * SETTLE_S / 15)
    assert exposure.ev == -STEP_EV
    exposure.look(WASHED, 100 + SETTLE_S)
    assert exposure.ev == -2 * STEP_EV


@pytest.mark.parametrize(("seen", "ev"), [(WASHED, -MOST_EV), (DIM, MOST_EV)])
def test_no_code_asks_for_more_than_the_most(seen: Light, ev: float) -> None:
    exposure = Exposure()
    for turn in range(20):
        exposure.look(seen, 100 + turn * SETTLE_S)
    assert exposure.ev == ev


@pytest.mark.parametrize("seen", [WASHED, DIM])
def test_without_such_a_code_it_goes_back_step_by_step(seen: Light) -> None:
    exposure = Exposure()
    for turn in range(3):
        exposure.look(seen, 100 + turn * SETTLE_S)
    last_s = 100 + 2 * SETTLE_S
    exposure.look(None, last_s + REST_S - 0.1)
    assert abs(exposure.ev) == 3 * STEP_EV
    wished = []
    for turn in range(1, 6):
        exposure.look(None, last_s + turn * REST_S)
        wished.append(abs(exposure.ev))
    assert wished == [2 * STEP_EV, STEP_EV, 0.0, 0.0, 0.0]
