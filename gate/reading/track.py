"""One symbol over many frames: followed, its views gathered, read by all of them together.

1. Its modules as they look by now are looked for about where it was, and the warp is moved to them.
2. The new view is equalised by what is known; the best `MAX_VIEWS` are kept.
3. All are averaged, each weighed by how well it tells what is known (`learn.together`), and
   repaired; now and then the average itself teaches the equalisers, which is dearer.
4. Once it was read it is only followed: it stays read as long as every block of what is seen there
   is nearer to it than to any other symbol's.

A hand's tremor is a gift: every frame is smeared another way and every sample lies elsewhere.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gate.reading.codewords import shows
from gate.reading.decode import Decoded, decoded
from gate.reading.equalise import TAPS, Equalised, plain, rectified
from gate.reading.fit import Fit, refined
from gate.reading.layout import Layout, layout_of
from gate.reading.learn import LESSONS, Shown, Soft, combined, first_lesson, learn
from gate.reading.model import Code
from gate.reading.plane import Luma, Plane, Points, sampled
from gate.reading.template import Template, surest_template, template_of
from gate.reading.warp import Warp, moved
from gate.reading.work import Steps

MAX_VIEWS: Final = 8
"""READING: equalise over the best 8 together. More add little, since smears of a kind are alike."""

_PATIENCE: Final = 4
"""Frames without it after which it is gone: an eighth of a second."""

_REACH_MODULES: Final = 4
_COARSE: Final = np.arange(-_REACH_MODULES, _REACH_MODULES + 1)
_FINE: Final = np.arange(-2, 3) * 0.25
"""Modules beside where it is looked for, and beside the best of these."""

_RIM_MODULES: Final = 6
_MIN_AGREEMENT: Final = 0.3
"""Correlation with 1,500 modules of which one in five may be mistaken: by chance 0.03."""

_BOLD_EVERY: Final = 2
"""Views: the second lesson takes five times as long as all before."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Held:
    """A view with what its equaliser made of it."""

    shown: Shown
    told: Equalised


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """What lies about a symbol in a frame; `corner` (2,) is the part's upper left there, px."""

    plane: Plane
    corner: Points


class Track:
    """Follows one symbol from where a search left it."""

    def __init__(self, found: Decoded, luma: Luma, at_s: float = 0.0) -> None:
        """Begin with what a search missed, or read, in `luma`, the frame of `at_s`."""
        self.found = found
        self.at_s = at_s
        self.views = 0
        self._layout = layout_of(found.fit.version)
        self._believed = _signs(self._layout, found)
        self._way = np.zeros(2)
        self._held: list[_Held] = []
        self._lost = 0
        self._begun = None if found.code else (_crop(luma, found, self._way), found.fit)

    @property
    def is_gone(self) -> bool:
        """Tell whether the symbol is not to be seen any more."""
        return self._lost >= _PATIENCE

    def follow(self, luma: Luma) -> Steps[Code | None]:
        """Return the code if it can be read by now, as it lies in this frame."""
        part = _crop(luma, self.found, self._way)
        code = self.found.code
        if part is None or not self._is_in(part) or (code and not self._shows(part, code)):
            self._lost += 1
            self._way = np.zeros(2)
            return None
        self._lost = 0
        self.views += 1
        if code is not None:
            self.found = replace(
                self.found, code=replace(code, corners=self.found.fit.warp.corners)
            )
            return self.found.code
        if not (yield):
            return None
        if self._begun is not None:  # not held before, since a search takes its time
            first, fit = self._begun
            self._begun = None
            if first is not None:
                self._hold(first, fit)
        self._hold(part, self.found.fit)
        return (yield from self._read())

    def _is_in(self, part: _Part) -> bool:
        """Move the warp to where the symbol is in `part`, and tell whether it is there."""
        believed = self._believed
        is_read = self.found.code is not None
        # What was read may be sharp, and tells its place only at its modules' edges.
        template = template_of(believed, believed != 0) if is_read else surest_template(believed)
        warp = moved(self.found.fit.warp, 1, -part.corner)
        near = moved(warp, 1, _nearest(part.plane, warp, template, self._way))
        # What bends does not change from frame to frame: to look for it now and then is enough.
        bends = self.found.code is None and self.views % _BOLD_EVERY == 1
        fit = refined(part.plane, replace(self.found.fit, warp=near), template, bends=bends)
        if fit.agreement < _MIN_AGREEMENT:
            return False
        was = self.found.fit.warp.corners.mean(axis=0)
        fit = replace(fit, warp=moved(fit.warp, 1, part.corner))
        self.found = replace(self.found, fit=fit)
        self._way = fit.warp.corners.mean(axis=0) - was
        return True

    def _shows(self, part: _Part, code: Code) -> bool:
        """Tell whether the symbol that was read is in `part`, where the warp was moved to it."""
        if self.found.dark is None:
            return False
        layout, dark = self._layout, self.found.dark
        view = rectified(part.plane, moved(self.found.fit.warp, 1, -part.corner))
        if shows(layout, code.level, dark, plain(view)):
            return True
        looks = (Shown(view=view, taps=taps).by(first_lesson(layout)).soft for taps in TAPS)
        return any(shows(layout, code.level, dark, look.reshape(dark.shape)) for look in looks)

    def _hold(self, part: _Part, fit: Fit) -> None:
        """Equalise a view by the taps that tell best what is known, and keep it if it is good."""
        view = rectified(part.plane, moved(fit.warp, 1, -part.corner))
        lesson = first_lesson(self._layout)
        both = [Shown(view=view, taps=taps) for taps in TAPS]
        tried = [_Held(shown=shown, told=shown.by(lesson)) for shown in both]
        self._held.append(min(tried, key=lambda held: held.told.error))
        self._held = sorted(self._held, key=lambda held: held.told.error)[:MAX_VIEWS]

    def _read(self) -> Steps[Code | None]:
        side = self._layout.side
        views = [held.shown.view for held in self._held]
        soft = combined(views, [held.told for held in self._held]).reshape(side, side)
        lessons = LESSONS if self.views % _BOLD_EVERY == 0 else 1
        shown = [held.shown for held in self._held]
        learnt = yield from learn(shown, self._layout, first=soft, lessons=lessons)
        # What looks sure and isn't would draw the next views to where it is: only what the known
        # modules taught is followed.
        done = replace(self.found, soft=soft)
        if learnt.whole is not None:
            done = replace(
                decoded(self._layout, done.fit, *learnt.whole, learnt.soft),
                is_light=self.found.is_light,
            )
        self.found = done
        self._believed = _signs(self._layout, done)
        return done.code


