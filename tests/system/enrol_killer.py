"""Joins in a child, which dies before its act on the disk of each number in turn.

    enrol_killer.py DIRECTORY

Makes a folder for each number, 0 and on, until a child got to its end; prints how many there are.
It has one thread, so that a fork is whole.
"""

import os
import sys
from pathlib import Path
from typing import Final

from gate.enrol.attempt import join
from tests.enrol.joining_unit import ALONE, Machine

ACTS: Final = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "open"})
"""Audited by Python before each is done; `open` makes files."""

KILLED: Final = 77
MOST: Final = 1000


def die_before(act: int, directory: Path) -> None:
    """Join in `directory`, and die before the act of that number."""
    left = act

    def look(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event not in ACTS or str(directory) not in str(arguments[0]):
            return
        left -= 1
        if left < 0:
            os._exit(KILLED)

    machine = Machine(directory)
    sys.addaudithook(look)
    join(ALONE, machine.means(), machine.told.append)


def main(root: Path) -> int:
    """Return how many folders were made."""
    for act in range(MOST):
        directory = root / str(act)
        directory.mkdir()
        child = os.fork()
        if child == 0:
            die_before(act, directory)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            return act + 1
        if code != KILLED:
            raise SystemExit(f"act {act}: the child ended with {code}")
    raise SystemExit(f"not done after {MOST} acts")


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))  # noqa: T201 - its answer
