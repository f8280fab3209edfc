"""An entry of the log as people read it: who, where, what the gate did, why, and what to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gate.access.model import Direction
from gate.errors import EventError, Outcome, Reason
from gate.events.codec import NO_HOLDER, decode_holder
from gate.events.model import EventKind, Holder
from gate.events.plain_words import explanation, headline, kind_words, outcome_words, told_worker
from gate.hub.ingest.models import Entry
from gate.hub.log.day import Day

_DIRECTIONS: Final = {Direction.IN: ("In", "→"), Direction.OUT: ("Out", "←")}
MARKS: Final = {"note": "!", "refer": "!", "refuse": "✗"}
"""What stands beside a colour, so that no meaning hangs on colour alone."""

_HOUR_S: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Pill:
    """A short word with a sign; `tone` is its style: in, out, note, refer, refuse, fault, unit."""

    tone: str
    mark: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entry: what is seen at once, and `details`, each a label with its value."""

    time: str
    who: str
    who_is_named: bool
    about: str
    pills: tuple[Pill, ...]
    way: Pill | None
    explanation: str
    clock_words: str
    details: tuple[tuple[str, str], ...]
    journal: int
    seq: int
    person: str = ""
    """The entry's place if it names somebody, for the page of who is blocked."""


def row_of(entry: Entry, day: Day) -> Row:
    """Return an entry in words; `day` is the page's and tells how times are told."""
    holder, who = _who(entry)
    about = [entry.access_point or entry.journal.unit.name]
    if holder is not None:
        about.insert(0, holder.number)
    return Row(
        time=day.time_words(entry.at_ms),
        who=who,
        who_is_named=holder is not None,
        about=" · ".join(about),
        pills=tuple(_pills(entry)),
        way=_way(entry),
        explanation=_explanation(entry),
        clock_words="" if entry.clock_trusted else _clock_words(entry, day),
        details=tuple(_details(entry, holder, day)),
        journal=entry.journal_id,
        seq=entry.seq,
        person="" if holder is None else f"{entry.journal_id}.{entry.seq}",
    )


def _who(entry: Entry) -> tuple[Holder | None, str]:
    if entry.kind != EventKind.ACCESS:
        return None, kind_words(entry.kind)[0]
    if entry.holder is None:
        is_erased = bytes(entry.commitment) != NO_HOLDER
        return None, "Person erased" if is_erased else "Nobody known"
    try:
        holder = decode_holder(entry.holder)
    except EventError:
        return None, "Holder part unreadable"
    return holder, holder.name


def _clock_words(entry: Entry, day: Day) -> str:
    received = day.moment_words(entry.received_ms)
    return f"The gate didn't know the time. The hub had this at {received}."


def _pills(entry: Entry) -> Iterator[Pill]:
    if entry.kind == EventKind.FAULT:
        yield Pill(tone="fault", mark="✗", words="Fault")
    elif entry.reason:
        tone = entry.outcome if entry.outcome in MARKS else "note"
        yield Pill(tone=tone, mark=MARKS[tone], words=headline(entry.reason))
    elif entry.kind == EventKind.ACCESS and entry.outcome != Outcome.ADMIT:
        yield Pill(tone="refuse", mark="✗", words=outcome_words(entry.outcome))
    if not entry.clock_trusted:
        yield Pill(tone="note", mark="!", words="Clock not set")


def _way(entry: Entry) -> Pill | None:
    """Return which way somebody was let through, None if nobody was; a record is the gate's own."""
    if entry.kind != EventKind.ACCESS:
        return Pill(tone="unit", mark="", words="Gate")
    if entry.outcome not in {Outcome.ADMIT, Outcome.NOTE}:
        return None
    for direction, (words, mark) in _DIRECTIONS.items():
        if direction == entry.direction:
            return Pill(tone=direction.value, mark=mark, words=words)
    return Pill(tone="unit", mark="", words=entry.direction or "Through")


def _explanation(entry: Entry) -> str:
    if entry.kind == EventKind.ACCESS:
        words = explanation(entry.reason) if entry.reason else ""
        if entry.reason == Reason.OVERRIDE:
            words = f"{words} Why: {', '.join(map(headline, entry.reasons.split()[1:]))}."
        return f"{words} {_count_words(entry, 'Presented', 'times within a minute')}".strip()
    words = kind_words(entry.kind)[1]
    if entry.kind in {EventKind.FAULT, EventKind.FAULT_CLEARED} and entry.detail:
        words = f"{words} The part: {entry.detail}."
    elif entry.kind in {EventKind.FRESHNESS, EventKind.CLOCK_JUMPED} and entry.detail:
        words = f"{words} It says: {entry.detail}."
    return f"{words} {_count_words(entry, 'There were', 'of them')}".strip()


def _count_words(entry: Entry, before: str, after: str) -> str:
    return f"{before} {entry.count} {after}." if entry.count > 1 else ""


def _details(entry: Entry, holder: Holder | None, day: Day) -> Iterator[tuple[str, str]]:
    if entry.kind == EventKind.ACCESS:
        yield "Answer", f"{outcome_words(entry.outcome)} ({entry.outcome})"
        for code in entry.reasons.split():
            yield "Reason", f"{headline(code)} ({code})"
        if entry.reason and entry.outcome != Outcome.ADMIT:
            yield "The worker read", told_worker(entry.reason)
    else:
        yield "Record", entry.kind
    if holder is not None:
        yield "Card", f"{holder.number}, type {holder.card_type}, issued by {holder.issuer}"
    if entry.list_age_s is not None:
        yield "List of cancelled cards", f"{entry.list_age_s // _HOUR_S} h old at the gate"
    if entry.detail:
        yield "Detail", entry.detail
    if entry.count > 1:
        yield "Count", str(entry.count)
    yield "Unit", entry.journal.unit.name
    yield "Received", day.moment_words(entry.received_ms)
    yield "Entry", f"{entry.seq} of record {bytes(entry.journal.journal_id).hex()[:8]}"
