"""How what is kept for a whole unit reaches the lanes of it: only between two frames of a lane.

A lane that is alone has the thread that tells it; of two lanes each has its own, and does what it
was told at its next turn. So nothing changes within a scan.
"""

from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from gate.unit.controller import Controller

MAX_TOLD: Final = 1024
"""A lane that hangs is told twice a second; its process is ended long before this is full."""

Act = Callable[[Controller], None]


class Seat(Protocol):
    """The place of a lane among those that are told."""

    def tell(self, act: Act) -> None:
        """Let the lane do it between two frames."""
        ...


class OwnSeat:
    """Of a lane that is alone: it is told in its own thread, between two frames."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def tell(self, act: Act) -> None:
        """Do it at once."""
        act(self._controller)


class PostedSeat:
    """Of a lane with a thread of its own, which calls `turn` between two frames."""

    def __init__(self) -> None:
        self._told: deque[Act] = deque(maxlen=MAX_TOLD)

    def tell(self, act: Act) -> None:
        """Let the lane do it at its next turn; any thread may call."""
        self._told.append(act)

    def turn(self, controller: Controller) -> None:
        """Do what was told."""
        while self._told:
            self._told.popleft()(controller)

    def forget(self) -> None:
        """Let go of what was told to a lane that is no more: a new one is told how things stand."""
        self._told.clear()
