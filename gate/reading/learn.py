"""From views of a symbol to its codewords: equalise, repair, and learn from what was repaired.

1. Every view is equalised by what is known of every symbol; the views are averaged, each weighed by
   how well it tells what is known (maximum-ratio combining: Brennan, Linear Diversity Combining
   Techniques, 1959), and module by module by its contrast there.
2. The codewords are repaired, block by block. Blocks that were teach the equalisers the rest.
3. If none was, the modules that look sure teach them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.reading.codewords import Codewords, repair_codewords
from gate.reading.equalise import Equalised, View, equalised, features_of
from gate.reading.formats import Format, likely_formats
from gate.reading.layout import Layout
from gate.reading.work import Steps

Soft = NDArray[np.float32]
"""(side, side) modules' values as they look, about -1 (dark) to 1 (light)."""

LESSONS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lesson:
    """What is known of a symbol's modules by now.

    Attributes:
        values: (side, side) -1 dark, 1 light.
        weights: (side, side) 0 to 1.
    """

    values: NDArray[np.float32]
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """One view of a symbol, and how many samples a side its equaliser weighs.

    Samples about each module are gathered when they are needed: of eight views of a large symbol
    they would fill a unit's memory.
    """

    view: View
    taps: int

    def by(self, lesson: Lesson) -> Equalised:
        """Return what the lesson makes of it."""
        features = features_of(self.view.patch, self.taps)
        return equalised(features, lesson.values.reshape(-1), lesson.weights.reshape(-1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learnt:
    """How a symbol's modules look, and its codewords if all of them were repaired."""

    soft: Soft
    whole: tuple[Format, Codewords] | None


def learn(
    shown: Sequence[Shown],
    layout: Layout,
    *,
    first: Soft | None = None,
    lessons: int = LESSONS,
) -> Steps[Learnt]:
    """Return what at least one view tells, in at most `lessons`, of which `first` came of one."""
    side = layout.side
    lesson = first_lesson(layout)
    soft = first
    if soft is None:
        soft = (yield from together(shown, lesson)).reshape(side, side)
    repaired = 0
    for turn in range(lessons):
        if turn:
            soft = (yield from together(shown, lesson)).reshape(side, side)
        if not (yield):
            break
        form, words = yield from likeliest(layout, soft)
        if words.is_whole:
            return Learnt(soft=soft, whole=(form, words))
        if turn == lessons - 1 or not (yield):
            break
        if words.repaired > repaired:
            lesson = _lesson_of(layout, words)
            repaired = words.repaired
        elif turn == 0:
            lesson = bold_lesson(layout, soft)
        else:
            break
    return Learnt(soft=soft, whole=None)


def together(shown: Sequence[Shown], lesson: Lesson) -> Steps[NDArray[np.float32]]:
    """Return every module's value (side * side,) by the views that there is time for, the first.

    Each has its own equaliser.
    """
    told = [shown[0].by(lesson)]
    for one in shown[1:]:
        if not (yield):
            break
        told.append(one.by(lesson))
    return combined([one.view for one in shown[: len(told)]], told)


def combined(views: Sequence[View], told: Sequence[Equalised]) -> NDArray[np.float32]:
    """Return the mean of what views tell, weighed."""
    if len(told) == 1:
        return told[0].soft
    shares = [view.trust / one.error for view, one in zip(views, told, strict=True)]
    total = np.add.reduce([share * one.soft for share, one in zip(shares, told, strict=True)])
    return np.asarray(total / np.add.reduce(shares), dtype=np.float32)


def likeliest(layout: Layout, soft: Soft) -> Steps[tuple[Format, Codewords]]:
    """Return the first format by which anything was repaired, else the likeliest."""
    first, *others = likely_formats(layout, soft)
    result = first, repair_codewords(layout, first, soft)
    for form in others:
        if result[1].repaired or not (yield):
            break
        other = form, repair_codewords(layout, form, soft)
        result = other if other[1].repaired else result
    return result


def first_lesson(layout: Layout) -> Lesson:
    """Return what is known of every symbol of a version."""
    values = np.where(layout.dark, -1, 1).astype(np.float32)
    return Lesson(values=values, weights=layout.known.astype(np.float32))


def bold_lesson(layout: Layout, soft: Soft) -> Lesson:
    """Believe every module by how sure it looks."""
    first = first_lesson(layout)
    sure = np.clip(np.abs(soft) - 0.2, 0, 0.8) * 0.8
    return Lesson(
        values=np.where(layout.known, first.values, np.sign(soft)).astype(np.float32),
        weights=np.where(layout.known, 1.0, sure).astype(np.float32),
    )


def _lesson_of(layout: Layout, words: Codewords) -> Lesson:
    first = first_lesson(layout)
    places = tuple(layout.data_places.T)
    first.values[places] = np.where(words.dark, -1, 1)
    first.weights[places] = words.known
    return first
