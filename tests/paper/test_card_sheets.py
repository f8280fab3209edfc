"""Cards on A4 sheets and on a phone's screen: all of them, at their size, each code readable."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise

import pytest
import zxingcpp
from PIL import Image

from gate.paper.face import CardFace
from gate.paper.phone import draw_for_phone
from gate.paper.sheets import (
    A4_HEIGHT_MM,
    A4_WIDTH_MM,
    CARDS_A_SHEET,
    CUT_MM,
    LEFT_MM,
    TOP_MM,
    draw_sheets,
    sheets_of,
)
from tests.paper.test_card_pdf import streams

DRAWN_AT = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(("cards", "sheets"), [(1, 1), (10, 1), (11, 2), (400, 40)])
def test_ten_cards_make_a_sheet(cards: int, sheets: int) -> None:
    assert sheets_of(cards) == sheets
    assert CARDS_A_SHEET == 10


def test_a_pdf_has_every_card_s_code_and_a_sheet_for_each_ten(
    make_face: Callable[..., CardFace],
) -> None:
    payloads = [f"CC1:{number:04}" + "6BFOXN TS3DH+0 $*-./" * 20 for number in range(11)]
    pdf = draw_sheets([make_face(payload=one) for one in payloads], "Passes", DRAWN_AT)

    assert re.findall(rb"/MediaBox \[(.*?)\]", pdf) == [b"0 0 595.28 841.89"]
    assert re.findall(rb"/Count (\d+)", pdf) == [b"2"]
    sides = [(at, int(at**0.5)) for at in map(len, streams(pdf))]
    squares = [
        (data, side)
        for data, (at, side) in zip(streams(pdf), sides, strict=True)
        if side * (side + 1) == at or side * side == at
    ]
    read = set()
    for data, side in squares:
        stride = len(data) // side
        rows = b"".join(data[row * stride + stride - side :][:side] for row in range(side))
        found = zxingcpp.read_barcodes(Image.frombytes("L", (side, side), rows))
        read |= {one.text for one in found}
    assert read == set(payloads)


def test_cards_stand_at_their_true_size_and_marks_to_cut_by_beside_them(
    make_face: Callable[..., CardFace],
) -> None:
    pdf = draw_sheets([make_face()], "Passes", DRAWN_AT)
    (content,) = [one for one in streams(pdf) if b" re f" in one]
    first = re.search(rb"([\d.]+) ([\d.]+) ([\d.]+) (-?[\d.]+) re f", content)

    assert first is not None
    left, top, width, height = (float(value) / 72 * 25.4 for value in first.groups())
    assert (left, A4_HEIGHT_MM - top) == pytest.approx((LEFT_MM, TOP_MM), abs=0.01)
    assert (width, -height) == pytest.approx((85.60, 53.98), abs=0.01)
    assert content.count(b" l S") == 2 * 3 + 2 * 6
    assert LEFT_MM + 2 * 85.60 <= A4_WIDTH_MM - LEFT_MM + 0.01
    assert min(LEFT_MM, TOP_MM) > CUT_MM + 5


def test_ten_cards_stand_in_two_columns_of_five(make_face: Callable[..., CardFace]) -> None:
    pdf = draw_sheets([make_face() for _ in range(10)], "Passes", DRAWN_AT)
    (content,) = [one for one in streams(pdf) if b" re f" in one]
    codes = re.findall(rb"([\d.]+) 0 0 ([\d.]+) ([\d.]+) ([\d.]+) cm", content)
    places = [tuple(round(float(at) / 72 * 25.4, 1) for at in one[2:]) for one in codes]

    columns, rows = (sorted(set(line)) for line in zip(*places, strict=True))
    assert places == [(x, y) for y in reversed(rows) for x in columns]
    assert [b - a for a, b in pairwise(columns)] == pytest.approx([85.6], abs=0.11)
    assert [b - a for a, b in pairwise(rows)] == pytest.approx([53.98] * 4, abs=0.11)


def test_a_picture_for_a_phone_is_upright_and_is_read(make_face: Callable[..., CardFace]) -> None:
    face = make_face()
    picture = Image.open(BytesIO(draw_for_phone(face)), formats=("PNG",))
    assert (picture.width, picture.height > 1.7 * picture.width) == (1080, True)
    assert [one.text for one in zxingcpp.read_barcodes(picture.convert("L"))] == [face.payload]


def test_a_picture_for_a_phone_shows_the_photograph(
    make_face: Callable[..., CardFace], make_photo: Callable[..., bytes]
) -> None:
    with_photo = draw_for_phone(make_face(photo=make_photo()))
    assert with_photo != draw_for_phone(make_face())
