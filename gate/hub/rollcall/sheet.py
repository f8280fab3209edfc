"""A roll call to be read: by company, each name with its evidence. One question for all names.

The list is written out here and not by a template: 500 people must be readable at once.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.safestring import SafeString, mark_safe

from gate.access.exits import KNOWN_INSIDE, MAY_HAVE_LEFT
from gate.hub.log.day import Day, day_of
from gate.hub.rollcall.gather import OnList
from gate.hub.rollcall.models import Call, Mark
from gate.hub.today.inside import NO_COMPANY

NAMES: Final = """
    SELECT named.id, named.at_ms, named.direction, named.how, named.company,
        entry.access_point, entry.holder
    FROM rollcall_named named
    LEFT JOIN ingest_entry entry ON entry.journal_id = named.journal_id AND entry.seq = named.seq
        AND entry.at_ms >= named.at_ms
    WHERE named.call_id = %s
"""

_MINUTE_MS: Final = 60_000
_UNREADABLE: Final = ("Holder part unreadable", "")
_JSON: Final = json.JSONDecoder()  # asked itself: `json.loads` takes three times as long

_EVIDENCE: Final = {
    "turned": "turned",
    "granted": "let through, turn not seen",
    "turned_in": "turned in; may have left",
    "let_in": "let in; may have left",
    "not_known": "let through, turn not known: may be inside",
    "awaited": "inside at the last alarm, not seen since",
    "forgiven": "left by a manager's word",
}

_INSIDE: Final = frozenset({"turned", "granted"})
_ENTERED: Final = frozenset({"turned_in", "let_in"})
"""Of all others nobody says that they are inside: they stand on the list to be asked after."""


class Line(NamedTuple):
    """One person as they are called; inside if they are known to be, or entered, and maybe left."""

    number: int
    name: str
    card: str
    company: str
    when: str
    gate: str
    evidence: str
    is_inside: bool
    is_entered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """The people of one company, by name."""

    name: str
    lines: tuple[Line, ...]


def lines_of(call: Call) -> list[Line]:
    """Return everybody on a roll call."""
    told = _minutes(day_of(call.as_of, ZoneInfo(call.site.time_zone)))
    with connection.cursor() as cursor:
        cursor.execute(NAMES, (call.pk,))
        return [_line(row, told) for row in cursor.fetchall()]


def counted(lines: Iterable[Line]) -> int:
    """Count who is known to be inside, or to have come in where exits are free."""
    return sum(line.is_inside or line.is_entered for line in lines)


def counted_words(lines: Iterable[Line]) -> str:
    """Say how those stand who are counted."""
    is_entered = any(line.is_entered for line in lines)
    return MAY_HAVE_LEFT if is_entered else KNOWN_INSIDE


def lines_now(people: Iterable[OnList], day: Day) -> list[Line]:
    """Return a list that was not called yet."""
    told = _minutes(day)
    return [
        _line((number, at_ms, direction, how, company, gate, holder), told)
        for number, (_, _, _, at_ms, direction, how, company, gate, holder) in enumerate(people, 1)
    ]


def by_company(lines: Iterable[Line]) -> list[Company]:
    """Return the lines by company; whose company nobody knows come last."""
    found: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda one: (one.name.casefold(), one.card, one.number)):
        found.setdefault(line.company, []).append(line)
    names = sorted(found, key=lambda name: (not name, name.casefold()))
    return [Company(name=name or NO_COMPANY, lines=tuple(found[name])) for name in names]


def written(companies: Iterable[Company], safe: dict[int, Mark], *, is_open: bool) -> SafeString:
    """Return the list as HTML: a section a company, a button a person while it is going on."""
    seen: dict[str, str] = {}  # few are different: where, when and by what somebody was seen
    return mark_safe("".join(_section(one, safe, seen, is_open) for one in companies))  # noqa: S308 - every text is escaped below


def _section(company: Company, safe: dict[int, Mark], seen: dict[str, str], is_open: bool) -> str:  # noqa: FBT001 - private
    rows = "".join(_row(line, safe.get(line.number), seen, is_open) for line in company.lines)
    return (
        f'<section class="company"><h2><span>{escape(company.name)}</span>'
        f"<b>{len(company.lines)}</b></h2><ul>{rows}</ul></section>"
    )


def _row(line: Line, mark: Mark | None, seen: dict[str, str], is_open: bool) -> str:  # noqa: FBT001 - private
    words = f"{line.when} · {line.gate} · {line.evidence}"
    if words not in seen:
        seen[words] = escape(words)
    state = f' data-safe="{escape(mark.by_name)}"' if mark else ""
    said = f"Safe: {escape(mark.by_name)}" if mark else ""
    name = escape(line.name)
    button = (
        f'<button type="button" aria-pressed="{"true" if mark else "false"}" hidden>'
        f'<span class="hidden">{name}: </span>Safe</button>'
        if is_open
        else ""
    )
    return (
        f'<li data-named="{line.number}"{state}><span class="box" aria-hidden="true"></span>'
        f'<span class="name"><strong>{name}</strong> <span class="card-number">{escape(line.card)}'
        f'</span></span><span class="seen">{seen[words]}</span>'
        f'<span class="said">{said}</span>{button}</li>'
    )


def _minutes(day: Day) -> Callable[[int], str]:
    """Return what tells a time to the minute, each minute once: most people come in few of them."""
    words: dict[int, str] = {}

    def told(at_ms: int) -> str:
        minute = at_ms // _MINUTE_MS
        if minute not in words:
            words[minute] = day.minute_words(at_ms)
        return words[minute]

    return told


def _line(
    row: tuple[int, int, str, str, str, str | None, str | None], told: Callable[[int], str]
) -> Line:
    number, at_ms, direction, how, company, gate, holder = row
    name, card = _holder(holder)
    evidence = _EVIDENCE.get(how, how)
    return Line(
        number=number,
        name=name,
        card=card,
        company=company,
        when=f"{'in' if direction == 'in' else 'out'} {told(at_ms)}",
        gate=gate or "gate not known",
        evidence=evidence,
        is_inside=how in _INSIDE,
        is_entered=how in _ENTERED,
    )


def _holder(holder: str | None) -> tuple[str, str]:
    if holder is None:
        return "Person erased", ""
    try:
        fields, end = _JSON.raw_decode(holder)
        told = str(fields["name"]), str(fields["number"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return _UNREADABLE
    return told if end == len(holder) else _UNREADABLE
