"""What is measured of a code where it lies: light, glare, edges, size and place."""

import numpy as np
import pytest

from gate.devices.ports import Luma
from gate.reading.light import Light, light_at
from gate.reading.plane import Points

SIDE_PX = 128


def board(dark: int, bright: int, module_px: int = 8) -> Luma:
    """Return a chessboard of `SIDE_PX`, half of whose modules are dark."""
    down, across = np.mgrid[0:SIDE_PX, 0:SIDE_PX] // module_px
    return np.where((down + across) % 2, bright, dark).astype(np.uint8)


def square(left: float, top: float, side: float = SIDE_PX) -> Points:
    right, bottom = left + side, top + side
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def of(luma: Luma, corners: Points) -> Light:
    found = light_at(luma, corners)
    assert found is not None
    return found


def in_a_scene(code: Luma, level: int = 0) -> Luma:
    scene = np.full((200, 300), level, np.uint8)
    scene[40 : 40 + SIDE_PX, 100 : 100 + SIDE_PX] = code
    return scene


@pytest.mark.parametrize("around", [0, 255])
def test_light_is_that_of_the_code_and_not_of_the_scene(around: int) -> None:
    light = of(in_a_scene(board(30, 190), around), square(100, 40))
    assert (light.dark, light.bright, light.glare) == (30, 190, 0)
    assert (light.x, light.y, light.side_px) == (164, 104, SIDE_PX)


def test_a_turned_code_is_measured_within_its_corners() -> None:
    code = in_a_scene(np.full((SIDE_PX, SIDE_PX), 255, np.uint8))
    for y in range(SIDE_PX):  # a lozenge, dark, in a bright square
        reach = min(y, SIDE_PX - y)
        code[40 + y, 164 - reach : 164 + reach] = 60
    corners = np.array([(164, 42), (226, 104), (164, 166), (102, 104)], float)
    light = of(code, corners)
    assert (light.dark, light.bright) == (60, 60)
    assert light.side_px == pytest.approx(62 * 2**0.5)


@pytest.mark.parametrize(
    ("washed", "share"),
    [
        pytest.param(np.s_[:, :], 1.0, id="all"),
        pytest.param(np.s_[:64, :], 0.5, id="half"),
        pytest.param(np.s_[:16, :16], 1 / 64, id="one block"),
        pytest.param(np.s_[:8, :8], 0.0, id="one module"),
    ],
)
def test_what_is_washed_out_is_counted_in_blocks(washed: tuple[slice, slice], share: float) -> None:
    code = board(30, 250)
    code[washed] = 255
    assert of(in_a_scene(code), square(100, 40)).glare == share


def test_paper_in_the_sun_whose_print_is_dark_does_not_glare() -> None:
    assert of(in_a_scene(board(219, 255)), square(100, 40)).glare == 0
    assert of(in_a_scene(board(220, 255)), square(100, 40)).glare == 1


def test_edges_of_a_step_are_two_px_wide_and_of_a_slope_as_wide_as_it_is() -> None:
    assert of(in_a_scene(board(20, 220, 16)), square(100, 40)).edge_px == pytest.approx(2.0)
    slope = np.abs(np.arange(SIDE_PX) % 32 - 16) * 12  # 16 px from dark to bright
    code = np.tile(slope.astype(np.uint8), (SIDE_PX, 1))
    assert of(in_a_scene(code), square(100, 40)).edge_px == pytest.approx(13, abs=1)


def test_a_code_without_contrast_has_no_edges_to_divide_by() -> None:
    assert of(in_a_scene(board(90, 90), 90), square(100, 40)).edge_px == 0


@pytest.mark.parametrize(
    ("corners", "is_place"),
    [
        pytest.param(square(100, 40, 16), True, id="the least"),
        pytest.param(square(100, 40, 15), False, id="smaller"),
        pytest.param(square(285, 40), False, id="beyond the right"),
        pytest.param(square(280, 40), True, id="partly beyond the right"),
        pytest.param(square(100, -113), False, id="above"),
        pytest.param(square(-500, -500), False, id="nowhere near"),
    ],
)
def test_a_place_that_is_hardly_in_the_picture_is_none(corners: Points, is_place: bool) -> None:  # noqa: FBT001 - a table's column
    assert (light_at(in_a_scene(board(30, 190)), corners) is not None) is is_place


def test_a_place_less_than_16_px_wide_or_high_tells_nothing_wherever_it_is() -> None:
    luma = np.full((200, 300), 90, np.uint8)
    for width, height, told in ((16, 16, True), (15, 40, False), (40, 15, False)):
        right, bottom = 200.0 + width, 150.0 + height
        corners = np.array([(200, 150), (right, 150), (right, bottom), (200, bottom)])
        assert (light_at(luma, corners) is not None) == told
