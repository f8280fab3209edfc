"""What the hub holds against what the journal holds: each difference is named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gate.events.chain import genesis, head_of, link
from gate.events.model import Entry, Event, EventKind
from gate.sim.hub_holdings import differences

Entries = dict[int, Entry]


def _entries(count: int) -> Entries:
    entries: Entries = {}
    head = genesis(bytes(16))
    at = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
    for _ in range(count):
        entry = link(head, Event(at=at, clock_trusted=True, kind=EventKind.ACCESS), None, None)
        entries[entry.seq] = entry
        head = head_of(entry)
    return entries


def _without(*numbers: int) -> Callable[[Entries], Entries]:
    return lambda entries: {seq: one for seq, one in entries.items() if seq not in numbers}


def _other_hash(entries: Entries) -> Entries:
    return entries | {2: replace(entries[2], hash=bytes(32))}


def _other_content(entries: Entries) -> Entries:
    return entries | {2: replace(entries[2], event=replace(entries[2].event, detail="x"))}


def _same(entries: Entries) -> Entries:
    return entries


CASES = [
    pytest.param(_same, [], id="the same"),
    pytest.param(_without(4), ["the hub lacks entry 4"], id="one is lacking"),
    pytest.param(
        _without(1, 3, 4),
        ["the hub lacks entry 1", "the hub lacks entries 3 to 4"],
        id="several are lacking",
    ),
    pytest.param(_other_hash, ["entry 2: the hub holds another hash"], id="another hash"),
    pytest.param(
        _other_content,
        ["entry 2: the hub holds other content under the same hash"],
        id="another content",
    ),
]


@pytest.mark.parametrize(("change", "told"), CASES)
def test_each_difference_is_named(change: Callable[[Entries], Entries], told: list[str]) -> None:
    ours = _entries(4)
    assert list(differences(ours, change(ours))) == told


def test_what_only_the_hub_holds_is_named() -> None:
    theirs = _entries(4)
    told = "the hub holds entries 3 to 4, which the journal lacks"
    assert list(differences(_entries(2), theirs)) == [told]
