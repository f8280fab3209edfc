"""A smear is undone by what is known, and how well is told by what was not taught."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gate.reading.equalise import RIM, SAMPLES, TAPS, equalised, features_of, plain, rectified
from gate.reading.warp import flat_warp, planes_from_square

SIDE = 25
CORNERS = np.array([(20, 20), (170, 20), (170, 170), (20, 170)], float) - 0.5


def modules(seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).choice((-1.0, 1.0), (SIDE, SIDE)).astype(np.float32)


def patch_of(values: NDArray[np.float32], noise: float, seed: int) -> NDArray[np.float32]:
    """Return a patch in which every sample is the mean of those about it, with noise."""
    fine = np.pad(values.repeat(SAMPLES, 0).repeat(SAMPLES, 1), RIM + 2, constant_values=1.0)
    windows = np.lib.stride_tricks.sliding_window_view(fine, (5, 5))
    smeared = windows.mean(axis=(2, 3))
    return np.asarray(
        smeared + np.random.default_rng(seed).normal(0, noise, smeared.shape), np.float32
    )


def learnt(noise: float, taught: float, taps: int = TAPS[0]) -> tuple[float, float]:
    """Return the error as told, and as it is of the modules that were not taught."""
    values = modules(1)
    weights = (np.random.default_rng(2).random(values.size) < taught).astype(np.float32)
    told = equalised(features_of(patch_of(values, noise, 3), taps), values.reshape(-1), weights)
    wrong = (told.soft - values.reshape(-1))[weights == 0]
    return told.error, float((wrong * wrong).mean())


@pytest.mark.parametrize("taps", TAPS)
@pytest.mark.parametrize("noise", [0.3, 0.6])
def test_the_error_that_is_told_is_that_of_modules_that_were_not_taught(
    taps: int, noise: float
) -> None:
    told, true = learnt(noise, taught=0.5, taps=taps)
    assert 0.7 * true < told < 1.5 * true


def test_a_smear_is_undone() -> None:
    values = modules(4)
    patch = patch_of(values, 0.1, 5)
    weights = np.ones(values.size, np.float32)
    weights[300:] = 0
    told = equalised(features_of(patch, TAPS[0]), values.reshape(-1), weights)
    assert (np.sign(told.soft) == values.reshape(-1))[300:].all()
    assert np.abs(told.soft).mean() == pytest.approx(1, abs=0.15)


def test_what_is_doubtful_teaches_less() -> None:
    values = modules(6)
    features = features_of(patch_of(values, 0.2, 7), TAPS[0])
    lied = values.reshape(-1).copy()
    lied[200:400] *= -1  # and they weigh a hundredth
    weights = np.where(np.arange(values.size) < 200, 1.0, 0.0).astype(np.float32)
    weights[200:400] = 0.01
    told = equalised(features, lied, weights)
    assert (np.sign(told.soft) == values.reshape(-1))[400:].mean() > 0.97


def test_of_more_than_two_thousand_modules_the_surest_teach() -> None:
    rng = np.random.default_rng(8)
    features = np.ones((5000, 3), np.float32)
    features[:, :2] = rng.normal(0, 1, (5000, 2))
    values = np.sign(features[:, 0] - features[:, 1]).astype(np.float32)
    values[2000:] *= -1
    weights = np.full(5000, 0.9, np.float32)
    weights[:2000] = 0.91
    told = equalised(features, values, weights)
    assert (np.sign(told.soft) == np.sign(features[:, 0] - features[:, 1])).mean() > 0.98


def test_features_are_the_samples_about_each_module_and_a_one() -> None:
    numbers = np.arange((SIDE * SAMPLES + 2 * RIM) ** 2, dtype=np.float32)
    patch = numbers.reshape(SIDE * SAMPLES + 2 * RIM, -1)
    middle = RIM + 1 + np.arange(SIDE) * SAMPLES
    for taps in TAPS:
        features = features_of(patch, taps)
        assert features.shape == (SIDE * SIDE, taps * taps + 1)
        assert (features[:, -1] == 1).all()
        half = taps // 2
        row, column = middle[3], middle[24]
        about = patch[row - half : row + half + 1, column - half : column + half + 1]
        assert (features[3 * SIDE + 24, :-1] == about.reshape(-1)).all()


def drawn(values: NDArray[np.float32], light: NDArray[np.float32]) -> NDArray[np.float32]:
    plane = np.full((190, 190), 200, np.float32)
    plane[20:170, 20:170] = (120 + 70 * values).repeat(6, 0).repeat(6, 1)
    return np.asarray(plane * light, np.float32)


def test_a_symbol_is_seen_straight_on_module_by_module_with_its_light_evened() -> None:
    values = modules(9)
    light = np.linspace(0.2, 1.0, 190, dtype=np.float32)[None]
    view = rectified(drawn(values, light), flat_warp(SIDE, planes_from_square(0, SIDE, CORNERS)))
    assert view.patch.shape == (SIDE * SAMPLES + 2 * RIM,) * 2
    seen = plain(view)
    assert (np.sign(seen) == values).mean() > 0.99
    samples = view.patch[RIM:-RIM, RIM:-RIM]  # all nine of a module, not only its middle
    assert (np.sign(samples) == values.repeat(SAMPLES, 0).repeat(SAMPLES, 1)).mean() > 0.97
    assert np.abs(seen).mean() == pytest.approx(1, abs=0.3)
    trust = view.trust.reshape(SIDE, SIDE)
    assert trust[:, -1].mean() > 3 * trust[:, 0].mean()
    assert trust.max() == 1


def test_what_glares_is_neither_believed_nor_made_larger() -> None:
    values = modules(10)
    plane = drawn(values, np.ones((1, 1), np.float32))
    plane[20:90, 20:170] = 250 + np.random.default_rng(11).normal(0, 0.5, (70, 150))
    view = rectified(plane, flat_warp(SIDE, planes_from_square(0, SIDE, CORNERS)))
    trust = view.trust.reshape(SIDE, SIDE)
    assert trust[2:6, 5:-5].max() < 0.1
    assert trust[-8:].min() > 0.5
    assert np.abs(plain(view)[2:6, 5:-5]).std() < 0.4 * np.abs(plain(view)[-8:]).mean()
