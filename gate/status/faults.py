"""What is wrong with the unit, and what to do about each, in plain words; the worst first. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gate.events.plain_words import PARTS
from gate.status.unit_watch import Seen
from gate.status.words import age_words, moment_words
from gate.store.trust_freshness import CLOCK, MANIFEST
from gate.trust.freshness import Freshness, Tier

MAX_BACKLOG: Final = 1_000
"""Entries that wait for the hub: a busy gate's morning without it."""

_HOLDS_UP: Final = frozenset({"camera", "journal", "portal"})
_NETWORK: Final = "Bring the gate's network back, or carry an update to it by hand."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong; `is_bad`: people are held up by it."""

    what: str
    step: str
    is_bad: bool = False


def faults_of(seen: Seen) -> list[Fault]:
    """Return what is wrong, the worst first."""
    found = [*_of_lanes(seen), *_of_trust(seen), *_of_record(seen), *_of_freshness(seen)]
    return sorted(found, key=lambda fault: not fault.is_bad)


def _of_lanes(seen: Seen) -> Iterator[Fault]:
    for lane in seen.lanes:
        if lane.fault:
            what, _, step = lane.fault.partition("; next: ")
            yield Fault(
                what=f"{lane.name}: {what}.", step=step or "Call your contractor.", is_bad=True
            )
    parts = {part for lane in seen.lanes if lane.state is not None for part in lane.state.faults}
    for part in sorted(parts):
        what, step = PARTS.get(part, (f"A part does not work: {part}.", "Call your contractor."))
        yield Fault(what=what, step=step, is_bad=part in _HOLDS_UP or part not in PARTS)


def _of_trust(seen: Seen) -> Iterator[Fault]:
    if seen.trust is None:
        what = f"What the gate goes by can't be known: {seen.trust_fault}."
        yield Fault(what=what, step="Have the trust directory brought anew, whole.", is_bad=True)
        return
    left_out = (*seen.trust.left_out, *((seen.trust_fault,) if seen.trust_fault else ()))
    for why in left_out:
        yield Fault(what=f"Does not count: {why}.", step="Have it brought anew.")
    if seen.site_fault:
        yield Fault(what=f"Does not count: {seen.site_fault}.", step=_NETWORK)


def _of_record(seen: Seen) -> Iterator[Fault]:
    record = seen.record
    if record.fault:
        what = f"The record can't be read: {record.fault}."
        yield Fault(what=what, step="If it lasts a minute, call your contractor.", is_bad=True)
    if record.predecessor and record.began_at is not None:
        began = moment_words(record.began_at, seen.zone)
        what = f"The record was damaged, and set aside whole on {began}. A new one was begun."
        step = "Have your contractor copy the damaged file, and find out what the disk is doing."
        yield Fault(what=what, step=step)
    if seen.backlog is not None and seen.backlog > MAX_BACKLOG:
        what = f"{seen.backlog} entries wait to be sent to the hub; nothing is lost."
        yield Fault(what=what, step="Bring the gate's network back.")


def _of_freshness(seen: Seen) -> Iterator[Fault]:
    if seen.trust is not None and not any(what.startswith("list ") for what in seen.judged):
        what = "The gate has no list of cancelled cards."
        yield Fault(what=what, step=_NETWORK)
    for what, fresh in seen.judged.items():
        if fresh.tier is Tier.GREEN:
            continue
        is_bad = fresh.tier is Tier.RED
        so = "A guard checks everybody." if is_bad else f"Red in {age_words(fresh.left)}."
        yield Fault(what=f"{_aged(what, fresh)} {so}", step=_NETWORK, is_bad=is_bad)


def _aged(what: str, fresh: Freshness) -> str:
    if what == CLOCK:
        return f"Nothing has set the gate's clock for {age_words(fresh.age)}."
    name = "The site's rules" if what == MANIFEST else f"The {what}"
    verb = "are" if what == MANIFEST else "is"
    return f"{name} {verb} {age_words(fresh.age)} old."
