"""One entry's whole story: who, what decided and why, what followed, and how it is kept.

Whatever an entry points to is looked for near it in its own journal, where a unit writes things
down one after the other. That its hash follows from the entry before it is worked out anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Max, Min, QuerySet

from gate.errors import EventError, Outcome, Reason
from gate.events.chain import ChainHead, genesis, verify_chain
from gate.events.codec import holder_if_any
from gate.events.model import EventKind, Holder, which_grant
from gate.events.plain_words import explanation, headline, kind_words, outcome_words, told_worker
from gate.hub.ingest.models import Entry
from gate.hub.ingest.stored import one_entry
from gate.hub.log.day import Day
from gate.hub.manifest.words import age_words

NEAR: Final = 5_000
"""As far as anything is looked for: a busy gate's record of a day, and the largest batch."""

FOLLOWS_MS: Final = 300_000
"""As long as a referral stands at a gate (`gate.unit.guard.REFERRAL_S`)."""

_TURNS: Final = {
    EventKind.TURNED: "Passed",
    EventKind.NOT_TURNED: "Did not pass; the grant was taken back",
    EventKind.TURN_UNKNOWN: "Not known: the gate lost its power",
}
_THROUGH: Final = {Outcome.ADMIT.value, Outcome.NOTE.value}
_HASH_GROUP: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A label and what is to be said; `to` is the number of another entry of the same journal."""

    label: str
    words: str
    to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the story."""

    title: str
    facts: tuple[Fact, ...]


def story_of(entry: Entry, day: Day) -> tuple[Part, ...]:
    """Return an entry's story in its parts; `day` tells times."""
    parts = [
        ("What happened", _happened(entry, day)),
        ("Why", _why(entry)),
        ("What followed", _followed(entry, day)),
        ("The gate", _gate(entry, day)),
        ("How it is kept", _kept(entry, day)),
    ]
    found = [Part(title=title, facts=tuple(facts)) for title, facts in parts]
    return tuple(part for part in found if part.facts)


def _happened(entry: Entry, day: Day) -> Iterator[Fact]:
    yield Fact(label="Time", words=f"{day.moment_words(entry.at_ms)}, {day.zone_words}")
    if not entry.clock_trusted:
        yield Fact(label="Clock", words="The gate did not know the time: it may be off.")
    holder = holder_if_any(entry.holder)
    if holder is not None:
        yield from _holder(holder)
    if entry.kind == EventKind.ACCESS:
        yield Fact(label="Answer", words=outcome_words(entry.outcome))
    else:
        told, meaning = kind_words(entry.kind)
        yield Fact(label="Record", words=f"{told}. {meaning}")
    if entry.detail:
        yield Fact(label="Detail", words=entry.detail, to=_grant(entry))
    if entry.count > 1:
        yield Fact(label="Count", words=f"{entry.count} times")


def _holder(holder: Holder) -> Iterator[Fact]:
    if holder.number:
        yield Fact(
            label="Card",
            words=f"{holder.number}, type {holder.card_type}, issued by {holder.issuer}",
        )
    yield Fact(label="Reference", words=holder.person.hex())


def _why(entry: Entry) -> Iterator[Fact]:
    codes = entry.reasons.split()
    for place, code in enumerate(codes):
        label = "Also found" if place else "Decided by"
        yield Fact(label=label, words=f"{headline(code)} ({code}). {explanation(code)}")
    if entry.kind != EventKind.ACCESS:
        return
    if not codes:
        yield Fact(label="Decided by", words="Nothing stood against it.")
    elif entry.outcome != Outcome.ADMIT:
        yield Fact(label="The worker read", words=told_worker(codes[0]))
    age = "No list was asked."
    if entry.list_age_s is not None:
        age = f"{age_words(timedelta(seconds=entry.list_age_s))} old at the scan"
    yield Fact(label="List of cancelled cards", words=age)
    rules = _near(entry, before=True).filter(kind=EventKind.MANIFEST.value).order_by("-seq").first()
    if rules is not None:
        yield Fact(label="Rules in force", words=rules.detail, to=rules.seq)


