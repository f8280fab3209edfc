"""The demo's gate: the unit's own process with simulated cameras and pretended pins.

    python -m gate.sim.gate_process CONFIG TIME SEED

Everything between the cameras and the pins is the unit's own: `assemble` and `daemon.run`, or of
two lanes `assemble_pair` and `run_pair`, the decoder chain, the journal, the drivers of outputs and
inputs. Unlike `gate run` it accepts a `demo:` issuer.

Presentations come on stdin, a line each, with what happens to the contacts meanwhile; when there
are no more the gate stops. Reports go to stdout, a JSON object a line (gate.sim.reports). Exit
codes are those of `gate run`.
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
from gate.errors import DeviceError, GateError
from gate.sim.presentation import MAX_LINE_CHARS, Presentation, from_line
from gate.sim.reports import Report, report_line
from gate.sim.stage_unit import Stage
from gate.unit.daemon import EXIT_FAULT
from gate.unit.log import log_to

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
    stage = Stage(config, starts_at, seed, _source(sys.stdin), _teller(sys.stdout, stop))
    return stage.run(stop)


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
