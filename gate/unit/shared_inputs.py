"""The contacts that serve both lanes of a unit, and each lane's view of all that it is told.

What is wired once is read once; every view gets each change. What must not wait is done by the
inputs themselves, for both portals, before any lane hears of it (`gate.unit.contacts.reactions`).
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Final

from gate.access.model import Direction
from gate.devices.inputs import MAX_CHANGES
from gate.devices.ports import Change, Contact, Inputs, Outputs

_EXIT_FIRST: Final = (Direction.OUT, Direction.IN)


class OpenPortals:
    """The portals that work now, by the way their lane leads: what a fire frees, the exit first."""

    def __init__(self) -> None:
        self._outputs: dict[Direction, Outputs] = {}
        self._lock = threading.Lock()

    def put(self, way: Direction, outputs: Outputs) -> None:
        """Take a portal in."""
        with self._lock:
            self._outputs[way] = outputs

    def drop(self, outputs: Outputs) -> None:
        """Leave out a portal that is to be closed."""
        with self._lock:
            self._outputs = {way: one for way, one in self._outputs.items() if one is not outputs}

    def free(self) -> None:
        """Let every portal open both ways; any thread may call.

        Raises:
            DeviceError: one that did not obey; the others were told as well.
        """
        with self._lock:
            found = [self._outputs[way] for way in _EXIT_FIRST if way in self._outputs]
        with ExitStack() as every:
            for outputs in reversed(found):  # the last one is called first
                every.callback(outputs.free)

    def lock(self) -> None:
        """Lock every entry now.

        Raises:
            DeviceError: one that did not obey; the others were told as well.
        """
        with self._lock:
            found = list(self._outputs.values())
        with ExitStack() as every:
            for outputs in found:
                every.callback(outputs.lock)

    def close(self) -> None:
        """Let go of every portal that a lane left open, and of none twice.

        Raises:
            DeviceError: one that did not obey; the others were closed as well.
        """
        with self._lock:
            found, self._outputs = list(self._outputs.values()), {}
        with ExitStack() as every:
            for outputs in found:
                every.callback(outputs.close)


class SharedInputs:
    """Reads `inputs`, which it owns, for any number of views; any thread may ask."""

    def __init__(self, inputs: Inputs, monotonic: Callable[[], float]) -> None:
        self._inputs = inputs
        self._monotonic = monotonic
        self._views: list[deque[Change]] = []
        self._lock = threading.Lock()

    @property
    def wired(self) -> frozenset[Contact]:
        """The contacts that serve both lanes."""
        return self._inputs.wired

    def view(self, own: Inputs) -> "LaneInputs":
        """Return what a lane with contacts of its `own` is told from now on.

        What is active already is a change at its start.
        """
        with self._lock:
            self._hand_out()
            at_s = self._monotonic()
            active = (one for one in self._inputs.wired if self._inputs.is_active(one))
            told = deque(
                (Change(contact=one, active=True, at_s=at_s) for one in active), MAX_CHANGES
            )
            self._views.append(told)
        return LaneInputs(self, own, told)

    def take(self, told: deque[Change]) -> Sequence[Change]:
        """Return what changed since this view was asked last, oldest first."""
        with self._lock:
            self._hand_out()
            found = tuple(told)
            told.clear()
        return found

    def leave(self, told: deque[Change]) -> None:
        """Tell a view nothing more."""
        with self._lock:
            self._views = [one for one in self._views if one is not told]

    def is_active(self, contact: Contact) -> bool:
        """Tell whether a contact is active now; raises DeviceError if it can't be read."""
        return self._inputs.is_active(contact)

    def close(self) -> None:
        """Let go of the contacts; safe to call twice."""
        self._inputs.close()

    def _hand_out(self) -> None:
        changes = self._inputs.changes()
        for told in self._views:
            told.extend(changes)


class LaneInputs:
    """The `Inputs` of one lane: its own, and those that serve both."""

    def __init__(self, shared: SharedInputs, own: Inputs, told: deque[Change]) -> None:
        self.wired = shared.wired | own.wired
        self._shared = shared
        self._own = own
        self._told = told

    def changes(self) -> Sequence[Change]:
        """Return what changed since it was asked last, oldest first."""
        changes = (*self._shared.take(self._told), *self._own.changes())
        return sorted(changes, key=lambda change: change.at_s)

    def is_active(self, contact: Contact) -> bool:
        """Tell whether a contact is active now; raises DeviceError if it can't be read."""
        inputs = self._own if contact in self._own.wired else self._shared
        return inputs.is_active(contact)

    def close(self) -> None:
        """Let go of what is the lane's own; safe to call twice."""
        self._shared.leave(self._told)
        self._own.close()
