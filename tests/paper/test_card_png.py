"""The PNG is the card's size, and both decoders read it exactly."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

from gate.errors import ConfigError
from gate.paper.face import CardFace
from gate.paper.layout import BOTTOM_MM, LEFT_MM, PHOTO_WIDTH_MM
from gate.paper.png import draw_png
from gate.paper.qr import qr_modules


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png), formats=("PNG",))


def test_a_card_at_300_dpi_has_the_size_of_a_credit_card(
    make_face: Callable[..., CardFace],
) -> None:
    card = opened(draw_png(make_face()))

    assert card.size == (1011, 638)
    assert card.info["dpi"] == pytest.approx((300, 300), abs=0.1)


@pytest.mark.parametrize("characters", [60, 340, 408, 483, 600, 1200])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_both_decoders_read_the_payload_exactly(
    characters: int, mode: str, make_face: Callable[..., CardFace]
) -> None:
    payload = ("CC1:" + "6BFOXN%TS3DH+0 $*-./" * 60)[:characters]

    card = opened(draw_png(make_face(payload=payload))).convert(mode)

    assert [read.text for read in zxingcpp.read_barcodes(card)] == [payload]
    assert [read.data.decode() for read in pyzbar.decode(card)] == [payload]


def test_every_module_is_whole_pixels_of_black_or_white(
    make_face: Callable[..., CardFace], payload: str
) -> None:
    grey = np.asarray(opened(draw_png(make_face())).convert("L"))
    modules = np.asarray(qr_modules(payload))
    module_px = 7
    expected = np.kron(np.where(modules, 0, 255), np.ones((module_px, module_px)))

    # Where the symbol must be: its box begins 40.4 mm from the left, 9.7 mm from the top.
    side = len(expected)
    found = [
        (y, x)
        for y in range(112, 122)
        for x in range(474, 486)
        if np.array_equal(grey[y : y + side, x : x + side], expected)
    ]

    assert len(found) == 1


def test_the_corners_are_clear_and_round(make_face: Callable[..., CardFace]) -> None:
    alpha = np.asarray(opened(draw_png(make_face())).getchannel("A"))

    assert [alpha[0, 0], alpha[0, -1], alpha[-1, 0], alpha[-1, -1]] == [0, 0, 0, 0]
    assert alpha[300, 500] == 255
    assert alpha[0, 500] == 255
    # Four corners lack (4 - pi) r^2 together, r being 3.18 mm.
    assert (255 - alpha.astype(int)).sum() / 255 == pytest.approx(1211, rel=0.03)


def test_the_photograph_is_drawn_where_the_column_ends(
    make_face: Callable[..., CardFace], make_photo: Callable[..., bytes]
) -> None:
    card = opened(draw_png(make_face(photo=make_photo()))).convert("RGB")

    px_per_mm = 300 / 25.4
    middle = round((LEFT_MM + PHOTO_WIDTH_MM / 2) * px_per_mm)
    assert card.getpixel((middle, round((BOTTOM_MM - 1) * px_per_mm))) == pytest.approx(
        (200, 30, 30), abs=6
    )


def test_the_same_face_gives_the_same_bytes(
    make_face: Callable[..., CardFace], make_photo: Callable[..., bytes]
) -> None:
    face = make_face(photo=make_photo())

    assert draw_png(face) == draw_png(face)


@pytest.mark.parametrize(
    ("dpi", "fault"),
    [
        (100, "at 100 dpi a module of this code has 2 px; it needs 4: draw at 169 dpi or more"),
        (0, "dpi 0 is outside 1 to 600"),
        (601, "dpi 601 is outside 1 to 600"),
    ],
)
def test_a_resolution_too_coarse_or_too_fine_is_refused(
    dpi: int, fault: str, make_face: Callable[..., CardFace]
) -> None:
    with pytest.raises(ConfigError, match=fault):
        draw_png(make_face(), dpi)


def test_the_resolution_that_is_asked_for_is_enough(make_face: Callable[..., CardFace]) -> None:
    assert opened(draw_png(make_face(), 169)).width == round(85.6 * 169 / 25.4)
