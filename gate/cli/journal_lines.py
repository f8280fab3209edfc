"""An entry for people (80 columns), for programs (JSON), and for spreadsheets (CSV)."""

import textwrap
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gate.access.words import words_for
from gate.errors import EventError, Outcome, Reason
from gate.events.codec import NO_HOLDER, decode_holder
from gate.events.model import Entry, Event, EventKind, Holder

WIDTH: Final = 80
"""A terminal as wide as terminals are."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would run a cell that starts so (OWASP, CSV Injection)."""

_OUTCOMES: Final[Mapping[str, str]] = {
    Outcome.ADMIT: "admitted",
    Outcome.NOTE: "admitted, note",
    Outcome.REFER: "sent to the guard",
    Outcome.REFUSE: "refused",
}

_WORDS: Final[Mapping[EventKind, str]] = {
    EventKind.UNIT_STARTED: "Gate started",
    EventKind.UNIT_STOPPED: "Gate stopped",
    EventKind.FAULT: "FAULT",
    EventKind.FAULT_CLEARED: "Fault over",
    EventKind.CLOCK_JUMPED: "The clock jumped",
    EventKind.FRESHNESS: "Freshness",
    EventKind.MANIFEST: "The site's manifest is in force",
    EventKind.COMMAND: "Command of the site",
    EventKind.TURNED: "Turned",
    EventKind.NOT_TURNED: "Not turned, annulled",
    EventKind.TURN_UNKNOWN: "Let through; not known whether they passed",
    EventKind.TURNS_UNIDENTIFIED: "Turned, nobody known",
    EventKind.FORCED: "FORCED",
    EventKind.HELD: "Held open",
    EventKind.HELD_OVER: "Shut again",
    EventKind.EXIT_BUTTON: "Exit button",
    EventKind.MAINTENANCE: "Maintenance",
    EventKind.FIRE_ALARM: "FIRE ALARM",
    EventKind.FIRE_TEST: "Fire alarm tested",
    EventKind.ALL_CLEAR: "All clear",
    EventKind.FORGIVEN: "Forgotten exit forgiven",
}
"""Kinds of which all there is to say stands in the detail."""

_CODES: Final = frozenset(Reason)

_HOLDER_FIELDS: Final = ("name", "number", "card_type", "issuer", "person")

CSV_COLUMNS: Final = (
    *("journal_id", "seq", "at", "clock_trusted", "kind", "access_point", "direction", "outcome"),
    *("reasons", "count", "list_age_s", "detail", *_HOLDER_FIELDS, "erased"),
    *("commitment", "salt", "hash"),
)


def as_lines(entry: Entry) -> list[str]:
    """Return the lines that tell an entry to a person: number, time, and a sentence."""
    start = f"{entry.seq:>6}  {entry.event.at:%Y-%m-%d %H:%M:%S}  "
    sentence = "".join(char if char.isprintable() else "?" for char in _sentence(entry))
    return textwrap.wrap(sentence, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))


def as_json(entry: Entry) -> dict[str, object]:
    """Return an entry as `show --json` and `export` print it; `salt` is null if erased."""
    event = entry.event
    holder = _holder(entry)
    return {
        "journal_id": entry.journal_id.hex(),
        "seq": entry.seq,
        "at": _iso(event.at),
        "clock_trusted": event.clock_trusted,
        "kind": event.kind.value,
        "access_point": event.access_point,
        "direction": event.direction,
        "outcome": event.outcome,
        "reasons": list(event.reasons),
        "count": event.count,
        "list_age_s": event.list_age_s,
        "detail": event.detail,
        "holder": None if holder is None else _holder_texts(holder),
        "erased": _is_erased(entry),
        "commitment": entry.commitment.hex(),
        "salt": None if entry.salt is None else entry.salt.hex(),
        "hash": entry.hash.hex(),
    }


def as_csv_row(entry: Entry) -> list[str]:
    """Return an entry as cells, none of which a spreadsheet takes for a formula."""
    fields = as_json(entry)
    holder = _holder(entry)
    fields["reasons"] = " ".join(entry.event.reasons)
    fields |= dict.fromkeys(_HOLDER_FIELDS) if holder is None else _holder_texts(holder)
    return [_cell(fields[column]) for column in CSV_COLUMNS]


def _sentence(entry: Entry) -> str:
    event = entry.event
    said = _what(entry, event)
    if event.count > 1 and event.kind is not EventKind.EXITS_UNRECORDED:
        said += f" ({event.count} times)"
    return said if event.clock_trusted else f"{said} (clock not trusted)"


def _what(entry: Entry, event: Event) -> str:
    match event.kind:
        case EventKind.ACCESS:
            return _passage(entry, event)
        case EventKind.EXITS_UNRECORDED:
            return f"{event.count} exits could not be recorded"
        case EventKind.JOURNAL_OPENED:
            return f"Journal begun; {event.detail}" if event.detail else "Journal begun"
        case _:
            return _fact(entry, event)


def _fact(entry: Entry, event: Event) -> str:
    """Return a fact of the unit, or of one of its ways."""
    words = _WORDS[event.kind]
    if event.direction:
        words = f"{event.access_point} {event.direction.upper()}: {words.lower()}"
    holder = _holder(entry)
    said = [event.detail] if event.detail else []
    if holder is not None:
        said.append(f"{holder.name} ({holder.number})")
    return f"{words}: {', '.join(said)}" if said else words


def _passage(entry: Entry, event: Event) -> str:
    where = f"{event.access_point} {event.direction.upper()}"
    said = [_OUTCOMES.get(event.outcome, event.outcome)]
    said += [words_for(Reason(code)).headline for code in event.reasons[:1] if code in _CODES]
    holder = _holder(entry)
    if holder is not None:
        said.append(f"{holder.name} ({holder.number})")
    elif _is_erased(entry):
        said.append("(person erased)")
    if event.detail:
        said.append(event.detail)
    return f"{where}: {', '.join(said)}"


def _holder(entry: Entry) -> Holder | None:
    if entry.holder is None:
        return None
    try:
        return decode_holder(entry.holder)
    except EventError as error:
        raise EventError(f"entry {entry.seq}: {error}; run `gate journal verify`") from error


def _is_erased(entry: Entry) -> bool:
    return entry.holder is None and entry.commitment != NO_HOLDER


def _holder_texts(holder: Holder) -> dict[str, str]:
    texts = {field: str(getattr(holder, field)) for field in _HOLDER_FIELDS}
    return texts | {"person": holder.person.hex()}


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
