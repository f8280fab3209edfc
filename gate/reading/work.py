"""Work in steps: whoever drives it may put it aside between two of them, and go on with it later.

A step takes a few milliseconds on the machine of READING. Before the next one the work asks whether
to go on (`yield`). It hears True; or False, for good, and ends with what it has.
"""

from collections.abc import Callable, Generator
from typing import Final, Generic, TypeVar

T = TypeVar("T")

Steps = Generator[None, bool, T]
"""What a function with steps returns: `yield` asks, `return` gives."""

_GO_ON: Final = True
_END: Final = False

HasTime = Callable[[], bool]
"""Asked before each step whether the caller has time for it."""


def ended(steps: Steps[T], has_time: HasTime) -> T:
    """Return what comes of the steps that there is time for; after the first no, of no more."""
    work = Work(steps)
    if work.go_on(has_time):
        return work.result
    return work.end()


class Work(Generic[T]):
    """Steps that were begun, or will be.

    Attributes:
        result: what came of them, once they have ended.
    """

    result: T

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps
        self._asks = False

    def go_on(self, has_time: HasTime) -> bool:
        """Take a step, and more while there is time; tell whether the work has ended."""
        try:
            if self._asks:
                self._steps.send(_GO_ON)
            else:
                self._asks = True
                next(self._steps)
            while has_time():
                self._steps.send(_GO_ON)
        except StopIteration as end:
            self.result = end.value
            return True
        return False

    def end(self) -> T:
        """Take no more steps; return what has come of those before."""
        try:
            while True:
                self._steps.send(_END)
        except StopIteration as end:
            self.result = end.value
        return self.result
