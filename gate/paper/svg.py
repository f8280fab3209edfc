"""A card as SVG: outlines instead of fonts, so that it looks the same on every machine."""

from base64 import b64encode
from html import escape
from typing import assert_never

from gate.paper.face import CardFace
from gate.paper.layout import (
    CARD_HEIGHT_MM,
    CARD_WIDTH_MM,
    CORNER_RADIUS_MM,
    Bar,
    Code,
    Mark,
    Picture,
    Words,
    lay_out,
)
from gate.paper.qr import dark_runs
from gate.paper.typeface import MM_PER_PT, Typefaces, load_typefaces


def draw_svg(face: CardFace) -> str:
    """Return the card as one SVG document, in millimetres, corners rounded.

    Raises:
        ConfigError: the face cannot be printed as it is.
    """
    typefaces = load_typefaces()
    size = f'width="{CARD_WIDTH_MM}mm" height="{CARD_HEIGHT_MM}mm"'
    view = f'viewBox="0 0 {CARD_WIDTH_MM} {CARD_HEIGHT_MM}"'
    outline = f'width="{CARD_WIDTH_MM}" height="{CARD_HEIGHT_MM}" rx="{CORNER_RADIUS_MM}"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view} role="img">',
            f"<title>{escape(f'Card {face.number}, {face.name}')}</title>",
            f'<clipPath id="card"><rect {outline}/></clipPath>',
            '<g clip-path="url(#card)">',
            *(_drawn(mark, typefaces) for mark in lay_out(face, typefaces)),
            "</g>",
            "</svg>",
            "",
        )
    )


def _drawn(mark: Mark, typefaces: Typefaces) -> str:
    match mark:
        case Bar():
            return f'<rect {_box(mark)} fill="{mark.fill}"/>'
        case Words():
            return _words(mark, typefaces)
        case Picture():
            data = b64encode(mark.jpeg).decode()
            return (
                f'<image {_box(mark)} preserveAspectRatio="none"'
                f' href="data:image/jpeg;base64,{data}"/>'
            )
        case Code():
            return _code(mark)
        case _:
            assert_never(mark)


def _box(mark: Bar | Picture) -> str:
    return (
        f'x="{mark.x_mm:.3f}" y="{mark.y_mm:.3f}"'
        f' width="{mark.width_mm:.3f}" height="{mark.height_mm:.3f}"'
    )


def _words(words: Words, typefaces: Typefaces) -> str:
    typeface = typefaces[words.weight]
    scale = words.size_pt * MM_PER_PT / typeface.units_per_em
    letters = []
    x_units = 0.0
    for character in words.text:
        outline = typeface.outline(character)
        if outline:
            letters.append(f'<path transform="translate({x_units:.0f} 0)" d="{outline}"/>')
        x_units += typeface.advances[character] * typeface.units_per_em
    place = f"translate({words.x_mm:.3f} {words.y_mm:.3f}) scale({scale:.7f} -{scale:.7f})"
    label = escape(words.text)
    return f'<g aria-label="{label}" fill="{words.ink}" transform="{place}">{"".join(letters)}</g>'


def _code(code: Code) -> str:
    """One path in module units, so that no seam shows between neighbours."""
    side = len(code.modules)
    place = f"translate({code.x_mm:.3f} {code.y_mm:.3f}) scale({code.side_mm / side:.7f})"
    runs = "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in dark_runs(code.modules))
    return (
        f'<g aria-label="QR code" transform="{place}" shape-rendering="crispEdges">'
        f'<rect width="{side}" height="{side}" fill="#ffffff"/>'
        f'<path class="qr" d="{runs}" fill="#000000"/></g>'
    )
