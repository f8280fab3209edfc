"""Pictures in files, as brightness: what a still camera or a scanner wrote.

The picture is turned as its EXIF says, laid on white where it is transparent, and bounded. A file
that can't be read whole raises `DeviceError`: a broken picture is never passed in silence.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from gate.devices.ports import Luma
from gate.errors import DeviceError

SUFFIXES: Final = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif", ".pgm", ".ppm"}
)
"""Other files of a directory (a text beside its picture, a licence) are not pictures."""

MAX_SIDE_PX: Final = 4_096
"""A longer side is shrunk by the least whole factor: no camera of a gate sees more, and a code
that needs more than 4,096 px is finer than a printed card's by far."""

MAX_PICTURE_PX: Final = 64_000_000
"""Refused by its header, before it fills the memory; a good phone takes 50 million."""

_FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "PPM")


def list_stills(directory: Path) -> tuple[Path, ...]:
    """Return the pictures of `directory` by name, not looking into folders within it.

    Raises:
        DeviceError: no directory, not readable, or no picture in it.
    """
    try:
        found = sorted(
            path
            for path in directory.iterdir()
            if path.suffix.lower() in SUFFIXES and path.is_file()
        )
    except OSError as error:
        raise DeviceError(f"{directory}: {_why(error)}; name a directory of pictures") from error
    if not found:
        known = " ".join(sorted(SUFFIXES))
        raise DeviceError(f"{directory}: holds no picture; put one there ({known})")
    return tuple(found)


def load_still(path: Path) -> Luma:
    """Return the picture in `path` as brightness, at most `MAX_SIDE_PX` a side.

    Raises:
        DeviceError: naming the file, what is wrong and the next step.
    """
    with _translated(path), Image.open(path, formats=_FORMATS) as picture:
        if picture.width * picture.height > MAX_PICTURE_PX:
            raise DeviceError(
                f"{path}: {picture.width} x {picture.height} px; at most {MAX_PICTURE_PX} px"
                " altogether; shrink it"
            )
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        factor = -(-max(upright.size) // MAX_SIDE_PX)
        return _shrunk(_brightness(upright), factor)


def _brightness(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        coloured = picture.convert("RGBA")
        paper = Image.new("RGBA", coloured.size, "white")
        return Image.alpha_composite(paper, coloured).convert("L")
    return picture.convert("L")


def _shrunk(picture: Image.Image, factor: int) -> Luma:
    return np.array(picture if factor == 1 else picture.reduce(factor), dtype=np.uint8)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Make what Pillow raises on a broken file one error; found by feeding it broken files."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # odd EXIF; the pixels are whole
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DeviceError(f"{path}: too large; at most {MAX_PICTURE_PX} px; shrink it") from error
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise DeviceError(f"{path}: {_why(error)}; name a picture that can be read") from error
    except (
        *(OSError, SyntaxError, ValueError, TypeError, LookupError, EOFError, ArithmeticError),
        *(struct.error, zlib.error),
    ) as error:
        raise DeviceError(
            f"{path}: not a picture, or damaged; open it elsewhere and save it anew"
        ) from error


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
