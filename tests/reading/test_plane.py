"""Pictures as planes: what filters of whole numbers give is what the definition gives."""

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from gate.reading.plane import sharpened, smoothed


def box_of_nine(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return means over 9 by 9, of the inner part of a plane only."""
    means: NDArray[np.float64] = sliding_window_view(plane, (9, 9)).mean(axis=(2, 3))
    return means


@pytest.mark.parametrize("levels", [(0, 256), (100, 110), (250, 256)])
def test_a_sharpened_picture_is_four_times_as_far_from_what_lies_about_it(
    levels: tuple[int, int],
) -> None:
    luma = np.random.default_rng(1).integers(*levels, (40, 57)).astype(np.uint8)
    smooth = smoothed(luma).astype(float)
    around = box_of_nine(box_of_nine(smooth))
    inner = smooth[8:-8, 8:-8]
    truth = (inner + 4 * (inner - around)).clip(0, 255)
    assert np.abs(sharpened(luma)[8:-8, 8:-8] - truth).max() <= 1.5


def test_a_picture_is_sharpened_up_to_its_edge() -> None:
    flat = np.full((30, 20), 77, np.uint8)
    assert np.abs(sharpened(flat).astype(int) - 77).max() <= 1
