"""A demo told: to people one line a card and a summary, to programs one JSON object a line."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gate.access.model import Direction
from gate.access.words import words_for
from gate.errors import Outcome, Reason
from gate.events.codec import decode_holder
from gate.events.model import Entry, EventKind
from gate.sim.demo_kinds import EXPECTED
from gate.sim.demo_muster import Mustered
from gate.sim.demo_record import CardRecord, MorningRecord
from gate.sim.hub_holdings import Holdings
from gate.sim.site import STARTS_AT
from gate.sim.site_files import UNIT_NAME
from gate.sim.verdicts import Verdict

WIDTH: Final = 80
_WORDS_WIDTH: Final = 48
_EXPECTED_WIDTH: Final = 28
_INDENT: Final = " " * 24

_PICTURES: Final = {
    Outcome.ADMIT: ("\N{CHECK MARK}", "green"),
    Outcome.NOTE: ("\N{CHECK MARK}", "yellow"),
    Outcome.REFER: ("!", "yellow"),
    Outcome.REFUSE: ("X", "red"),
}
_UNREAD: Final = ("?", "yellow")
_PORTAL: Final = {
    EventKind.NOT_TURNED: ("-", "yellow", "{name} did not go {way}: not counted"),
    EventKind.TURN_UNKNOWN: ("?", "yellow", "Nobody knows who turned"),
    EventKind.FORCED: ("X", "red", "Forced: somebody turned, known to nobody"),
    EventKind.HELD: ("!", "yellow", "The turnstile is held"),
    EventKind.HELD_OVER: ("-", "", "Held no longer"),
    EventKind.FIRE_ALARM: ("!", "bold red", "FIRE: {detail}"),
    EventKind.TURNS_UNIDENTIFIED: ("-", "", "Turned {way}, known to nobody: {count}"),
    EventKind.ALL_CLEAR: ("-", "green", "All clear, by {name}: {detail}"),
}
"""What the portal tells besides, as mark, style and words; who turned goes without saying."""
_NOT_READ: Final = "Nothing read: closer, brighter, wipe the card"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """One record, or the lack of one, in a mark and words."""

    mark: str
    style: str
    words: str


def card_lines(verdict: Verdict, *, plain: bool) -> Iterator[Text]:
    """Yield the lines of one turn; `plain` for terminals that have no tick."""
    shown_at = STARTS_AT + timedelta(seconds=verdict.turn.shown.at_s)
    way = verdict.turn.shown.way
    time = f"{verdict.ms:.0f} ms" if verdict.ms is not None else "-"
    records = [one for one in verdict.records if one.event.kind is not EventKind.TURNED]
    answer = next((one for one in records if one.event.kind is EventKind.ACCESS), None)
    if not records:
        yield from _lines(_when(shown_at, way), _nothing(verdict), time, plain=plain)
    for record in records:
        at, ms = (shown_at, time) if record is answer else (record.event.at, "-")
        passed = Direction(record.event.direction or way)
        yield from _lines(_when(at, passed), _said(verdict, record), ms, plain=plain)
    for fault in verdict.faults:
        kind = verdict.turn.kind
        said_so = f"NOT AS EXPECTED ({kind}, card {verdict.turn.shown.number}): {fault}"
        yield Text("\n".join(textwrap.wrap(said_so, WIDTH)), style="bold red")


def _when(at: datetime, way: Direction) -> str:
    return f"{at:%H:%M:%S}  {UNIT_NAME.upper()} {way.value.upper():3}"


def _lines(when: str, said: _Said, time: str, *, plain: bool) -> Iterator[Text]:
    rows = textwrap.wrap(said.words, _WORDS_WIDTH)
    mark = "+" if plain and not said.mark.isascii() else said.mark
    line = Text(f"{when} ")
    line.append(mark, style=said.style).append("  ")
    line.append(rows[0].ljust(_WORDS_WIDTH)).append(time.rjust(8))
    yield line
    yield from (Text(_INDENT + row) for row in rows[1:])


def summary(
    record: MorningRecord, held: Holdings, mustered: Mustered | None
) -> Iterator[Table | Text]:
    """Yield what it all came to: kinds, times, a fire alarm, differences."""
    yield _table_of_kinds(record.cards)
    times = sorted(card.ms for card in record.cards if card.ms is not None)
    if times:
        yield Text(
            f"Frame to relay or signal: median {median(times):.0f} ms, worst {times[-1]:.0f} ms"
            f" ({len(times)} answers)"
        )
    if mustered is not None:
        yield Text(
            f"Fire alarm: {mustered.inside} inside when it began, {mustered.turned} turned out"
            f" unidentified, {mustered.back} of {mustered.inside} are back in."
        )
    yield from (Text(line, style="bold red") for line in differences(record, held))
    good = sum(not card.faults for card in record.cards)
    chain = "the journal's chain holds" if not record.faults else "see above"
    yield Text(f"{good} of {len(record.cards)} as expected; {chain}.")
    same = "entry for entry the same" if not held.faults else "see above"
    yield Text(f"{held.recorded} entries in the journal, {held.stored} at the hub: {same}.")


def differences(record: MorningRecord, held: Holdings) -> Iterator[str]:
    """Yield each thing that is not as it should be."""
    for card in record.cards:
        for fault in card.faults:
            yield f"card {card.card} ({card.kind}): {fault}"
    yield from record.faults
    yield from held.faults


def json_lines(record: MorningRecord, held: Holdings) -> Iterator[dict[str, object]]:
    """Yield an object for each card, and the sum."""
    for card in record.cards:
        yield {
            "card": card.card,
            "kind": card.kind.value,
            "expected": card.expected,
            "got": card.got,
            "ms_frame_to_relay": card.ms,
        }
    yield {
        "cards": len(record.cards),
        "as_expected": sum(not card.faults for card in record.cards),
        "uploaded": held.uploaded,
        "stored_by_hub": held.stored,
    }


def print_lines(console: Console, lines: Iterator[Table | Text]) -> None:
    """Print each; a line that is too long for the terminal is not broken within words."""
    for line in lines:
        console.print(line, soft_wrap=isinstance(line, Text))


def _table_of_kinds(cards: Sequence[CardRecord]) -> Table:
    table = Table(box=None, pad_edge=False, show_edge=False, title_justify="left")
    table.add_column("what it is")
    table.add_column("expected", max_width=_EXPECTED_WIDTH)
    table.add_column("right", justify="right")
    for kind, expectation in EXPECTED.items():
        mine = [card for card in cards if card.kind is kind]
        if not mine:
            continue
        good = sum(not card.faults for card in mine)
        row = (expectation.about, expectation.verdict.replace(":", ": "))
        table.add_row(*row, f"{good} of {len(mine)}", style="" if good == len(mine) else "bold red")
    return table


def _said(verdict: Verdict, record: Entry) -> _Said:
    if record.event.kind is not EventKind.ACCESS:
        return _told(record)
    outcome = Outcome(record.event.outcome)
    mark, style = _PICTURES[outcome]
    if not record.event.reasons or record.event.direction == Direction.OUT:
        return _Said(
            mark=mark, style=style, words=f"{_first_name(record)}, {record.event.direction}"
        )
    card = verdict.turn.held.card
    expires_on = None if card is None else card.expires_at.date()
    words = words_for(Reason(record.event.reasons[0]), expires_on=expires_on)
    return _Said(mark=mark, style=style, words=str(words))


def _told(record: Entry) -> _Said:
    """Return what the portal told besides."""
    event = record.event
    mark, style, words = _PORTAL[event.kind]
    known = {"detail": event.detail, "count": event.count, "way": event.direction}
    said = words.format(name=_first_name(record), **known)
    return _Said(mark=mark, style=style, words=said)


def _first_name(record: Entry) -> str:
    return "" if record.holder is None else decode_holder(record.holder).name.split()[0]


def _nothing(verdict: Verdict) -> _Said:
    mark, style = _UNREAD
    return _Said(mark=mark, style=style, words=_NOT_READ if verdict.got == "unread" else "")
