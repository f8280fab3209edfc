"""The part of a camera's picture that is looked at, where a site marks one.

What lies outside is not seen at all: not the card of who comes next, not a lanyard, not what moves
behind. So a card counts only where the marked frame on the reader shows it to be held.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from gate.devices.ports import Camera, Frame

MIN_PERCENT: Final = 20
"""Of a side: 256 px of 1280, as wide as a card's code at 3 px a module with its margin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A part of a picture, in percent of its width and height from the upper left corner."""

    left: int
    top: int
    right: int
    bottom: int


def is_area(left: int, top: int, right: int, bottom: int) -> bool:
    """Tell whether these are an area, and not too small for a card."""
    within = min(left, top) >= 0 and max(right, bottom) <= 100
    return within and right - left >= MIN_PERCENT and bottom - top >= MIN_PERCENT


class AreaCamera:
    """A camera of which only an area is shown; it keeps the other's rules."""

    def __init__(self, camera: Camera, area: Area) -> None:
        self._camera = camera
        self._area = area

    @property
    def live(self) -> bool:
        """Whether frames that are not taken may be dropped, as the camera says."""
        return self._camera.live

    def frames(self) -> Iterator[Frame]:
        """Yield the camera's frames, cut to the area: views, not copies."""
        frames = self._camera.frames()
        try:
            for frame in frames:
                yield replace(frame, luma=frame.luma[self._rows(frame), self._columns(frame)])
        finally:
            stop = getattr(frames, "close", None)  # a generator's; stops the stream (ports.Camera)
            if stop is not None:
                stop()

    def close(self) -> None:
        """Let go of the camera."""
        self._camera.close()

    def _rows(self, frame: Frame) -> slice:
        height_px = frame.luma.shape[0]
        return slice(height_px * self._area.top // 100, height_px * self._area.bottom // 100)

    def _columns(self, frame: Frame) -> slice:
        width_px = frame.luma.shape[1]
        return slice(width_px * self._area.left // 100, width_px * self._area.right // 100)
