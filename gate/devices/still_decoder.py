"""Reading a photograph, with time to spare: every way of looking, until one reads something.

Measured on the 179 photographs of zxing's tests, exact texts: zxing-cpp 166; with our own reader
178, and in the last a text in which the truth beside it has a slip. What others add to that, pyzbar
and one threshold for a whole picture or twice its size, is for pictures of other kinds.
"""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from gate.devices.decoder import PyzbarDecoder, ZxingDecoder
from gate.devices.equalising_decoder import EqualisingDecoder
from gate.devices.ports import Decoder, Frame, Luma, Sight

MAX_DOUBLED_PX: Final = 1_600
"""Longest side that is also looked at doubled: small pictures have small codes, and time is
bounded."""


STILL_CAP_S: Final = 2.0
"""Nobody waits at a gate for a picture in a file."""


class StillDecoder:
    """Asks one decoder after another; the first that reads anything is believed."""

    def __init__(self, looks: Sequence[Decoder]) -> None:
        self._looks = tuple(looks)

    def decode(self, frame: Frame) -> Sight:
        """Return what the first successful look read, or that something was there."""
        unread = False
        for look in self._looks:
            sight = look.decode(frame)
            if sight.readings:
                return sight
            unread = unread or sight.unread
        return Sight(unread=unread)


class Doubled:
    """Shows another decoder the picture at twice its size, smoothly."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def decode(self, frame: Frame) -> Sight:
        """Return what the other sees, or nothing if the picture is large already."""
        if max(frame.luma.shape) > MAX_DOUBLED_PX:
            return Sight()
        return self._decoder.decode(Frame(luma=_doubled(frame.luma), at_s=frame.at_s))


def open_still_decoder(monotonic: Callable[[], float] | None = None) -> StillDecoder:
    """Return the looks in the order of what they add for their time.

    Raises:
        DeviceError: libzbar is missing.
    """
    overall = ZxingDecoder(global_threshold=True)
    looks = (
        ZxingDecoder(),
        EqualisingDecoder(cap_s=STILL_CAP_S, monotonic=monotonic),
        PyzbarDecoder(),
        overall,
        Doubled(ZxingDecoder()),
        Doubled(overall),
    )
    return StillDecoder(looks)


def _doubled(luma: Luma) -> Luma:
    """Return `luma` at twice the size, the new pixels halfway between their neighbours."""
    height_px, width_px = luma.shape
    wide = np.empty((height_px, 2 * width_px), np.uint16)
    wide[:, ::2] = luma
    wide[:, 1::2] = luma
    wide[:, 1:-1:2] = (wide[:, 1:-1:2] + wide[:, 2::2]) // 2
    tall = np.repeat(wide, 2, axis=0)
    tall[1:-1:2] = (tall[1:-1:2] + tall[2::2]) // 2
    return tall.astype(np.uint8)
