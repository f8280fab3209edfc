"""A lane's turn: a frame or a moment's wait for one, what the contacts tell, what is due.

A camera that stands still never holds it: only the camera's own thread waits for that
(`camera_stream`).
"""

import logging
from collections.abc import Callable
from typing import Final, Protocol

from gate.access.model import AccessRequest
from gate.devices.ports import Sight
from gate.unit.camera_stream import Taken
from gate.unit.controller import Answer
from gate.unit.guard import ByKey
from gate.unit.hints import Hints
from gate.unit.lane import Lane
from gate.unit.lens import LensWatch
from gate.unit.mild import ILLUMINATION, LENS
from gate.unit.read_filter import ReadFilter, Sighting
from gate.unit.reader_lamp import ReaderLamp

TICK_S: Final = 0.1
"""The longest wait for a frame; SIGTERM is noticed within it."""

CAMERA: Final = "camera"
_log = logging.getLogger(__name__)

Watch = Callable[[Answer, Taken], None]
"""Is told what each sighting led to, and the frame it was seen in."""


class Feed(Protocol):
    """Where a lane's frames come from (`gate.unit.camera_feed`, `gate.unit.patient_feed`)."""

    @property
    def faulty(self) -> bool:
        """Whether no frames come that should."""
        ...

    @property
    def ended(self) -> bool:
        """Whether there are no more."""
        ...

    def take(self, timeout_s: float) -> Taken | None:
        """Return the newest frame, waiting at most `timeout_s` for one."""
        ...


class LaneLoop:
    """One lane's memory of what is in view, and its turns."""

    def __init__(self, lane: Lane, feed: Feed, watch: Watch | None) -> None:
        self._lane = lane
        self._feed = feed
        self._watch = watch
        self._reads = ReadFilter()
        self._hints = Hints()
        self._lens = LensWatch()
        self._lamp = None if lane.parts.lamp is None else ReaderLamp(lane.parts.lamp)

    @property
    def ended(self) -> bool:
        """Whether the lane's pictures came to their end."""
        return self._feed.ended

    def turn(self) -> bool:
        """Turn once; return whether there was a frame.

        Raises:
            DeviceError: the camera is given up, or the portal does not obey.
        """
        controller = self._lane.controller
        taken = self._feed.take(TICK_S)
        self._follow(CAMERA, works=not self._feed.faulty)
        if taken is not None:
            self._look(taken)
        at_s = self._lane.parts.clock.monotonic()
        for by_key in self._lane.contacts.turn(at_s):
            self._by_key(by_key)
        controller.tick(at_s)
        if self._lane.days is not None:
            self._lane.days.turn(at_s)
        return taken is not None

    def tell(self) -> None:
        """Tell the lane's screen what is shown."""
        if self._lane.teller is not None:
            self._lane.teller.turn(self._lane.controller, self._hints.now)

    def _look(self, taken: Taken) -> None:
        lane = self._lane
        sight = lane.parts.decoder.decode(taken.frame)
        self._light(taken, sight)
        missed = self._hints.look(taken.frame, sight)
        lane.parts.exposure.look(missed, taken.taken_s)
        texts = [reading.text for reading in sight.readings]
        news = self._reads.accept(texts, unread=sight.unread, at_s=taken.frame.at_s)
        if news is None:
            return
        answer = lane.controller.handle(news)
        if lane.teller is not None:
            lane.teller.answered(news.key, answer)
        end_s = lane.parts.clock.monotonic()
        _log_answer(answer, ms=1000 * ((answer.released_s or end_s) - taken.taken_s))
        if self._watch is not None:
            self._watch(answer, taken)
        if news.sighting is Sighting.PRESENTED:
            self._look_at_lens(taken, sight, news.payload)
        elif news.sighting is Sighting.UNREADABLE and lane.days is not None:
            lane.days.missed()

    def _light(self, taken: Taken, sight: Sight) -> None:
        """Light what is held up, if it has to be."""
        if self._lamp is None:
            return
        self._lamp.look(taken.frame, taken.taken_s, code=sight.unread or bool(sight.readings))
        self._follow(ILLUMINATION, works=self._lamp.works)

    def _follow(self, part: str, *, works: bool) -> None:
        controller = self._lane.controller
        (controller.clear if works else controller.fault)(part)

    def _look_at_lens(self, taken: Taken, sight: Sight, payload: str) -> None:
        """Take note of how a card was seen, once it is answered."""
        for reading in sight.readings:
            if reading.text == payload and reading.place is not None:
                light = self._lens.look(taken.frame.luma, reading.place)
                if light is not None and self._lane.days is not None:
                    self._lane.days.read(light, taken.frame.shot)
        self._follow(LENS, works=not self._lens.is_dirty)

    def _by_key(self, by_key: ByKey) -> None:
        if self._lane.teller is not None:
            self._lane.teller.answered(by_key.key, by_key)
        _log.info("answered by the guard's key", extra=_facts(by_key))


def _log_answer(answer: Answer, ms: float) -> None:
    facts = {
        "sighting": str(answer.sighting),
        "signal": str(answer.signal),
        "ms": f"{ms:.1f}",
    }
    _log.info("answered", extra=facts | _facts(answer))


def _facts(answer: Answer | ByKey) -> dict[str, str]:
    facts: dict[str, str] = {}
    request: AccessRequest | None = answer.request
    if request is not None:
        facts["access_point"] = request.access_point.name
        facts["direction"] = str(request.access_point.direction)
    if answer.decision is not None:
        facts["outcome"] = str(answer.decision.outcome)
        facts["reasons"] = ",".join(answer.decision.reasons)
    return facts
