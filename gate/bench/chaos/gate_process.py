"""The real `gate run` before a directory of cards, killed at a moment that was drawn.

What it says comes through a pipe, which outlives it: all it said before it died is heard. Each of
its relay's releases is in it, told by the pretended pin itself, right after it was switched on.
"""

import os
import select
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from gate.bench.chaos.gate_aims import After, Aim
from gate.bench.chaos.process import GATE, WORD_BYTES, kill
from gate.devices.clock import SystemClock
from gate.errors import DeviceError

WAIT_S: Final = 60.0
"""What takes longer on a busy machine has failed."""

_CHUNK_BYTES: Final = 1 << 16
_READY: Final = b'"unit assembled"'
_RELEASED: Final = b'"pretended relay on" part="entry relay'
_MARKS: Final = {After.READY: _READY, After.RELEASE: _RELEASED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a gate process said of itself.

    Attributes:
        is_ready: it began to scan.
        released: how often its entry relay was switched on.
        answered: how many of those it said it had answered.
    """

    is_ready: bool
    released: int
    answered: int

    @classmethod
    def of(cls, said: bytes) -> Self:
        """Return what is in its log."""
        answers = (line for line in said.splitlines() if b" answered " in line)
        return cls(
            is_ready=_READY in said,
            released=said.count(_RELEASED),
            answered=sum(line.endswith(b" signal=admitted") for line in answers),
        )


def run_and_kill(config: Path, log: Path, aim: Aim) -> Heard:
    """Start the gate, kill it as `aim` says; return what was heard of it.

    Raises:
        DeviceError: it ended by itself, or what was waited for did not come.
    """
    with _Run(config, log) as run:
        if aim.after is not After.START:
            run.listen_until(lambda said: said.count(_MARKS[aim.after]) >= aim.count)
        run.listen_for(aim.delay_s)
        return run.killed()


def run_and_stop(config: Path, log: Path) -> Heard:
    """Start the gate, tell it to stop after a release; return what was heard of it.

    Raises:
        DeviceError: it did not release anybody, or did not end well.
    """
    with _Run(config, log) as run:
        run.listen_until(lambda said: _RELEASED in said)
        return run.stopped()


class _Run:
    """One gate process, and what it said so far."""

    def __init__(self, config: Path, log: Path) -> None:
        self._log = log
        self._said = b""
        self._clock = SystemClock()
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [*GATE, "run", "--config", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._process.stderr is not None  # noqa: S101 - a pipe was asked for
        self._pipe = self._process.stderr

    def listen_until(self, is_so: Callable[[bytes], bool]) -> None:
        """Return as soon as what it said is so."""
        end_s = self._clock.monotonic() + WAIT_S
        while not is_so(self._said):
            if not self._hear(end_s):
                raise DeviceError(f"the gate did not come so far: {self._last_words()}")

    def listen_for(self, seconds: float) -> None:
        """Return after `seconds`."""
        end_s = self._clock.monotonic() + seconds
        while self._hear(end_s):
            pass

    def killed(self) -> Heard:
        """Kill it; return all that it said."""
        kill(self._process)
        self._hear_the_rest()
        if self._process.returncode != -signal.SIGKILL:
            raise DeviceError(f"the gate ended by itself: {self._last_words()}")
        return Heard.of(self._said)

    def stopped(self) -> Heard:
        """Let it end in good order; return all that it said."""
        self._process.terminate()
        self._hear_the_rest()
        if self._process.wait(WAIT_S):
            raise DeviceError(f"the gate did not end well: {self._last_words()}")
        return Heard.of(self._said)

    def _hear(self, end_s: float) -> bool:
        """Take in what comes before `end_s`; return whether something may come still."""
        left_s = max(0.0, end_s - self._clock.monotonic())
        if not select.select([self._pipe], [], [], left_s)[0]:
            return False
        part = os.read(self._pipe.fileno(), _CHUNK_BYTES)
        self._said += part
        if not part:
            raise DeviceError(f"the gate ended by itself: {self._last_words()}")
        return True

    def _hear_the_rest(self) -> None:
        while part := os.read(self._pipe.fileno(), _CHUNK_BYTES):
            self._said += part

    def _last_words(self) -> str:
        return self._said[-WORD_BYTES:].decode(errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        kill(self._process)
        self._pipe.close()
        with self._log.open("ab") as log:
            log.write(self._said)
