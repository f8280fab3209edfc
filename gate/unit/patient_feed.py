"""Frames of a lane that goes on without them: its camera, tried again for as long as it takes.

A lane that is alone ends its process with its camera, and begins anew in another. One of two must
not take the other with it: its portal, its contacts and its lights work on, its fault is shown, and
the camera is opened anew after a pause. A driver's thread that never came back is left behind, and
after `MAX_STUCK` of them only a new start of the process helps, which is logged.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final, Protocol

from gate.devices.ports import Clock
from gate.errors import DeviceError
from gate.unit.camera_stream import Taken
from gate.unit.lane_loop import Feed

REOPEN_S: Final = 2.0
"""Between two attempts, each of which takes 6 to 34 s (`gate.unit.camera_watch`): as fast as the
supervisor of a lane that is alone."""

STUCK_S: Final = 30.0
"""In its place after a driver that did not come back: each leaves a thread behind."""

MAX_STUCK: Final = 8
"""Threads left behind; each holds a frame of up to 8 MB."""

_log = logging.getLogger(__name__)


class OpenFeed(Feed, Protocol):
    """A feed that can be given up (`gate.unit.camera_feed`)."""

    def close(self) -> bool:
        """Let go of the camera; tell whether its driver came back."""
        ...


class PatientFeed:
    """The frames of the feed that `open_feed` opens, and of the next one if that is given up.

    A source that would begin anew, such as a directory, is not tried again (`retries` is false).
    """

    def __init__(
        self, open_feed: Callable[[], OpenFeed], clock: Clock, *, retries: bool = True
    ) -> None:
        self._retries = retries
        self._open = open_feed
        self._clock = clock
        self._feed: OpenFeed | None = open_feed()
        self._again_s = 0.0
        self._stuck = 0
        self._pause = threading.Event()

    @property
    def faulty(self) -> bool:
        """Whether no frames come that should."""
        return self._feed is None or self._feed.faulty

    @property
    def ended(self) -> bool:
        """Whether a source that has an end came to it."""
        return self._feed is not None and self._feed.ended

    def take(self, timeout_s: float) -> Taken | None:
        """Return the newest frame, waiting at most `timeout_s` for one; never raises."""
        if self._feed is None and not self._is_reopened():
            self._pause.wait(timeout_s)
            return None
        feed = self._feed
        if feed is None:
            return None
        if feed.ended:
            self._pause.wait(timeout_s)
            return None
        try:
            return feed.take(timeout_s)
        except DeviceError as error:
            _log.error("camera given up for now", extra={"part": "camera", "error": str(error)})
            self._give_up(feed)
            return None

    def close(self) -> None:
        """Let go of the camera."""
        if self._feed is not None:
            _closed(self._feed)

    def _give_up(self, feed: OpenFeed) -> None:
        came_back = _closed(feed)
        self._feed = None
        self._again_s = self._clock.monotonic() + (REOPEN_S if came_back else STUCK_S)
        self._stuck += not came_back
        if self._stuck >= MAX_STUCK:
            step = "restart gate-unit: the camera's driver does not come back"
            _log.critical("camera given up", extra={"part": "camera", "step": step})

    def _is_reopened(self) -> bool:
        is_due = self._clock.monotonic() >= self._again_s
        if not self._retries or self._stuck >= MAX_STUCK or not is_due:
            return False
        self._feed = self._open()
        return True


def _closed(feed: OpenFeed) -> bool:
    try:
        return feed.close()
    except DeviceError as error:
        _log.warning("camera not closed", extra={"part": "camera", "error": str(error)})
        return True
