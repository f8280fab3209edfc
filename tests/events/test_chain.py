"""The chain: any change to any part of any entry is found, and named."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import EventError
from gate.events.chain import ChainHead, genesis, head_of, link, verify_chain
from gate.events.codec import NO_HOLDER, encode_fact
from gate.events.model import Entry, Event, EventKind

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
JOURNAL = bytes(range(16))
HOLDER = '{"name":"Sam Sample"}'


def chain_of(length: int) -> list[Entry]:
    """Return entries, every second one with a holder part."""
    head, entries = genesis(JOURNAL), []
    for number in range(length):
        event = Event(
            at=NOW + timedelta(seconds=number),
            clock_trusted=True,
            kind=EventKind.ACCESS,
            access_point="Gate A",
            direction="in",
            outcome="refuse",
            reasons=("revoked",),
            list_age_s=3600,
        )
        salt, holder = (bytes([number]) * 16, HOLDER) if number % 2 else (None, None)
        entry = link(head, event, salt, holder)
        entries.append(entry)
        head = head_of(entry)
    return entries


def erased(entry: Entry) -> Entry:
    return replace(entry, salt=None, holder=None)


def test_a_hash_is_the_documented_one() -> None:
    first, second = chain_of(2)
    start = b"site-gate journal entry 1\x00"
    fact = encode_fact(JOURNAL, 1, first.event)
    assert first.commitment == NO_HOLDER
    assert first.hash == hashlib.sha256(start + bytes(32) + NO_HOLDER + fact).digest()
    assert second.commitment == hashlib.sha256(b"\x01" * 16 + HOLDER.encode()).digest()
    fact = encode_fact(JOURNAL, 2, second.event)
    assert second.hash == hashlib.sha256(start + first.hash + second.commitment + fact).digest()


def test_a_whole_chain_holds_and_gives_its_head() -> None:
    entries = chain_of(9)
    head = verify_chain(entries, genesis(JOURNAL))
    assert head == ChainHead(journal_id=JOURNAL, seq=9, hash=entries[-1].hash)


def test_a_chain_can_be_verified_in_parts() -> None:
    entries = chain_of(9)
    middle = verify_chain(entries[:4], genesis(JOURNAL))
    assert verify_chain(entries[4:], middle) == head_of(entries[-1])


def test_nobody_can_tell_from_a_chain_that_persons_were_erased() -> None:
    entries = chain_of(9)
    kept = verify_chain(entries, genesis(JOURNAL))
    assert verify_chain(map(erased, entries), genesis(JOURNAL)) == kept


_FORGERIES: dict[str, Callable[[Entry], Entry]] = {
    "another journal": lambda entry: replace(entry, journal_id=bytes(16)),
    "another number": lambda entry: replace(entry, seq=entry.seq + 1),
    "another commitment": lambda entry: replace(entry, commitment=NO_HOLDER),
    "another salt": lambda entry: replace(entry, salt=bytes(16)),
    "another person": lambda entry: replace(entry, holder='{"name":"Sam Simple"}'),
    "salt alone erased": lambda entry: replace(entry, salt=None),
    "holder alone erased": lambda entry: replace(entry, holder=None),
    "another hash": lambda entry: replace(entry, hash=bytes(32)),
    "another time": lambda entry: _with_event(entry, at=NOW),
    "clock not trusted": lambda entry: _with_event(entry, clock_trusted=False),
    "another kind": lambda entry: _with_event(entry, kind=EventKind.FAULT),
    "another gate": lambda entry: _with_event(entry, access_point="Gate B"),
    "another direction": lambda entry: _with_event(entry, direction="out"),
    "another outcome": lambda entry: _with_event(entry, outcome="admit"),
    "another reason": lambda entry: _with_event(entry, reasons=("expired",)),
    "one reason more": lambda entry: _with_event(entry, reasons=("revoked", "expired")),
    "another count": lambda entry: _with_event(entry, count=2),
    "another list age": lambda entry: _with_event(entry, list_age_s=3601),
    "no list age": lambda entry: _with_event(entry, list_age_s=None),
    "another detail": lambda entry: _with_event(entry, detail="x"),
}


def _with_event(entry: Entry, **changes: Any) -> Entry:  # noqa: ANN401 - any field
    return replace(entry, event=replace(entry.event, **changes))


@pytest.mark.parametrize("forge", _FORGERIES.values(), ids=_FORGERIES.keys())
def test_a_forged_entry_is_named(forge: Callable[[Entry], Entry]) -> None:
    entries = chain_of(9)
    entries[5] = forge(entries[5])
    with pytest.raises(EventError, match=r"^entry 6: "):
        verify_chain(entries, genesis(JOURNAL))


@given(st.integers(1, 8))
def test_an_entry_taken_out_is_named(seq: int) -> None:
    entries = chain_of(9)
    del entries[seq - 1]
    with pytest.raises(EventError, match=f"^entry {seq}: it is missing"):
        verify_chain(entries, genesis(JOURNAL))


@given(st.integers(1, 9))
def test_an_entry_put_in_is_named(seq: int) -> None:
    entries = chain_of(9)
    stranger = link(replace(head_of(entries[0]), seq=seq - 1), entries[0].event, None, None)
    entries.insert(seq - 1, replace(stranger, hash=bytes(32)))
    with pytest.raises(EventError, match=f"^entry {seq}: "):
        verify_chain(entries, genesis(JOURNAL))


def test_salt_and_holder_go_together() -> None:
    event = chain_of(1)[0].event
    with pytest.raises(EventError, match="go together"):
        link(genesis(JOURNAL), event, None, HOLDER)