def _followed(entry: Entry, day: Day) -> Iterator[Fact]:
    """Tell of the turn that a grant led to, or of the guard who let in who was referred."""
    if entry.kind != EventKind.ACCESS:
        return
    later = _near(entry, before=False)
    if entry.outcome in _THROUGH:
        turn = later.filter(kind__in=list(_TURNS), detail=which_grant(entry.seq)).first()
        if turn is None:
            words = "No turn is recorded: none was reported, or the gate has no contact for it."
            yield Fact(label="Passage", words=words)
        else:
            words = f"{_TURNS[EventKind(turn.kind)]}, {day.moment_words(turn.at_ms)}"
            yield Fact(label="Passage", words=words, to=turn.seq)
    elif entry.outcome == Outcome.REFER:
        yield _released(entry, later, day)


def _released(entry: Entry, later: QuerySet[Entry], day: Day) -> Fact:
    holder = holder_if_any(entry.holder)
    let_in = later.filter(
        kind=EventKind.ACCESS.value,
        outcome=Outcome.NOTE.value,
        reason=Reason.OVERRIDE.value,
        at_ms__lte=entry.at_ms + FOLLOWS_MS,
    )
    for one in let_in.order_by("seq"):
        other = holder_if_any(one.holder)
        if holder is not None and other is not None and other.person == holder.person:
            words = f"Let in {day.moment_words(one.at_ms)}: {one.detail}"
            return Fact(label="The guard", words=words, to=one.seq)
    return Fact(label="The guard", words="No guard has let them in, as far as the gate has sent.")


def _gate(entry: Entry, day: Day) -> Iterator[Fact]:
    unit = entry.journal.unit
    if entry.access_point:
        yield Fact(label="Gate", words=entry.access_point)
    if entry.direction:
        yield Fact(label="Direction", words=entry.direction)
    yield Fact(label="Unit", words=f"{unit.name} ({unit.uid})")
    if unit.retired_at is not None:
        retired = day.moment_words(int(1000 * unit.retired_at.timestamp()))
        yield Fact(label="Taken down", words=retired)


def _kept(entry: Entry, day: Day) -> Iterator[Fact]:
    journal = entry.journal
    yield Fact(label="Entry", words=f"{entry.seq} of record {bytes(journal.journal_id).hex()}")
    late = age_words(timedelta(milliseconds=max(0, entry.received_ms - entry.at_ms)))
    received = f"{day.moment_words(entry.received_ms)}, {late} after the scan"
    yield Fact(label="Received", words=received)
    near = Entry.objects.filter(journal=journal, received_ms=entry.received_ms)
    ends = near.filter(seq__gt=entry.seq - NEAR, seq__lt=entry.seq + NEAR).aggregate(
        first=Min("seq"), last=Max("seq")
    )
    yield Fact(
        label="Receipt",
        words=f"The hub's receipt for entries {ends['first']} to {ends['last']} was signed then;"
        f" this record is stored through {journal.stored_through} now.",
    )
    yield Fact(label="Hash", words=_grouped(bytes(entry.hash)))
    yield Fact(label="Chain", words=_chain_words(entry))


def _chain_words(entry: Entry) -> str:
    """Say whether the entry's hash follows from the entry before it, as they are stored now."""
    journal_id = bytes(entry.journal.journal_id)
    before = genesis(journal_id)
    if entry.seq > 1:
        there = Entry.objects.filter(journal=entry.journal, seq=entry.seq - 1).first()
        if there is None:
            return f"✗ Entry {entry.seq - 1}, which it follows from, is missing."
        before = ChainHead(journal_id=journal_id, seq=there.seq, hash=bytes(there.hash))
    try:
        verify_chain([one_entry(entry.journal_id, journal_id, entry.seq)], before)
    except EventError as error:
        return f"✗ It does not hold: {error}"
    return f"✓ It follows from entry {before.seq}." if before.seq else "✓ It is the first."


def _near(entry: Entry, *, before: bool) -> QuerySet[Entry]:
    rows = Entry.objects.filter(journal=entry.journal)
    if before:
        return rows.filter(seq__lt=entry.seq, seq__gte=entry.seq - NEAR)
    return rows.filter(seq__gt=entry.seq, seq__lte=entry.seq + NEAR)


def _grant(entry: Entry) -> int | None:
    """Return the number of the grant that a record of a turn is about."""
    number = entry.detail.removeprefix("grant ")
    is_one = entry.kind in set(_TURNS) and number.isascii() and number.isdecimal()
    return int(number) if is_one and len(number) <= len(str(2**53)) else None


def _grouped(data: bytes) -> str:
    text = data.hex()
    return " ".join(text[at : at + _HASH_GROUP] for at in range(0, len(text), _HASH_GROUP))
