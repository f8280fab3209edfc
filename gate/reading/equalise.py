"""Undoing the smear: each module's value from the samples about it, as the symbol itself teaches.

Lens, motion and screens mix neighbours, everywhere in a symbol in the same way. A ridge regression
(Hoerl and Kennard, 1970) from the samples about a module to its value is trained on the modules
whose values are known, and applied to all. It is the least-squares linear equaliser of data
channels (Proakis, Digital Communications, 4th edition, 10.2) in two dimensions; deconvolution with
a guessed smear does worse, since it amplifies noise where the smear leaves nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.plane import Plane, box_mean, sampled
from gate.reading.warp import Warp

Patch = NDArray[np.float32]
"""A symbol seen straight on, (SAMPLES * side + 2 * RIM, ...), light and contrast evened."""

Features = NDArray[np.float32]
"""(side * side, taps * taps + 1) samples about each module, row by row, and a 1."""

SAMPLES: Final = 3
"""A side of a module: twice what its finest pattern needs by the sampling theorem, and a middle."""


TAPS: Final = (7, 13)
"""Samples a side: 2 modules for a lens out of focus, 4 for a hand that moved. Of 19 frames with
blur and motion that zxing-cpp can't read, 7 alone reads 16, 7 of every second sample beside it 16,
and both of these all 19, in less time since less is tried anew."""

RIM: Final = max(TAPS) // 2
"""Samples about the symbol, so that modules at its edge have as many neighbours."""

_LIGHT_MODULES: Final = 4
"""Light is evened over twice as many and one: a finder pattern fits in, a shadow does not."""

_RIDGE: Final = 0.02
"""Of the number of modules trained on, with samples of spread 1."""

_FLAT: Final = 0.15
"""Of the middle contrast: what is flatter (glare) is not amplified further."""

_MAX_TAUGHT: Final = 2_000
"""Modules: ten for each tap, the surest; of a large symbol all would take many times as long."""

_LEAST_TRUST: Final = 0.02
_LEAST_LEFT: Final = 0.1
_LEAST_ERROR: Final = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """One frame's picture of a symbol.

    Attributes:
        patch: see `Patch`.
        trust: (side * side,) 0 to 1, the contrast about each module, squared: noise is the same
            where a lamp leaves a tenth of it, so what is seen there counts a hundredth.
    """

    patch: Patch
    trust: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Equalised:
    """Every module's value as learnt.

    Attributes:
        soft: (side * side,) about -1 (dark) to 1.
        error: mean square of what is wrong with it, as modules that it was not taught tell.
    """

    soft: NDArray[np.float32]
    error: float


def rectified(plane: Plane, warp: Warp) -> View:
    """Return the symbol at `SAMPLES` samples a module with its rim, each about -1 to 1."""
    steps = (np.arange(-RIM, warp.side * SAMPLES + RIM) + 0.5) / SAMPLES
    seen = sampled(plane, warp.grid(steps))
    reach = _LIGHT_MODULES * SAMPLES
    evened = seen - box_mean(seen, reach)
    spread = np.sqrt(box_mean(evened * evened, reach))
    middle = float(np.median(spread))
    floor = max(middle * _FLAT, 1e-3)
    inside = spread[_middles(warp.side), _middles(warp.side)] / max(middle, 1e-3)
    return View(
        patch=np.asarray(evened / np.maximum(spread, floor), dtype=np.float32),
        trust=np.clip(inside * inside, _LEAST_TRUST, 1).reshape(-1).astype(np.float32),
    )


def plain(view: View) -> NDArray[np.float32]:
    """Return every module's value (side, side) as it is seen in its middle, nothing undone."""
    middles = _middles((len(view.patch) - 2 * RIM) // SAMPLES)
    return view.patch[middles, middles]


def features_of(patch: Patch, taps: int) -> Features:
    """Return the samples about each module's middle."""
    side = (len(patch) - 2 * RIM) // SAMPLES
    windows = np.lib.stride_tricks.sliding_window_view(patch, (taps, taps))
    middles = _middles(side, back=taps // 2)
    features = np.ones((side * side, taps * taps + 1), np.float32)
    features[:, :-1] = windows[middles, middles].reshape(side * side, taps * taps)
    return features


def equalised(
    features: Features, values: NDArray[np.float32], weights: NDArray[np.float32]
) -> Equalised:
    """Return every module's value, learnt from those that are weighed.

    The error is that of the modules taught, made larger by as many as there are taps in effect
    (generalised cross-validation: Golub, Heath and Wahba, 1979).

    Args:
        features: see `Features`.
        values: (n,) -1 or 1 where `weights` is not 0.
        weights: (n,) how surely a value is known, 0 to 1.
    """
    taught = np.flatnonzero(weights)
    if taught.size > _MAX_TAUGHT:
        # Among equals those that lie scattered: a multiple of a prime, cut off.
        order = weights[taught] + (taught * 7919 % 1000) * 1e-6
        taught = taught[np.argpartition(-order, _MAX_TAUGHT)[:_MAX_TAUGHT]]
    seen, known, weight = features[taught], values[taught], weights[taught]
    weighed = seen * weight[:, None]
    gram = (seen.T @ weighed).astype(np.float64)
    total = float(weight.sum())
    ridged = gram.copy()
    ridged[np.diag_indices_from(ridged)] += _RIDGE * total
    solved = np.linalg.solve(ridged, np.column_stack([weighed.T @ known, gram]))
    taps = solved[:, 0].astype(np.float32)
    wrong = known - seen @ taps
    left = max(1 - float(np.trace(solved[:, 1:])) / total, _LEAST_LEFT)
    error = float(weight @ (wrong * wrong)) / total / left**2
    return Equalised(soft=np.asarray(features @ taps), error=max(error, _LEAST_ERROR))


def _middles(side: int, back: int = 0) -> slice:
    """Return where modules' middles are in a patch, `back` samples before them."""
    first = RIM + SAMPLES // 2 - back
    return slice(first, first + side * SAMPLES, SAMPLES)
