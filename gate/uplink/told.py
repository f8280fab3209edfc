"""What became of each part that a pull asked for; for whoever stands there and waits for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

NEWER: Final = "; next: if the hub is newer than this unit's software, bring that up to date"
"""Stands beside rules with faults: their hub took them, and half of them would be other rules."""


class Fate(StrEnum):
    """What became of a part."""

    TAKEN = "taken"
    HELD = "held"
    """It is the one in force."""
    REFUSED = "refused"
    MISSED = "missed"
    """It did not come, or not whole."""
    NONE = "none"
    """Nobody had one, or nothing new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A part by its name (`fleet`, `manifest`, `list <uri>`, `presence`), and which or why."""

    part: str
    fate: Fate
    words: str = ""
