"""Soaks a gate: for an hour its camera shows cards, and fails in every way that is known.

    scripts/soak [--minutes N] [--seed N] [--keep DIRECTORY]

The gate is a process of its own (`soak_gate`), started anew a second after it asks for it, as
systemd does. Everything between the camera and the pretended pins is real: decoders, rules, record,
clock. In the end its record is verified, and held against the cards that were held up.
Exit code 1 if a card was not read, a failure not told or not over in 5 s, or memory grew.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Final

import numpy as np

from gate.bench.lane import Lane, open_lane
from gate.bench.soak_gate import CARDS_FILE, EMPTY_FILE
from gate.bench.soak_plan import (
    CARD_S,
    COMES_S,
    FRAME_RATE_HZ,
    HELD_S,
    READ_THROUGH,
    Act,
    acts,
)
from gate.bench.soak_verdict import Outcome as Came
from gate.bench.soak_verdict import Sample, Seen, ends_of, faults, outcomes
from gate.devices.clock import SystemClock
from gate.errors import Outcome
from gate.events.codec import decode_holder
from gate.events.model import EventKind
from gate.sim.frames import Timing, presentation, render
from gate.sim.live_camera import Ailment
from gate.sim.look import Look
from gate.sim.pictures import card
from gate.sim.scene import site_scene
from gate.store.journal_audit import audit
from gate.store.journal_reader import JournalReader

CARDS: Final = 6
EMPTY: Final = 8
FRAME_PX: Final = (1280, 720)
SAMPLE_S: Final = 5.0
RESTART_S: Final = 1.0
"""systemd/gate-unit.service: RestartSec."""

LEAVE_S: Final = 15.0
_TELLS: Final = ("camera stalled", "fault part=camera")
_ADMITS: Final = "outcome=admit"


class Soaked:
    """The gate's processes, one after the other, and what is heard of them."""

    def __init__(self, directory: Path, seed: int, lasts_s: float) -> None:
        self.looked_s: list[float] = []
        self.told_s: list[float] = []
        self.admitted_s: list[float] = []
        self.samples: list[Sample] = []
        self.exits: list[tuple[float, int]] = []
        self._clock = SystemClock()
        self._began_s = self._clock.monotonic()
        self._lasts_s = lasts_s
        self._log = directory / "gate.log"
        self._command = [sys.executable, "-m", "gate.bench.soak_gate", str(directory), str(seed)]
        self._command += [str(lasts_s), str(self._began_s)]
        self._pause = threading.Event()

    @property
    def at_s(self) -> float:
        """Seconds since the soak's begin."""
        return self._clock.monotonic() - self._began_s

    def run(self) -> None:
        """Keep a gate going until the time is over."""
        with self._log.open("w", encoding="utf-8") as log:
            while True:
                gate = subprocess.Popen(  # noqa: S603 - our own command
                    self._command,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    encoding="utf-8",
                )
                with gate:
                    self._follow(gate, log)
                if self.at_s >= self._lasts_s:
                    return
                self._pause.wait(RESTART_S)

    def _follow(self, gate: "subprocess.Popen[str]", log: IO[str]) -> None:
        assert gate.stdout is not None  # noqa: S101 - pipes were asked for
        assert gate.stderr is not None  # noqa: S101 - as above
        readers = [
            threading.Thread(target=self._hear_looks, args=(gate.stdout,)),
            threading.Thread(target=self._hear_log, args=(gate.stderr, log)),
        ]
        for reader in readers:
            reader.start()
        while self.at_s < self._lasts_s:
            try:
                gate.wait(SAMPLE_S)
            except subprocess.TimeoutExpired:
                with suppress(OSError):  # it ended just now
                    self.samples.append(sample(gate.pid, self.at_s))
                continue
            self.exits.append((self.at_s, gate.returncode))
            break
        else:
            gate.terminate()
            gate.wait(LEAVE_S)
        for reader in readers:
            reader.join()

    def _hear_looks(self, stream: IO[str]) -> None:
        for _ in stream:
            self.looked_s.append(self.at_s)

    def _hear_log(self, stream: IO[str], log: IO[str]) -> None:
        for line in stream:
            log.write(f"{self.at_s:9.2f} {line}")
            log.flush()
            if any(words in line for words in _TELLS):
                self.told_s.append(self.at_s)
            if _ADMITS in line:
                self.admitted_s.append(self.at_s)


