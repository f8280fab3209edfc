"""`gate bench read --degraded`: what each decoder reads of frames made hard to read on purpose.

Frames are those of `read_degraded`. The unit's chain is shown each frame as often as its turns
need; its time is that of all of them. OpenCV's reader is measured beside the others where it is
installed, which no unit needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from time import thread_time
from typing import Any, Final

import numpy as np

from gate.bench.bare import Look, bare_pyzbar, bare_zxing, look_of
from gate.bench.optics import Condition
from gate.bench.read_degraded import CONDITIONS, TEXT_CHARS, degraded_frames
from gate.bench.rows import BenchRow
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Luma

CHAIN_FRAMES: Final = 4
"""A glance with a whole look and all of our own, and three in which what was found is followed."""

_FLOOR: Final = "zxing-cpp"
_CHAIN: Final = "chain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What one decoder read of one kind of frames, and CPU seconds."""

    frames: int = 0
    exact: int = 0
    wrong: int = 0
    seconds: float = 0.0

    def plus(self, texts: list[str], truth: str, seconds: float) -> "Count":
        """Return the count with one more frame; any text that is not the truth is wrong."""
        return Count(
            frames=self.frames + 1,
            exact=self.exact + (truth in texts),
            wrong=self.wrong + any(text != truth for text in texts),
            seconds=self.seconds + seconds,
        )


def held_look() -> Look:
    """Return the unit's chain as it sees a card that is held still before a new gate.

    Its cap is in CPU time here, so that what else the machine does changes no count.
    """

    def look(luma: Luma) -> list[str]:
        one = look_of(open_decoder(thread_time))
        for _ in range(CHAIN_FRAMES):
            if texts := one(luma):
                return texts
        return []

    return look


def opencv_look() -> Look | None:
    """Return OpenCV's own QR reader, or None where it is not installed."""
    if find_spec("cv2") is None:
        return None
    opencv: Any = import_module("cv2")
    detector = opencv.QRCodeDetector()

    def look(luma: Luma) -> list[str]:
        try:
            text = detector.detectAndDecode(np.ascontiguousarray(luma))[0]
        except (opencv.error, UnicodeDecodeError):
            return []
        return [text] if text else []

    return look


def looks() -> Mapping[str, Look]:
    """Return every reader that is measured, the floor first."""
    every: dict[str, Look] = {_FLOOR: bare_zxing, "pyzbar": bare_pyzbar, _CHAIN: held_look()}
    opencv = opencv_look()
    return every if opencv is None else every | {"OpenCV": opencv}


def count_degraded(
    seed: int,
    each: int,
    text_chars: int = TEXT_CHARS,
    conditions: Mapping[str, Condition] = CONDITIONS,
) -> list[BenchRow]:
    """Return what is read of `each` frames of every condition, and of all together."""
    counts: dict[tuple[str, str], Count] = {}
    every = looks()
    for frame in degraded_frames(seed, each, text_chars, conditions):
        for name, look in every.items():
            begun_s = thread_time()
            texts = look(frame.luma)
            spent_s = thread_time() - begun_s
            for kind in (frame.condition, "all"):
                count = counts.get((kind, name), Count())
                counts[kind, name] = count.plus(texts, frame.truth, spent_s)
    kinds = [kind for kind, name in counts if name == _FLOOR and kind != "all"]
    rows = [_row(kind, _CHAIN, counts, "exact") for kind in kinds]
    for name in every:
        rows += [_row("all", name, counts, what) for what in ("exact", "wrong", "CPU ms a frame")]
    return rows


def _row(kind: str, name: str, counts: Mapping[tuple[str, str], Count], what: str) -> BenchRow:
    count, floor = counts[kind, name], counts[kind, _FLOOR]
    values = {
        "exact": (count.exact, floor.exact),
        "wrong": (count.wrong, floor.wrong),
        "CPU ms a frame": (count.seconds / count.frames * 1e3, floor.seconds / count.frames * 1e3),
    }
    value, beside = values[what]
    return BenchRow(
        name=f"{kind}, {count.frames}, {name}, {what}",
        value=value,
        floor=beside,
        unit="ms" if what.endswith("frame") else "frames",
        runs=count.frames,
        floor_is="bare zxing-cpp, same frames",
    )
