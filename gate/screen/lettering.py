"""Letters on the screen: Inter for Latin, Noto Sans Gurmukhi for Punjabi, both in this package.

A line is set in runs of one script each, because neither face has the other's letters, and Gurmukhi
is shaped by HarfBuzz: its vowel signs stand before the letter they follow in the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

import pygame

_FILES: Final = {
    "Latn": ("paper", "Inter-Bold.ttf"),
    "Guru": ("screen", "NotoSansGurmukhi-Bold.ttf"),
}
_GURMUKHI: Final = range(0x0A00, 0x0A80)
_LINE_EM: Final = 1.25
"""From baseline to baseline; Gurmukhi has signs above and below."""

_BREAKS: Final = re.compile(r"(?<= )|(?<=\w{4}-)(?=\w{4})")
"""A line ends after a space, or after the hyphen of a long name, as in Anna-Maria."""

_NOBODYS: Final = "\uffff"
"""A character that no face has, nor ever will: it is drawn as the box."""

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines that fit a box, at one size."""

    lines: tuple[str, ...]
    size_px: int

    @property
    def height_px(self) -> int:
        """How high the lines stand."""
        return round(len(self.lines) * self.size_px * _LINE_EM)


def fitted(text: str, width_px: int, height_px: int, *, largest_px: int) -> Block:
    """Return `text` broken into lines, as large as its box allows, never below 12 px."""
    smallest_px = 12
    for size_px in range(largest_px, smallest_px, -2):
        lines = _broken(text, width_px, size_px)
        block = Block(lines=lines, size_px=size_px)
        is_narrow = all(width_of(line, size_px) <= width_px for line in lines)
        if is_narrow and block.height_px <= height_px:
            return block
    return Block(lines=_broken(text, width_px, smallest_px), size_px=smallest_px)


def draw_block(
    surface: pygame.Surface, block: Block, left_top: tuple[int, int], colour: Colour
) -> None:
    """Draw lines from a point downwards, to the right of it."""
    left, top = left_top
    for number, line in enumerate(block.lines):
        baseline = top + round((number * _LINE_EM + 1) * block.size_px)
        at = left
        for script, run in _runs(line):
            font = _font(script, block.size_px)
            drawn = font.render(run, True, colour)  # noqa: FBT003 - its name is "antialias"
            surface.blit(drawn, (at, baseline - font.get_ascent()))
            at += drawn.get_width()


def width_of(text: str, size_px: int) -> int:
    """Return how wide a line is."""
    return sum(_font(script, size_px).size(run)[0] for script, run in _runs(text))


def lacking(text: str) -> set[str]:
    """Return the characters that would be drawn as boxes."""
    found: set[str] = set()
    for script, run in _runs(text):
        box = _pixels(_NOBODYS, script)
        found |= {one for one in run if _pixels(one, script) == box}
    return found


def _pixels(text: str, script: str) -> bytes:
    drawn = _font(script, 20).render(text, True, (0, 0, 0))  # noqa: FBT003 - "antialias"
    return pygame.image.tobytes(drawn, "RGBA")


def _broken(text: str, width_px: int, size_px: int) -> tuple[str, ...]:
    lines: list[str] = []
    for piece in _BREAKS.split(text):
        longer = f"{lines[-1]}{piece}" if lines else piece
        if lines and width_of(longer.rstrip(" "), size_px) <= width_px:
            lines[-1] = longer
        else:
            lines.append(piece)
    return tuple(line.rstrip(" ") for line in lines)


def _runs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the runs of one script; spaces and marks of punctuation go with what is before."""
    script, run = "", ""
    for one in text:
        is_neutral = bool(script) and not one.isalnum() and ord(one) not in _GURMUKHI
        own = "Guru" if ord(one) in _GURMUKHI else "Latn"
        is_neutral = is_neutral and (one == " " or script == "Latn")
        if own != script and not is_neutral:
            if run:
                yield script, run
            script, run = own, ""
        run += one
    if run:
        yield script, run


@lru_cache(maxsize=64)
def _font(script: str, size_px: int) -> pygame.font.Font:
    if not pygame.font.get_init():
        pygame.font.init()
    room, name = _FILES[script]
    file = resources.files("gate") / room / "fonts" / name
    with resources.as_file(file) as path:
        font = pygame.font.Font(str(path), size_px)
    font.set_script(script)
    return font
