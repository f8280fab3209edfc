"""Builds one generation in a process of its own, and kills itself after so many steps.

generation_builder.py TRUST NUMBER STEPS
"""

import os
import signal
import sys
from pathlib import Path

from gate.store.generations import begin


def main(trust: Path, number: int, steps: int) -> None:
    with begin(trust) as builder:
        builder.put("number", b"%d" % number)
        builder.put(f"lists/{number}", b"%d" % number * 1000)
        for step in builder.names() - {"number", f"lists/{number}", f"lists/{number - 1}"}:
            builder.drop(step)
        for done, _ in enumerate(builder.steps(lambda _: None), start=1):
            if done == steps:
                os.kill(os.getpid(), signal.SIGKILL)


main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
