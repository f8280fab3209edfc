"""The demo's gate: the unit's own process with a simulated camera and pretended pins.

    python -m gate.sim.gate_process CONFIG TIME SEED

Everything between the camera and the pins is the unit's own: `assemble`, `daemon.run`, the decoder
chain, the journal, the outputs' driver. Unlike `gate run` it accepts a `demo:` issuer.

Presentations come on stdin, a line each; when there are no more the gate stops. Reports go to
stdout, a JSON object a line (gate.sim.reports). Exit codes are those of `gate run`.
"""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final, TextIO

from gate.config import load_config
from gate.config_lanes import lanes_of
from gate.devices.clock import SystemClock
from gate.devices.decoder_chain import open_decoder
from gate.devices.notifier import Unsupervised
from gate.devices.outputs import open_outputs
from gate.errors import DeviceError, GateError
from gate.sim.devices import ManualClock
from gate.sim.presentation import MAX_LINE_CHARS, Presentation, from_line
from gate.sim.reports import AnswerReport, Report, report_line
from gate.sim.stage import StageCamera, StageDecoder, StageOutputs
from gate.sim.wires import Wires
from gate.unit.camera_stream import Taken
from gate.unit.contacts import reactions
from gate.unit.controller import Answer
from gate.unit.daemon import EXIT_FAULT, run
from gate.unit.log import log_to
from gate.unit.wiring import Parts, assemble

_ARGUMENTS: Final = 3


def main(arguments: list[str]) -> int:
    """Run until stdin ends; return the exit code."""
    if len(arguments) != _ARGUMENTS:
        raise SystemExit(__doc__)
    log_to(sys.stderr)
    # Its milliseconds are of the simulated clock: of no use to an engineer, unlike the faults.
    logging.getLogger("gate").setLevel(logging.WARNING)
    config, starts_at, seed = arguments
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        return run_gate(Path(config), datetime.fromisoformat(starts_at), int(seed), stop)
    except GateError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_FAULT


def run_gate(config_path: Path, starts_at: datetime, seed: int, stop: threading.Event) -> int:
    """Run the unit of `config_path` from the moment `starts_at` on its clock.

    Raises:
        GateError: it can't start.
    """
    config = load_config(config_path)
    clock = ManualClock(starts_at)
    tell = _teller(sys.stdout, stop)
    camera = StageCamera(_source(sys.stdin), seed)
    [lane] = lanes_of(config)
    driver = open_outputs(lane.outputs.pins(), lane.outputs.factory, SystemClock().monotonic)
    outputs = StageOutputs(driver)
    wires = Wires(lane.inputs.pins(), clock, reactions(outputs, lane.outputs.release_s))
    decoder = StageDecoder(
        open_decoder(),
        clock,
        camera.cues,
        touch=wires.touch,
        ended=lambda number: tell(outputs.report(number)),
    )
    parts = Parts(
        open_camera=lambda: camera,
        decoder=decoder,
        outputs=outputs,
        clock=clock,
        notifier=Unsupervised(),
        inputs=wires.inputs,
        camera_name="simulated",
        camera_restarts=False,
    )

    def watch(answer: Answer, _taken: Taken) -> None:
        done_s = outputs.shown_s if answer.released_s is None else outputs.released_s
        tell(
            AnswerReport(
                card=decoder.number,
                sighting=answer.sighting,
                signal=answer.signal,
                ms=1000 * (done_s - decoder.taken_s),
            )
        )

    try:
        unit = assemble(config, parts)
    except GateError:
        wires.inputs.close()
        outputs.close()
        raise
    return run(unit, stop, watch=watch)


def _source(stream: TextIO) -> Callable[[], Presentation | None]:
    def next_one() -> Presentation | None:
        line = stream.readline(MAX_LINE_CHARS + 2)
        return from_line(line) if line else None

    return next_one


def _teller(stream: TextIO, stop: threading.Event) -> Callable[[Report], None]:
    def tell(report: Report) -> None:
        try:
            stream.write(report_line(report) + "\n")
            stream.flush()
        except BrokenPipeError:  # whoever asked has gone: nothing is left to be shown
            stop.set()
        except OSError as error:
            raise DeviceError(f"reports: {error}") from error

    return tell


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
