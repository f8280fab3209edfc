"""What happens in a morning, and when: all of it follows from a seed, a size and a pace."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from gate.access.model import Direction
from gate.sim.morning.lane import LanePlan

SITE: Final = "riverside"
STARTS_AT: Final = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
"""A Monday; in winter, so that the site's own time is UTC."""

GATES: Final = {"Gate A": "site", "Gate B": "site", "Gate C": "tower"}
"""Each with a lane in and a lane out, and the area it leads to."""

LANES: Final = tuple(
    LanePlan(gate=gate, direction=direction, area=area)
    for gate, area in GATES.items()
    for direction in Direction
)


class Passback(StrEnum):
    """What the site does about a second entry without leaving."""

    HARD = "hard"
    SOFT = "soft"
    TIMED = "timed"


_SEARCHED_PERCENT: Final = 3
"""Sent to the guard, who lets them in by key."""

_RULES: Final = {
    Passback.HARD: 'mode = "refuse"',
    Passback.SOFT: 'mode = "note"',
    Passback.TIMED: 'mode = "timed"\ntimed_min = 30',
}


def rules(passback: Passback) -> str:
    """Return the site's rules."""
    return (
        f'version = 1\nsite = "{SITE}"\ntime_zone = "Europe/London"\n'
        '[[accept]]\nscheme = "ecs-jib"\ntypes = "any"\n'
        f"[passback]\n{_RULES[passback]}\n"
        f'[search]\npercent = {_SEARCHED_PERCENT}\nmode = "refer"\n'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A morning.

    Attributes:
        workers: how many come.
        pace: 1.0 for hours as they are; less makes everything between two turns shorter.
        poll_s: between two passes of an uplink.
    """

    workers: int = 400
    seed: int = 1
    passback: Passback = Passback.HARD
    pace: float = 1.0
    poll_s: float = 45.0

    def at(self, hour: int, minute: int = 0) -> datetime:
        """Return when something that belongs at this time of day is, at this pace."""
        real = STARTS_AT.replace(hour=hour, minute=minute)
        return STARTS_AT + (real - STARTS_AT) * self.pace

    def minutes(self, minutes: float) -> timedelta:
        """Return how long so many minutes last, at this pace."""
        return timedelta(minutes=minutes) * self.pace

    @property
    def ends_at(self) -> datetime:
        """When the last roll is called."""
        return self.at(14, 20)

    @property
    def checks(self) -> dict[str, datetime]:
        """When the roll is called, by what it is called for."""
        return {
            "all in": self.at(8, 5),
            "break, Gate B cut": self.at(8, 55),
            "Gate B back": self.at(9, 30),
            "before the fire": self.at(9, 58),
            "2 min into the fire": self.at(10, 0) + timedelta(minutes=2),
            "before all-clear": self.at(10, 20) - timedelta(seconds=5),
            "after all-clear": self.at(10, 30),
            "re-entry": self.at(10, 45),
            "Gate C back": self.at(11, 30),
            "lunch": self.at(12, 20),
            "after lunch": self.at(13, 5),
            "end of day": self.ends_at,
        }
