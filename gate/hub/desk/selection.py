"""Which cards of a desk somebody means: by number, by who vouched for them, by what was done.

An empty selection shows every card and changes none: what is to be changed must be named by
numbers, places in the register, a source, a centre or an earlier change. The rest only narrows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import urlencode

from django.db.models import F, QuerySet

from gate.access.kinds import Text
from gate.errors import ConfigError
from gate.hub.desk.models import (
    MAX_CODE_CHARS,
    MAX_NUMBER_CHARS,
    MAX_PLACE_CHARS,
    Desk,
    IssuedCard,
    Qualification,
)
from gate.trust.status_list import Status

MAX_NAMED: Final = 10_000
"""Cards named one by one; SQLite takes 32,766 values in one statement. More go by source."""

STATUS_WORDS: Final = {
    Status.VALID: "valid",
    Status.INVALID: "cancelled",
    Status.SUSPENDED: "on hold",
}

NUMBER: Final = Text(max_chars=MAX_NUMBER_CHARS)
PLACE: Final = Text(max_chars=MAX_PLACE_CHARS)
CODE: Final = Text(max_chars=MAX_CODE_CHARS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Cards of one desk; every part that is given must fit, source and centre the same row.

    `cards` are rows of the register, as ticked on a page; days are UTC, both included.

    Raises:
        ConfigError: every part that can't be.
    """

    numbers: tuple[str, ...] = ()
    cards: tuple[int, ...] = ()
    source: str = ""
    centre: str = ""
    change: int | None = None
    card_type: str = ""
    status: Status | None = None
    issued_from: date | None = None
    issued_until: date | None = None

    def __post_init__(self) -> None:
        faults = [
            f"{what} = {value[:70]!r}; allowed: {kind.allowed}"
            for what, value, kind in (
                *(("number", number, NUMBER) for number in self.numbers),
                ("source", self.source, PLACE),
                ("centre", self.centre, PLACE),
                ("card type", self.card_type, CODE),
            )
            if value and kind.read(value) is None
        ]
        named = max(len(self.numbers), len(self.cards))
        if named > MAX_NAMED:
            faults.append(f"{named} cards: at most {MAX_NAMED} are named one by one")
        if faults:
            raise ConfigError("selection", faults[:MAX_FAULTS])

    @property
    def names_cards(self) -> bool:
        """Whether it says which cards, so that they may be changed."""
        return bool(self.numbers or self.cards or self.source or self.centre) or (
            self.change is not None
        )

    @property
    def is_in_bulk(self) -> bool:
        """Whether cards are meant that nobody named one by one."""
        return not self.numbers and not self.cards and self.change is None

    @property
    def words(self) -> str:
        """Say it, for the record."""
        return "; ".join(part for part in self._parts() if part) or "every card"

    def query(self) -> str:
        """Return it as an address has it; `selection_of` reads it back."""
        given = {
            "numbers": " ".join(self.numbers),
            "source": self.source,
            "centre": self.centre,
            "change": "" if self.change is None else self.change,
            "type": self.card_type,
            "status": "" if self.status is None else int(self.status),
            "from": self.issued_from or "",
            "until": self.issued_until or "",
        }
        return urlencode({name: value for name, value in given.items() if value != ""})

    def _parts(self) -> tuple[str, ...]:
        named = self.numbers or self.cards
        several = f"{len(named)} cards named one by one"
        return (
            (f"card {named[0]}" if self.numbers and len(named) == 1 else several) if named else "",
            f"source {self.source}" if self.source else "",
            f"training centre {self.centre}" if self.centre else "",
            "" if self.change is None else f"the cards of change {self.change}",
            f"card type {self.card_type}" if self.card_type else "",
            "" if self.status is None else f"those {STATUS_WORDS[self.status]}",
            f"issued from {self.issued_from}" if self.issued_from else "",
            f"issued until {self.issued_until}" if self.issued_until else "",
        )


MAX_FAULTS: Final = 20
"""What is told of many faults."""


def cards_of(desk: Desk, chosen: Selection) -> QuerySet[IssuedCard]:
    """Return the cards that are meant, in no order."""
    found = _at(desk, chosen)
    if chosen.numbers:
        found = found.filter(number__in=chosen.numbers)
    if chosen.cards:
        found = found.filter(pk__in=chosen.cards)
    if chosen.source or chosen.centre:
        given = {"source": chosen.source, "centre": chosen.centre}
        behind = Qualification.objects.filter(**{k: v for k, v in given.items() if v})
        found = found.filter(pk__in=behind.values("card"))
    if chosen.change is not None:
        found = found.filter(change=chosen.change)
    if chosen.card_type:
        found = found.filter(card_type=chosen.card_type)
    if chosen.status is not None:
        found = found.filter(status=chosen.status)
    if chosen.issued_from is not None:
        found = found.filter(issued_at__gte=_midnight(chosen.issued_from))
    if chosen.issued_until is not None:
        found = found.filter(issued_at__lt=_midnight(chosen.issued_until) + timedelta(days=1))
    return found


def _at(desk: Desk, chosen: Selection) -> QuerySet[IssuedCard]:
    """Return a desk's cards, found by what narrows them most.

    SQLite, which keeps no statistics by itself, would go through all cards of the desk (2 s with
    2.1 million of them, to find 210) or sort them. The sum keeps it from that index, which is good
    for numbers alone.
    """
    if chosen.numbers:
        return IssuedCard.objects.filter(desk=desk)
    return IssuedCard.objects.alias(at=F("desk_id") + 0).filter(at=desk.pk)


def unknown_numbers(desk: Desk, numbers: tuple[str, ...]) -> list[str]:
    """Return those that are no card's of this desk."""
    known = set(
        IssuedCard.objects.filter(desk=desk, number__in=numbers).values_list("number", flat=True)
    )
    return [number for number in dict.fromkeys(numbers) if number not in known]


def selection_of(given: Mapping[str, str]) -> Selection:
    """Read a selection from the fields of an address or a form.

    Raises:
        ConfigError: every field that can't be.
    """
    faults: list[str] = []
    chosen = Selection(
        numbers=tuple(dict.fromkeys(given.get("numbers", "").replace(",", " ").split())),
        source=given.get("source", "").strip(),
        centre=given.get("centre", "").strip(),
        change=_whole("change", given, faults),
        card_type=given.get("type", "").strip(),
        status=_status(given, faults),
        issued_from=_day("from", given, faults),
        issued_until=_day("until", given, faults),
    )
    if faults:
        raise ConfigError("selection", faults)
    return chosen


def _whole(name: str, given: Mapping[str, str], faults: list[str]) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) <= 18:
        return int(text)
    faults.append(f"{name} = {text[:40]!r}; allowed: a number")
    return None


def _status(given: Mapping[str, str], faults: list[str]) -> Status | None:
    number = _whole("status", given, faults)
    if number is None:
        return None
    if number in set(Status):
        return Status(number)
    faults.append(f"status = {number}; allowed: {', '.join(str(int(one)) for one in Status)}")
    return None


def _day(name: str, given: Mapping[str, str], faults: list[str]) -> date | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        faults.append(f"{name} = {text[:40]!r}; allowed: a day such as 2026-11-22")
        return None
    if not 2000 <= day.year <= 2100:
        faults.append(f"{name} = {text}; allowed: a day from 2000 to 2100")
        return None
    return day


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
