"""What the contacts tell, taken to the portal, between two frames.

What must not wait has been done already, by the inputs themselves (`reactions`): a fire frees both
ways and the exit button releases the exit before anybody here hears of it. The level of the fire
input is asked at every turn too, so that a change that was lost is found.
"""

import logging
from collections.abc import Sequence
from functools import partial
from typing import Final, assert_never

from gate.access.model import Direction
from gate.devices.ports import Change, Contact, Inputs, Outputs, Reactions
from gate.unit.controller import Controller
from gate.unit.guard import MAINTENANCE_AFTER_S, ByKey
from gate.unit.mild import FIRE_RELEASE, MAINS, TAMPER

_TURNS: Final = {
    Contact.ROTATION_IN: frozenset({Direction.IN}),
    Contact.ROTATION_OUT: frozenset({Direction.OUT}),
    Contact.DOOR: frozenset(Direction),
}
_log = logging.getLogger(__name__)


def reactions(outputs: Outputs, release_s: float) -> Reactions:
    """Return what is done the moment a contact becomes active."""
    return {
        Contact.FIRE: outputs.free,
        Contact.EXIT_BUTTON: partial(outputs.release, Direction.OUT, release_s),
    }


def turns_told(wired: frozenset[Contact]) -> frozenset[Direction]:
    """Return the ways whose turns some contact tells."""
    return frozenset().union(*(ways for contact, ways in _TURNS.items() if contact in wired))


class Contacts:
    """Takes what changed to the portal; call `turn` at every turn of the loop."""

    def __init__(self, inputs: Inputs, controller: Controller) -> None:
        self._inputs = inputs
        self._controller = controller
        self._key_since_s: float | None = None
        self._maintains = False

    def turn(self, at_s: float) -> Sequence[ByKey]:
        """Do what the contacts tell; return what the guard's key came to.

        Raises:
            DeviceError: an input can't be read, or the outputs do not obey.
        """
        by_key = [self._take(change) for change in self._inputs.changes()]
        if Contact.FIRE in self._inputs.wired:
            self._follow_fire()
        self._follow_key(at_s)
        return [one for one in by_key if one is not None]

    def _take(self, change: Change) -> ByKey | None:
        keeper, active = self._controller.keeper, change.active
        _log.info("input", extra={"part": str(change.contact), "step": "on" if active else "off"})
        match change.contact:
            case Contact.ROTATION_IN:
                keeper.turn(Direction.IN, begins=active, at_s=change.at_s)
            case Contact.ROTATION_OUT:
                keeper.turn(Direction.OUT, begins=active, at_s=change.at_s)
            case Contact.DOOR:
                keeper.door(opens=active, at_s=change.at_s)
            case Contact.EXIT_BUTTON:
                if active:
                    keeper.exit_button()
            case Contact.GUARD_KEY:
                return self._key(change)
            case Contact.FIRE:
                self._fire(change)
            case Contact.TAMPER:
                (keeper.fault if active else keeper.clear)(TAMPER)
            case Contact.MAINS:
                (keeper.fault if active else keeper.clear)(MAINS)
            case _ as never:
                assert_never(never)
        return None

    def _fire(self, change: Change) -> None:
        self._controller.fire_is_silent = not change.active
        if not change.active:
            return
        self._controller.keeper.fire(None if change.fault else change.reacted_s)
        if change.fault:
            _log.error("fault", extra={"part": FIRE_RELEASE, "error": change.fault})
            self._controller.fault(FIRE_RELEASE)

    def _follow_fire(self) -> None:
        is_silent = not self._inputs.is_active(Contact.FIRE)
        self._controller.fire_is_silent = is_silent
        keeper = self._controller.keeper
        if is_silent:
            keeper.follow_alarm()
        elif not keeper.burns or keeper.muster.alarm is None:
            keeper.fire(None)

    def _key(self, change: Change) -> ByKey | None:
        self._controller.key_is_on = change.active
        self._key_since_s = change.at_s if change.active else None
        if change.active:
            return self._controller.turn_key(change.at_s)
        if self._maintains:
            self._maintains = False
            self._controller.keeper.maintain(begins=False)
        return None

    def _follow_key(self, at_s: float) -> None:
        since_s = self._key_since_s
        if self._maintains or since_s is None or self._controller.keeper.burns:
            return
        if at_s - since_s >= MAINTENANCE_AFTER_S:
            self._maintains = True
            self._controller.keeper.maintain(begins=True)
