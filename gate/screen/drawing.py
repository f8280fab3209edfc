"""A scene as pixels: the shape on the left, the words beside it, English along the bottom.

Every pair of colours has a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3), by night too.
"""

from typing import Final

import pygame

from gate.screen.lettering import Colour, draw_block, fitted
from gate.screen.scene import Paint, Scene, Symbol
from gate.screen.symbols import draw_symbol

MIN_SIZE_PX: Final = (320, 240)
"""The smallest screen that is sold for a Pi; below it nobody reads it at arm's length."""

_LEAST_FOOT_PX: Final = 38
"""Two lines of the smallest letters, clear of the edge of the smallest screen."""

DAY: Final[dict[Paint, tuple[Colour, Colour]]] = {
    Paint.CALM: ((244, 244, 240), (20, 24, 31)),
    Paint.GREEN: ((15, 107, 53), (255, 255, 255)),
    Paint.AMBER: ((255, 184, 0), (20, 24, 31)),
    Paint.RED: ((178, 18, 30), (255, 255, 255)),
}
NIGHT: Final[dict[Paint, tuple[Colour, Colour]]] = {
    Paint.CALM: ((14, 17, 22), (150, 154, 160)),
    Paint.GREEN: ((6, 52, 25), (190, 205, 195)),
    Paint.AMBER: ((92, 64, 0), (232, 222, 200)),
    Paint.RED: ((84, 8, 14), (222, 196, 198)),
}
"""Paper and ink of each meaning; at night the light of both is low."""

_WARNING_DAY: Final[Colour] = (158, 88, 0)
_WARNING_NIGHT: Final[Colour] = (214, 128, 0)
"""An amber that is told from its paper: 5 to 1 and more."""


def draw(surface: pygame.Surface, scene: Scene) -> None:
    """Draw `scene` over all of `surface`, which is at least `MIN_SIZE_PX`."""
    width, height = surface.get_size()
    paper, ink = (NIGHT if scene.is_night else DAY)[scene.paint]
    surface.fill(paper)
    edge = height // 16
    side = min(round(height * 0.62), round(width * 0.34))
    foot = max(height // 7, _LEAST_FOOT_PX) if scene.english else 0
    symbol = draw_symbol(scene.symbol, side, ink, paper)
    middle = (height - foot) // 2
    surface.blit(symbol, (edge, middle - side // 2))
    _draw_words(surface, scene, (2 * edge + side, edge, middle), ink)
    if scene.english:
        line = fitted(scene.english, width - 2 * edge, foot - edge // 2, largest_px=height // 14)
        pygame.draw.line(surface, ink, (edge, height - foot), (width - edge, height - foot), 2)
        draw_block(surface, line, (edge, height - foot + edge // 4), ink)
    if scene.corner:
        line = fitted(scene.corner, width // 3, height // 8, largest_px=height // 11)
        draw_block(surface, line, (edge, edge // 2), ink)


def _draw_words(
    surface: pygame.Surface, scene: Scene, place: tuple[int, int, int], ink: Colour
) -> None:
    """Draw headline and step around the middle line of the space right of the symbol.

    A warning takes the step's place, beside its shape.
    """
    left, edge, middle = place
    width_px = surface.get_width() - left - edge
    room_px = 2 * (middle - edge)
    height = surface.get_height()
    side = height // 7 if scene.warning else 0
    aside = side + edge // 2 if scene.warning else 0
    below = scene.warning or scene.step
    headline_px = room_px * 6 // 10 if below else room_px
    headline = fitted(scene.headline, width_px, headline_px, largest_px=height // 5)
    step = fitted(below, width_px - aside, room_px * 35 // 100, largest_px=height // 9)
    gap = height // 24 if below else 0
    step_px = max(step.height_px, side)
    top = middle - (headline.height_px + gap + step_px) // 2
    draw_block(surface, headline, (left, top), ink)
    top += headline.height_px + gap
    if scene.warning:
        paper, _ = (NIGHT if scene.is_night else DAY)[scene.paint]
        amber = _WARNING_NIGHT if scene.is_night else _WARNING_DAY
        surface.blit(draw_symbol(Symbol.WARNING, side, amber, paper), (left, top))
    draw_block(surface, step, (left + aside, top + (step_px - step.height_px) // 2), ink)
