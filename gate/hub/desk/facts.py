"""Who vouched for what, read from a CSV file: all of its lines are taken, or none.

    number,qualification,source,centre
    JIB00012345,am2,NET,Mill Lane College

The first line names the columns, in any order: `number`, and at least one of the others. A number
may stand on several lines, and several cards may have it: each gets what the line says, once.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Final, TypeVar

from django.db import transaction

from gate.access.kinds import Text
from gate.errors import ConfigError
from gate.hub.desk.models import Desk, IssuedCard, Qualification
from gate.hub.desk.selection import CODE, MAX_FAULTS, NUMBER, PLACE

MAX_FACTS_BYTES: Final = 16 << 20
MAX_LINES: Final = 200_000
"""A scheme's year; more come in several files."""

_AT_ONCE: Final = 5000
"""Numbers asked for in one statement."""

_ItemT = TypeVar("_ItemT")

_KINDS: Final[Mapping[str, Text]] = {
    "number": NUMBER,
    "qualification": CODE,
    "source": PLACE,
    "centre": PLACE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the file; empty: not told."""

    number: str
    qualification: str = ""
    source: str = ""
    centre: str = ""


def import_facts(desk: Desk, text: str, source: str) -> int:
    """Keep what every line says of a card of the desk; return how many facts were new.

    Raises:
        ConfigError: every line that can't be, by its number, `source` naming the file; nothing was
            kept.
    """
    lines, faults = read_facts(text, source)
    with transaction.atomic():
        cards = _cards(desk, {line.number for line in lines.values()})
        faults |= {
            at: f"card {line.number} was not issued at {desk.slug}"
            for at, line in lines.items()
            if line.number not in cards
        }
        if faults:
            raise ConfigError(source, _told(faults))
        wanted = {
            (card, line.qualification, line.source, line.centre)
            for line in lines.values()
            for card in cards[line.number]
        }
        fresh = wanted - _kept({card for card, *_ in wanted})
        Qualification.objects.bulk_create(
            (
                Qualification(card_id=card, code=code, source=who, centre=where)
                for card, code, who, where in sorted(fresh)
            ),
            batch_size=_AT_ONCE,
        )
    return len(fresh)


def read_facts(text: str, source: str) -> tuple[dict[int, Line], dict[int, str]]:
    """Return each line by its number, and what is wrong with the others.

    Raises:
        ConfigError: too long, or the first line names no columns.
    """
    if len(text) > MAX_FACTS_BYTES:
        raise ConfigError(source, [f"over {MAX_FACTS_BYTES} characters, which is the most"])
    rows = csv.reader(StringIO(text, newline=""), strict=True)
    lines: dict[int, Line] = {}
    faults: dict[int, str] = {}
    try:
        columns = _columns(next(rows, []), source)
        for row in rows:
            if rows.line_num > MAX_LINES:
                raise ConfigError(source, [f"over {MAX_LINES} lines, which is the most"])
            if not row:
                continue
            fault = _fault(columns, row)
            if fault:
                faults[rows.line_num] = fault
            else:
                told = {name: value.strip() for name, value in zip(columns, row, strict=True)}
                lines[rows.line_num] = Line(**told)
    except csv.Error as error:
        faults[rows.line_num] = f"not CSV: {error}"
    return lines, faults


def _columns(row: list[str], source: str) -> list[str]:
    columns = [name.strip().lower() for name in row]
    known = set(_KINDS)
    if "number" in columns and len(set(columns)) == len(columns) > 1 and known >= set(columns):
        return columns
    allowed = "number and at least one of qualification, source and centre, each once"
    raise ConfigError(source, [f"line 1: columns {','.join(row)[:80]!r}; allowed: {allowed}"])


def _fault(columns: list[str], row: list[str]) -> str:
    if len(row) != len(columns):
        return f"{len(row)} values, and not {len(columns)}"
    told = {name: value.strip() for name, value in zip(columns, row, strict=True)}
    for name, value in told.items():
        if (value or name == "number") and _KINDS[name].read(value) is None:
            return f"{name} = {value[:70]!r}; allowed: {_KINDS[name].allowed}"
    if not any(value for name, value in told.items() if name != "number"):
        return "tells nothing of the card"
    return ""


def _told(faults: Mapping[int, str]) -> list[str]:
    more = len(faults) - MAX_FAULTS
    told = [f"line {at}: {fault}" for at, fault in sorted(faults.items())[:MAX_FAULTS]]
    return [*told, *([f"and {more} other lines"] if more > 0 else []), "nothing was kept"]


def _cards(desk: Desk, numbers: set[str]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for some in _slices(sorted(numbers)):
        rows = IssuedCard.objects.filter(desk=desk, number__in=some).values_list("number", "pk")
        for number, card in rows:
            found[number].append(card)
    return found


def _kept(cards: set[int]) -> set[tuple[int, str, str, str]]:
    kept: set[tuple[int, str, str, str]] = set()
    for some in _slices(sorted(cards)):
        rows = Qualification.objects.filter(card__in=some)
        kept.update(rows.values_list("card_id", "code", "source", "centre"))
    return kept


def _slices(items: list[_ItemT]) -> Iterator[list[_ItemT]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
