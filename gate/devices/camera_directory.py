"""A directory of pictures as a camera: each is held in view for a moment, then the next.

Not live: nothing is dropped. Time is the source's own: the pictures of a directory are shown as
fast as they are taken, with the times a person holding one card after the other would have.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gate.devices.ports import Frame
from gate.devices.stills import list_stills, load_still

HELD_FRAMES: Final = 3
"""Frames a picture is in view: enough to tell a code that is held from one that passes."""

FRAME_GAP_S: Final = 0.25
NEXT_STILL_S: Final = 10.0
"""From one picture's last frame to the next one's first: longer than any code is remembered, so
that the same card on two pictures is two presentations (EXPERIENCE: 5 s)."""


class DirectoryCamera:
    """Shows the pictures of a directory by name; one that can't be read ends it in an error."""

    live = False

    def __init__(self, directory: str) -> None:
        """Look the pictures up; their pixels are read one at a time, when their turn comes.

        Raises:
            DeviceError: no directory, or no picture in it.
        """
        self._stills = list_stills(Path(directory))
        self._at_s = 0.0

    def frames(self) -> Iterator[Frame]:
        """Yield each picture `HELD_FRAMES` times; begins anew, but never earlier, at each call."""
        for still in self._stills:
            luma = load_still(still)
            for _ in range(HELD_FRAMES):
                yield Frame(luma=luma, at_s=self._at_s)
                self._at_s += FRAME_GAP_S
            self._at_s += NEXT_STILL_S - FRAME_GAP_S

    def close(self) -> None:
        """Nothing is held open between two pictures."""
