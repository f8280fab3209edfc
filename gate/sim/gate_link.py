"""The demo's side of its gate process: starts it, tells it what is held up, hears its reports.

The process is in a session of its own, so that Ctrl-C reaches the demo alone; it ends when its
stdin does, however the demo ends. What it writes to stderr goes to a file.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Final

from gate.errors import DeviceError
from gate.sim.presentation import Presentation, to_line
from gate.sim.reports import Report, parse_report

LEAVE_S: Final = 10.0
"""It locks, records its end and closes the journal within a second; a busy machine takes longer."""

_SAID_CHARS: Final = 600


class GateProcess(AbstractContextManager["GateProcess"]):
    """A running gate; raises DeviceError once it has died."""

    def __init__(self, config: Path, starts_at: datetime, seed: int, log: Path) -> None:
        """Start it; what it logs goes to `log`.

        Raises:
            DeviceError: it can't be started.
        """
        command = [sys.executable, "-m", "gate.sim.gate_process", str(config)]
        command += [starts_at.isoformat(), str(seed)]
        self._log = log
        try:
            with log.open("wb") as said:
                self._process = subprocess.Popen(  # noqa: S603 - ourselves, with our own arguments
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=said,
                    text=True,
                    encoding="utf-8",
                    start_new_session=True,
                )
        except OSError as error:
            raise DeviceError(f"the gate process can't be started: {error}") from error

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def send(self, shown: Presentation) -> None:
        """Hold something up, once all that was sent before is over."""
        stream = self._process.stdin
        if stream is None:
            raise self._death()
        try:
            stream.write(to_line(shown) + "\n")
            stream.flush()
        except OSError as error:
            raise self._death() from error

    def reports(self) -> Iterator[Report]:
        """Yield what it reports until it ends."""
        stream = self._process.stdout
        while stream is not None and (line := stream.readline()):
            yield parse_report(line)

    def report(self) -> Report:
        """Return the next report."""
        for report in self.reports():
            return report
        raise self._death()

    def end_input(self) -> None:
        """Nothing more is held up: it ends in good order once all that was sent is over."""
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except BrokenPipeError as error:
                raise self._death() from error

    def wait(self) -> None:
        """Wait for its end; what it still has to report must have been heard.

        Raises:
            DeviceError: it did not end, or not with exit code 0.
        """
        try:
            code = self._process.wait(LEAVE_S)
        except subprocess.TimeoutExpired as error:
            raise DeviceError(f"the gate process did not end within {LEAVE_S:g} s") from error
        if code:
            raise self._death()

    def __exit__(self, *_: object) -> None:
        """Make sure that nothing is left running."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(LEAVE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue  # what was still to be sent is of no use to a process that is gone

    def _death(self) -> DeviceError:
        try:
            code: int | None = self._process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            code = None
        said = self._log.read_text(encoding="utf-8", errors="replace").strip()
        ended = "stopped reporting" if code is None else f"ended with code {code}"
        return DeviceError(f"the gate process {ended}: {said[-_SAID_CHARS:] or 'it said nothing'}")
