"""What a screen shows of a machine in set-up: what to do, how far it is, what went wrong.

In English: it is read by whoever installs the gate. Once the machine is a unit it is the gate's
turn, and this ends.
"""

import threading
from pathlib import Path
from typing import Final

from gate.errors import EventError
from gate.events.set_up_state import MAX_SET_UP_BYTES, SetUp, SetUpState, decode_set_up
from gate.screen.scene import Paint, Scene, Symbol

STARTS: Final = Scene(symbol=Symbol.SPANNER, paint=Paint.CALM, headline="Set-up starts")

_LOOKS: Final = {
    SetUp.WAITING: (Symbol.CODE, Paint.CALM),
    SetUp.WORKING: (Symbol.SPANNER, Paint.CALM),
    SetUp.DONE: (Symbol.TICK, Paint.GREEN),
    SetUp.FAILED: (Symbol.CROSS, Paint.RED),
    SetUp.BROKEN: (Symbol.WARNING, Paint.AMBER),
}


class SetUpViewer:
    """Turns what `gate enrol` told into scenes, until the machine is a unit."""

    def __init__(self, told: Path, config: Path, stop: threading.Event) -> None:
        self._told = told
        self._config = config
        self._stop = stop

    def scene(self) -> Scene:
        """Return what is to be seen now."""
        if self._config.exists():
            self._stop.set()
        try:
            with self._told.open("rb") as file:
                return set_up_scene(decode_set_up(file.read(MAX_SET_UP_BYTES + 1)))
        except (OSError, EventError):
            return STARTS  # `gate enrol` says in the log why it tells nothing


def set_up_scene(state: SetUpState) -> Scene:
    """Return a state as a picture in words."""
    symbol, paint = _LOOKS[state.state]
    words = f"The hub's words: {state.words}" if state.words else ""
    return Scene(symbol=symbol, paint=paint, headline=state.says, step=state.step, english=words)
