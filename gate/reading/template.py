"""What a symbol must look like, as samples: `SAMPLES` a side of a module, softened as a lens does.

+1 is light and -1 dark; places that are not known beforehand are 0, and those near them, of which
only a part is known, count by that part.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.layout import Layout, layout_of

SAMPLES: Final = 2
"""A side of a module: beside its edges, where brightness tells how far off a place is."""

_SOFTENINGS: Final = 1
"""Of 1 : 2 : 1, one sample apart: the smear of a good lens, a third of a module."""

_ENOUGH: Final = 1_600
"""Samples; of more only every second, third ... counts, which lays a symbol as well."""

_KEPT: Final = 8

SUREST: Final = 1_500
"""Modules: enough to lay a symbol to a tenth of a pixel, in a quarter of the time of all."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Template:
    """Samples with their values.

    Attributes:
        places: (n, 2) in modules.
        values: (n,) -1 to 1.
    """

    places: NDArray[np.float64]
    values: NDArray[np.float32]


@lru_cache(maxsize=_KEPT)
def known_template(version: int) -> Template:
    """Return all that is known of a version."""
    layout = layout_of(version)
    return template_of(_signs(layout), np.ones(layout.known.shape, np.bool_))


@lru_cache(maxsize=_KEPT)
def version_template(version: int) -> Template:
    """Return the middles of what tells a version and its fourth corner: all but finder patterns."""
    layout = layout_of(version)
    where = layout.known.copy()
    where[:9, :9] = where[:9, -8:] = where[-8:, :9] = False
    rows, columns = np.nonzero(where)
    places = (np.stack([columns, rows], axis=1) + 0.5).astype(np.float64)
    return Template(places=places, values=_signs(layout)[rows, columns])


@lru_cache(maxsize=_KEPT)
def finder_template() -> Template:
    """Return one finder pattern with its light rim, places from its centre."""
    steps = np.abs(np.arange(-4, 5))
    away = np.maximum(steps[:, None], steps[None, :])
    signs = np.where((away == 2) | (away == 4), 1.0, -1.0).astype(np.float32)
    whole = template_of(signs, np.ones((9, 9), np.bool_))
    return Template(places=np.asarray(whole.places - 4.5), values=whole.values)


def template_of(signs: NDArray[np.float32], where: NDArray[np.bool_]) -> Template:
    """Return samples of modules `where`, whose values are `signs` (rows, columns), 0 unknown."""
    fine = softened(signs.repeat(SAMPLES, axis=0).repeat(SAMPLES, axis=1))
    inside = where.repeat(SAMPLES, axis=0).repeat(SAMPLES, axis=1)
    rows, columns = np.nonzero(inside & (np.abs(fine) > 0.05))  # nothing to compare
    step = 1 + rows.size // _ENOUGH
    rows, columns = rows[::step], columns[::step]
    places = ((np.stack([columns, rows], axis=1) + 0.5) / SAMPLES).astype(np.float64)
    return Template(places=places, values=fine[rows, columns])


def surest_template(signs: NDArray[np.float32]) -> Template:
    """Return the middles of the modules (side, side) that are surest by `signs`, -1 to 1."""
    flat = signs.reshape(-1)
    count = min(SUREST, flat.size)
    surest = np.argpartition(-np.abs(flat), count - 1)[:count]
    rows, columns = np.divmod(surest, len(signs))
    places = (np.stack([columns, rows], axis=1) + 0.5).astype(np.float64)
    return Template(places=places, values=flat[surest])


def softened(fine: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return samples (rows, columns) smeared into their neighbours."""
    for _ in range(_SOFTENINGS):
        for axis in (0, 1):
            edged = np.pad(fine, [(1, 1) if k == axis else (0, 0) for k in (0, 1)], mode="edge")
            along = np.moveaxis(edged, axis, 0)
            mixed = (along[:-2] + 2 * along[1:-1] + along[2:]) / 4
            fine = np.moveaxis(mixed, 0, axis).astype(np.float32)
    return fine


def _signs(layout: Layout) -> NDArray[np.float32]:
    return np.where(layout.known, np.where(layout.dark, -1, 1), 0).astype(np.float32)
