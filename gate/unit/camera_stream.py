"""One run of a camera in a thread of its own, with a mailbox of one frame.

Everything that may block in a driver (open, frames, close) happens in that thread; who takes from
the mailbox never does. A live camera overwrites the frame nobody took; any other waits for it to
be taken. A frame that is handed over is its own memory, never a view into a camera's buffer.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from gate.devices.ports import Camera, Clock, Frame
from gate.errors import DeviceError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taken:
    """A frame and the moment, on the unit's steady line, at which the camera gave it."""

    frame: Frame
    taken_s: float


class CameraStream:
    """Streams from construction until it is told to leave, ends or fails.

    Attributes:
        camera: what `source` opened; None until it has.
        error: why the stream failed; set once it has left.
    """

    def __init__(self, source: Callable[[], Camera], clock: Clock) -> None:
        self.camera: Camera | None = None
        self.error: DeviceError | None = None
        self._source = source
        self._clock = clock
        self._slot: Taken | None = None
        self._ended = False
        self._leaving = False
        self._closing = False
        self._left = False
        self._change = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    @property
    def has_left(self) -> bool:
        """Whether the thread touches the camera no more; frames may still wait to be taken."""
        with self._change:
            return self._left

    @property
    def ended(self) -> bool:
        """Whether a source that is not live came to its end, and every frame was taken."""
        with self._change:
            return self._ended and self._slot is None

    def take(self, timeout_s: float) -> Taken | None:
        """Return the waiting frame, or the next one if it comes within `timeout_s`.

        Only an end is told at once; of a failed stream the caller waits as of a silent one.
        """
        with self._change:
            self._change.wait_for(lambda: self._slot is not None or self._ended, timeout_s)
            taken, self._slot = self._slot, None
            self._change.notify_all()
            return taken

    def leave(self, *, close: bool = False) -> None:
        """Ask the thread to stop the stream (and close the camera); returns at once."""
        with self._change:
            self._leaving = True
            self._closing = close
            self._slot = None
            self._change.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread to leave; a thread stuck in a driver is abandoned."""
        with self._change:
            return self._change.wait_for(lambda: self._left, timeout_s)

    def _run(self) -> None:
        error: DeviceError | None = DeviceError("the camera's thread broke; see the traceback")
        try:
            error = self._stream()
        except DeviceError as raised:
            error = raised
        finally:
            with self._change:
                self.error = error
                self._left = True
                self._change.notify_all()

    def _stream(self) -> DeviceError | None:
        camera = self._source()
        self.camera = camera
        frames = camera.frames()
        try:
            for frame in frames:
                if not self._put(frame, live=camera.live):
                    return None
        finally:
            stop = getattr(frames, "close", None)  # a generator's; stops the stream (ports.Camera)
            if stop is not None:
                stop()
            if self._closing:
                camera.close()
        if camera.live:
            return DeviceError("the camera's stream ended; check its cable or its address")
        with self._change:
            self._ended = True
            self._change.notify_all()
        return None

    def _put(self, frame: Frame, *, live: bool) -> bool:
        """Leave `frame` in the mailbox; False when it is time to go."""
        if not frame.luma.flags.owndata:
            frame = replace(frame, luma=frame.luma.copy())
        taken = Taken(frame=frame, taken_s=self._clock.monotonic())
        with self._change:
            if not live:
                self._change.wait_for(lambda: self._slot is None or self._leaving)
            if self._leaving:
                return False
            self._slot = taken
            self._change.notify_all()
            return True
