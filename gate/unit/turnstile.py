"""One portal's two ways, walked through their tables (`gate.unit.portal`), and their outputs.

It remembers what the tables don't: how long each state lasts, whose grants wait for a turn
(`gate.unit.open_grants`), and what still stands (a fire, a fault, a lock-down, maintenance, the
end). What came of it is told (`take_told`) to whoever records it. Times are seconds on the unit's
steady line.

Where a contact tells of turns, a grant lasts until the turn, and for `TURN_GRACE_S` after the
relay: a contact closes at the end of a turn, and nobody who has begun one is to be annulled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from gate.access.model import Direction
from gate.devices.ports import Outputs
from gate.errors import DeviceError
from gate.unit.open_grants import Grant, OpenGrants, Settled
from gate.unit.portal import Command, Happening, State, step
from gate.unit.stamp import StampClock

NOT_TURNED_S: Final = 5.0
"""EXPERIENCE: an entry that was not turned is annulled, for 5 s; the same card releases again."""

DEFAULT_HELD_S: Final = 10.0
"""Longer than a person with a tool bag takes; a door that stands open longer is held."""

_ENDS: Final = {
    Happening.MAINTENANCE_OVER: Happening.MAINTENANCE,
    Happening.LIFTED: Happening.LOCK_DOWN,
    Happening.CLEARED: Happening.FAULT,
    Happening.ALL_CLEAR: Happening.FIRE,
}
_STANDS: Final = (
    Happening.MAINTENANCE,
    Happening.LOCK_DOWN,
    Happening.FAULT,
    Happening.STOP,
    Happening.FIRE,
)
"""From the one that gives way to the one that nothing outranks."""

_FOR_EVER_S: Final = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of it: a command that is the record's, for which way, and whose grant it was.

    `in_doubt`: it may have been somebody else of those who were let through together. `fault` tells
    why the relays did not obey when both ways were to be free.
    """

    command: Command
    way: Direction
    grant: Grant | None = None
    in_doubt: bool = False
    fault: str = ""


