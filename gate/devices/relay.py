"""One relay: energised by a release and by nothing else, locked again by a thread of its own.

Rules: locked from construction; a release ends by itself though the caller hangs; a release
during a release extends it and never shortens it; nothing energises it after `close`. Held for a
fire it stays energised, whatever is released or locked, until it is let go. A write that fails is
kept in `fault`, and locking is tried again until it works.
The level at rest and the electrical side are the coil's business (see `gate.devices.pins`).
"""

import threading
from collections.abc import Callable
from typing import Final, Protocol

from gate.errors import DeviceError

MAX_RELEASE_S: Final = 10.0
"""Twice the 5 s after which an entry that was not turned is annulled (EXPERIENCE, the worker)."""

RELOCK_RETRY_S: Final = 0.1
"""Between two attempts to lock a relay that did not obey."""


def checked_release_s(seconds: float) -> float:
    """Return `seconds` if the driver allows it.

    Raises:
        DeviceError: not more than 0 or more than MAX_RELEASE_S; the configuration refuses such
            a time before, so this is the last line, and it is never shortened in silence.
    """
    if not 0 < seconds <= MAX_RELEASE_S:
        raise DeviceError(
            f"release of {seconds} s refused: the driver allows more than 0 and at most"
            f" {MAX_RELEASE_S:g} s; set a shorter release time"
        )
    return seconds


class Switch(Protocol):
    """The relay's coil; raises only `DeviceError`."""

    def on(self) -> None:
        """Energise."""
        ...

    def off(self) -> None:
        """Let go."""
        ...


class Relay:
    """Energises one coil for bounded times."""

    def __init__(
        self,
        *,
        name: str,
        coil: Switch,
        monotonic: Callable[[], float],
    ) -> None:
        self._name = name
        self._coil = coil
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._until_s: float | None = None
        self._fault: DeviceError | None = None
        self._held = False
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def fault(self) -> DeviceError | None:
        """The first write that failed, if one did."""
        return self._fault

    @property
    def until_s(self) -> float | None:
        """The monotonic time at which the release in force ends; None when locked."""
        return self._until_s

    def release(self, seconds: float) -> None:
        """Energise for `seconds`, or longer if a release in force lasts longer.

        Raises:
            DeviceError: `seconds` is out of bounds, the relay did not obey (it is then told to
                lock at once), or it is closed.
        """
        checked_release_s(seconds)
        with self._changed:
            if self._closed:
                raise DeviceError(f"{self._name}: release after it was closed")
            now_s = self._monotonic()
            self._until_s = max(self._until_s or 0.0, now_s + seconds)
            try:
                self._coil.on()
            except DeviceError as error:
                self._until_s = now_s
                self._fault = self._fault or error
                raise
            finally:
                self._changed.notify()

    def hold(self) -> None:
        """Energise until `let_go`, past every bound: for a fire, which lasts as long as it lasts.

        Raises:
            DeviceError: the relay did not obey, or it is closed.
        """
        with self._changed:
            if self._closed:
                raise DeviceError(f"{self._name}: held after it was closed")
            self._held = True
            try:
                self._coil.on()
            except DeviceError as error:
                self._fault = self._fault or error
                raise

    def let_go(self) -> None:
        """End a hold, and lock; without a hold nothing changes.

        Raises:
            DeviceError: the relay did not obey; its thread keeps trying.
        """
        with self._changed:
            if not self._held:
                return
            self._held = False
        self.lock()

    def lock(self) -> None:
        """End the release in force; while it is held, or after `close`, there is none to end.

        Raises:
            DeviceError: the relay did not obey; its thread keeps trying.
        """
        with self._changed:
            if self._closed or self._held:
                return
            self._until_s = self._monotonic()
            self._changed.notify()
            self._lock_now()

    def close(self) -> None:
        """Lock for good and end the thread; safe to call twice.

        Raises:
            DeviceError: the relay did not obey.
        """
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._held = False
            self._changed.notify()
        self._thread.join()
        self._lock_now()

    def _lock_now(self) -> None:
        try:
            self._coil.off()
        except DeviceError as error:
            self._fault = self._fault or error
            raise
        self._until_s = None

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                self._changed.wait(self._turn())

    def _turn(self) -> float | None:
        """Lock if it is time; return the seconds to wait before looking again."""
        if self._until_s is None or self._held:
            return None
        left_s = self._until_s - self._monotonic()
        if left_s > 0:
            return left_s
        try:
            self._lock_now()
        except DeviceError:  # kept by _lock_now: this thread has nobody to tell
            return RELOCK_RETRY_S
        return None
