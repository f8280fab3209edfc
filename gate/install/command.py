"""The command: `gate`, by one link where every login and sudo look for programs.

A file of somebody else's by that name is never replaced, nor taken away; whoever installs is told.
"""

from typing import Final

from gate.install.machine import Machine
from gate.install.plan import Plan

COMMAND: Final = "/usr/local/bin/gate"
PROGRAM: Final = "/opt/gate/bin/gate"
"""By the link that names the version in force, so that a newer one needs no other command."""


def install(machine: Machine, _plan: Plan) -> str | None:
    """Link the command, unless something of that name is there."""
    if machine.linked(COMMAND) == PROGRAM or is_another(machine):
        return None
    machine.link(COMMAND, PROGRAM)
    return COMMAND


def uninstall(machine: Machine, _plan: Plan) -> str | None:
    """Remove our link, and no other."""
    if machine.linked(COMMAND) != PROGRAM:
        return None
    machine.remove(COMMAND)
    return "removed"


def is_another(machine: Machine) -> bool:
    """Return whether something that isn't ours has the command's name."""
    place = machine.at(COMMAND)
    return machine.linked(COMMAND) != PROGRAM and (place.is_symlink() or place.exists())
