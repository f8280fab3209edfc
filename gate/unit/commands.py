"""What the site's hub told its gates to do, done once each.

Never under an untrusted clock, and never after a command's time is over; what may not be done yet
waits. That a command was done is kept before it is done, so a power cut can drop one and never
double it. A lock-down alone does not wait for the disk: locked is the safe side. If what was kept
is damaged, a release for a test that is told at the start counts as done.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from gate.errors import TrustError
from gate.store.command_state import CommandState, read_command_state, write_command_state
from gate.trust.manifest import Command, CommandKind
from gate.unit.stamp import Stamp

_LOCKS: Final = {CommandKind.LOCKDOWN, CommandKind.LIFT}
_log = logging.getLogger(__name__)


class Commands:
    """The commands that were done, by the file at `path`; `fault` tells what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.fault = ""
        self._path = path
        self._ignored: set[bytes] = set()
        self._waiting: set[bytes] = set()
        self._unkept: set[bytes] = set()
        self._locked_down = False
        self._is_doubtful = False
        try:
            self._state = read_command_state(path) or CommandState()
        except TrustError as error:
            self._state, self._is_doubtful = CommandState(), True
            self.fault = str(error)

    @property
    def locked_down(self) -> bool:
        """Whether nobody comes in."""
        return self._state.locked_down or self._locked_down

    def due(self, commands: Sequence[Command], stamp: Stamp) -> Iterator[Command]:
        """Yield what is to be done now, in order, each kept as done before it is yielded."""
        if not stamp.trusted:
            self._wait(commands)
            return
        is_doubtful, self._is_doubtful = self._is_doubtful, False
        for command in commands:
            if command.id in self._state.done:
                continue
            if stamp.at > command.not_after:
                self._ignore(command)
                continue
            was_unkept = command.id in self._unkept
            if self._kept(command, stamp):
                self._unkept.discard(command.id)
                self._locked_down = False
            elif command.kind is CommandKind.LOCKDOWN:
                self._locked_down = True
                self._unkept.add(command.id)
            else:
                continue
            if not was_unkept and not (is_doubtful and command.kind is CommandKind.TEST_RELEASE):
                yield command

    def _kept(self, command: Command, stamp: Stamp) -> bool:
        """Tell whether it is on the disk that `command` was done; a damaged file stays as it is."""
        done = {id_: at for id_, at in self._state.done.items() if at >= stamp.at}
        is_lock = command.kind in _LOCKS
        state = replace(
            self._state,
            locked_down=command.kind is CommandKind.LOCKDOWN if is_lock else self.locked_down,
            done=done | {command.id: command.not_after},
        )
        try:
            write_command_state(self._path, state)
        except TrustError as error:
            self.fault = str(error)
            return False
        self._state, self.fault = state, ""
        return True

    def _wait(self, commands: Sequence[Command]) -> None:
        """Say once of each that it waits: the hub has it for sent."""
        for command in commands:
            if command.id not in self._state.done and command.id not in self._waiting:
                self._waiting.add(command.id)
                what = {"part": "commands", "step": str(command.kind)}
                _log.warning("a command waits until something vouches for the clock", extra=what)

    def _ignore(self, command: Command) -> None:
        if command.id not in self._ignored:
            self._ignored.add(command.id)
            what = {"part": "commands", "step": str(command.kind)}
            _log.warning("a command came after its time", extra=what)
