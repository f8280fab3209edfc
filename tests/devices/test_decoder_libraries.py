"""What holds for both libraries alike, and what each is known for."""

from collections.abc import Callable

import numpy as np
import pytest
import segno
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.bench.scenes import PX_PER_MODULE, empty_scene, pasted, qr_picture
from gate.devices.decoder import PyzbarDecoder, ZxingDecoder
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Decoder, Frame, Luma, Mark, Reading, Sight
from gate.devices.still_decoder import open_still_decoder
from gate.errors import DeviceError

SIZE_PX = (480, 360)
CARD_TEXT = "CC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 ETQBOB39/7-L:XWE$%"
MAKERS: list[Callable[[], Decoder]] = [
    ZxingDecoder,
    PyzbarDecoder,
    open_decoder,
    open_still_decoder,
]


@pytest.fixture(params=MAKERS, ids=["zxing-cpp", "pyzbar", "chain", "still"])
def decoder(request: pytest.FixtureRequest) -> Decoder:
    made: Decoder = request.param()
    return made


def look(decoder: Decoder, luma: Luma) -> Sight:
    return decoder.decode(Frame(luma=luma, at_s=0.0))


def texts(sight: Sight) -> list[str]:
    return [reading.text for reading in sight.readings]


def symbol(content: str | bytes, mode: str | None = None) -> Luma:
    rows = segno.make_qr(content, mode=mode).matrix_iter(border=4)
    dark = np.array([list(row) for row in rows], dtype=bool)
    modules = np.where(dark, 0, 255).astype(np.uint8)
    return modules.repeat(PX_PER_MODULE, axis=0).repeat(PX_PER_MODULE, axis=1)


def with_code(text: str) -> Luma:
    return pasted(empty_scene(SIZE_PX, seed=1), qr_picture(text))


@pytest.mark.parametrize(
    "text", [CARD_TEXT, "https://example.org/?a=b&c=d\\~|{}", " leading, trailing \r\n", "7"]
)
def test_a_text_is_returned_exactly(decoder: Decoder, text: str) -> None:
    sight = look(decoder, with_code(text))
    assert texts(sight) == [text]
    assert not sight.unread


# Invariant: what a code was made of is what is read, or nothing is.
@settings(max_examples=40)
@given(st.text(st.characters(codec="ascii"), min_size=1, max_size=60))
def test_every_ascii_text_comes_back_unchanged(text: str) -> None:
    for decoder in (ZxingDecoder(), PyzbarDecoder()):
        assert texts(look(decoder, qr_picture(text))) == [text]


def test_nothing_is_read_where_nothing_is(decoder: Decoder) -> None:
    assert look(decoder, empty_scene(SIZE_PX, seed=2)) == Sight()


def test_nothing_is_read_in_noise(decoder: Decoder) -> None:
    chance = np.random.default_rng(3)
    for blocks_px in (1, 3, 7):
        noise = chance.integers(0, 2, (200, 200), dtype=np.uint8) * 255
        luma = noise.repeat(blocks_px, axis=0).repeat(blocks_px, axis=1)
        assert look(decoder, luma[:400, :400]) == Sight()


def test_a_strided_view_is_read_as_its_copy_is(decoder: Decoder) -> None:
    padded = np.zeros((SIZE_PX[1], SIZE_PX[0] + 32), np.uint8)
    view = padded[:, : SIZE_PX[0]]
    view[:] = with_code(CARD_TEXT)
    packed = np.zeros((SIZE_PX[1], 2 * SIZE_PX[0]), np.uint8)
    packed[:, ::2] = view
    assert texts(look(decoder, view)) == texts(look(decoder, packed[:, ::2])) == [CARD_TEXT]


def test_two_codes_in_view_are_both_read(decoder: Decoder) -> None:
    pair = np.hstack([qr_picture("CC1:ONE"), qr_picture("CC1:TWO")])
    sight = look(decoder, pasted(empty_scene(SIZE_PX, seed=1), pair))
    assert sorted(texts(sight)) == ["CC1:ONE", "CC1:TWO"]


def test_the_same_code_twice_in_view_is_one_reading(decoder: Decoder) -> None:
    pair = np.hstack([qr_picture("CC1:ONE")] * 2)
    assert texts(look(decoder, pasted(empty_scene(SIZE_PX, seed=1), pair))) == ["CC1:ONE"]


def test_another_mark_is_not_looked_for(decoder: Decoder) -> None:
    micro = segno.make_micro("12345").matrix_iter(border=4)
    dark = np.array([list(row) for row in micro], dtype=bool)
    luma = np.where(dark, 0, 255).astype(np.uint8).repeat(6, axis=0).repeat(6, axis=1)
    assert not look(decoder, luma).readings


@pytest.mark.parametrize("shape", [(0, 0), (0, 8), (8, 0)])
def test_a_frame_without_pixels_is_the_cameras_fault(
    decoder: Decoder, shape: tuple[int, int]
) -> None:
    with pytest.raises(DeviceError, match="check the camera"):
        look(decoder, np.zeros(shape, np.uint8))


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (7, 7)])
def test_the_smallest_frames_hold_nothing(decoder: Decoder, shape: tuple[int, int]) -> None:
    assert not look(decoder, np.zeros(shape, np.uint8)).readings


def test_the_decoders_write_nothing_to_the_terminal(
    decoder: Decoder, capfd: pytest.CaptureFixture[str]
) -> None:
    for luma in (with_code(CARD_TEXT), empty_scene(SIZE_PX, seed=2), symbol(b"\xff\x00\x80")):
        look(decoder, luma)
    assert capfd.readouterr() == ("", "")


