"""What is asked of each decoder when they are measured beside each other: a plane in, texts out."""

from collections.abc import Callable
from itertools import count
from typing import Final

import zxingcpp
from pyzbar import pyzbar

from gate.devices.ports import Decoder, Frame, Luma

FRAMES_PER_S: Final = 30

Look = Callable[[Luma], list[str]]

_QR: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCodeModel2)


def bare_zxing(luma: Luma) -> list[str]:
    """Read with zxing-cpp alone, as its documentation shows, QR codes only."""
    found = zxingcpp.read_barcodes(luma, formats=_QR, text_mode=zxingcpp.TextMode.Plain)
    return [code.text for code in found]


def bare_pyzbar(luma: Luma) -> list[str]:
    """Read with pyzbar alone, as its documentation shows, QR codes only."""
    found = pyzbar.decode(luma, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [code.data.decode("utf-8", "replace") for code in found]


def look_of(decoder: Decoder) -> Look:
    """Return a look through one of the unit's decoders, as at a camera's frames."""
    frames = count()

    def look(luma: Luma) -> list[str]:
        sight = decoder.decode(Frame(luma=luma, at_s=next(frames) / FRAMES_PER_S))
        return [reading.text for reading in sight.readings]

    return look
