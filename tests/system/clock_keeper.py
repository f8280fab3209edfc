"""Keeps a clock's state in a process of its own, and kills itself at so many system calls.

clock_keeper.py FILE UNTRUSTED_S CALLS

Calls are counted while the state is written: those that make, fill, sync and rename files.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gate.store.clock_state import write_clock_state
from gate.trust.clock_floor import ClockState

CALLS = ("open", "fchmod", "fsync", "replace", "rename", "close")


def main(file: Path, untrusted_s: float, calls: int) -> None:
    left = [calls]

    def deadly(call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - as the call has it
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*given, **named)

        return counted

    for name in CALLS:
        setattr(os, name, deadly(getattr(os, name)))
    write_clock_state(file, ClockState(untrusted_s=untrusted_s, boot_id="boot"))


main(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
