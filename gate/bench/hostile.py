"""Shows the unit's chain frames made to mislead it: no wrong text, no crash, no memory growth.

    scripts/hostile-frames [--frames N] [--seed N] [--photos DIRECTORY]

Each picture (`hostile_frames`) is shown for three frames, each with noise of its own, to one chain
that remembers what it saw, as a gate's does; the next comes a second later. A text that is in
neither this picture nor the one before is wrong. Exit code 1 if there was one, or if memory grew.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time, thread_time
from typing import Final

import numpy as np

from gate.bench.hostile_frames import HostilePicture, HostilePictures, again, sensor_noise
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Decoder, Frame

SHOWN: Final = 3
FRAME_S: Final = 1 / 30
APART_S: Final = 1.0

WARM_FRAMES: Final = 2_000
"""By then every way of looking was gone, and what it keeps is kept."""

MOST_GROWTH_MB: Final = 24
"""numpy and malloc keep what they had for the largest picture of a kind."""

_TOLD_EVERY: Final = 3_000


@dataclass(slots=True, kw_only=True)
class Told:
    """What came of the frames so far; counts by the picture's kind."""

    frames: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    spent_s: list[float] = field(default_factory=list)


def show(pictures: Iterator[HostilePicture], chain: Decoder, told: Told) -> Iterator[None]:
    """Show pictures, one after the other; yield after each, when `told` tells what came of it."""
    rng = np.random.default_rng(0)
    noise = sensor_noise(rng)
    at_s = 0.0
    before: frozenset[str] = frozenset()
    for picture in pictures:
        kind = picture.kind.partition(" ")[0] if "/" in picture.kind else picture.kind
        for _ in range(SHOWN):
            frame = Frame(luma=again(picture.luma, noise, rng), at_s=at_s)
            begun_s = thread_time()
            sight = chain.decode(frame)
            told.spent_s.append(thread_time() - begun_s)
            texts = {reading.text for reading in sight.readings}
            told.frames[kind] += 1
            told.read[kind] += bool(texts)
            # Of a card that was just taken away the last verdict may hold for a moment.
            for text in texts - picture.texts - before:
                told.wrong.append(f"{picture.kind}: {text[:60]!r}, of {len(picture.texts)} texts")
                print(f"wrong: {told.wrong[-1]}", flush=True)
            at_s += FRAME_S
        before = picture.texts
        at_s += APART_S
        yield


def resident_mb() -> float:
    """Return what this process holds of the machine's memory (proc(5), statm)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


def main(arguments: list[str] | None = None) -> int:
    """Run as `scripts/hostile-frames`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--frames", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--photos", type=Path, help="photographs with their texts beside them")
    given = parser.parse_args(arguments)
    photos = sorted(given.photos.rglob("*.png")) if given.photos else []
    drawer = HostilePictures(photos)
    count = -(-given.frames // SHOWN)
    told, warm_mb = Told(), 0.0
    begun_s = process_time()
    pictures = (drawer.picture(number, given.seed) for number in range(count))
    for _ in show(pictures, open_decoder(thread_time), told):
        shown = told.frames.total()
        if shown <= WARM_FRAMES:
            warm_mb = resident_mb()
        if shown % _TOLD_EVERY < SHOWN:
            _print(told, warm_mb)
    _print(told, warm_mb)
    print(f"{process_time() - begun_s:.0f} s of CPU, {sum(told.spent_s):.0f} of them the chain's")
    print("CPU ms of a frame: " + ", ".join(_shares(told.spent_s)))
    for kind, frames in sorted(told.frames.items()):
        print(f"  {kind}: {frames} frames, {told.read[kind]} read")
    return 1 if told.wrong or resident_mb() - warm_mb > MOST_GROWTH_MB else 0


def _shares(spent_s: Sequence[float]) -> Iterator[str]:
    for name, share in (("half within", 50), ("99 % within", 99), ("99.9 %", 99.9), ("all", 100)):
        yield f"{name} {np.percentile(spent_s, share) * 1e3:.0f}"


def _print(told: Told, warm_mb: float) -> None:
    print(
        f"{told.frames.total()} frames, {told.read.total()} read, {len(told.wrong)} wrong,"
        f" slowest {max(told.spent_s) * 1e3:.0f} CPU ms,"
        f" memory {warm_mb:.0f} MB warm, {resident_mb():.0f} MB now",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
