"""Commands of `gate` as processes of the demo's own: one that is waited for, one that goes on.

Each is in a session of its own, so that Ctrl-C reaches the demo alone. One that goes on is told to
stop when its stdin ends, however the demo ends, and what it started in its turn ends with it.
"""

import os
import signal
import subprocess
import sys
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from gate.errors import UplinkError

COMMAND_S: Final = 60.0
"""For one that is waited for: it takes a second, and longer on a busy machine."""

LEAVE_S: Final = 15.0
"""For one that is told to stop: a hub gives what is under way 10 s."""

START_S: Final = 60.0
"""For one that goes on, until it says it is there: two seconds, longer on a busy machine."""

_LOOK_S: Final = 0.05
_SAID_CHARS: Final = 600

COMMAND: Final = "import sys; from gate.cli.main import main; sys.exit(main())"
_GOES_ON: Final = """
import os, signal, threading
def end_with_stdin():
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)
threading.Thread(target=end_with_stdin, daemon=True).start()
"""


def run_command(*arguments: str, seconds: float = COMMAND_S) -> str:
    """Run `gate ...` to its end and return what it wrote to stdout.

    Raises:
        UplinkError: it did not end well, with its own words.
    """
    what = f"gate {' '.join(arguments[:2])}"
    try:
        done = subprocess.run(  # noqa: S603 - ourselves, with our own arguments
            [sys.executable, "-c", COMMAND, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired as error:
        raise UplinkError(f"{what}: did not end within {seconds:g} s") from error
    except OSError as error:
        raise UplinkError(f"{what}: can't be started: {error}") from error
    if done.returncode:
        raise UplinkError(f"{what}: ended with code {done.returncode}: {_last(done.stderr)}")
    return done.stdout


class SiteProcess(AbstractContextManager["SiteProcess"]):
    """`gate ...` for as long as it is needed; what it writes goes to a file."""

    def __init__(self, name: str, log: Path, *arguments: str, program: str = COMMAND) -> None:
        """Start it; `name` is what people call it, `program` what is run instead of `gate`.

        Raises:
            UplinkError: it can't be started.
        """
        self._name = name
        self._log = log
        self._left = False
        try:
            with log.open("wb") as said:
                self._process = subprocess.Popen(  # noqa: S603 - ourselves, our own arguments
                    [sys.executable, "-c", _GOES_ON + program, *arguments],
                    stdin=subprocess.PIPE,
                    stdout=said,
                    stderr=said,
                    start_new_session=True,
                )
        except OSError as error:
            raise UplinkError(f"{name}: can't be started: {error}") from error

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def said(self) -> str:
        """Return what it wrote so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, word: str) -> None:
        """Wait until it has said a word.

        Raises:
            UplinkError: it ended before, or did not say it within `START_S`.
        """
        pause = threading.Event()
        for _ in range(int(START_S / _LOOK_S)):
            if word in self.said():
                return
            fault = self.fault()
            if fault is not None:
                raise UplinkError(fault)
            pause.wait(_LOOK_S)
        words = f"did not say {word!r} within {START_S:g} s: {_last(self.said())}"
        raise UplinkError(f"{self._name} {words}")

    def fault(self) -> str | None:
        """Say that it ended by itself; None while it runs, or once it was told to end."""
        code = None if self._left else self._process.poll()
        if code is None:
            return None
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        return f"{self._name} {how}: {_last(self.said()) or 'it said nothing'}"

    def end(self) -> None:
        """Tell it to stop and see that nothing of it is left."""
        if self._process.poll() is None:
            self._left = True
            self._process.terminate()
            try:
                self._process.wait(LEAVE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # the usual case: it took everything it started with it
        finally:
            if self._process.stdin is not None:
                self._process.stdin.close()

    def __exit__(self, *_: object) -> None:
        """Leave nothing running."""
        self.end()


def _last(said: str) -> str:
    return said.strip()[-_SAID_CHARS:]
