"""Undoing the smear: each module's value from the samples about it, as the symbol itself teaches.

Lens, motion and screens mix neighbours, everywhere in a symbol in the same way. A ridge regression
(Hoerl and Kennard, 1970) from the samples about a module to its value is trained on the modules
whose values are known, and applied to all. It is the least-squares linear equaliser of data
channels (Proakis, Digital Communications, 4th edition, 10.2) in two dimensions; deconvolution with
a guessed smear does worse, since it amplifies noise where the smear leaves nothing.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.plane import Plane, box_mean, sampled
from gate.reading.warp import Warp

Patch = NDArray[np.float32]
"""A symbol seen straight on, (SAMPLES * side + 2 * RIM, ...), light and contrast evened."""

Features = NDArray[np.float32]
"""(side * side, taps * taps + 1) samples about each module, row by row, and a constant."""

SAMPLES: Final = 3
"""A side of a module: twice what its finest pattern needs by the sampling theorem, and a middle."""

TAPS: Final = (7, 13)
"""Samples a side: 2 modules for a lens out of focus, 4 for a hand that moved."""

RIM: Final = max(TAPS) // 2
"""Samples about the symbol, so that modules at its edge have as many neighbours."""

_LIGHT_MODULES: Final = 4
"""Light is evened over twice as many and one: a finder pattern fits in, a shadow does not."""

_RIDGE: Final = 0.02
"""Of the number of modules trained on, with samples of spread 1."""

_FLAT: Final = 0.15
"""Of the middle contrast: what is flatter (glare) is not amplified further."""


def rectified(plane: Plane, warp: Warp) -> Patch:
    """Return the symbol at `SAMPLES` samples a module with its rim, each about -1 to 1."""
    steps = (np.arange(-RIM, warp.side * SAMPLES + RIM) + 0.5) / SAMPLES
    seen = sampled(plane, warp.grid(steps))
    reach = _LIGHT_MODULES * SAMPLES
    evened = seen - box_mean(seen, reach)
    spread = np.sqrt(box_mean(evened * evened, reach))
    floor = max(float(np.median(spread)) * _FLAT, 1e-3)
    return np.asarray(evened / np.maximum(spread, floor), dtype=np.float32)


def features_of(patch: Patch, taps: int) -> Features:
    """Return the samples about each module's middle."""
    side = (len(patch) - 2 * RIM) // SAMPLES
    first = RIM + SAMPLES // 2 - taps // 2
    windows = np.lib.stride_tricks.sliding_window_view(patch, (taps, taps))
    every = windows[
        first : first + side * SAMPLES : SAMPLES, first : first + side * SAMPLES : SAMPLES
    ]
    features = np.ones((side * side, taps * taps + 1), np.float32)
    features[:, :-1] = every.reshape(side * side, taps * taps)
    return features


def equalised(
    features: Features, values: NDArray[np.float32], weights: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return every module's value, about -1 (dark) to 1, learnt from those that are weighed.

    Args:
        features: see `Features`.
        values: (n,) -1 or 1 where `weights` is not 0.
        weights: (n,) how surely a value is known, 0 to 1.
    """
    taught = np.flatnonzero(weights)
    seen = features[taught]
    weighed = seen * weights[taught, None]
    normal = seen.T @ weighed
    ridge = _RIDGE * float(weights.sum())
    normal[np.diag_indices_from(normal)] += ridge
    taps = np.linalg.solve(normal.astype(np.float64), weighed.T @ values[taught])
    return np.asarray(features @ taps.astype(np.float32))
