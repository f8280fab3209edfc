"""Places are moved until they show what they ought to, and no further than is free."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gate.reading.align import Aligned, Target, align, ways_of
from gate.reading.plane import Plane, Points

RNG = np.random.default_rng(1)
PLACES: Points = RNG.uniform(20, 80, (800, 2))
PLACES = PLACES[np.abs(PLACES[:, 0] - 50) > 8]  # two groups, not about where they meet


def waves(places: Points) -> NDArray[np.float64]:
    return np.asarray(np.sin(places[..., 0] / 5) + np.cos(places[..., 1] / 7 + places[..., 0] / 11))


def a_plane(gain: float = 60, level: float = 120) -> Plane:
    down, across = np.mgrid[0:100, 0:100]
    return np.asarray(level + gain * waves(np.stack([across, down], axis=-1)), np.float32)


def aligned(
    shift: tuple[float, float],
    *,
    plane: Plane | None = None,
    rounds: int = 8,
    stiffness: float = 0.0,
    rest: tuple[float, float] = (0.0, 0.0),
) -> Aligned:
    """Align places that ought to be moved by `shift`, whose only parameters are that."""
    values = waves(PLACES + shift)
    target = Target(
        values=(values / np.abs(values).max()).astype(np.float32),
        groups=(PLACES[:, 0] > 50).astype(np.intp),
        ways=ways_of(np.ones((len(PLACES), 1))),
        stiffness=np.full(2, stiffness),
        rest=np.array(rest),
    )
    return align(a_plane() if plane is None else plane, lambda by: PLACES + by, target, rounds)


@pytest.mark.parametrize("shift", [(0.0, 0.0), (2.0, -1.5), (-3.0, 2.0)])
def test_places_are_moved_to_where_they_agree(shift: tuple[float, float]) -> None:
    found = aligned(shift)
    assert np.abs(found.parameters - shift).max() < 0.1
    assert found.agreement > 0.995


def test_light_and_contrast_of_each_group_do_not_matter() -> None:
    plane = a_plane(gain=6, level=200)
    plane[:, 51:] -= 90
    assert np.abs(aligned((2.0, -1.5), plane=plane).parameters - (2.0, -1.5)).max() < 0.2


def test_without_a_step_the_agreement_is_that_of_where_it_begins() -> None:
    found = aligned((2.0, -1.5), rounds=0)
    assert found.parameters.tolist() == [0, 0]
    assert 0.2 < found.agreement < 0.98
    assert aligned((2.0, -1.5), rounds=1).agreement > found.agreement


def test_what_is_stiff_stays_near_its_rest() -> None:
    held = aligned((2.0, -1.5), stiffness=1e9).parameters
    assert np.abs(held).max() < 0.01
    drawn = aligned((2.0, -1.5), stiffness=1e9, rest=(0.7, 0.4)).parameters
    assert np.allclose(drawn, (0.7, 0.4), atol=0.01)


def test_where_nothing_is_to_be_seen_nothing_agrees() -> None:
    found = aligned((2.0, -1.5), plane=np.full((100, 100), 90, np.float32))
    assert abs(found.agreement) < 0.3
    assert np.isfinite(found.parameters).all()


def test_each_thing_moves_x_and_then_y_by_its_weight() -> None:
    ways = ways_of(np.array([[1.0, 0.5], [0.0, 2.0]]))
    assert ways.tolist() == [[[1, 0, 0.5, 0], [0, 1, 0, 0.5]], [[0, 0, 2, 0], [0, 0, 0, 2]]]
