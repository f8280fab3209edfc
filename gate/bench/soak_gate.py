"""The gate process of a soak: all of `gate run`, but with a camera that isn't there.

    python -m gate.bench.soak_gate DIRECTORY SEED SECONDS EPOCH

DIRECTORY is a lane's (`gate.bench.lane`) with `PICTURES` in it; the soak began at EPOCH on the
machine's steady line, however often this process has begun since. Its log goes to stderr as ever;
on stdout it writes a line when it has looked at a frame, ten a second at most: the proof that the
camera is back.
"""

import signal
import sys
import threading
from bisect import bisect_right
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gate.bench.soak_plan import FRAME_RATE_HZ, Act, acts
from gate.config import load_config
from gate.config_lanes import lanes_of
from gate.devices.clock import SystemClock
from gate.devices.decoder_chain import open_decoder
from gate.devices.notifier import Unsupervised
from gate.devices.outputs import open_outputs
from gate.devices.ports import Decoder, Frame, Luma, Sight
from gate.errors import GateError
from gate.sim.live_camera import Ailment, LiveCamera
from gate.unit.daemon import EXIT_FAULT, run
from gate.unit.log import log_to
from gate.unit.wiring import Parts, assemble

CARDS_FILE: Final = "cards.npy"
EMPTY_FILE: Final = "empty.npy"

Film = NDArray[np.uint8]
"""Pictures; of cards (card, picture, row, column), of the empty place (picture, row, column)."""


class Scene:
    """What there is to see, and what is wrong, at each moment of the machine's steady line."""

    def __init__(self, plan: tuple[Act, ...], epoch_s: float, cards: Film, empty: Film) -> None:
        self._shown = [act for act in plan if act.card is not None]
        self._wrong = [act for act in plan if act.ailment is not None]
        self._epoch_s = epoch_s
        self._cards = cards
        self._empty = empty

    def view(self, now_s: float) -> Luma:
        """Return what the camera sees."""
        at_s = now_s - self._epoch_s
        act = _of(self._shown, at_s)
        number = max(0, int(at_s * FRAME_RATE_HZ))
        if act is None or act.card is None:
            empty: Luma = self._empty[number % len(self._empty)]
            return empty
        film: Film = self._cards[act.card]
        shown: Luma = film[min(int((at_s - act.begins_s) * FRAME_RATE_HZ), len(film) - 1)]
        return shown

    def ailing(self, now_s: float) -> Ailment | None:
        """Return what is wrong with the camera."""
        act = _of(self._wrong, now_s - self._epoch_s)
        return None if act is None else act.ailment


class TellingDecoder:
    """The unit's own chain, which says that it looks."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder

    def decode(self, frame: Frame) -> Sight:
        """Return what can be seen."""
        sys.stdout.write("looked\n")
        sys.stdout.flush()
        return self._decoder.decode(frame)


def main(arguments: list[str]) -> int:
    """Run until told to stop; return the exit code of `gate run`."""
    log_to(sys.stderr)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    name, seed, lasts_s, epoch_s = arguments
    directory, clock = Path(name), SystemClock()
    cards = np.load(directory / CARDS_FILE, mmap_mode="r")
    empty = np.load(directory / EMPTY_FILE, mmap_mode="r")
    scene = Scene(acts(int(seed), float(lasts_s), len(cards)), float(epoch_s), cards, empty)
    try:
        config = load_config(directory / "unit.toml")
        [lane] = lanes_of(config)
        parts = Parts(
            open_camera=partial(
                LiveCamera,
                scene.view,
                scene.ailing,
                clock,
                wait=threading.Event().wait,
                frame_s=1 / FRAME_RATE_HZ,
            ),
            decoder=TellingDecoder(open_decoder()),
            outputs=open_outputs(lane.outputs.pins(), lane.outputs.factory, clock.monotonic),
            clock=clock,
            notifier=Unsupervised(),
            camera_name="simulated",
        )
        return run(assemble(config, parts), stop)
    except GateError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_FAULT


def _of(plan: list[Act], at_s: float) -> Act | None:
    place = bisect_right(plan, at_s, key=lambda act: act.begins_s) - 1
    return plan[place] if place >= 0 and at_s < plan[place].ends_s else None


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
