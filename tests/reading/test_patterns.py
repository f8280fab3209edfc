"""Alignment patterns pull a warp to where they are seen, and nothing else does."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gate.reading.layout import layout_of
from gate.reading.patterns import seek_patterns
from gate.reading.plane import Plane, Points
from gate.reading.warp import Warp, flat_warp, planes_from_square

VERSION, MODULE_PX, RIM_PX = 14, 6, 30
LAYOUT = layout_of(VERSION)
SIDE = LAYOUT.side
CENTRES: Points = (LAYOUT.centres[:, ::-1] + 0.5).astype(float)


def square_warp() -> Warp:
    reach = SIDE * MODULE_PX
    corners = np.array([(0, 0), (reach, 0), (reach, reach), (0, reach)], float) + RIM_PX - 0.5
    return flat_warp(SIDE, planes_from_square(0, SIDE, corners))


def shifts_px(places: Points) -> Points:
    """Return how far paper has moved that bulges in its middle."""
    away = np.sin(np.pi * places / SIDE).prod(axis=1)
    return np.stack([9 * away, -6 * away], axis=1)


def drawn(shifts: Points) -> Plane:
    """Return a grey picture with nothing but the alignment patterns, each moved by its shift."""
    side_px = SIDE * MODULE_PX + 2 * RIM_PX
    luma = np.full((side_px, side_px), 128, np.float32)
    away = np.abs(np.arange(-2, 3))
    dark = np.maximum(away[:, None], away) != 1
    pattern = np.where(dark, 40, 220).repeat(MODULE_PX, axis=0).repeat(MODULE_PX, axis=1)
    for (x, y), (right, below) in zip(CENTRES, np.rint(shifts).astype(int), strict=True):
        left = int((x - 2.5) * MODULE_PX) + RIM_PX + right
        top = int((y - 2.5) * MODULE_PX) + RIM_PX + below
        luma[top : top + len(pattern), left : left + len(pattern)] = pattern
    return luma


def wrong_px(warp: Warp, truth: Points) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(warp.at(CENTRES) - truth, axis=1))


def test_patterns_that_moved_pull_the_warp_the_way_they_went() -> None:
    flat, shifts = square_warp(), shifts_px(CENTRES)
    bent = seek_patterns(drawn(shifts), flat, LAYOUT)
    pulled = bent.at(CENTRES) - flat.at(CENTRES)
    for axis in (0, 1):  # by as much, but for what no cosine does: a shift of all
        slope, _ = np.polyfit(shifts[:, axis], pulled[:, axis], 1)
        assert 0.5 < slope < 1.3
        assert np.corrcoef(shifts[:, axis], pulled[:, axis])[0, 1] > 0.9


def test_what_was_bent_too_far_is_bent_back() -> None:
    flat = square_warp()
    bend = np.zeros_like(flat.bend)
    bend[0], bend[-1] = (5.0, -3.0), (-3.0, 4.0)
    wrong = replace(flat, bend=bend)
    truth = flat.at(CENTRES)
    back = seek_patterns(drawn(np.zeros_like(CENTRES)), wrong, LAYOUT)
    assert wrong_px(wrong, truth).mean() > 0.5 * MODULE_PX
    assert wrong_px(back, truth).mean() < 0.5 * wrong_px(wrong, truth).mean()


def test_patterns_in_their_places_bend_nothing() -> None:
    bent = seek_patterns(drawn(np.zeros_like(CENTRES)), square_warp(), LAYOUT)
    assert wrong_px(bent, square_warp().at(CENTRES)).max() < 0.05 * MODULE_PX


def test_where_no_pattern_is_seen_the_warp_stays() -> None:
    flat = square_warp()
    noise = np.random.default_rng(1).normal(128, 40, drawn(CENTRES * 0).shape).astype(np.float32)
    assert seek_patterns(noise, flat, LAYOUT) is flat
    assert seek_patterns(np.zeros_like(noise), flat, LAYOUT) is flat


def test_the_smallest_version_has_no_pattern_to_look_for() -> None:
    small = flat_warp(21, planes_from_square(0, 21, np.array([(9, 9), (93, 9), (93, 93), (9, 93)])))
    assert seek_patterns(np.zeros((100, 100), np.float32), small, layout_of(1)) is small
