"""What is believed of a symbol's modules, of which views, and how often it is learnt anew."""

from collections.abc import Callable

import numpy as np
import pytest
import segno
from numpy.typing import NDArray

from gate.reading.capacity import LEVELS
from gate.reading.equalise import RIM, SAMPLES, TAPS, Equalised, View
from gate.reading.layout import format_words, layout_of
from gate.reading.learn import (
    Shown,
    bold_lesson,
    combined,
    first_lesson,
    learn,
    likeliest,
    together,
)
from gate.reading.work import ended

VERSION = 5
LAYOUT = layout_of(VERSION)
SIDE = LAYOUT.side


def always() -> bool:
    return True


def times(count: int) -> Callable[[], bool]:
    """Return what has time so often."""
    left = iter(range(count))
    return lambda: next(left, None) is not None


def modules() -> NDArray[np.float32]:
    """Return a symbol's modules, -1 dark and 1 light."""
    code = segno.make_qr("A CARD", version=VERSION, error="q", mask=2, boost_error=False)
    return np.where(np.array([list(row) for row in code.matrix]), -1, 1).astype(np.float32)


def shown(noise: float, seed: int, reach: int = 2) -> Shown:
    """Return a view in which each sample is the mean of those about it, with noise."""
    fine = np.pad(modules().repeat(SAMPLES, 0).repeat(SAMPLES, 1), RIM + reach, constant_values=1)
    windows = np.lib.stride_tricks.sliding_window_view(fine, (2 * reach + 1,) * 2)
    patch = windows.mean(axis=(2, 3))
    patch = 2 * (patch + np.random.default_rng(seed).normal(0, noise, patch.shape))
    return Shown(
        view=View(patch=patch.astype(np.float32), trust=np.ones(SIDE * SIDE, np.float32)),
        taps=TAPS[1],
    )


def test_what_the_first_lesson_leaves_unread_later_ones_read() -> None:
    view = [shown(0.25, seed=2)]
    assert ended(learn(view, LAYOUT, lessons=1), always).whole is None
    learnt = ended(learn(view, LAYOUT), always)
    assert learnt.whole is not None
    assert np.mean((learnt.soft < 0) == (modules() < 0)) > 0.9


def test_learning_ends_with_its_time() -> None:
    view = [shown(0.25, seed=2)]
    first = view[0].by(first_lesson(LAYOUT)).soft
    for count in range(2):  # with more a second lesson is begun
        learnt = ended(learn(view, LAYOUT), times(count))
        assert learnt.whole is None
        assert (learnt.soft.reshape(-1) == first).all()


def test_what_is_told_beforehand_is_tried_first() -> None:
    learnt = ended(learn([shown(0.5, seed=1)], LAYOUT, first=modules(), lessons=1), always)
    assert learnt.whole is not None
    assert (learnt.soft == modules()).all()


def test_views_are_averaged_by_their_errors_and_by_contrast_module_by_module() -> None:
    patch = np.zeros((1, 1), np.float32)
    views = [View(patch=patch, trust=np.array(one, np.float32)) for one in ([1, 0.5], [0.5, 0.5])]
    told = [
        Equalised(soft=np.array(one, np.float32), error=error)
        for one, error in (([1, 1], 0.1), ([-1, 0], 0.3))
    ]
    assert combined(views, told) == pytest.approx([(10 - 5 / 3) / (10 + 5 / 3), 5 / (5 + 5 / 3)])
    assert combined(views[:1], told[:1]).tolist() == [1, 1]


def test_views_that_there_is_no_time_for_are_left_out() -> None:
    views, lesson = [shown(0.1, seed) for seed in (1, 2, 3)], first_lesson(LAYOUT)
    for count in range(3):
        told = [one.by(lesson) for one in views[: count + 1]]
        mean = combined([one.view for one in views[: count + 1]], told)
        assert (ended(together(views, lesson), times(count)) == mean).all()


def test_a_format_by_which_nothing_is_repaired_gives_way_to_the_next() -> None:
    soft = modules()
    word = LEVELS.index("Q") << 3 | 2
    others = np.where(format_words()[word ^ 1], -1, 1)
    for copy in LAYOUT.format_places:
        soft[tuple(copy.T)] = (
            0.6 * others + 0.4 * soft[tuple(copy.T)]
        )  # another word looks likelier
    form, words = ended(likeliest(LAYOUT, soft), always)
    assert (form.word, words.is_whole) == (word, True)
    form, words = ended(likeliest(LAYOUT, soft), times(0))
    assert (form.word, words.repaired) == (word ^ 1, 0)


def test_where_no_format_repairs_anything_the_likeliest_is_told() -> None:
    noise = np.random.default_rng(3).normal(0, 1, (SIDE, SIDE)).astype(np.float32)
    for copy in LAYOUT.format_places:
        noise[tuple(copy.T)] = modules()[tuple(copy.T)]
    assert ended(likeliest(LAYOUT, noise), always)[0].word == LEVELS.index("Q") << 3 | 2


def test_the_bold_lesson_believes_what_looks_sure() -> None:
    rows, columns = LAYOUT.data_places[:4].T
    soft = np.zeros((SIDE, SIDE), np.float32)
    soft[rows, columns] = (0.15, -0.7, 1.2, -3.0)
    lesson = bold_lesson(LAYOUT, soft)
    assert lesson.weights[rows, columns] == pytest.approx([0, 0.4, 0.64, 0.64])
    assert lesson.values[rows, columns][1:].tolist() == [-1, 1, -1]
    assert (lesson.weights[LAYOUT.known] == 1).all()
    assert ((lesson.values < 0) == LAYOUT.dark)[LAYOUT.known].all()
