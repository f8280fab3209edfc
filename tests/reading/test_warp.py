"""Where modules lie: seen through a homography, and moved by cosines along both sides."""

from math import cos, pi

import numpy as np
import pytest
from numpy.typing import NDArray

from gate.reading.warp import ORDERS, Warp, corner_weights, flat_warp, moved, planes_from_square

SIDE = 25
CORNERS = np.array([(40, 30), (210, 44), (230, 190), (28, 205)], float)


def bent_warp() -> Warp:
    plane = planes_from_square(0, SIDE, CORNERS)
    bend = np.random.default_rng(1).normal(0, 2, (len(ORDERS), 2))
    return Warp(side=SIDE, plane=plane, bend=bend)


def by_definition(warp: Warp, u: float, v: float) -> NDArray[np.float64]:
    seen = warp.plane @ (u, v, 1)
    waves = [cos(pi * i * u / SIDE) * cos(pi * j * v / SIDE) for i, j in ORDERS]
    return np.asarray(seen[:2] / seen[2] + np.array(waves) @ warp.bend)


def test_the_waves_are_all_of_up_to_two_across_the_card_but_what_a_homography_does() -> None:
    every = {(i, j) for i in range(6) for j in range(6)}
    assert set(ORDERS) == {(i, j) for i, j in every if 2 <= i + j <= 4}


@pytest.mark.parametrize(
    "warp", [bent_warp(), flat_warp(SIDE, planes_from_square(0, SIDE, CORNERS))]
)
def test_a_place_lies_where_the_definition_says_alone_and_in_a_grid(warp: Warp) -> None:
    steps = np.array([0.0, 0.5, 6.25, 24.5])
    grid = warp.grid(steps)
    for row, v in enumerate(steps):
        for column, u in enumerate(steps):
            truth = by_definition(warp, u, v)
            assert np.allclose(warp.at(np.array([u, v])), truth)
            assert np.allclose(grid[row, column], truth)


def test_a_square_is_laid_onto_its_four_corners() -> None:
    assert np.allclose(flat_warp(SIDE, planes_from_square(0, SIDE, CORNERS)).corners, CORNERS)
    between = planes_from_square(3.5, SIDE - 7, CORNERS)
    assert np.allclose(by_definition(flat_warp(SIDE, between), 3.5, SIDE - 3.5), CORNERS[3])


def test_corners_on_one_line_are_laid_somewhere_and_break_nothing() -> None:
    line = np.array([(0, 0), (1, 1), (2, 2), (3, 3)], float)
    assert np.isfinite(planes_from_square(0, SIDE, line)).all()


def test_a_warp_is_moved_with_its_bends() -> None:
    warp = bent_warp()
    places = np.array([(3.0, 4.0), (20.0, 7.5)])
    there = moved(warp, 2.5, np.array((7.0, -3.0)))
    assert np.allclose(there.at(places), warp.at(places) * 2.5 + (7, -3))


def test_a_place_goes_along_with_the_corners_it_is_near() -> None:
    places = np.array([(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE), (SIDE / 2, SIDE / 2)], float)
    weights = corner_weights(0, SIDE, places)
    assert np.allclose(weights[:4], np.eye(4))
    assert np.allclose(weights[4], 0.25)
