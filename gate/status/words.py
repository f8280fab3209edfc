"""Times, ages and entries in the words of the page; what the hub says too, it says alike. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final

from gate.access.model import Direction
from gate.errors import EventError
from gate.events.codec import NO_HOLDER, decode_holder
from gate.events.lane_state import Shown
from gate.events.model import Entry, EventKind
from gate.events.plain_words import explanation, headline, kind_words, outcome_words

TONES: Final[Mapping[str, str]] = {
    "admit": "admit",
    "note": "note",
    "refer": "note",
    "refuse": "refuse",
}
MARKS: Final[Mapping[str, str]] = {"admit": "✓", "note": "!", "refer": "!", "refuse": "✗"}

_SHOWN: Final[Mapping[Shown, tuple[str, str]]] = {
    Shown.READY: ("Ready", "admit"),
    Shown.AGEING: ("Ready; its lists are getting old", "note"),
    Shown.STALE: ("Its lists are too old: a guard decides", "refuse"),
    Shown.ADMITTED: ("Admitted somebody just now", "admit"),
    Shown.NOTED: ("Admitted somebody just now, with a note", "note"),
    Shown.REFERRED: ("Sent somebody to the guard", "note"),
    Shown.REFUSED: ("Refused somebody just now", "refuse"),
    Shown.UNREADABLE: ("Sees a code that it can't read", "note"),
    Shown.FAULT: ("Has a fault: entry is locked, the way out is free", "refuse"),
    Shown.MAINTENANCE: ("In maintenance, by the guard's key", "note"),
    Shown.LOCK_DOWN: ("Locked down: nobody is let in", "refuse"),
    Shown.FIRE_ENTRY: ("FIRE ALARM: do not enter", "refuse"),
    Shown.FIRE_EXIT: ("FIRE ALARM: the way out is free", "refuse"),
    Shown.OFF: ("Not started yet", "note"),
}
_WAYS: Final = {Direction.IN: "in", Direction.OUT: "out"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry for people: what happened, what it means, whom it names."""

    words: str
    meaning: str
    tone: str
    mark: str
    way: str
    who: str
    number: str


def shown_words(shown: Shown) -> tuple[str, str]:
    """Return what a lane shows, and its tone."""
    return _SHOWN[shown]


def tell(entry: Entry) -> Told:
    """Return an entry in words; a holder part that is none is told as such."""
    event = entry.event
    who, number = _holder(entry)
    if event.kind is EventKind.ACCESS:
        reason = event.reasons[0] if event.reasons else ""
        words = outcome_words(event.outcome)
        words += f": {headline(reason)}" if reason else ""
        meaning = explanation(reason) if reason else ""
        tone, mark = TONES.get(event.outcome, "note"), MARKS.get(event.outcome, "!")
    else:
        words, meaning = kind_words(event.kind)
        words += f": {event.detail}" if event.detail else ""
        tone, mark = "", ""
    if event.count > 1:
        words += f" ({event.count} times)"
    return Told(
        words=words,
        meaning=meaning,
        tone=tone,
        mark=mark,
        way=event.direction,
        who=who,
        number=number,
    )


def moment_words(at: datetime, zone: tzinfo) -> str:
    """Return a moment in the site's own time."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def age_words(age: timedelta) -> str:
    """Return how long something lasts, in the two largest units."""
    minutes = max(0, int(age.total_seconds())) // 60
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} days {hours % 24} h"


def way_words(direction: Direction) -> str:
    """Return a direction as the page writes it."""
    return _WAYS[direction]


def _holder(entry: Entry) -> tuple[str, str]:
    if entry.holder is None:
        return ("Person erased" if entry.commitment != NO_HOLDER else ""), ""
    try:
        holder = decode_holder(entry.holder)
    except EventError:
        return "Not readable: run gate journal verify", ""
    return holder.name, holder.number
