"""A photograph becomes an upright 35:45 portrait without its secrets, or is refused."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gate.errors import ConfigError
from gate.paper.photo import MAX_PHOTO_BYTES, PORTRAIT_PX, portrait_jpeg

ORIENTATION = 0x0112
GPS = 0x8825
QUARTER_TURN_LEFT = 8


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(BytesIO(jpeg), formats=("JPEG",))


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header promises more pixels than its data holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize("file_format", ["JPEG", "PNG"])
@pytest.mark.parametrize("size_px", [(350, 450), (1600, 1200), (120, 900)])
def test_any_shape_becomes_a_passport_portrait(
    size_px: tuple[int, int], file_format: str, make_photo: Callable[..., bytes]
) -> None:
    portrait = opened(portrait_jpeg(make_photo(size_px=size_px, file_format=file_format)))

    assert portrait.size == PORTRAIT_PX
    assert PORTRAIT_PX[0] * 45 == PORTRAIT_PX[1] * 35


def test_a_photograph_lying_on_its_side_is_set_upright(make_photo: Callable[..., bytes]) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = QUARTER_TURN_LEFT

    portrait = opened(portrait_jpeg(make_photo(exif=exif)))

    # The blue top is, after a quarter turn to the left, the left side.
    left, right = portrait.getpixel((5, 270)), portrait.getpixel((400, 270))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[2] > left[0]
    assert right[0] > right[2]


def test_place_camera_and_comment_stay_behind(make_photo: Callable[..., bytes]) -> None:
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (51.0, 30.0, 0.0)}
    exif[0x010F] = "SECRET CAMERA"

    jpeg = portrait_jpeg(make_photo(exif=exif, comment=b"SECRET PLACE"))

    assert not opened(jpeg).getexif()
    assert b"SECRET" not in jpeg
    assert b"Exif" not in jpeg


def test_what_is_transparent_is_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (350, 450), (0, 0, 0, 0)).save(out, "PNG")

    assert opened(portrait_jpeg(out.getvalue())).getpixel((200, 200)) == (255, 255, 255)


def test_sixteen_bit_grey_keeps_its_tones() -> None:
    out = BytesIO()
    Image.new("I;16", (350, 450), 0x8080).save(out, "PNG")

    assert opened(portrait_jpeg(out.getvalue())).getpixel((200, 200)) == (128, 128, 128)


@pytest.mark.parametrize(
    ("photo", "fault"),
    [
        pytest.param(b"", "is no JPEG or PNG, or is damaged", id="empty"),
        pytest.param(b"GIF89a" + bytes(40), "is no JPEG or PNG", id="another format"),
        pytest.param(bytes(MAX_PHOTO_BYTES + 1), "the limit is 16777216", id="too many bytes"),
        pytest.param(png_claiming(5000, 4000), "5000 x 4000 pixels; as PNG", id="too many pixels"),
        pytest.param(png_claiming(11_000, 10_000), "more than 60000000", id="Pillow warns"),
        pytest.param(png_claiming(60_000, 60_000), "more than 60000000", id="Pillow refuses"),
        pytest.param(png_claiming(99, 400), "99 x 400 pixels; each side", id="too few pixels"),
        pytest.param(png_claiming(300, 400), "is damaged", id="pixels missing"),
    ],
)
def test_what_cannot_be_printed_is_refused_with_its_limit(photo: bytes, fault: str) -> None:
    with pytest.raises(ConfigError, match=f"photograph: .*{fault}"):
        portrait_jpeg(photo)


def test_a_photograph_cut_short_is_refused(make_photo: Callable[..., bytes]) -> None:
    photo = make_photo()

    with pytest.raises(ConfigError, match="is damaged"):
        portrait_jpeg(photo[: len(photo) // 2])


# Any bytes give a portrait or the one error.
@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"]))
def test_any_bytes_are_a_portrait_or_refused(tail: bytes, head: bytes) -> None:
    with pytest.raises(ConfigError, match="photograph: "):
        portrait_jpeg(head + tail)


# A photograph with a few bytes changed gives a portrait or the one error.
@given(
    st.sampled_from(["JPEG", "PNG"]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=6),
)
def test_a_damaged_photograph_is_a_portrait_or_refused(
    make_photo: Callable[..., bytes], file_format: str, changes: list[tuple[int, int]]
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = QUARTER_TURN_LEFT
    photo = bytearray(make_photo(size_px=(100, 120), file_format=file_format, exif=exif))
    for at, byte in changes:
        photo[at % len(photo)] = byte

    try:
        jpeg = portrait_jpeg(bytes(photo))
    except ConfigError:
        return
    assert opened(jpeg).size == PORTRAIT_PX
