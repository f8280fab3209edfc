"""How a gate is, in a manager's words; a tier is a word and a mark before it is a colour."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from gate.events.plain_words import PARTS
from gate.hub.alarms.words import moment_words
from gate.hub.gates.state import GateState
from gate.hub.ingest.models import Heartbeat
from gate.hub.log.rows import Pill
from gate.hub.manifest.handed import REFUSED
from gate.hub.manifest.words import age_words
from gate.trust.freshness import Freshness, Tier

CHECK: Final = "check "
CHECK_OVERDUE: Final = "check overdue"
"""What a unit's own weekly check tells begins so (gate.store.checked)."""

DRIFT: Final = timedelta(minutes=1)
"""As far as clocks may differ before a signed time is refused."""

_PILLS: Final = {
    Tier.GREEN: Pill(tone="admit", mark="✓", words="Up to date (green)"),
    Tier.AMBER: Pill(tone="note", mark="!", words="Ageing (amber)"),
    Tier.RED: Pill(tone="refuse", mark="✗", words="Too old (red)"),
}
_UNKNOWN: Final = Pill(tone="", mark="?", words="Not known yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateWords:
    """One gate, to be read: a pill, what it means, and facts by name."""

    number: int
    name: str
    pill: Pill
    meaning: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    tone: str


def words_of(state: GateState, now: datetime, zone: ZoneInfo) -> GateWords:
    """Return a gate in words."""
    pill = pill_of(state.fresh)
    return GateWords(
        number=state.unit.pk,
        name=state.unit.name,
        pill=pill,
        meaning=meaning_of(state.fresh),
        facts=tuple(_facts(state, now)),
        warnings=tuple(_warnings(state, now, zone)),
        tone="refuse" if state.silent else pill.tone,
    )


def pill_of(fresh: Freshness | None) -> Pill:
    """Return how fresh a gate's knowledge is, in a word."""
    return _UNKNOWN if fresh is None else _PILLS[fresh.tier]


def meaning_of(fresh: Freshness | None) -> str:
    """Say for how long a gate's knowledge is good enough, and what follows."""
    if fresh is None:
        return "What it knows of cancelled cards and of this site's rules was not told yet."
    hours = int(fresh.left / timedelta(hours=1))
    match fresh.tier:
        case Tier.GREEN:
            return f"Amber in {hours} h, if it hears nothing new."
        case Tier.AMBER:
            return f"Red in {hours} h, if it hears nothing new: then a guard checks each card."
        case Tier.RED:
            return "A guard checks each card, or cards are refused, as this site's rules say."


def _facts(state: GateState, now: datetime) -> Iterator[tuple[str, str]]:
    beat = state.beat
    if beat is None:
        return
    yield "Rules and blocks", _manifest(state)
    yield "Last heard", f"{age_words(now - beat.received_at)} ago"
    yield "Still to send", _backlog(beat, now)
    yield "Clock", _clock(beat)
    yield "Lists of cancelled cards", _lists(beat, now)
    if beat.manifest_age_s is not None:
        age = timedelta(seconds=beat.manifest_age_s) + (now - beat.received_at)
        yield "Rules and blocks signed", f"{age_words(age)} ago"
    machine = [f"software {beat.version}"] if beat.version else []
    if beat.temperature_c is not None:
        machine.append(f"{beat.temperature_c} °C")
    if beat.disk_free_bytes is not None:
        machine.append(f"{beat.disk_free_bytes / 1e9:.1f} GB free")
    if machine:
        yield "Machine", ", ".join(machine)


def _warnings(state: GateState, now: datetime, zone: ZoneInfo) -> Iterator[str]:
    beat = state.beat
    if beat is None:
        yield "It has never been heard. If it is in use, ask your contractor to connect it."
        return
    if state.silent:
        at = moment_words(beat.received_at, zone)
        yield (
            f"Unheard since {at}. It checks cards by itself, with what it had then. Look whether"
            " it has power and network."
        )
    if state.latest > max(state.sent, state.in_force):
        asked_at = state.asked_at
        asked = "never asked" if asked_at is None else f"last asked {age_words(now - asked_at)} ago"
        yield f"It has not got the latest rules and blocks: it {asked}."
    if not beat.clock_trusted:
        yield (
            "It doesn't know what time it is. After 24 hours of that a guard checks each card:"
            " ask your contractor to let it reach a time server."
        )
    yield from map(_fault_words, map(str, beat.faults))


def _fault_words(fault: str) -> str:
    """Return what a gate tells of: one of its parts, of whichever lane, or its uplink's own."""
    part, _, lane = fault.partition(" at ")
    if fault == CHECK_OVERDUE:
        return "It was not checked for 15 days. Ask your contractor: journalctl -u gate-doctor"
    if fault.startswith(CHECK):
        return f"Its weekly check says of its {fault.removeprefix(CHECK)} Ask your contractor."
    if fault.startswith(REFUSED):
        why, _, _ = fault.removeprefix(REFUSED).partition("; allowed here: ")
        return (
            "It refuses this site's latest rules, and with them every block and induction since: it"
            f" goes by those before. It says: {why}. If its software is older than the hub's,"
            " bring it up to date; until then take out of the rules what it doesn't know."
        )
    if part not in PARTS:
        return f"It tells of something that does not work: {fault}."
    what, step = PARTS[part]
    return f"{lane}: {what} {step}" if lane else f"{what} {step}"


def _manifest(state: GateState) -> str:
    if not state.latest:
        return "none yet: the hub was given no rules"
    if state.in_force >= state.latest:
        return f"the latest are in force (version {state.in_force})"
    told = f"in force is version {state.in_force or 'none'}, the latest is {state.latest}"
    if state.sent >= state.latest:
        return f"the latest were sent to it; {told}"
    return f"{told}; it was sent {state.sent or 'none'}"


def _backlog(beat: Heartbeat, now: datetime) -> str:
    if not beat.backlog:
        return "nothing"
    entries = f"{beat.backlog} {'entry' if beat.backlog == 1 else 'entries'}"
    if beat.oldest_at is None:
        return entries
    return f"{entries}, the oldest from {age_words(now - beat.oldest_at)} ago"


def _clock(beat: Heartbeat) -> str:
    if not beat.clock_trusted:
        ran = timedelta(seconds=beat.untrusted_s or 0)
        return f"not known; it has run {age_words(ran)} so"
    drift = beat.sent_at - beat.received_at
    if abs(drift) <= DRIFT:
        seconds = round(abs(drift).total_seconds())
        way = "ahead" if drift > timedelta(0) else "behind"
        return f"right ({seconds} s {way})" if seconds else "right"
    return f"{age_words(abs(drift))} {'ahead' if drift > timedelta(0) else 'behind'}"


def _lists(beat: Heartbeat, now: datetime) -> str:
    ages = [int(age_s) for age_s in beat.list_ages_s.values()]
    if not ages:
        return "none: nobody's card can be checked against one"
    oldest = timedelta(seconds=max(ages)) + (now - beat.received_at)
    return f"{len(ages)}, the oldest signed {age_words(oldest)} ago"
