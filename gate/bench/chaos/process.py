"""Processes of a campaign: started with our own Python, killed with all their children."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Final

from gate.devices.clock import SystemClock
from gate.errors import DeviceError

GATE: Final = (sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())")
WORD_BYTES: Final = 1000
"""Of a process's log, to say why it died."""

POLL_S: Final = 0.02


def module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of ours."""
    return [sys.executable, "-m", f"gate.bench.chaos.{name}", *arguments]


def start(command: list[str], log: Path, *, with_pipes: bool = False) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own; what it says on stderr is added to `log`."""
    pipe = subprocess.PIPE if with_pipes else subprocess.DEVNULL
    with log.open("ab") as said:
        return subprocess.Popen(  # noqa: S603 - spelt out by who calls
            command, stdin=pipe, stdout=pipe, stderr=said, start_new_session=True
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children at once, as nothing but a power cut would."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def gate(*words: str) -> str:
    """Run a command of `gate`; return what it printed.

    Raises:
        DeviceError: it failed; with what it said.
    """
    done = subprocess.run(  # noqa: S603 - our own command
        [*GATE, *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DeviceError(f"gate {' '.join(words[:3])} ended with {done.returncode}: {done.stderr}")
    return done.stdout.strip()


def until(is_so: Callable[[], bool], wait_s: float) -> bool:
    """Return whether it was so before `wait_s` were over."""
    clock, pause = SystemClock(), Event()
    end_s = clock.monotonic() + wait_s
    while not is_so():
        if clock.monotonic() >= end_s:
            return False
        pause.wait(POLL_S)
    return True


def last_words(log: Path) -> str:
    """Return the end of a process's log."""
    return log.read_bytes()[-WORD_BYTES:].decode(errors="replace") if log.exists() else ""
