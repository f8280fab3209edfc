"""Frames for the main loop, which never waits for a camera longer than it says.

Owns the stream in force and its ladder (`camera_watch`). A thread that does not come back from its
driver can't be ended: it is abandoned, and the feed gives up so that the process leaves to systemd
(READING: a call stuck in the kernel needs a new process, at worst the hardware watchdog).
"""

import logging
from collections.abc import Callable
from typing import Final

from gate.devices.ports import Camera, Clock
from gate.errors import DeviceError
from gate.unit.camera_stream import CameraStream, Taken
from gate.unit.camera_watch import CameraWatch, Rung
from gate.unit.picture_watch import PictureWatch, Wrong

LEAVE_S: Final = 5.0
"""How long a driver may take to come back: picamera2's own wait is 2 s, a network read's 5 s."""

CLOSE_S: Final = 0.5
"""At the end of the process, which has one second in all (ARCHITECTURE, `gate run`)."""

_log = logging.getLogger(__name__)


class CameraFeed:
    """One camera, opened and kept going by `open_camera`.

    A source that would begin anew, such as a directory, is not kept going (`retries` is false):
    its first failure is its last.
    """

    def __init__(
        self,
        open_camera: Callable[[], Camera],
        clock: Clock,
        *,
        retries: bool = True,
        coded: bool = False,
    ) -> None:
        """Begin; for `coded` see `gate.unit.picture_watch`."""
        self._retries = retries
        self._open = open_camera
        self._clock = clock
        self._watch = CameraWatch(clock.monotonic())
        self._pictures = PictureWatch(coded=coded)
        self._stream = CameraStream(open_camera, clock)
        self._next: Rung | None = None
        self._asked_s = 0.0

    @property
    def faulty(self) -> bool:
        """Whether the camera has stalled and not recovered."""
        return self._watch.faulty

    @property
    def ended(self) -> bool:
        """Whether a source that has an end has come to it, and every frame was taken."""
        return self._stream.ended

    def take(self, timeout_s: float) -> Taken | None:
        """Return the newest frame, waiting at most `timeout_s` for one.

        Raises:
            DeviceError: the camera is given up.
        """
        taken = self._stream.take(timeout_s)
        wrong = None if taken is None else self._wrong_with(taken)
        at_s = self._clock.monotonic()
        if taken is not None and wrong is None:
            self._watch.frame(at_s)
            self._next = None
            return taken
        if self._stream.error is not None and not self._retries:
            raise self._stream.error
        if not self.ended:
            self._climb(at_s, wrong)
        return None

    def close(self) -> bool:
        """Let go of the camera within `CLOSE_S`; tell whether its driver came back."""
        self._stream.leave(close=True)
        if not self._stream.join(CLOSE_S):
            _log.error("camera abandoned", extra={"part": "camera"})
            return False
        if self._stream.camera is not None:
            self._stream.camera.close()
        return True

    def _wrong_with(self, taken: Taken) -> Wrong | None:
        """Return what is wrong with a picture; a directory's or a film's are as they are."""
        camera = self._stream.camera
        return self._pictures.look(taken) if camera is not None and camera.live else None

    def _climb(self, at_s: float, wrong: Wrong | None) -> None:
        """Do what the ladder says, once the stream in force has left the camera."""
        stream = self._stream
        if self._next is None:
            failed, absent = stream.error is not None, stream.camera is None
            rung = self._watch.look(at_s, failed=failed, absent=failed and absent, wrong=wrong)
            if rung is None:
                return
            why = wrong or stream.error or "no frame"
            facts = {"part": "camera", "step": str(rung), "error": str(why)}
            _log.warning("camera stalled", extra=facts)
            if rung is Rung.GIVE_UP:
                raise DeviceError(f"camera given up: {why}")
            self._next, self._asked_s = rung, at_s
            stream.leave()
        if stream.has_left:
            source = self._reopened if self._next is Rung.REOPEN else self._restarted
            self._stream = CameraStream(lambda: source(stream.camera), self._clock)
            self._watch.started(at_s)
            self._pictures.restarted()
            self._next = None
        elif at_s - self._asked_s >= LEAVE_S:
            raise DeviceError(f"camera given up: its driver has not come back for {LEAVE_S:g} s")

    def _restarted(self, camera: Camera | None) -> Camera:
        return self._open() if camera is None else camera

    def _reopened(self, camera: Camera | None) -> Camera:
        if camera is not None:
            try:
                camera.close()
            except DeviceError as error:
                _log.warning("camera not closed", extra={"part": "camera", "error": str(error)})
        return self._open()
