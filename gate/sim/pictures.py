"""What people hold up to a gate: cards, slips of paper, telephones, and two things at once.

Every function returns a `Picture` that can be rendered in as many looks as one likes; drawing it
costs some 30 ms, so draw once and render often.
"""

from typing import Final

from gate.errors import DeviceError
from gate.sim.hands import hand_behind, thumb_before
from gate.sim.layers import Layer, Picture, moved
from gate.sim.presentation import Medium, Presentation, Thing
from gate.sim.sheet import INK, PAPER, Sheet, code_modules

# ISO/IEC 7810:2019, ID-1.
CARD_MM: Final = (85.6, 53.98)
_CORNER_MM: Final = 3.18
_CODE_MM: Final = 51.0
_PHONE_MM: Final = (72.0, 148.0)
_BARE_MODULE_MM: Final = 0.7


def card(
    text: str,
    *,
    name: str = "A. N. Other",
    lines: tuple[str, ...] = ("Electrician", "0012 3456", "Exp 06 Dec 27"),
    margin_modules: int = 4,
    inverted: bool = False,
    web_text: str | None = None,
    gloved: bool = False,
) -> Picture:
    """Return a plastic card in a hand: photograph and words on the left, the code on the right.

    `web_text` is a second, smaller code in the place of the photograph, as today's cards bear one.
    """
    modules = code_modules(text, margin_modules)
    face = _face(name, lines, web_text)
    left, top = CARD_MM[0] - _CODE_MM - 1.5, (CARD_MM[1] - _CODE_MM) / 2
    if margin_modules < 4:
        face.area(left - 1, top - 1, _CODE_MM + 2, _CODE_MM + 2, luma=INK + 30)
    face.code(modules, left, top, _CODE_MM, luma=(INK, PAPER) if inverted else (PAPER, INK))
    return Picture(layers=_held(face, gloved=gloved), module_mm=_CODE_MM / len(modules))


def blank_card(*, name: str = "A. N. Other", gloved: bool = False) -> Picture:
    """Return a card with a bar code and no QR code."""
    face = _face(name, ("Electrician", "0012 3456"), None)
    face.words("SITE ACCESS", 36, 8, size_mm=5)
    for row in range(4):
        face.area(36, 17 + row * 3.6, 42 - 5 * (row % 3), 1.3, luma=120)
    face.bar_code(37, 35, 42, 12)
    return Picture(layers=_held(face, gloved=gloved), module_mm=_BARE_MODULE_MM)


def slip(text: str, *, margin_modules: int = 4, inverted: bool = False) -> Picture:
    """Return a code cut out of paper along its margin, in a hand: nothing but the code."""
    modules = code_modules(text, margin_modules)
    side = len(modules) * _BARE_MODULE_MM
    paper = Sheet(side, side)
    paper.code(modules, 0, 0, side, luma=(INK, PAPER) if inverted else (PAPER, INK))
    hand = hand_behind(-side * 0.3, side / 2)
    sheet = paper.layer(-side / 2, -side / 2, glossy=False)
    return Picture(layers=(hand, sheet), module_mm=_BARE_MODULE_MM)


def phone(text: str, *, screen_brightness: float = 1.0, grid_depth: float = 0.10) -> Picture:
    """Return a telephone that shows the code; a dim screen and a deep grid make it hard to read."""
    modules = code_modules(text)
    width, height = _PHONE_MM
    body = Sheet(width, height, luma=26)
    body.area(width / 2 - 7, 1.6, 14, 1.2, luma=12, round_mm=0.6)
    screen = Sheet(width - 6, height - 12, luma=_dimmed(250, screen_brightness))
    screen.area(0, 0, width - 6, 16, luma=_dimmed(62, screen_brightness))
    screen.words("My site card", 4, 7, size_mm=6, luma=_dimmed(245, screen_brightness))
    side = width - 8.0
    ink = (_dimmed(250, screen_brightness), _dimmed(14, screen_brightness))
    screen.code(modules, 1, 32, side, luma=ink)
    screen.words("A. N. Other", 4, 21, size_mm=6, luma=ink[1])
    screen.words("Valid today", 4, 102, size_mm=5.5, luma=_dimmed(70, screen_brightness))
    screen.area(4, 116, width - 14, 10, luma=_dimmed(110, screen_brightness), round_mm=2)
    # The eye rests on the code: its middle is the plane's origin.
    left, top = -width / 2, -(6 + 32 + side / 2)
    layers = (
        hand_behind(left - 3, 50),
        body.layer(left, top, round_mm=9),
        screen.layer(left + 3, top + 6, round_mm=3, glossy=True, grid_depth=grid_depth),
        thumb_before(left - 3, 50),
    )
    return Picture(layers=layers, module_mm=side / len(modules))


def side_by_side(left: Picture, right: Picture, *, gap_mm: float = 8.0) -> Picture:
    """Return both, held next to each other in one plane; sized by the left one's modules."""
    half = (CARD_MM[0] + gap_mm) / 2
    layers = tuple(moved(layer, -half, 0) for layer in left.layers)
    layers += tuple(moved(layer, half, 0) for layer in right.layers)
    return Picture(layers=layers, module_mm=left.module_mm)


def _face(name: str, lines: tuple[str, ...], web_text: str | None) -> Sheet:
    """Return the card's front without its code."""
    face = Sheet(*CARD_MM)
    face.area(0, 0, 32.0, 8.5, luma=72)
    face.words("SITE CARD", 3.2, 2.0, size_mm=4.6, luma=PAPER)
    if web_text is None:
        face.portrait(4, 10.5, 17, 21)
    else:
        face.code(code_modules(web_text), 2.6, 9.2, 23.5)
    face.words(name, 4, 33.2, size_mm=4.2)
    for row, line in enumerate(lines):
        face.words(line, 4, 38.6 + row * 4.1, size_mm=3.2, luma=60)
    return face


def _held(face: Sheet, *, gloved: bool) -> tuple[Layer, ...]:
    left, top = -CARD_MM[0] / 2, -CARD_MM[1] / 2
    corner = (left + 14, top + CARD_MM[1])
    return (
        hand_behind(*corner, gloved=gloved),
        face.layer(left, top, round_mm=_CORNER_MM),
        thumb_before(*corner, gloved=gloved),
    )


def _dimmed(luma: int, brightness: float) -> int:
    return round(min(luma * brightness, 255.0))


def picture_of(shown: Presentation) -> Picture:
    """Return the thing or the two things, side by side.

    Raises:
        DeviceError: neither one thing nor two.
    """
    match [_drawn(thing) for thing in shown.things]:
        case [one]:
            return one
        case [left, right]:
            return side_by_side(left, right)
        case others:
            raise DeviceError(f"presentation {shown.number}: {len(others)} things, 1 or 2 allowed")


def _drawn(thing: Thing) -> Picture:
    match thing.medium:
        case Medium.CARD:
            return card(
                thing.text,
                name=thing.name,
                lines=thing.lines,
                web_text=thing.web_text,
                gloved=thing.gloved,
            )
        case Medium.PAPER:
            return slip(thing.text)
        case Medium.PHONE:
            return phone(thing.text)
