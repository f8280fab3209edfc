"""The shapes of the screen, each drawn in a square of 100 by 100, four times as fine as shown."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import pygame

from gate.screen.lettering import Colour
from gate.screen.scene import Symbol

_FINER: Final = 4
Points = list[tuple[float, float]]


class _Pen:
    """Draws with thick round lines on a square surface."""

    def __init__(self, side_px: int, ink: Colour, paper: Colour) -> None:
        self.surface = pygame.Surface((side_px, side_px))
        self.surface.fill(paper)
        self.ink = ink
        self.paper = paper
        self._scale = side_px / 100

    def line(self, points: Points, width: float = 14, *, in_paper: bool = False) -> None:
        colour = self.paper if in_paper else self.ink
        for start, end in pairwise(points):
            begin, finish = pygame.Vector2(start), pygame.Vector2(end)
            aside = (finish - begin).normalize().rotate(90) * width / 2
            corners = [begin + aside, finish + aside, finish - aside, begin - aside]
            pygame.draw.polygon(self.surface, colour, [corner * self._scale for corner in corners])
        for x, y in points:
            self.disc(x, y, width / 2, in_paper=in_paper)

    def disc(self, x: float, y: float, radius: float, *, in_paper: bool = False) -> None:
        colour = self.paper if in_paper else self.ink
        centre = (x * self._scale, y * self._scale)
        pygame.draw.circle(self.surface, colour, centre, radius * self._scale)

    def box(
        self, left: float, top: float, width: float, height: float, *, in_paper: bool = False
    ) -> None:
        colour = self.paper if in_paper else self.ink
        rect = [round(value * self._scale) for value in (left, top, width, height)]
        pygame.draw.rect(self.surface, colour, rect, border_radius=round(4 * self._scale))

    def polygon(self, points: Points) -> None:
        scaled = [(x * self._scale, y * self._scale) for x, y in points]
        pygame.draw.polygon(self.surface, self.ink, scaled)


def draw_symbol(symbol: Symbol, side_px: int, ink: Colour, paper: Colour) -> pygame.Surface:
    """Return a shape on a square of `side_px`."""
    pen = _Pen(side_px * _FINER, ink, paper)
    _SHAPES[symbol](pen)
    return pygame.transform.smoothscale(pen.surface, (side_px, side_px))


def _card(pen: _Pen) -> None:
    pen.box(4, 20, 92, 60)
    pen.box(9, 25, 82, 50, in_paper=True)
    _finder(pen, 16, 33, 34)
    for top, width in ((36, 26), (47, 26), (58, 16)):
        pen.box(58, top, width, 6)


def _finder(pen: _Pen, left: float, top: float, side: float) -> None:
    for inset, in_paper in ((0, False), (5, True), (10, False)):
        both = side - 2 * inset
        pen.box(left + inset, top + inset, both, both, in_paper=in_paper)


def _tick(pen: _Pen) -> None:
    pen.line([(14, 54), (40, 80), (88, 24)], 16)


def _note(pen: _Pen) -> None:
    pen.line([(8, 50), (28, 70), (62, 30)], 13)
    pen.disc(78, 70, 20)
    pen.disc(78, 60, 3.5, in_paper=True)
    pen.line([(78, 70), (78, 80)], 6, in_paper=True)


def _hand(pen: _Pen) -> None:
    for x, top in ((36, 22), (49, 14), (62, 18), (75, 30)):
        pen.line([(x, top), (x, 60)], 10)
    pen.line([(20, 50), (38, 74)], 11)
    pen.box(31, 52, 49, 30)
    pen.disc(56, 76, 20)


def _cross(pen: _Pen) -> None:
    pen.line([(20, 20), (80, 80)], 18)
    pen.line([(80, 20), (20, 80)], 18)


def _code(pen: _Pen) -> None:
    for left, top in ((12, 12), (56, 12), (12, 56)):
        _finder(pen, left, top, 32)
    hook = [pygame.Vector2(72, 66) + pygame.Vector2(12, 0).rotate(at) for at in range(-180, 91, 15)]
    pen.line([*((point.x, point.y) for point in hook), (72, 82)], 7)
    pen.disc(72, 92, 5)


def _barred(pen: _Pen) -> None:
    pen.disc(50, 50, 44)
    pen.box(20, 41, 60, 18, in_paper=True)


def _arrow(pen: _Pen) -> None:
    pen.box(6, 40, 56, 20)
    pen.polygon([(52, 16), (96, 50), (52, 84)])


def _spanner(pen: _Pen) -> None:
    pen.line([(24, 78), (64, 36)], 17)
    pen.disc(70, 30, 22)
    pen.line([(74, 26), (94, 6)], 15, in_paper=True)
    pen.disc(24, 78, 4, in_paper=True)


def _warning(pen: _Pen) -> None:
    pen.polygon([(50, 6), (97, 92), (3, 92)])
    pen.line([(50, 38), (50, 62)], 9, in_paper=True)
    pen.disc(50, 78, 6, in_paper=True)


_SHAPES: Final[Mapping[Symbol, Callable[[_Pen], None]]] = MappingProxyType(
    {
        Symbol.CARD: _card,
        Symbol.TICK: _tick,
        Symbol.NOTE: _note,
        Symbol.HAND: _hand,
        Symbol.CROSS: _cross,
        Symbol.CODE: _code,
        Symbol.BARRED: _barred,
        Symbol.ARROW: _arrow,
        Symbol.SPANNER: _spanner,
        Symbol.WARNING: _warning,
    }
)
