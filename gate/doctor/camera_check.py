"""What a lane's camera sees: its picture against itself and against the commissioning one.

A gate at work has its camera to itself. Then its own record tells whether it has lost it.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from gate.devices.ports import Camera, Decoder, Luma
from gate.devices.stills import load_still
from gate.doctor.finding import Fact, Finding, attention, failed, failed_by, not_asked, passed
from gate.doctor.picture import (
    MIN_FOCUS_RATIO,
    MIN_LIKENESS,
    faults_of,
    figures_of,
    likeness,
)
from gate.errors import DeviceError, JournalError
from gate.store.files import replacing
from gate.store.journal_head import HeadFile
from gate.store.journal_reader import JournalReader
from gate.uplink.gate_faults import GateFaults

WARM_UP_FRAMES: Final = 15
"""A camera finds its exposure within half a second."""
LOOKED_AT: Final = 5

TEST_CARD: Final = "SITE GATE TEST CARD 1 " + "0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ " * 12
"""As long as a card's text, so that its modules are as fine."""
HELD_FRAMES: Final = 45
"""Three seconds at 15 a second, from the first that is read."""
MOST_FRAMES: Final = 900
"""A minute to fetch the card."""
GOOD_RATE: Final = 0.9
POOR_RATE: Final = 0.5

OpenCamera = Callable[[], Camera]


def gate_is_at_work(journal: Path) -> bool:
    """Tell whether a gate process writes the record."""
    if not journal.exists():
        return False
    try:
        HeadFile(journal).close()
    except JournalError:
        return True
    return False


@dataclass(frozen=True, slots=True)
class RunningCameraCheck:
    """Whether the gate at work has its camera, by what it recorded."""

    journal: Path

    def look(self) -> Finding:
        """Return how it is now."""
        try:
            with JournalReader.open(self.journal) as reader:
                broken = [part for part in GateFaults().look(reader) if "camera" in part]
        except JournalError as error:
            return failed_by("camera", error, "See the record's own line.")
        if broken:
            step = "See to its cable and its window; then: sudo systemctl restart gate-unit"
            return failed("camera", f"The gate has lost it: {', '.join(broken)}.", step)
        return passed("camera", "The gate is at work, and its camera gives pictures.")


@dataclass(frozen=True, slots=True)
class CameraCheck:
    """What a camera sees that nobody else has."""

    lane: str
    open: OpenCamera
    kept: Path

    def look(self) -> Finding:
        """Return how it is now."""
        name = f"camera {self.lane}"
        step = "Wipe its window, turn away what glares, or light the place."
        try:
            with _opened(self.open) as camera:
                pictures = list(_looked_at(camera))
            before = load_still(self.kept) if self.kept.exists() else None
        except DeviceError as error:
            return failed_by(name, error, "See to its cable, then run this again.")
        if not pictures:
            return failed(name, "It gives no picture.", "See to its cable, then run this again.")
        found = figures_of(pictures)
        faults = faults_of(found)
        facts: dict[str, Fact] = {
            "light": found.light,
            "glare_percent": found.glare_percent,
            "focus": found.focus,
        }
        if before is not None:
            alike = round(likeness(before, pictures[-1]), 2)
            ratio = round(found.focus / (figures_of([before]).focus or 1.0), 2)
            facts |= {"likeness": alike, "focus_ratio": ratio}
            if alike < MIN_LIKENESS:
                faults.append(f"it sees another place than when commissioned ({alike:.2f})")
            elif ratio < MIN_FOCUS_RATIO:
                faults.append(f"it is less sharp than when commissioned ({ratio:.2f} of it)")
        if faults:
            return attention(name, f"Of its picture: {'; '.join(faults)}.", step, **facts)
        against = "" if before is None else " It is as when commissioned."
        return passed(name, f"Light {found.light:.0f} of 255, no glare.{against}", **facts)


@dataclass(frozen=True, slots=True)
class TestCardCheck:
    """How often a printed test card is read that somebody holds up."""

    __test__ = False  # it is no test of this project's

    lane: str
    open: OpenCamera
    decoder: Decoder
    ask: Callable[[str], bool | None]

    def look(self) -> Finding:
        """Ask for the card, and return how often it was read."""
        name = f"test card {self.lane}"
        if not self.ask(f"{self.lane}: hold the test card to the camera now. Is it held?"):
            return not_asked(name, "Nobody held it up.")
        try:
            with _opened(self.open) as camera:
                read, seen = self._rate(camera)
        except DeviceError as error:
            return failed_by(name, error, "See to the camera's cable, then run this again.")
        rate = round(read / seen, 3) if seen else 0.0
        facts: dict[str, Fact] = {"frames": seen, "read": read, "rate": rate}
        says = f"It was read in {read} of {seen} pictures."
        step = "Turn the camera's focus to 20 cm, wipe its window, light the place evenly."
        if rate >= GOOD_RATE:
            return passed(name, says, **facts)
        if rate >= POOR_RATE:
            return attention(name, says, step, **facts)
        return failed(name, says, step, **facts)

    def _rate(self, camera: Camera) -> tuple[int, int]:
        """Return in how many pictures it was read, and in how many it was held."""
        read = seen = 0
        for frame in islice(camera.frames(), MOST_FRAMES):
            is_read = any(one.text == TEST_CARD for one in self.decoder.decode(frame).readings)
            read += is_read
            seen += is_read or seen > 0
            if seen >= HELD_FRAMES:
                break
        return read, seen


def take_picture(open_camera: OpenCamera) -> Luma:
    """Return what a camera sees now.

    Raises:
        DeviceError: it gives none.
    """
    with _opened(open_camera) as camera:
        pictures = list(_looked_at(camera))
    if not pictures:
        raise DeviceError("camera: it gives no picture; see to its cable")
    return pictures[-1]


def keep_picture(picture: Luma, path: Path) -> None:
    """Keep a picture, to compare later ones with it; raises OSError."""
    path.parent.mkdir(mode=0o750, exist_ok=True)
    with replacing(path, mode=0o640) as file:
        Image.fromarray(np.asarray(picture)).save(file, format="PNG")


def _looked_at(camera: Camera) -> Iterator[Luma]:
    """Yield the last few pictures of a second, or of all there are."""
    frames = islice(camera.frames(), WARM_UP_FRAMES + LOOKED_AT)
    yield from deque((frame.luma for frame in frames), maxlen=LOOKED_AT)


@contextmanager
def _opened(open_camera: OpenCamera) -> Iterator[Camera]:
    camera = open_camera()
    try:
        yield camera
    finally:
        camera.close()
