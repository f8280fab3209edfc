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
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import segno
from PIL import Image

from gate.bench.rows import BenchRow
from gate.card.model import Card, Competence, StatusRef
from gate.devices.camera_directory import HELD_FRAMES
from gate.devices.clock import SystemClock
from gate.signing.keys import Algorithm
from gate.store import desk as desks
from gate.store import trust_store

FRAMES_A_RUN: Final = 400
"""25 runs, the usual number, are the 10,000 frames of the promise."""

BASE_FRAME: Final = 1_000
"""By then every library is loaded and every cache is full (the promise's own number)."""

DISTINCT: Final = 40
"""Pictures that differ; the rest are links to them."""

OTHER_EVERY: Final = 5
"""One of so many pictures shows no card, and so has no line in the log."""

_SIZE_PX: Final = (720, 1280)
_GATE: Final = (sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())")
_POLICY: Final = """
version = 1
site = "bench"
time_zone = "UTC"
[[accept]]
scheme = "ecs-jib"
types = "any"
"""
_UNIT: Final = """
[unit]
name = "Bench"
site = "bench"
journal = "journal.db"
trust = "trust"
policy = "policy.toml"
site_key = "site.key"
[[access_point]]
name = "Bench"
direction = "in"
[camera]
source = "dir:pictures"
[outputs]
factory = "mock"
entry_relay = 17
green = 27
red = 22
amber = 23
sounder = 24
"""


def rows(runs: int) -> list[BenchRow]:
    """Measure over `runs` times `FRAMES_A_RUN` frames, at least twice `BASE_FRAME`."""
    frames = max(2 * BASE_FRAME, runs * FRAMES_A_RUN)
    with tempfile.TemporaryDirectory(prefix="gate-bench-") as name:
        path = Path(name)
        _make_site(path, pictures=-(-frames // HELD_FRAMES))
        samples = dict(_resident_mb(path))
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


def _resident_mb(path: Path) -> Iterator[tuple[int, float]]:
    """Run the gate to its end; yield (frame, megabytes) at each answer."""
    page_bytes = os.sysconf("SC_PAGE_SIZE")
    answers = 0
    with subprocess.Popen(  # noqa: S603 - our own command
        [*_GATE, "run", "--config", str(path / "unit.toml")], stderr=subprocess.PIPE, text=True
    ) as gate:
        assert gate.stderr is not None  # noqa: S101 - a pipe was asked for
        for line in gate.stderr:
            if " answered " not in line:
                continue
            answers += 1
            pages = Path(f"/proc/{gate.pid}/statm").read_text("ascii").split()[1]
            frame = answers * HELD_FRAMES * OTHER_EVERY // (OTHER_EVERY - 1)
            yield frame, int(pages) * page_bytes / 1e6


def _make_site(path: Path, pictures: int) -> None:
    directory = path / "pictures"
    directory.mkdir()
    now = SystemClock().now().replace(microsecond=0) - timedelta(hours=1)
    desk = desks.create_desk(
        path / "desk",
        iss="ecs-jib",
        schemes=frozenset({"ecs-jib"}),
        algorithm=Algorithm.ED25519,
        now=now,
    )
    chance = np.random.default_rng(2026)
    for number in range(pictures):
        picture = directory / f"{number:06}.png"
        if number >= DISTINCT:
            picture.symlink_to(f"{number % DISTINCT:06}.png")
        elif number % OTHER_EVERY == OTHER_EVERY - 1:
            Image.fromarray(_scene(chance)).save(picture)
        else:
            text, _ = desks.issue(desk, partial(_card, number, now))
            Image.fromarray(_with_code(text, chance)).save(picture)
    trust = trust_store.load_trust(desk.directory)
    trust_store.merge(path / "trust", trust, trust_store.list_tokens(desk.directory), now)
    (path / "policy.toml").write_text(_POLICY, "utf-8")
    (path / "unit.toml").write_text(_UNIT, "utf-8")


def _card(number: int, now: datetime, place: StatusRef) -> Card:
    return Card(
        issuer="ecs-jib",
        number=f"{number:08}",
        holder_id=f"{number:08}",
        name=f"Holder {number}",
        not_before=now,
        issued_at=now,
        expires_at=datetime(now.year + 3, 1, 1, tzinfo=UTC),
        competence=Competence(scheme="ecs-jib", card_type="installation-electrician"),
        status=place,
    )


def _scene(chance: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return a frame of grey blocks."""
    blocks = chance.integers(0, 220, (_SIZE_PX[0] // 40, _SIZE_PX[1] // 40))
    return np.kron(blocks, np.ones((40, 40), dtype=np.int64)).astype(np.uint8)


def _with_code(
    text: str, chance: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    symbol = segno.make_qr(text, error="m", boost_error=False)
    dark = np.array(list(symbol.matrix_iter(scale=4, border=4)), dtype=bool)
    code = np.where(dark, 20, 230).astype(np.uint8)
    frame = _scene(chance)
    top, left = (
        int(chance.integers(0, whole - part))
        for whole, part in zip(_SIZE_PX, code.shape, strict=True)
    )
    frame[top : top + code.shape[0], left : left + code.shape[1]] = code
    return frame
