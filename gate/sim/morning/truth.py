"""Where everybody really is, kept apart from what any gate records, and what gates could see of it.

A move is what somebody did. It is seen with a card; or as a turn of nobody known; or not at all. A
grant that was not taken, and one cut off by a power cut, move nobody, and yet a gate saw them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gate.access.model import Direction
from gate.sim.morning.together import Together


class Seen(StrEnum):
    """What a gate can know of a move."""

    CARD = "card"
    """A card was shown, and the turnstile turned."""
    TURN = "turn"
    """The turnstile turned, nobody knows for whom."""
    NOTHING = "nothing"
    """Behind somebody else in one turn, or not by a gate."""
    ANNULLED = "annulled"
    """A card was shown and nobody turned: they are where they came from."""
    CUT = "cut"
    """A card was shown and the power went before the turn."""
    ASSUMED = "assumed"
    """A card was shown as the fire alarm began, or while it stood: nobody knows who turned."""
    FORGIVEN = "forgiven"
    """A manager took an exit for made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One thing that somebody did; `at` is when a gate would say it was.

    Attributes:
        way: to where it led, for a grant that was not taken: where they stayed.
        lane: which one; empty if none.
        together: with whom they were let through; None if they weren't.
    """

    person: bytes
    at: datetime
    way: Direction
    lane: str
    seen: Seen
    together: Together | None = None

    @property
    def moves(self) -> bool:
        """Whether somebody really went somewhere."""
        return self.seen in {Seen.CARD, Seen.TURN, Seen.NOTHING}


class Truth:
    """All that happened, oldest first."""

    def __init__(self) -> None:
        self._moves: dict[bytes, list[Move]] = {}
        self._inside: set[bytes] = set()

    def add(self, move: Move) -> None:
        """Take note of what somebody did."""
        self._moves.setdefault(move.person, []).append(move)
        if move.moves:
            (self._inside.add if move.way is Direction.IN else self._inside.discard)(move.person)

    @property
    def inside(self) -> frozenset[bytes]:
        """Who is inside now."""
        return frozenset(self._inside)

    def is_inside(self, person: bytes) -> bool:
        """Tell whether somebody is inside now."""
        return person in self._inside

    def persons(self) -> Iterator[bytes]:
        """Yield everybody who ever did something."""
        yield from self._moves

    def of(self, person: bytes) -> list[Move]:
        """Return what somebody did, oldest first."""
        return self._moves.get(person, [])

    def all(self) -> Iterator[Move]:
        """Yield every move, by person."""
        for moves in self._moves.values():
            yield from moves