def sample(pid: int, at_s: float) -> Sample:
    """Return what a process holds now; raises OSError if it is gone (proc(5))."""
    process = Path(f"/proc/{pid}")
    status = dict(
        line.split(":", 1) for line in (process / "status").read_text("utf-8").splitlines()
    )
    return Sample(
        at_s=at_s,
        pid=pid,
        memory_mb=int(status["RssAnon"].split()[0]) / 1024,
        handles=len(list((process / "fd").iterdir())),
        threads=int(status["Threads"]),
    )


def draw(directory: Path, seed: int) -> Lane:
    """Make a lane in `directory`, its cards, and the pictures of them that the gate is shown."""
    lane = open_lane(directory, seed)
    rng = np.random.default_rng(seed)
    scene = site_scene(FRAME_PX, rng)
    timing = Timing(
        approach_s=COMES_S, hold_s=HELD_S, leave_s=COMES_S, empty_s=0, frame_rate_hz=FRAME_RATE_HZ
    )
    films = []
    for number in range(CARDS):
        text = lane.issue(f"{number:08}")
        films.append(list(presentation(card(text), Look(), scene, rng=rng, timing=timing)))
    np.save(directory / CARDS_FILE, np.array(films))
    empty = [render(None, Look(), scene, rng=rng) for _ in range(EMPTY)]
    np.save(directory / EMPTY_FILE, np.array(empty))
    lane.equip()
    return lane


def recorded(journal: Path) -> list[int]:
    """Return the number of each card that was let in, by the gate's record."""
    with JournalReader.open(journal) as reader:
        return [
            int(decode_holder(entry.holder).number)
            for entry in reader.entries(0)
            if entry.event.kind is EventKind.ACCESS
            and entry.event.outcome == Outcome.ADMIT
            and entry.holder is not None
        ]


def main(arguments: list[str] | None = None) -> int:
    """Run as `scripts/soak`."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="an empty directory for record and log")
    given = parser.parse_args(arguments)
    with ExitStack() as held:
        name = given.keep or held.enter_context(tempfile.TemporaryDirectory(prefix="gate-soak-"))
        directory = Path(name)
        lane = draw(directory, given.seed)
        lasts_s = 60 * given.minutes
        plan = acts(given.seed, lasts_s, CARDS)
        soaked = Soaked(directory, given.seed, lasts_s)
        soaked.run()
        seen = Seen(
            looked_s=soaked.looked_s,
            told_s=soaked.told_s,
            admitted_s=soaked.admitted_s,
            recorded=recorded(lane.journal),
            samples=soaked.samples,
            exits=soaked.exits,
            is_whole=audit(lane.journal).fault is None,
        )
    return tell(plan, seen)


def tell(plan: tuple[Act, ...], seen: Seen) -> int:
    """Print what came of it; return the exit code."""
    by_ailment: dict[Ailment, list[Came]] = defaultdict(list)
    found = outcomes(plan, seen)
    for one in found:
        if one.act.ailment is not None:
            by_ailment[one.act.ailment].append(one)
    cards = [one for one in found if one.act.card is not None]
    missed = sum(one.anew and not one.read for one in cards)
    print(
        f"{len(cards)} cards held up for {CARD_S:g} s, {sum(one.read for one in cards)} read,"
        f" {missed} while the gate began anew"
    )
    if answered_s := [one.answered_s for one in cards if one.read]:
        median_s, most_s = np.median(answered_s), np.percentile(answered_s, 99)
        print(f"  answered after {median_s:.1f} s, 99 of 100 within {most_s:.1f} s")
    for ailment, ones in sorted(by_ailment.items()):
        print(f"  {ailment}: {len(ones)} times, {_how(ailment, ones)}")
    print(f"the gate asked to be started anew {len(seen.exits)} times")
    begin, end = ends_of(seen.samples)
    for what, group in (("first", begin), ("last", end)):
        if group:
            held = f"{np.median([one.memory_mb for one in group]):.1f} MB of its own"
            handles = max(one.handles for one in group)
            print(f"  {what}, from {group[0].at_s:.0f} s: {held}, {handles} file handles")
    wrong = list(faults(plan, seen))
    for fault in wrong:
        print(f"wrong: {fault}")
    print("all as it has to be" if not wrong else f"{len(wrong)} things wrong")
    return 1 if wrong else 0


def _how(ailment: Ailment, ones: list[Came]) -> str:
    if ailment in READ_THROUGH:
        return "read through"
    told = sum(one.told for one in ones)
    within = [one.back_s for one in ones if not one.anew]
    anew = [one.back_s for one in ones if one.anew]
    words = [f"told {told} times"]
    if within:
        words.append(f"back in {max(within):.1f} s at most")
    if anew:
        words.append(f"{len(anew)} times by beginning anew, in {max(anew):.1f} s at most")
    return ", ".join(words)


if __name__ == "__main__":
    sys.exit(main())
