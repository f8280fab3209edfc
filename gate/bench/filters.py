"""The filter chain that READING measured: zxing-cpp, then sharpened, then evened, then pyzbar.

What others do about hard frames, as a rival to beat: an unsharp mask, and contrast-limited adaptive
histogram equalisation (Zuiderveld, Graphics Gems IV, 1994) in tiles of an eighth of the frame.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from gate.bench.bare import bare_pyzbar, bare_zxing
from gate.devices.ports import Luma

_UNSHARP: Final = ImageFilter.UnsharpMask(radius=2, percent=200, threshold=0)
_TILES: Final = 8
_CLIP: Final = 3.0
"""Of the mean count: OpenCV's examples have 2 to 4."""


def filter_chain(luma: Luma) -> list[str]:
    """Return what the first of the four reads."""
    return (
        bare_zxing(luma)
        or bare_zxing(sharpened(luma))
        or bare_zxing(evened(luma))
        or bare_pyzbar(luma)
    )


def sharpened(luma: Luma) -> Luma:
    """Return the picture with its edges raised."""
    return np.asarray(Image.fromarray(luma).filter(_UNSHARP))


def evened(luma: Luma) -> Luma:
    """Return the picture with every tile's tones spread, bilinear between the tiles' middles."""
    height, width = luma.shape
    rows = np.linspace(0, height, _TILES + 1).astype(int)
    columns = np.linspace(0, width, _TILES + 1).astype(int)
    tables = np.array(
        [
            [
                _table(luma[rows[i] : rows[i + 1], columns[j] : columns[j + 1]])
                for j in range(_TILES)
            ]
            for i in range(_TILES)
        ]
    )
    up, v = _between(height)
    left, u = _between(width)
    row, share = up[:, None], v[:, None]
    above = tables[row, left, luma] * (1 - u) + tables[row, left + 1, luma] * u
    below = tables[row + 1, left, luma] * (1 - u) + tables[row + 1, left + 1, luma] * u
    return np.asarray(above * (1 - share) + below * share, dtype=np.uint8)


def _table(tile: Luma) -> NDArray[np.float64]:
    """Return (256,) what becomes of every tone."""
    counts = np.bincount(tile.reshape(-1), minlength=256).astype(float)
    most = max(_CLIP * tile.size / 256, 1.0)
    over = np.maximum(counts - most, 0).sum()
    counts = np.minimum(counts, most) + over / 256
    return np.asarray(np.cumsum(counts) * (255 / max(tile.size, 1)))


def _between(size: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return for each pixel the tile before it, and how far it is to the next."""
    at = np.clip((np.arange(size) + 0.5) * _TILES / size - 0.5, 0, _TILES - 1)
    first = np.minimum(at.astype(np.intp), _TILES - 2)
    return first, at - first
