"""Reading codes: two libraries behind the `Decoder` port.

A text is returned exactly as it was encoded, or not at all. QR codes are looked for, and Aztec and
Data Matrix where a site's cards have them; no Micro QR, no bar codes. What the texts mean is not
this room's business.
"""

from collections.abc import Collection
from typing import Final

import zxingcpp

from gate.devices.ports import Corners, Frame, Mark, Reading, Sight
from gate.errors import DeviceError

ZXING: Final = "zxing-cpp"
PYZBAR: Final = "pyzbar"

MIN_SQUARENESS: Final = 0.5
"""Area over the longest side's square: 0.5 is a code tilted by 60 degrees. Of the 179 photographs'
codes the least has 0.6; chance finds in lettering are nearly all below 0.5."""

_QR: Final = zxingcpp.BarcodeFormat.QRCodeModel2
_FORMATS: Final = {
    Mark.AZTEC: zxingcpp.BarcodeFormat.AztecCode,
    Mark.DATA_MATRIX: zxingcpp.BarcodeFormat.DataMatrix,
}
_SHAPED: Final = frozenset({zxingcpp.BarcodeFormat.QRCode, _QR})
"""What is taken for a code though it can't be read; the others' plainer shapes, a bull's eye or two
lines, are seen in many things that are none."""

_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_NOTHING: Final = Sight()


class ZxingDecoder:
    """zxing-cpp: reads nearly all, in a millisecond or two, straight from a strided view."""

    def __init__(
        self,
        *,
        global_threshold: bool = False,
        glance: bool = False,
        marks: Collection[Mark] = (),
    ) -> None:
        """Say how to look.

        Args:
            global_threshold: one threshold for the whole picture, not a local one.
            glance: dark codes on light ground at the picture's own scale only, at any angle. Else
                zxing-cpp's defaults: also inverted codes, as phones show them, and smaller scales,
                where a large code that is blurred is sharp.
            marks: looked for beside QR codes.
        """
        self._formats = zxingcpp.BarcodeFormats([_QR, *(_FORMATS[mark] for mark in marks)])
        self._everything = not glance
        binarizers = zxingcpp.Binarizer
        self._binarizer = (
            binarizers.GlobalHistogram if global_threshold else binarizers.LocalAverage
        )

    def decode(self, frame: Frame) -> Sight:
        """Return what can be seen; codes found but not read count as `unread`.

        Raises:
            DeviceError: the frame has no pixels.
        """
        try:
            found = zxingcpp.read_barcodes(
                frame.luma,
                formats=self._formats,
                text_mode=zxingcpp.TextMode.Plain,
                binarizer=self._binarizer,
                try_invert=self._everything,
                try_downscale=self._everything,
                return_errors=True,
            )
        except ValueError as error:
            raise DeviceError(f"frame of {frame.luma.shape}: {error}; check the camera") from error
        # Bytes that are no text in their own encoding come with U+FFFD in their place: not exact.
        exact: dict[str, zxingcpp.Barcode] = {}
        missed = []
        for code in found:
            if code.valid and _REPLACEMENT not in code.text:
                exact.setdefault(code.text, code)
            elif code.valid or _is_plausible(code):
                missed.append(code)
        if not exact and not missed:
            return _NOTHING
        return Sight(
            readings=tuple(
                Reading(text=text, decoder=ZXING, place=_place(code))
                for text, code in exact.items()
            ),
            unread=bool(missed),
            missed=tuple(map(_place, missed)),
        )


class PyzbarDecoder:
    """pyzbar (libzbar): reads some that zxing-cpp does not, slowly.

    libzbar guesses the encoding of bytes above 127 and returns its guess as UTF-8 (9 of the 179
    photographs came out wrong so), so only a text that is ASCII throughout is believed. Cards and
    enrolment codes are.
    """

    def __init__(self) -> None:
        """Load libzbar.

        Raises:
            DeviceError: it is not installed.
        """
        try:
            from pyzbar import pyzbar  # noqa: PLC0415  fails where libzbar is missing
        except ImportError as error:
            raise DeviceError("pyzbar: libzbar is missing; apt install libzbar0") from error
        self._library = pyzbar

    def decode(self, frame: Frame) -> Sight:
        """Return what can be read; `unread` if a code was but its text can't be believed."""
        height_px, width_px = frame.luma.shape
        if not (height_px and width_px):
            raise DeviceError(f"frame of {frame.luma.shape}: no pixels; check the camera")
        try:
            found = self._library.decode(frame.luma, symbols=[self._library.ZBarSymbol.QRCODE])
        except ValueError:
            # pyzbar 0.1.9 can't name the orientation (-1) of a code that is one part of several
            # (structured append): a part is no text.
            return Sight(unread=True)
        except self._library.PyZbarError as error:
            raise DeviceError(f"pyzbar: {error}; check libzbar0") from error
        # A part of a structured append is of type PARTIAL: again no text.
        ascii_texts = [
            code.data.decode("ascii")
            for code in found
            if code.type == "QRCODE" and code.data.isascii()
        ]
        once = dict.fromkeys(ascii_texts)
        return Sight(
            readings=tuple(Reading(text=text, decoder=PYZBAR) for text in once),
            unread=len(ascii_texts) < len(found),
        )


def _place(code: zxingcpp.Barcode) -> Corners:
    place = code.position
    corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return tuple((float(corner.x), float(corner.y)) for corner in corners)


def _is_plausible(code: zxingcpp.Barcode) -> bool:
    """Tell whether a code that failed its check sum has the shape of one: noise seldom does."""
    if (
        code.format not in _SHAPED
        or code.error is None
        or code.error.type != zxingcpp.ErrorType.Checksum
    ):
        return False
    corners = _place(code)
    sides = [(corners[i - 1], corners[i]) for i in range(4)]
    twice_area = abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in sides))
    longest = max((ax - bx) ** 2 + (ay - by) ** 2 for (ax, ay), (bx, by) in sides)
    return twice_area > 2 * MIN_SQUARENESS * longest
