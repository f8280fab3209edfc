"""Whether a lens that can be set is set to the distance at which cards are held.

Somebody holds the test card still at the place where cards are held, for half a minute. The result
is written nowhere: whoever commissions the unit puts it into its file.
"""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Final, cast

import numpy as np

from gate.devices.focus import Focus
from gate.devices.ports import Camera, Decoder, Frame
from gate.doctor.finding import Fact, Finding, attention, failed, failed_by, not_asked, passed
from gate.doctor.focus_search import search, sharpest
from gate.errors import DeviceError
from gate.reading.light import light_at

SETTLE_FRAMES: Final = 8
"""A lens is there within 100 ms, and a frame that was asked for before comes some frames later."""

LOOKED_AT: Final = 6

NEAR_ENOUGH: Final = 0.5
"""Dioptres from the sharpest position: a pixel of blur (`focus_search`)."""


@dataclass(frozen=True, slots=True)
class FocusCheck:
    """Where the lens of a lane's camera sees a card sharpest."""

    lane: str
    open: Callable[[Focus], Camera]
    focus: Focus
    decoder: Decoder
    ask: Callable[[str], bool | None]

    def look(self) -> Finding:
        """Set the lens to each position in turn, and return which is best."""
        name = f"focus {self.lane}"
        try:
            camera = self.open(self.focus)
        except DeviceError as error:
            return failed_by(name, error, "See to its cable, then run this again.")
        try:
            if not self.focus.can_move:
                return passed(
                    name, "Its lens can't be set: it is as it was made, or turned by hand."
                )
            where = "hold the test card still where cards are held, until this is done. Is it held?"
            if not self.ask(f"{self.lane}: {where}"):
                return not_asked(name, "Nobody held the card.")
            return self._found(name, camera)
        except DeviceError as error:
            return failed_by(name, error, "See to its cable, then run this again.")
        finally:
            camera.close()

    def _found(self, name: str, camera: Camera) -> Finding:
        set_to = self.focus.dioptres
        with closing(cast("Generator[Frame]", camera.frames())) as frames:
            found = search(lambda dioptres: self._edges_px(frames, dioptres))
        best = sharpest(found)
        if best is None:
            step = (
                "Hold it so that it fills half of the picture, and wipe the window; run it again."
            )
            return failed(name, f"The card was seen at {len(found)} of its positions.", step)
        facts: dict[str, Fact] = {
            "set_to": set_to,
            "sharpest": best,
            "edge_px": round(found[best], 2),
        }
        where = f"Sharpest at {best:g} dioptres ({100 / best:.0f} cm)"
        if abs(best - set_to) <= NEAR_ENOUGH:
            return passed(name, f"{where}, set to {set_to:g}.", **facts)
        step = f"Set camera.focus_dioptres = {best:g} in the unit's file, and start the gate."
        return attention(name, f"{where}, but set to {set_to:g}.", step, **facts)

    def _edges_px(self, frames: Generator[Frame], dioptres: float) -> list[float]:
        """Return the widths of a code's edges in the frames that show one."""
        self.focus.dioptres = dioptres
        widths = []
        for frame in islice(frames, SETTLE_FRAMES, SETTLE_FRAMES + LOOKED_AT):
            sight = self.decoder.decode(frame)
            places = [one.place for one in sight.readings if one.place] or list(sight.missed)
            for place in places[:1]:
                light = light_at(frame.luma, np.array(place, float))
                if light is not None:
                    widths.append(light.edge_px)
        return widths
