"""Those who wait for the same thing have it done once: the writers of a process commit together.

A transaction on SQLite costs more than the row of a small batch: the turn as the writer, pages
read again that another process changed, the commit, the wait for the disk. While one thread does
that, others come and wait; the next of them does it for all of them. Whoever comes alone waits for
nobody.

What can't be done along with others is left to whoever asked for it: one unit's batch can't fail
another's.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

_What = TypeVar("_What")


@dataclass(slots=True)
class _Place(Generic[_What]):
    what: _What
    is_over: bool = False
    is_done: bool = False


class Together(Generic[_What]):
    """The queue of one process's threads."""

    def __init__(self) -> None:
        self._waiting: Final[deque[_Place[_What]]] = deque()
        self._leader: Final = threading.Lock()

    def do(self, what: _What, do_all: Callable[[Sequence[_What]], Sequence[bool]]) -> bool:
        """Return what `do_all` answered for `what`; False too if it failed in another's thread.

        Args:
            what: is done once, by this thread or by another.
            do_all: does all of what it is given, or nothing if it raises; an answer for each. The
                one of whoever leads is called, for all.

        Raises:
            Exception: whatever `do_all` raises, in the thread that called it.
        """
        place = _Place(what)
        self._waiting.append(place)
        with self._leader:
            if not place.is_over:
                self._lead(do_all)
        return place.is_done

    def _lead(self, do_all: Callable[[Sequence[_What]], Sequence[bool]]) -> None:
        group = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            answers = do_all([place.what for place in group])
            for place, is_done in zip(group, answers, strict=True):
                place.is_done = is_done
        finally:
            for place in group:
                place.is_over = True
