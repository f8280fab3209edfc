"""Tells the lane's screen, and whoever else reads the file, what the lane shows now.

The file is written when what it says changes, and once a second besides, so that a reader can tell
a gate that stands still from one that is not there. A file that can't be written is logged, once
until it can be again, and stops nothing: the lamps say the same.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from gate.access.languages import Language
from gate.access.model import AccessPoint, Direction
from gate.access.site_policy import SitePolicy
from gate.devices.signals import PATTERNS, Signal
from gate.errors import JournalError, Reason
from gate.events.lane_state import MAX_FAULTS, MAX_TEXT_CHARS, Hint, LaneState, Shown
from gate.store.lane_state_file import write_lane_state
from gate.unit.controller import Answer, Controller
from gate.unit.guard import ByKey
from gate.unit.portal import State
from gate.unit.stamp import StampClock

WRITE_S: Final = 1.0
"""Between two writes of what has not changed."""

MAX_TOLD: Final = 64
"""Answers kept to be shown again; as many as `gate.unit.lights` keeps."""

_SHOWN: Final = {
    Signal.READY: Shown.READY,
    Signal.READY_AGEING: Shown.AGEING,
    Signal.READY_STALE: Shown.STALE,
    Signal.SEEN: Shown.READY,
    Signal.ADMITTED: Shown.ADMITTED,
    Signal.NOTED: Shown.NOTED,
    Signal.REFERRED: Shown.REFERRED,
    Signal.REFUSED: Shown.REFUSED,
    Signal.UNREADABLE: Shown.UNREADABLE,
    Signal.FAULT: Shown.FAULT,
    Signal.FIRE_ENTRY: Shown.FIRE_ENTRY,
    Signal.FIRE_EXIT: Shown.FIRE_EXIT,
    Signal.IDENTIFY: Shown.READY,
    Signal.OFF: Shown.OFF,
}
_RESTING: Final = frozenset({Shown.READY, Shown.AGEING, Shown.STALE})
_OF_AN_ANSWER: Final = frozenset({Shown.ADMITTED, Shown.NOTED, Shown.REFERRED, Shown.REFUSED})
_SPOKEN: Final = frozenset(Language)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What an answer said to its holder."""

    reason: Reason | None = None
    expires_at: datetime | None = None
    first_name: str = ""
    language: Language | None = None


class LaneTeller:
    """Writes the state of one lane to `path`; `policy` gives the site's rules of the moment."""

    def __init__(
        self,
        path: Path,
        *,
        access_point: AccessPoint,
        clock: StampClock,
        policy: Callable[[], SitePolicy],
    ) -> None:
        self._path = path
        self._access_point = access_point
        self._clock = clock
        self._policy = policy
        self._answers: dict[bytes, _Told] = {}
        self._new: _Told | None = None
        self._told = _Told()
        self._signal = Signal.OFF
        self._since_s = 0.0
        self._shows = 0
        self._written: LaneState | None = None
        self._is_deaf = False

    def answered(self, key: bytes, answer: Answer | ByKey) -> None:
        """Take note of what a code was answered, or the guard's key."""
        if answer.decision is None:
            self._new = self._answers.get(key)
            return
        self._new = _said(answer)
        self._answers.pop(key, None)
        self._answers[key] = self._new
        if len(self._answers) > MAX_TOLD:
            del self._answers[next(iter(self._answers))]

    def turn(self, controller: Controller, hints: tuple[Hint, ...] = ()) -> None:
        """Write what the lane shows now, if it is due; `hints` go with a code that is unread."""
        at_s = self._clock.monotonic()
        self._follow(controller, at_s)
        state = self._state(controller, at_s)
        if state.shown is Shown.UNREADABLE:
            state = replace(state, hints=hints)
        before = self._written
        if (
            before is not None
            and at_s - before.at_s < WRITE_S
            and replace(state, at_s=before.at_s) == before
        ):
            return
        self._written = state
        try:
            write_lane_state(self._path, state)
            self._is_deaf = False
        except JournalError as error:
            if not self._is_deaf:
                _log.error("screen not told", extra={"part": "screen", "error": str(error)})
            self._is_deaf = True

    def _follow(self, controller: Controller, at_s: float) -> None:
        """Go on to what the lamps show, and back to what they rest in once it is over."""
        lights = controller.keeper.lights
        if lights.shows != self._shows:
            self._shows, self._signal, self._since_s = lights.shows, lights.shown, at_s
            self._told, self._new = self._new or _Told(), None
        pattern = PATTERNS[self._signal]
        is_over = at_s - self._since_s >= pattern.length_s
        if not pattern.rests and not pattern.stays and is_over:
            self._signal = lights.rests_in

    def _state(self, controller: Controller, at_s: float) -> LaneState:
        rule = self._policy().screen
        zone = self._policy().time_zone
        shown = self._shown(controller)
        told = self._told if shown in _OF_AN_ANSWER else _Told()
        local = self._clock.stamp().at.astimezone(zone)
        expires_on: date | None = None
        if told.reason is Reason.EXPIRING_SOON and told.expires_at is not None:
            expires_on = told.expires_at.astimezone(zone).date()
        return LaneState(
            at_s=at_s,
            lane=_cut(self._access_point.name),
            direction=self._access_point.direction,
            shown=shown,
            reason=told.reason,
            expires_on=expires_on,
            first_name=told.first_name if shown is Shown.ADMITTED else "",
            faults=tuple(_cut(part) for part in sorted(controller.faults)[:MAX_FAULTS]),
            language=told.language or rule.language,
            is_night=rule.is_night(local),
        )

    def _shown(self, controller: Controller) -> Shown:
        shown = _SHOWN[self._signal]
        if shown is Shown.FAULT and controller.state is State.MAINTENANCE:
            return Shown.MAINTENANCE
        is_in = self._access_point.direction is Direction.IN
        if shown in _RESTING and controller.state is State.LOCK_DOWN and is_in:
            return Shown.LOCK_DOWN
        return shown


def _said(answer: Answer | ByKey) -> _Told:
    """Return what an answer with a decision says; one on the way out has no reason to show."""
    request, decision = answer.request, answer.decision
    if request is None or decision is None:
        return _Told()
    card = request.card
    return _Told(
        reason=decision.reason,
        expires_at=None if card is None else card.expires_at,
        first_name="" if card is None else _first_name(card.name),
        language=None if card is None else _language(card.competence.language),
    )


def _language(code: str | None) -> Language | None:
    """Return what a card asks to be spoken to in, if this project speaks it."""
    return Language(code) if code in _SPOKEN else None


def _first_name(name: str) -> str:
    """Return the first given name, as cards write them: "Ann Lee" or "LEE, Ann"."""
    given = name.rpartition(",")[2].split()
    return _cut(given[0]) if given else ""


def _cut(text: str) -> str:
    shown = "".join(one if one.isprintable() else " " for one in text)
    return shown[:MAX_TEXT_CHARS]
