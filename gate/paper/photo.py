"""A photograph as it came, made into the portrait a card has room for.

Turned as its EXIF says, cropped to 35:45, scaled to what print can show, and stripped of everything
else the file carried (place, camera, thumbnail). What is not a picture, or is too large, is refused
before its pixels are unpacked.
"""

import struct
import warnings
import zlib
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from gate.errors import ConfigError

MAX_PHOTO_BYTES: Final = 16 * 1024 * 1024
MAX_PHOTO_PIXELS: Final = 60_000_000
"""A phone's largest picture today is 50 million pixels and about 12 MB as JPEG."""

MAX_PNG_PIXELS: Final = 16_000_000
"""A PNG can't be unpacked at a fraction of its size as a JPEG can: 64 MB at 4 bytes a pixel."""

MIN_PHOTO_SIDE_PX: Final = 100
"""Below, a printed face is a blot: 100 px over 16 mm are 160 dots an inch."""

PORTRAIT_PX: Final = (420, 540)
"""35:45, the passport format; 660 dots an inch on the card."""

_NOT_A_PICTURE: Final = (
    # What Pillow's JPEG, PNG and EXIF readers raise on damaged files.
    UserWarning,
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)


def portrait_jpeg(photo: bytes) -> bytes:
    """Return `photo` as a JPEG of `PORTRAIT_PX`.

    Raises:
        ConfigError: no JPEG or PNG, damaged, too small or too large.
    """
    if len(photo) > MAX_PHOTO_BYTES:
        raise _refused(f"has {len(photo)} bytes; the limit is {MAX_PHOTO_BYTES}. Save it smaller")
    try:
        with warnings.catch_warnings():
            # Pillow only warns of 90 to 180 million pixels, and of EXIF that it can't read: then
            # which way is up is unknown. A second picture that can't be read does no harm.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            warnings.simplefilter("error", UserWarning)
            warnings.filterwarnings("ignore", "Image appears to be a malformed MPO", UserWarning)
            return _cropped(_opened(photo))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _refused(f"has more than {MAX_PHOTO_PIXELS} pixels. Save it smaller") from error
    except _NOT_A_PICTURE as error:
        fault = f"({len(photo)} bytes) is no JPEG or PNG, or is damaged. Save it anew as JPEG"
        raise _refused(fault) from error


def _opened(photo: bytes) -> Image.Image:
    image = Image.open(BytesIO(photo), formats=("JPEG", "PNG"))
    width, height = image.size
    limit = MAX_PNG_PIXELS if image.format == "PNG" else MAX_PHOTO_PIXELS
    if width * height > limit:
        raise _refused(
            f"has {width} x {height} pixels; as {image.format} at most {limit} in all. "
            "Save it smaller"
        )
    if min(width, height) < MIN_PHOTO_SIDE_PX:
        raise _refused(
            f"has {width} x {height} pixels; each side needs at least {MIN_PHOTO_SIDE_PX}"
        )
    # A JPEG decoder can skip detail that the crop would throw away: far less memory.
    image.draft("RGB", (2 * PORTRAIT_PX[0], 2 * PORTRAIT_PX[1]))
    return image


def _cropped(image: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):
        # 16 bits a channel, grey; convert() would clip all but the darkest tones to white.
        upright = upright.convert("I").point(lambda value: value / 257).convert("L")
    if upright.has_transparency_data:
        upright = Image.alpha_composite(
            Image.new("RGBA", upright.size, "white"), upright.convert("RGBA")
        )
    fitted = ImageOps.fit(upright.convert("RGB"), PORTRAIT_PX, Image.Resampling.LANCZOS)
    out = BytesIO()
    # A fresh image: fit() may hand on the source's EXIF, ICC profile and comment.
    Image.frombytes("RGB", fitted.size, fitted.tobytes()).save(out, "JPEG", quality=90)
    return out.getvalue()


def _refused(fault: str) -> ConfigError:
    return ConfigError("photograph", [fault])
