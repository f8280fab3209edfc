"""Joins in a child, which is killed as it says that it is at a step; then the parent recovers.

    enrol_step_killer.py CONFIG STATE CODE STEP...

One interpreter for all of them: a child is forked from a process of one thread, so it is whole. It
ends with 0 if after each kill the machine was no unit, and what was cut was seen to.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from gate.devices.clock import SystemClock
from gate.enrol.attempt import Told, join, recover
from gate.enrol.left_alone import NetworkLeftAlone
from gate.enrol.staging import Staging, UnitPaths
from gate.enrol.steps import Means


def die_at(step: str, code: str, means: Means) -> None:
    """Join, and be killed at the step."""

    def look(told: Told) -> None:
        if told.step == step:
            os.kill(os.getpid(), signal.SIGKILL)

    join(code, means, look)


def main(config: Path, state: Path, code: str, steps: list[str]) -> None:
    """Kill one child at each step, in order."""
    means = Means(
        staging=Staging(UnitPaths(config=config, state=state)),
        network=NetworkLeftAlone(),
        clock=SystemClock(),
        wait=threading.Event().wait,
    )
    for step in steps:
        child = os.fork()
        if child == 0:
            die_at(step, code, means)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"{step}: it ended with {os.waitstatus_to_exitcode(status)}")
        if recover(means) or config.exists():
            raise SystemExit(f"{step}: it was a unit after the kill")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:])