def test_a_code_that_is_found_but_damaged_is_unread() -> None:
    picture = qr_picture(CARD_TEXT)
    picture[44:-44, 44:-44] = 255  # all but the finder patterns' strips
    sight = look(ZxingDecoder(), pasted(empty_scene(SIZE_PX, seed=1), picture))
    assert sight == Sight(unread=True)


def test_squares_within_squares_in_a_row_are_no_unread_code() -> None:
    finder = np.full((70, 70), 0, np.uint8)
    finder[10:60, 10:60] = 255
    finder[20:50, 20:50] = 0
    row = np.hstack([np.pad(finder, 15, constant_values=255)] * 3)
    assert look(ZxingDecoder(), pasted(empty_scene(SIZE_PX, seed=1), row)) == Sight()


@pytest.mark.parametrize(
    ("content", "mode", "text"),
    [
        pytest.param("zażółć".encode(), "byte", "zażółć", id="UTF-8"),
        pytest.param("café".encode("latin-1"), "byte", "café", id="Latin-1"),
        pytest.param("点茗", "kanji", "点茗", id="Kanji"),
        pytest.param(b"CC1:a\x00b", "byte", "CC1:a\x00b", id="a zero byte"),
    ],
)
def test_zxing_reads_texts_beyond_ascii(content: str | bytes, mode: str, text: str) -> None:
    assert texts(look(ZxingDecoder(), symbol(content, mode))) == [text]


def test_bytes_that_are_no_text_are_found_but_unread() -> None:
    sight = look(ZxingDecoder(), symbol("привет".encode("cp1251"), "byte"))  # taken for Shift JIS
    assert sight == Sight(unread=True)


def test_pyzbar_does_not_guess_at_texts_beyond_ascii() -> None:
    sight = look(PyzbarDecoder(), symbol("ÄÖÜéèà".encode("latin-1"), "byte"))
    assert sight == Sight(unread=True)


def test_one_part_of_a_text_in_several_codes_breaks_nothing() -> None:
    part = segno.make_sequence("CC1:" + "ABCDEFGHIJ" * 20, symbol_count=3)[0]
    dark = np.array([list(row) for row in part.matrix_iter(border=4)], dtype=bool)
    luma = np.where(dark, 0, 255).astype(np.uint8).repeat(4, axis=0).repeat(4, axis=1)
    assert look(PyzbarDecoder(), luma) == Sight(unread=True)


def test_a_reading_names_the_decoder_that_made_it() -> None:
    luma = with_code(CARD_TEXT)
    assert look(ZxingDecoder(), luma).readings == (Reading(text=CARD_TEXT, decoder="zxing-cpp"),)
    assert look(PyzbarDecoder(), luma).readings == (Reading(text=CARD_TEXT, decoder="pyzbar"),)


def mark_of(mark: Mark, text: str) -> Luma:
    """Return a scene with `text` printed as another mark than a QR code."""
    formats = {
        Mark.AZTEC: zxingcpp.BarcodeFormat.AztecCode,
        Mark.DATA_MATRIX: zxingcpp.BarcodeFormat.DataMatrix,
    }
    code = np.asarray(zxingcpp.create_barcode(text, formats[mark]).to_image(scale=4))
    return pasted(empty_scene(SIZE_PX, seed=4), np.pad(code, 16, constant_values=255))


@pytest.mark.parametrize("mark", Mark)
def test_a_card_printed_as_another_mark_is_read_where_it_is_turned_on(mark: Mark) -> None:
    luma = mark_of(mark, CARD_TEXT)
    assert texts(look(ZxingDecoder(marks=[mark]), luma)) == [CARD_TEXT]
    assert texts(look(ZxingDecoder(marks=[mark]), with_code(CARD_TEXT))) == [CARD_TEXT]
    assert look(ZxingDecoder(), luma) == Sight()


@pytest.mark.parametrize("mark", Mark)
def test_the_units_chain_reads_another_mark_at_its_first_frame(mark: Mark) -> None:
    luma = mark_of(mark, CARD_TEXT)
    assert texts(look(open_decoder(lambda: 0.0, marks=[mark]), luma)) == [CARD_TEXT]
    assert texts(look(open_decoder(lambda: 0.0), luma)) == []


def test_another_mark_that_is_torn_hints_at_nothing() -> None:
    code = np.asarray(
        zxingcpp.create_barcode(CARD_TEXT, zxingcpp.BarcodeFormat.AztecCode).to_image(scale=1)
    ).copy()
    torn = np.random.default_rng(1).random(code.shape) < 0.3
    middle = len(code) // 2
    torn[middle - 9 : middle + 10, middle - 9 : middle + 10] = False
    code[torn] = 255 - code[torn]
    luma = np.pad(code, 4, constant_values=255).repeat(4, axis=0).repeat(4, axis=1)
    assert look(ZxingDecoder(marks=[Mark.AZTEC]), luma) == Sight()


def test_a_code_s_place_is_told_whether_it_is_read_or_missed() -> None:
    read = with_code(CARD_TEXT)
    garbled = symbol("привет".encode("cp1251"), "byte")
    for luma in (read, garbled):
        sight = look(ZxingDecoder(), luma)
        places = [reading.place for reading in sight.readings] or list(sight.missed)
        [place] = places
        assert place is not None
        (left, top), _, (right, bottom), _ = place
        middle = luma.shape[1] / 2, luma.shape[0] / 2
        assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx(middle, abs=3)
    chain = look(open_decoder(lambda: 0.0), garbled)
    assert chain.unread
    assert chain.missed
