"""How a lane's camera sees the cards of each day, kept for the heartbeat (`gate.store`).

It is written every few minutes at most, and only if there is something new: a gate writes little to
its disk. A disk that refuses is logged once and stops nothing.
"""

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gate.devices.ports import Shot
from gate.events.camera_day import MOST, CameraDay
from gate.events.heartbeat import MAX_CAMERA_DAYS
from gate.reading.light import Light
from gate.store.camera_days import read_camera_days, write_camera_days
from gate.unit.stamp import StampClock

WRITE_S: Final = 300.0
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)


class CameraDays:
    """One lane's; `path` is where they are kept (`gate.store.camera_days`).

    Days are those of a clock that can be relied upon; what is seen under another counts for none.
    """

    def __init__(self, path: Path, clock: StampClock) -> None:
        kept = read_camera_days(path)
        self._path = path
        self._clock = clock
        self._days = kept
        self._sums = _Sums(kept[0]) if kept else None
        self._written_s = 0.0
        self._is_deaf = False

    def read(self, light: Light, shot: Shot | None) -> None:
        """Take note of a card that was read."""
        today = self._today()
        if today is not None:
            today.add(light, shot)

    def missed(self) -> None:
        """Take note of a code that could not be read."""
        today = self._today()
        if today is not None:
            today.missed += 1

    def turn(self, at_s: float) -> None:
        """Write down what is new, if it is time to."""
        if self._sums is None or at_s - self._written_s < WRITE_S:
            return
        self._written_s = at_s
        today = self._sums.day()
        days = (today, *(one for one in self._days if one.day != today.day))
        if days == self._days:
            return
        self._days = days[:MAX_CAMERA_DAYS]
        try:
            write_camera_days(self._path, self._days)
            self._is_deaf = False
        except OSError as error:
            if not self._is_deaf:
                _log.error("camera's days not kept", extra={"part": "camera", "error": str(error)})
            self._is_deaf = True

    def _today(self) -> "_Sums | None":
        stamp = self._clock.stamp()
        if not stamp.trusted:
            return None
        number = max(0, (stamp.at - _EPOCH).days)
        if self._sums is None or self._sums.number != number:
            if self._sums is not None:
                ended = self._sums.day()
                self._days = (ended, *(one for one in self._days if one.day != ended.day))
            before = next((one for one in self._days if one.day == number), None)
            self._sums = _Sums(before or _blank(number))
        return self._sums


class _Sums:
    """A day that goes on."""

    def __init__(self, so_far: CameraDay) -> None:
        self.number = so_far.day
        self.cards = so_far.cards
        self.missed = so_far.missed
        self._edge_px = so_far.edge_cpx / 100 * so_far.cards
        self._haze = so_far.haze_percent / 100 * so_far.cards
        self._need_us = float(so_far.need_us * so_far.cards)

    def add(self, light: Light, shot: Shot | None) -> None:
        self.cards += 1
        self._edge_px += light.edge_px
        self._haze += light.dark / max(light.bright, 1.0)
        self._need_us += 0.0 if shot is None else shot.exposure_us * shot.gain

    def day(self) -> CameraDay:
        cards = max(self.cards, 1)
        return CameraDay(
            day=self.number,
            cards=_whole(self.cards),
            edge_cpx=_whole(100 * self._edge_px / cards),
            haze_percent=_whole(100 * self._haze / cards),
            need_us=_whole(self._need_us / cards),
            missed=_whole(self.missed),
        )


def _blank(number: int) -> CameraDay:
    return CameraDay(day=number, cards=0, edge_cpx=0, haze_percent=0, need_us=0, missed=0)


def _whole(value: float) -> int:
    return min(max(round(value), 0), MOST)
