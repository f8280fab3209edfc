"""Resident memory of the real `gate run` over many frames, beside its own at frame 1,000.

A directory of pictures is the camera: cards somewhere in a 1280 x 720 frame, and every fifth a
scene with something in it that is no code, so that both decoders work. The process is another one,
so that nothing of the bench is counted; how far it has come is read from its log.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gate.bench.lane import Lane, open_lane
from gate.bench.rows import BenchRow
from gate.devices.camera_directory import HELD_FRAMES

FRAMES_A_RUN: Final = 400
"""25 runs, the usual number, are the 10,000 frames of the promise."""

BASE_FRAME: Final = 1_000
"""By then every library is loaded and every cache is full (the promise's own number)."""

DISTINCT: Final = 40
"""Pictures that differ; the rest are links to them."""

OTHER_EVERY: Final = 5
"""One of so many pictures shows no card, and so has no line in the log."""

_GATE: Final = (sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())")


def rows(runs: int) -> list[BenchRow]:
    """Measure over `runs` times `FRAMES_A_RUN` frames, at least twice `BASE_FRAME`."""
    frames = max(2 * BASE_FRAME, runs * FRAMES_A_RUN)
    with tempfile.TemporaryDirectory(prefix="gate-bench-") as name:
        lane = _make_lane(Path(name), pictures=-(-frames // HELD_FRAMES))
        samples = dict(_resident_mb(lane.config))
    base_mb = samples[min(frame for frame in samples if frame >= BASE_FRAME)]
    last = max(samples)
    return [
        BenchRow(
            name=f"gate run, resident after {last} frames",
            value=samples[last],
            floor=base_mb,
            unit="MB",
            runs=1,
            floor_is=f"the same process at frame {BASE_FRAME}",
        )
    ]


def _resident_mb(config: Path) -> Iterator[tuple[int, float]]:
    """Run the gate to its end; yield (frame, megabytes) at each answer."""
    page_bytes = os.sysconf("SC_PAGE_SIZE")
    answers = 0
    with subprocess.Popen(  # noqa: S603 - our own command
        [*_GATE, "run", "--config", str(config)], stderr=subprocess.PIPE, text=True
    ) as gate:
        assert gate.stderr is not None  # noqa: S101 - a pipe was asked for
        for line in gate.stderr:
            if " answered " not in line:
                continue
            answers += 1
            pages = Path(f"/proc/{gate.pid}/statm").read_text("ascii").split()[1]
            frame = answers * HELD_FRAMES * OTHER_EVERY // (OTHER_EVERY - 1)
            yield frame, int(pages) * page_bytes / 1e6


def _make_lane(directory: Path, pictures: int) -> Lane:
    lane = open_lane(directory, 2026)
    for number in range(pictures):
        if number >= DISTINCT:
            lane.show_again(number, number % DISTINCT)
        elif number % OTHER_EVERY == OTHER_EVERY - 1:
            lane.show_blocks(number)
        else:
            lane.show_card(number)
    lane.equip()
    return lane