class Turnstile:
    """The portal of one lane; `contacts` are the ways whose turns are told."""

    def __init__(
        self,
        outputs: Outputs,
        clock: StampClock,
        *,
        release_s: float,
        contacts: Iterable[Direction] = (),
        held_s: float = DEFAULT_HELD_S,
    ) -> None:
        self.contacts = frozenset(contacts)
        self._outputs = outputs
        self._clock = clock
        self._release_s = release_s
        self._held_s = held_s
        self._states = dict.fromkeys(Direction, State.LOCKED)
        self._until_s = dict.fromkeys(Direction, _FOR_EVER_S)
        self._open = {way: OpenGrants() for way in Direction}
        self._standing: set[Happening] = set()
        self._told: list[Told] = []

    def state(self, way: Direction) -> State:
        """Return what a way does now."""
        return self._states[way]

    @property
    def burns(self) -> bool:
        """Whether the fire alarm stands: both ways are free."""
        return Happening.FIRE in self._standing

    @property
    def is_maintained(self) -> bool:
        """Whether somebody works on the gate, whatever else stands."""
        return Happening.MAINTENANCE in self._standing

    def is_waited_for(self, way: Direction, key: bytes) -> bool:
        """Tell whether a grant to the code of `key` waits for its turn."""
        return self._open[way].waits(key)

    def grant(self, way: Direction, grant: Grant) -> float | None:
        """Let somebody pass; return when that was commanded, None if the way's table forbids it."""
        at_s = self._clock.monotonic()
        commands = self._feed(way, Happening.GRANT, at_s)
        if not commands:
            return None
        at_s = self._clock.monotonic()
        if way in self.contacts and Command.RELEASE in commands:
            self._settle(way, self._open[way].give(grant, at_s, self._release_s))
        else:
            self._told.append(Told(command=Command.ASSUME, way=way, grant=grant))
        self._until_s[way] = self._until(way, at_s)
        return at_s

    def extend(self, way: Direction, key: bytes) -> float | None:
        """Release again for who shows a code again; return when, as `grant` does."""
        if not self._feed(way, Happening.GRANT, self._clock.monotonic()):
            return None
        at_s = self._clock.monotonic()
        self._open[way].renew(key, at_s, self._release_s)
        self._until_s[way] = self._until(way, at_s)
        return at_s

    def turn(self, way: Direction, *, begins: bool, at_s: float) -> None:
        """Take note that a turn of a way began or ended."""
        self._run_out(way, at_s)
        self._feed(way, Happening.TURN_BEGAN if begins else Happening.TURN_ENDED, at_s)
        waiting = self._open[way]
        if not (begins and waiting):
            return
        left_s = waiting.released_until_s - at_s
        if left_s > 0:
            self._feed(way, Happening.GRANT, at_s, release_s=left_s)
        else:
            self._settle(way, waiting.close())

    def opened(self, *, at_s: float) -> Direction:
        """Take note that a door opened, which serves both ways; return the way it was taken for."""
        ways = (Direction.IN, Direction.OUT)
        else_ = Direction.OUT if self.burns else Direction.IN
        way = next((one for one in ways if self._states[one] is State.RELEASED), else_)
        self.turn(way, begins=True, at_s=at_s)
        return way

    def happen(self, event: Happening) -> None:
        """Take note of something that concerns the whole portal: it stands until it ends."""
        if event in _ENDS:
            self._standing.discard(_ENDS[event])
        elif event in _STANDS:
            self._standing.add(event)
        at_s = self._clock.monotonic()
        for way in (Direction.OUT, Direction.IN):
            self._feed(way, event, at_s)
            if event in _ENDS and self._states[way] is State.LOCKED:
                for standing in _STANDS:
                    if standing in self._standing:
                        self._feed(way, standing, at_s)

    def tick(self, at_s: float) -> None:
        """Let the times run out that are over at `at_s`."""
        for way in Direction:
            self._run_out(way, at_s)

    def take_told(self) -> Sequence[Told]:
        """Return what came of it all since it was asked last, oldest first."""
        told, self._told = self._told, []
        return told

    def _run_out(self, way: Direction, at_s: float) -> None:
        if at_s < self._until_s[way]:
            self._settle(way, self._open[way].expire(at_s))
            return
        waits = self._states[way] is not State.RELEASED or self._open[way]
        self._feed(way, Happening.RAN_OUT if waits else Happening.ASSUMED, at_s)

    def _feed(
        self, way: Direction, event: Happening, at_s: float, *, release_s: float | None = None
    ) -> tuple[Command, ...]:
        before = self._states[way]
        self._states[way], commands = step(way, before, event)
        if self._states[way] is not before:
            self._until_s[way] = self._until(way, at_s)
        for command in commands:
            self._obey(way, command, release_s or self._release_s)
        return commands

    def _until(self, way: Direction, at_s: float) -> float:
        """Return when the state that began at `at_s` runs out."""
        match self._states[way]:
            case State.RELEASED if self._open[way]:
                return self._open[way].until_s
            case State.RELEASED:
                return at_s + self._release_s
            case State.TURNED | State.FORCED:
                return at_s + self._held_s
            case State.NOT_TURNED:
                return at_s + NOT_TURNED_S
            case _:
                return _FOR_EVER_S

    def _obey(self, way: Direction, command: Command, release_s: float) -> None:
        match command:
            case Command.RELEASE:
                self._outputs.release(way, release_s)
            case Command.LOCK:
                self._outputs.lock()
            case Command.FREE:
                self._free(way)
            case Command.SECURE:
                self._outputs.secure()
            case Command.COUNT:
                self._told.append(Told(command=command, way=way, grant=self._open[way].turn()))
            case Command.ANNUL:
                self._settle(way, self._open[way].close())
            case Command.ASSUME:
                waiting, turned = self._open[way].take_all()
                self._settle(way, Settled(in_doubt=turned))
                self._told += [Told(command=command, way=way, grant=grant) for grant in waiting]
            case (
                Command.TELL_UNIDENTIFIED
                | Command.TELL_FORCED
                | Command.TELL_HELD
                | Command.TELL_SHUT
            ):
                self._told.append(Told(command=command, way=way))
            case _ as never:
                assert_never(never)

    def _settle(self, way: Direction, settled: Settled) -> None:
        """Tell whose grants were not taken, and of whom nobody knows whether theirs was."""
        for grants, in_doubt in ((settled.not_taken, False), (settled.in_doubt, True)):
            self._told += [
                Told(command=Command.ANNUL, way=way, grant=one, in_doubt=in_doubt) for one in grants
            ]

    def _free(self, way: Direction) -> None:
        try:
            self._outputs.free()
        except DeviceError as error:  # the other relay was told: the gate must not end over it
            self._told.append(Told(command=Command.FREE, way=way, fault=str(error)))
