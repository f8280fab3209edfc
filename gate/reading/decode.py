"""From a warp to a text: rectify, equalise, repair, and learn from what was repaired.

1. The symbol is rectified, and equalised by what is known of every symbol.
2. Its codewords are repaired, block by block. Blocks that were teach the equaliser the rest.
3. If none was, the modules that look sure teach it, and with the wider smear.
4. If some weren't, the warp is refined on all modules as they look now, and all begins anew.
5. What was repaired whole is drawn clean and read by zxing-cpp.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.codewords import Codewords, repair_codewords
from gate.reading.confirm import confirmed_text
from gate.reading.equalise import TAPS, Features, equalised, features_of, rectified
from gate.reading.fit import Fit, refined
from gate.reading.formats import Format, likely_formats
from gate.reading.layout import Bits, Layout, format_words, layout_of
from gate.reading.model import Code
from gate.reading.plane import Plane
from gate.reading.template import template_of

_PART: Final = 0b0011
"""Structured append (ISO/IEC 18004:2015, 7.4.1): one of several codes; zxing-cpp takes it whole."""

_MIN_AGREEMENT: Final = 0.8
"""Of what modules looked like with what they are: noise repaired by erasures has 0.7, true reads
nearly always more than 0.9."""

_REFINEMENTS: Final = 2
_LESSONS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lesson:
    """What is known of a symbol's modules by now.

    Attributes:
        values: (side, side) -1 dark, 1 light.
        weights: (side, side) 0 to 1.
    """

    values: NDArray[np.float32]
    weights: NDArray[np.float32]


def decode(plane: Plane, fit: Fit, has_time: Callable[[], bool]) -> Code | None:
    """Return the code that `fit` found, or None if it can't be read while `has_time`."""
    layout = layout_of(fit.version)
    for turn in range(_REFINEMENTS + 1):
        patch = rectified(plane, fit.warp)
        soft: NDArray[np.float32] = np.zeros(0, np.float32)
        for taps in TAPS:
            if not has_time():
                return None
            soft, done = _learnt(features_of(patch, taps), layout, has_time)
            if done is not None:
                return _code(layout, fit, *done, soft)
        if turn < _REFINEMENTS:
            signs = np.tanh(2 * soft).astype(np.float32)
            fit = refined(plane, fit, template_of(signs, np.ones_like(layout.known)), bends=True)
    return None


def _learnt(
    features: Features, layout: Layout, has_time: Callable[[], bool]
) -> tuple[NDArray[np.float32], tuple[Format, Codewords] | None]:
    lesson = _first_lesson(layout)
    repaired = 0
    soft: NDArray[np.float32] = np.zeros(0, np.float32)
    for turn in range(_LESSONS):
        soft = equalised(features, lesson.values.reshape(-1), lesson.weights.reshape(-1)).reshape(
            layout.side, layout.side
        )
        form, words = _likeliest(layout, soft)
        if words.is_whole:
            return soft, (form, words)
        count = words.repaired
        if count > repaired and has_time():
            lesson = _lesson_of(layout, words)
            repaired = count
        elif turn == 0 and has_time():
            lesson = _bold_lesson(layout, soft)
        else:
            break
    return soft, None


def _likeliest(layout: Layout, soft: NDArray[np.float32]) -> tuple[Format, Codewords]:
    """Return the first format by which anything was repaired, else the likeliest."""
    results = []
    for form in likely_formats(layout, soft):
        results.append((form, repair_codewords(layout, form, soft)))
        if results[-1][1].repaired:
            return results[-1]
    return results[0]


def _first_lesson(layout: Layout) -> Lesson:
    values = np.where(layout.dark, -1, 1).astype(np.float32)
    return Lesson(values=values, weights=layout.known.astype(np.float32))


def _bold_lesson(layout: Layout, soft: NDArray[np.float32]) -> Lesson:
    """Believe every module by how sure it looks."""
    first = _first_lesson(layout)
    sure = np.clip(np.abs(soft) - 0.2, 0, 0.8) * 0.8
    return Lesson(
        values=np.where(layout.known, first.values, np.sign(soft)).astype(np.float32),
        weights=np.where(layout.known, 1.0, sure).astype(np.float32),
    )


def _lesson_of(layout: Layout, words: Codewords) -> Lesson:
    first = _first_lesson(layout)
    places = tuple(layout.data_places.T)
    first.values[places] = np.where(words.dark, -1, 1)
    first.weights[places] = words.known
    return first


def _code(
    layout: Layout, fit: Fit, form: Format, words: Codewords, soft: NDArray[np.float32]
) -> Code | None:
    dark = _drawn(layout, form, words)
    agreement = float(np.mean((soft < 0) == dark))
    if words.mode == _PART or agreement < _MIN_AGREEMENT:
        return None
    text = confirmed_text(dark)
    if text is None:
        return None
    repairs = [one for one in words.repairs if one is not None]
    return Code(
        text=text,
        corners=fit.warp.corners,
        version=layout.version,
        level=form.level,
        errors=sum(one.errors for one in repairs),
        erasures=sum(one.erasures for one in repairs),
        evidence_bits=words.evidence_bits,
        agreement=agreement,
    )


def _drawn(layout: Layout, form: Format, words: Codewords) -> Bits:
    dark = layout.dark.copy()
    dark[tuple(layout.data_places.T)] = words.dark
    for copy in layout.format_places:
        dark[tuple(copy.T)] = format_words()[form.word]
    return dark
