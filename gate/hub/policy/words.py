"""What trying rules came to, in a manager's words; and what a colleague changed meanwhile."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gate.events.plain_words import explanation, outcome_words
from gate.hub.log.day import Day
from gate.hub.log.filters import Filter, Place
from gate.hub.log.rows import MARKS, Pill
from gate.hub.policy.replay import Ended, Tried

_NOTHING_AGAINST: Final = "Nothing in these rules stands against it."


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedRow:
    """One scan that would have ended otherwise; `address` is the query of its entry in the log."""

    time: str
    gate: str
    who: str
    was: Pill
    would_be: Pill
    why: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a text that was changed: `sign` is +, - or a space."""

    sign: str
    text: str


def ended_row(ended: Ended, day: Day) -> EndedRow:
    """Tell one scan."""
    scan = ended.scan
    place = Place(at_ms=scan.at_ms, journal=scan.journal, seq=scan.seq + 1)
    return EndedRow(
        time=day.time_words(scan.at_ms),
        gate=scan.access_point or "Not named",
        who=scan.who,
        was=_pill(scan.outcome),
        would_be=_pill(ended.would_be),
        why=_NOTHING_AGAINST if ended.reason is None else explanation(ended.reason),
        address=Filter(day=day.on, older=place).address(older=place),
    )


def turns(tried: Tried) -> list[tuple[int, Pill, Pill]]:
    """Return how many went from what to what, most first."""
    return [
        (number, _pill(was), _pill(would_be))
        for (was, would_be), number in tried.turns.most_common()
    ]


def said_words(tried: Tried, when: str) -> str:
    """Say how many would have ended otherwise."""
    scans = f"{tried.scans} scan{'' if tried.scans == 1 else 's'}"
    if not tried.scans:
        return f"There were no scans {when}, as far as the gates have sent."
    unsaid = f"; of {tried.unsaid} it can't be said" if tried.unsaid else ""
    ended = f"{tried.changed} of the {scans} {when} would have ended otherwise"
    return f"With these rules, {ended}{unsaid}."


def changed_lines(before: str, after: str) -> Iterator[Line]:
    """Yield what was changed between two texts, each with a line of what stands around it."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    for number, line in enumerate(lines):
        if number < 2:
            continue  # the two names of a file
        yield (
            Line(sign="…", text="") if line.startswith("@@") else Line(sign=line[0], text=line[1:])
        )


def _pill(code: str) -> Pill:
    return Pill(tone=code, mark=MARKS.get(code, "✓"), words=outcome_words(code))
