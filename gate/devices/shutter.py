"""How long a Pi's camera exposes in poor light: never longer than a hand is still. Pure.

| Light | Shutter | Gain | Who steers |
|---|---|---|---|
| enough | up to 10 ms | 1 to 4 | the camera's own exposure, both |
| poor | held at 10 ms | up to the sensor's limit, 16 | this the shutter, the camera the gain |
| none | held at 10 ms | at its limit | the lamp at the reader as well, from a gain of 8 |

Left to itself the camera exposes for 15 to 33 ms before it turns its gain up (the tuning files of
libcamera: imx708.json, "normal"), and some versions ignore that the short exposures were asked for
(raspberrypi/libcamera issue 317). A card smeared over several modules is lost; noise is read
through. The two never fight: one number has one master at a time, and which, is told by the camera
in each frame.
"""

from typing import Final

from gate.devices.ports import Shot

CEILING_US: Final = 10_000
"""A card is moved by a module in it (`gate.unit.hints`, FAST_SIDES_S); and light from the mains of
50 Hz, which flickers 100 times a second, leaves no bands."""

HOLD_ABOVE: Final = 1.25
"""Times the ceiling: with the shutter held the gain is then a quarter above its least."""

LET_GO_BELOW: Final = 1.1
"""Times the least gain; less light than that the camera can't ask for with the shutter held."""

SETTLE_FRAMES: Final = 15
"""Half a second: what was asked for is seen some frames later, and exposure follows in six more."""

OWN: Final = 0
"""The camera decides (libcamera: ExposureTime)."""


class Shutter:
    """Follows what one camera tells of its frames."""

    def __init__(self, least_gain: float = 1.0) -> None:
        self.held_us = OWN
        self._least_gain = least_gain
        self._settling = 0

    def look(self, shot: Shot) -> None:
        """Take note of how a frame was taken; `held_us` is what to ask for from now on."""
        if self._settling:
            self._settling -= 1
        elif self.held_us == OWN and shot.exposure_us > HOLD_ABOVE * CEILING_US:
            self._hold(CEILING_US)
        elif self.held_us != OWN and shot.gain < LET_GO_BELOW * self._least_gain:
            self._hold(OWN)

    def _hold(self, held_us: int) -> None:
        self.held_us = held_us
        self._settling = SETTLE_FRAMES
