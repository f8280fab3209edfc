"""Which three finder patterns may be one code's, by numbers."""

from itertools import permutations
from math import cos, radians, sin

import numpy as np
import pytest

from gate.reading.finders import Finder
from gate.reading.triples import MAX_TRIPLES, find_triples

SIZE = 21.0


def finder(
    x: float, y: float, size: float = SIZE, *, likeness: float = 0.8, light: bool = False
) -> Finder:
    return Finder(x=x, y=y, size=size, turn=0.0, likeness=likeness, is_light=light)


def turned(places: list[tuple[float, float]], degrees: float) -> list[Finder]:
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return [finder(c * x - s * y, s * x + c * y) for x, y in places]


@pytest.mark.parametrize("degrees", [0, 37, 90, 200, 315])
def test_the_corner_comes_first_and_then_what_is_to_its_right(degrees: float) -> None:
    corner, right, below = turned([(0, 0), (90, 0), (0, 100)], degrees)
    truth = [(one.x, one.y) for one in (corner, right, below)]
    for order in permutations((corner, right, below)):
        (triple,) = find_triples(order)
        assert np.allclose(triple.centres, truth)
        assert triple.module_px == pytest.approx(3)
        assert not triple.is_light


@pytest.mark.parametrize(
    ("places", "found"),
    [
        pytest.param([(0, 0), (28, 0), (0, 28)], 1, id="as near as the smallest code's"),
        pytest.param([(0, 0), (26, 0), (0, 28)], 0, id="two that are nearer"),
        pytest.param([(0, 0), (580, 0), (0, 580)], 1, id="as far as the largest code's"),
        pytest.param([(0, 0), (580, 0), (0, 600)], 0, id="two that are farther"),
        pytest.param([(0, 0), (100, 0), (0, 195)], 1, id="a side nearly twice the other"),
        pytest.param([(0, 0), (100, 0), (0, 205)], 0, id="a side more than twice the other"),
        pytest.param([(0, 0), (100, 0), (58, 81)], 1, id="an angle of 54 degrees"),
        pytest.param([(0, 0), (100, 0), (-58, 81)], 1, id="an angle of 126 degrees"),
        pytest.param([(0, 0), (100, 0), (-62, 78)], 0, id="an angle of 129 degrees"),
        pytest.param([(0, 0), (100, 0), (200, 0)], 0, id="three on a line"),
    ],
)
def test_three_belong_together_if_they_lie_as_a_code_seen_from_aside_has_them(
    places: list[tuple[float, float]], found: int
) -> None:
    assert len(find_triples([finder(*place) for place in places])) == found


def test_three_of_different_sizes_or_of_both_kinds_do_not_belong_together() -> None:
    def triples(size: float, *, light: bool = False) -> int:
        return len(find_triples([finder(0, 0), finder(90, 0), finder(0, 90, size, light=light)]))

    assert [triples(1.8 * SIZE), triples(2 * SIZE), triples(SIZE / 2)] == [1, 0, 0]
    assert triples(SIZE, light=True) == 0


def test_light_ones_are_a_light_code() -> None:
    (triple,) = find_triples([finder(x, y, light=True) for x, y in [(0, 0), (90, 0), (0, 90)]])
    assert triple.is_light


def scored(places: list[tuple[float, float]], *sizes: float, likeness: float = 0.8) -> float:
    finders = [
        finder(x, y, size, likeness=likeness)
        for (x, y), size in zip(places, sizes or (SIZE,) * 3, strict=True)
    ]
    return find_triples(finders)[0].score


def test_the_squarer_the_more_alike_and_the_likelier_come_first() -> None:
    square = [(0.0, 0.0), (90.0, 0.0), (0.0, 90.0)]
    best = scored(square)
    assert best == pytest.approx(3 * 0.8)
    assert best > scored([(0, 0), (90, 0), (30, 85)])
    assert best > scored([(0, 0), (90, 0), (-30, 85)])
    assert best > scored([(0, 0), (90, 0), (0, 150)])
    assert best > scored(square, SIZE, SIZE, 1.5 * SIZE)
    assert best > scored(square, likeness=0.7)


def test_the_six_likeliest_are_tried() -> None:
    grid = [finder(90.0 * x, 90.0 * y, likeness=0.5 + 0.05 * x) for x in range(3) for y in range(3)]
    triples = find_triples(grid)
    assert len(triples) == MAX_TRIPLES == 6
    assert [one.score for one in triples] == sorted((one.score for one in triples), reverse=True)
    assert triples[0].centres[:, 0].min() >= 90
