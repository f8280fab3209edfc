"""Makes this machine a unit, or takes the unit away again: what `scripts/install` runs.

By the system's own Python, before there is any library: the standard library alone. Steps are
taken in order; each looks first, so that a run after a power cut goes on where the cut was, and a
run that finds everything so changes nothing. Exit code 0 done, 2 stopped, saying at which step.
"""

import argparse
import fcntl
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from gate.errors import InstallError
from gate.install import command, program, system
from gate.install.machine import Machine, run_here
from gate.install.plan import Plan, read_plan

Step = tuple[str, Callable[[Machine, Plan], str | None]]

INSTALL: Final[Sequence[Step]] = (
    ("machine", system.check),
    ("packages", system.packages),
    ("user", system.accounts),
    ("folders", system.folders),
    ("program", program.install),
    ("command", command.install),
    ("limits", system.limits),
    ("services", system.services),
    ("boot", system.boot_configuration),
)
"""In this order: no service before its program, no pin set before there is a gate to take it."""

UNINSTALL: Final[Sequence[Step]] = (
    ("services", system.remove_services),
    ("boot", system.remove_boot_configuration),
    ("limits", system.remove_settings),
    ("command", command.uninstall),
    ("program", program.uninstall),
)

WIPE: Final[Step] = ("record", system.remove_record)
LOCK: Final = "/run/gate-install.lock"
EXIT_DONE: Final = 0
EXIT_STOPPED: Final = 2


def main(words: Sequence[str], machine: Machine | None = None) -> int:
    """Do what `words` ask for; return the exit code."""
    wanted = _parser().parse_args(words)
    machine = machine or Machine(root=Path("/"), run=run_here)
    try:
        with _alone(machine):
            return _uninstall(machine, wanted) if wanted.uninstall else _install(machine, wanted)
    except InstallError as error:
        print(
            f"\nstopped: {error}\nWhat was done stays; run it again once that is put right.",
            file=sys.stderr,
        )
        return EXIT_STOPPED
    except KeyboardInterrupt:
        print("\nstopped by you; run it again to go on", file=sys.stderr)
        return EXIT_STOPPED


def _install(machine: Machine, wanted: argparse.Namespace) -> int:
    plan = read_plan(
        wanted.project, screen=wanted.screen, relays=wanted.relays, charge=wanted.charge_clock
    )
    changed = _walk(INSTALL, machine, plan)
    if "program" in changed or "services" in changed:
        _step(("start", _start), machine, plan)
    _step(("old", program.remove_others), machine, plan)
    if not changed:
        print("Nothing changed: this machine is a unit already.")
    elif "boot" in changed:
        print("Done. Start it anew, so that the boot configuration counts: sudo reboot")
    else:
        print("Done.")
    if command.is_another(machine):
        print(f"Left as it is: {command.COMMAND}, which isn't ours.")
        print(f"  Here the gate's commands are called by {command.PROGRAM}")
    return EXIT_DONE


def _uninstall(machine: Machine, wanted: argparse.Namespace) -> int:
    plan = Plan(project=wanted.project)
    changed = _walk([*UNINSTALL, WIPE] if wanted.wipe_record else UNINSTALL, machine, plan)
    print("Nothing changed: there is no unit here." if not changed else "Done: sudo reboot")
    kept = [path for path in system.RECORD if machine.at(path).exists()]
    if kept:
        print(f"Kept: {', '.join(kept)}, with the record and the unit's keys.")
        print("  To remove them too: --uninstall --wipe-record")
    return EXIT_DONE


def _walk(steps: Sequence[Step], machine: Machine, plan: Plan) -> list[str]:
    """Take the steps in order; return the names of those that changed something."""
    return [step[0] for step in steps if _step(step, machine, plan)]


def _step(step: Step, machine: Machine, plan: Plan) -> bool:
    name, act = step
    print(f"{name:<10}", end="", flush=True)
    try:
        done = act(machine, plan)
    except OSError as error:
        raise InstallError(f"{error.filename}: {error.strerror}; next: look at the card") from error
    print(done or "as it was")
    return done is not None


def _start(machine: Machine, plan: Plan) -> str:
    system.start(machine, plan.enabled)
    return " ".join(plan.enabled)


class _alone:  # noqa: N801  a statement's context, named as it reads
    """Holds the one lock, so that two runs can't meet."""

    def __init__(self, machine: Machine) -> None:
        self._path = machine.at(LOCK)

    def __enter__(self) -> None:
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise InstallError(f"{LOCK}: {error.strerror}; next: run it by sudo") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise InstallError("another run is at work; next: wait until it is done") from error

    def __exit__(self, *_: object) -> None:
        os.close(self._file)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/install",
        description="Make this Raspberry Pi a unit; run again, it mends what is not so.",
    )
    parser.add_argument("--screen", action="store_true", help="the unit drives a screen")
    parser.add_argument(
        "--relays",
        choices=("high", "low"),
        default="high",
        help="the level at which its relay boards switch on (default: high)",
    )
    parser.add_argument(
        "--charge-clock",
        action="store_true",
        help="Pi 5: its clock's cell is rechargeable (ML-2020); never for a CR2032",
    )
    parser.add_argument(
        "--uninstall", action="store_true", help="take the unit away; its record is kept"
    )
    parser.add_argument(
        "--wipe-record", action="store_true", help="with --uninstall: the record and keys too"
    )
    parser.add_argument("--project", type=Path, required=True, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
