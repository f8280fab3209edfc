"""What a manager asked the log for, read from the address of the page; and addresses made of it.

Everything that changes what is shown stands in the address, so that a view can be kept and sent.
A value that can't be is named with what is allowed; nothing is left out silently.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar
from urllib.parse import urlencode

from gate.access.model import Direction
from gate.errors import Outcome, Reason
from gate.events.model import MAX_TEXT_CHARS
from gate.hub.log.day import FIRST, LAST
from gate.hub.log.days import MAX_DAYS

MAX_WORDS_CHARS: Final = 64
"""As long as a name on a card is."""

_OptionT = TypeVar("_OptionT", bound=StrEnum)
_PLACE: Final = re.compile(r"(-?[0-9]{1,15})\.([0-9]{1,18})\.([0-9]{1,18})", re.ASCII)


class Shown(StrEnum):
    """Which records: those about people by their outcome, or those about the units themselves."""

    ADMIT = Outcome.ADMIT
    NOTE = Outcome.NOTE
    REFER = Outcome.REFER
    REFUSE = Outcome.REFUSE
    UNIT = "unit"


SHOWN_WORDS: Final = {
    Shown.ADMIT: "Admitted",
    Shown.NOTE: "With a note",
    Shown.REFER: "Referred",
    Shown.REFUSE: "Refused",
    Shown.UNIT: "Gate records",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An entry's place in the order of the log."""

    at_ms: int
    journal: int
    seq: int

    def __str__(self) -> str:
        return f"{self.at_ms}.{self.journal}.{self.seq}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What to show; an empty value shows all. At most one of `older` and `newer` is set.

    `to` is the last of several days, which begin with `day`.
    """

    day: date | None = None
    to: date | None = None
    show: Shown | None = None
    gate: str = ""
    direction: Direction | None = None
    reason: Reason | None = None
    q: str = ""
    older: Place | None = None
    newer: Place | None = None

    @property
    def narrows(self) -> bool:
        """Whether something of the day is left out."""
        return any((self.show, self.gate, self.direction, self.reason, self.q))

    @property
    def words(self) -> str:
        """What was asked for, for a page on paper; empty if that is the whole day."""
        asked = (self.show, self.gate, self.direction, self.reason, self.q and f'"{self.q}"')
        return ", ".join(str(one) for one in asked if one)

    def address(self, **changes: object) -> str:
        """Return the query of the page with these changes, on its first page unless they say."""
        fresh = replace(self, **({"older": None, "newer": None} | changes))  # type: ignore[arg-type]  # names of our own fields
        values = {field.name: getattr(fresh, field.name) for field in fields(fresh)}
        return f"?{urlencode({name: str(value) for name, value in values.items() if value})}"


def read_filter(query: Mapping[str, str]) -> tuple[Filter, dict[str, str]]:
    """Return what was asked for, and for each value that can't be, what is allowed."""
    faults: dict[str, str] = {}
    given = {name: value.strip() for name, value in query.items() if value.strip()}
    read = {
        "day": _day(given.get("day")),
        "to": _day(given.get("to")),
        "show": _one_of(Shown, given.get("show")),
        "gate": _text(given.get("gate")),
        "direction": _one_of(Direction, given.get("direction")),
        "reason": _one_of(Reason, given.get("reason")),
        "q": _text(given.get("q")),
        "older": _place(given.get("older")),
        "newer": _place(given.get("newer")),
    }
    for name in given:
        if name not in read:
            faults[name] = f"not known here; allowed: {', '.join(read)}"
        elif read[name] is None:
            faults[name] = _ALLOWED[name]
    if read["older"] and read["newer"]:
        faults["newer"] = "not together with `older`"
    first, last = read["day"], read["to"]
    if isinstance(last, date) and not (
        isinstance(first, date) and 0 <= (last - first).days < MAX_DAYS
    ):
        faults["to"] = _ALLOWED["to"]
    fit = {name: value for name, value in read.items() if value and name not in faults}
    return Filter(**fit), faults  # type: ignore[arg-type]  # names of our own fields


_ALLOWED: Final = {
    "day": "a date from 1970 on, such as 2026-11-22",
    "to": f"a date not before `day`, which must be there; at most {MAX_DAYS} days in all",
    "show": f"one of {', '.join(Shown)}",
    "gate": f"a gate's name of 1 to {MAX_TEXT_CHARS} characters",
    "direction": f"one of {', '.join(Direction)}",
    "reason": f"one of {', '.join(Reason)}",
    "q": f"1 to {MAX_WORDS_CHARS} characters of a name or a card number, or a person's reference",
    "older": "a place as this page's own links have it",
    "newer": "a place as this page's own links have it",
}


def _day(text: str | None) -> date | None:
    if text is None or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return None
    return on if FIRST <= on <= LAST else None


def _one_of(options: type[_OptionT], text: str | None) -> _OptionT | None:
    return next((option for option in options if option.value == text), None)


def _text(text: str | None) -> str | None:
    fits = text is not None and len(text) <= MAX_WORDS_CHARS and text.isprintable()
    return text if fits else None


def _place(text: str | None) -> Place | None:
    match = _PLACE.fullmatch(text or "")
    if match is None:
        return None
    at_ms, journal, seq = map(int, match.groups())
    return Place(at_ms=at_ms, journal=journal, seq=seq)