def _signs(layout: Layout, found: Decoded) -> Soft:
    """Return what is believed of every module, -1 to 1.

    Of a symbol that was read only what others of its version do not have: they are not it.
    """
    if found.dark is not None:
        return np.where(layout.known, 0, np.where(found.dark, -1, 1)).astype(np.float32)
    told = np.zeros(layout.known.shape, np.float32) if found.soft is None else found.soft
    known = np.where(layout.dark, -1, 1)
    return np.where(layout.known, known, np.tanh(2 * told)).astype(np.float32)


def _nearest(plane: Plane, warp: Warp, template: Template, way: Points) -> Points:
    """Return the px (2,) by which the symbol moved: `way`, or a few modules beside."""
    module_px = _module_px(warp)
    points = warp.at(template.places)
    for steps in (_COARSE, _FINE):
        moves = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2) * module_px + way
        seen = sampled(plane, points[None] + moves[:, None])
        seen = seen - seen.mean(axis=1, keepdims=True)
        scores = seen @ template.values / np.sqrt((seen * seen).sum(axis=1) + 1.0)
        way = moves[int(scores.argmax())]
    return np.asarray(way)


def _module_px(warp: Warp) -> float:
    corners = warp.corners
    return float(np.linalg.norm(np.roll(corners, 1, axis=0) - corners, axis=1).mean()) / warp.side


def _crop(luma: Luma, found: Decoded, way: Points) -> _Part | None:
    """Return what lies about the symbol, dark on light; None if it is out of the frame."""
    warp = found.fit.warp
    corners = warp.corners
    rim = (_REACH_MODULES + _RIM_MODULES) * _module_px(warp)
    height, width = luma.shape
    low = np.floor(np.minimum(corners, corners + way).min(axis=0) - rim).astype(int)
    high = np.ceil(np.maximum(corners, corners + way).max(axis=0) + rim).astype(int)
    left, top = np.clip(low, 0, (width, height))
    right, bottom = np.clip(high, 0, (width, height))
    if right - left < warp.side or bottom - top < warp.side:
        return None
    plane = luma[top:bottom, left:right].astype(np.float32)
    if found.is_light:
        plane = -plane
    return _Part(plane=plane, corner=np.array((left, top), float))
