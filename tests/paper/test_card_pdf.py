"""The PDF has the card's size, its words as text, and is the same each time."""

import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

from gate.paper.face import CardFace
from gate.paper.layout import Words, lay_out
from gate.paper.pdf import draw_pdf
from gate.paper.qr import dark_runs, qr_modules
from gate.paper.typeface import Typefaces

DRAWN_AT = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


def streams(pdf: bytes) -> list[bytes]:
    """Every stream, unpacked where it is compressed."""
    found = []
    for body in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(body))
        except zlib.error:
            found.append(body)
    return found


def selectable_letters(pdf: bytes) -> set[str]:
    """The characters which the document's fonts say their glyphs stand for."""
    maps = [stream for stream in streams(pdf) if b"beginbfchar" in stream]
    pairs = [pair for stream in maps for pair in re.findall(rb"<([0-9A-F]{4})> <(\w+)>", stream)]
    return {chr(int(code, 16)) for _, code in pairs} - {"\0"}


def test_the_page_is_a_credit_card(make_face: Callable[..., CardFace]) -> None:
    pdf = draw_pdf(make_face(), DRAWN_AT)

    # 85.60 x 53.98 mm in points.
    assert re.findall(rb"/MediaBox \[(.*?)\]", pdf) == [b"0 0 242.65 153.01"]


def test_three_weights_of_inter_are_embedded_with_their_characters(
    make_face: Callable[..., CardFace], typefaces: Typefaces
) -> None:
    face = make_face(name="Łucja Țăranu Ŵyn")

    pdf = draw_pdf(face, DRAWN_AT)

    words = "".join(mark.text for mark in lay_out(face, typefaces) if isinstance(mark, Words))
    assert len(re.findall(rb"/FontFile2 ", pdf)) == 3
    assert len(re.findall(rb"/ToUnicode ", pdf)) == 3
    assert selectable_letters(pdf) >= set(words)


def test_every_line_is_one_piece_of_text(
    make_face: Callable[..., CardFace], typefaces: Typefaces
) -> None:
    face = make_face()

    contents = b"".join(s for s in streams(draw_pdf(face, DRAWN_AT)) if b" Tj" in s)

    lines = [mark for mark in lay_out(face, typefaces) if isinstance(mark, Words)]
    assert contents.count(b") Tj") == len(lines)


def test_the_symbol_is_drawn_as_one_path(make_face: Callable[..., CardFace], payload: str) -> None:
    contents = b"".join(s for s in streams(draw_pdf(make_face(), DRAWN_AT)) if b" Tj" in s)

    drawing = contents[contents.index(b"/GS0 gs") :].split(b"BT")[0]
    assert drawing.count(b" re") == len(dark_runs(qr_modules(payload)))
    assert len(re.findall(rb"\bf\b", drawing)) == 1


def test_the_same_face_and_time_give_the_same_bytes(
    make_face: Callable[..., CardFace], make_photo: Callable[..., bytes]
) -> None:
    face = make_face(photo=make_photo())

    first = draw_pdf(face, DRAWN_AT)

    assert first == draw_pdf(face, DRAWN_AT)
    assert b"D:20260302073000Z" in first


def test_the_photograph_is_embedded_as_jpeg(
    make_face: Callable[..., CardFace], make_photo: Callable[..., bytes]
) -> None:
    with_photo, without = (
        draw_pdf(make_face(photo=photo), DRAWN_AT).count(b"/DCTDecode")
        for photo in (make_photo(), None)
    )

    assert (with_photo, without) == (1, 0)
