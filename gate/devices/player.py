"""Plays signals: one thread that walks the pattern and waits for its next change.

`play` only says what to play and returns; the thread writes to the lamps and the sounder, so a
slow or broken lamp never delays a decision. A lamp that fails does not stop the player: the first
failure is kept, raised by every later `play` and readable as `fault`.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from gate.devices.signals import PATTERNS, Lights, Moment, Pattern, Signal, at
from gate.errors import DeviceError

_DARK: Final[Lights] = frozenset()


class Player:
    """Shows one signal at a time through `present`, which may raise only `DeviceError`."""

    def __init__(
        self,
        *,
        present: Callable[[Lights, int | None], None],
        monotonic: Callable[[], float],
        patterns: Mapping[Signal, Pattern] = PATTERNS,
    ) -> None:
        self._present = present
        self._monotonic = monotonic
        self._patterns = patterns
        self._changed = threading.Condition()
        self._resting = self._pattern = patterns[Signal.OFF]
        self._started_s = monotonic()
        self._presented: tuple[Lights, int | None] = (_DARK, None)
        self._fault: DeviceError | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="signals", daemon=True)
        self._thread.start()

    @property
    def fault(self) -> DeviceError | None:
        """The first lamp or sounder failure, if there was one."""
        return self._fault

    def play(self, signal: Signal) -> None:
        """Play `signal` from its beginning in place of what is playing.

        Raises:
            DeviceError: an earlier signal could not be shown, or the player is closed.
        """
        self.play_pattern(self._patterns[signal], f"signal {signal}")

    def play_pattern(self, pattern: Pattern, name: str) -> None:
        """Play a pattern, of that name in messages, as `play` does.

        Raises:
            DeviceError: as `play`.
        """
        with self._changed:
            if self._closed:
                raise DeviceError(f"{name} after the outputs were closed")
            self._pattern = pattern
            self._started_s = self._monotonic()
            if pattern.rests:
                self._resting = pattern
            self._changed.notify()
            if self._fault is not None:
                raise DeviceError(str(self._fault)) from self._fault

    def close(self) -> None:
        """Stop, darken and silence; safe to call twice."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify()
        self._thread.join()
        self._present(_DARK, None)

    def _run(self) -> None:
        while (moment := self._next_change()) is not None:
            try:
                self._present(moment.lights, moment.tone_hz)
            except DeviceError as error:
                with self._changed:
                    self._fault = self._fault or error

    def _next_change(self) -> Moment | None:
        """Wait until something else is to be shown; None when closing."""
        with self._changed:
            while not self._closed:
                moment = self._moment()
                if (moment.lights, moment.tone_hz) != self._presented:
                    self._presented = (moment.lights, moment.tone_hz)
                    return moment
                self._changed.wait(self._seconds_until(moment.until_s))
            return None

    def _moment(self) -> Moment:
        now_s = self._monotonic()
        moment = at(self._pattern, now_s - self._started_s)
        while moment is None:
            self._pattern = self._resting
            self._started_s = now_s
            moment = at(self._pattern, 0.0)
        return moment

    def _seconds_until(self, until_s: float | None) -> float | None:
        if until_s is None:
            return None
        return max(0.0, self._started_s + until_s - self._monotonic())
