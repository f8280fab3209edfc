"""The pages that name people: the roll call, to be printed, and the record of a day. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gate.access.model import Direction
from gate.access.roll_call import ALWAYS
from gate.errors import Outcome
from gate.events.model import Entry, EventKind
from gate.events.plain_words import outcome_words
from gate.status.layout import RECORD, Frame, card, page, pill, table
from gate.status.markup import Content, Html, join, tag
from gate.status.reply import Reply
from gate.status.roll import Roll, Row
from gate.status.unit_watch import Seen
from gate.status.words import MARKS, TONES, tell
from gate.store.journal_days import Count

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the record.

    Attributes:
        entries: some of it, newest first.
        older: the number under which the next ones are; None if there are no more.
        is_first: whether these are the newest.
        earliest, today: the first and last day there may be records of.
        fault: why it can't be read.
    """

    on: date
    today: date
    earliest: date
    counts: tuple[Count, ...] = ()
    entries: Sequence[Entry] = ()
    older: int | None = None
    is_first: bool = True
    fault: str = ""


def roll_call_page(frame: Frame, seen: Seen, roll: Roll) -> Reply:
    """Return who is inside, as it was at one moment; it never changes while it is read."""
    at = roll.call.at.astimezone(seen.zone)
    words = roll.present_words
    when = f"on {at.day} {at:%B %Y} at {at:%H:%M:%S} ({at:%Z})"
    title = "Fire roll call" if roll.call.is_frozen else "Roll call"
    head = tag(
        "div",
        tag("h1", title),
        tag("p", tag("strong", str(roll.present), class_="number"), f" {words} {when}"),
        _areas(roll),
        tag(
            "p",
            f"Called at {frame.unit}. Print it, or keep this page open: it doesn't change.",
            class_="quiet",
        ),
        class_="heading",
    )
    has_areas = bool(roll.areas())
    everybody = [
        _group(name or "Company not known", rows, seen, "", has_areas=has_areas)
        for name, rows in roll.companies()
    ]
    apart = [_group(name, rows, seen, "apart", has_areas=has_areas) for name, rows in roll.apart()]
    nobody = card(tag("p", _nobody(roll))) if not everybody else ""
    return page(frame, title, head, _doubts(roll, seen), nobody, everybody, apart)


def record_page(frame: Frame, seen: Seen, day: Day) -> Reply:
    """Return a day of the record: in figures, and some of its entries."""
    title = "Today's record" if day.on == day.today else "Record"
    heading = tag(
        "div",
        tag("h1", title),
        tag("p", f"{day.on:%A}, {day.on.day} {day.on:%B %Y}, {seen.zone.key} time", class_="quiet"),
        class_="heading",
    )
    if day.fault:
        told: Content = card(tag("p", f"The record can't be read: {day.fault}."), tone="refuse")
    elif not day.entries:
        told = card(tag("p", "Nothing was recorded."))
    else:
        rows = [_entry(entry, seen) for entry in day.entries]
        told = card(table(("Time", "Way", "What", "Who"), rows, "stack record"))
    return page(frame, title, heading, _turn_days(day), _figures(day), told, _turn_pages(day))


def _doubts(roll: Roll, seen: Seen) -> Html:
    lines = [*roll.doubts, *(one for one in roll.call.words(seen.zone) if one != ALWAYS)]
    alarm = roll.muster.alarm
    if alarm is not None and not alarm.is_test:
        lines.append(
            f"Since the alarm {alarm.turned_out} went out and {alarm.turned_in} came in here, of"
            " whom nobody knows who they are."
        )
    if not lines:
        return tag("p", ALWAYS, class_="quiet")
    return card(
        tag("h2", "What this list can't know"),
        tag("ul", [tag("li", line) for line in (*lines, ALWAYS)]),
        tone="note",
    )


def _areas(roll: Roll) -> Html | str:
    told = [f"{name or 'area not known'} {count}" for name, count in roll.areas()]
    return tag("p", f"By area: {', '.join(told)}") if told else ""


def _nobody(roll: Roll) -> str:
    exits = roll.call.exits
    return "Nobody is known to be inside." if exits.are_seen else "Nobody is known to have come in."


def _group(name: str, rows: list[Row], seen: Seen, kind: str, *, has_areas: bool) -> Html:
    heading = tag("h2", name, " ", tag("span", str(len(rows)), class_="quiet"))
    day = seen.moment.at.astimezone(seen.zone).date()
    told = (
        [
            tag("span", class_="box", aria_hidden="true"),
            tag("strong", row.called),
            row.number if row.name else "",
            _since(row, seen, day),
            f"{row.gate} ({row.area})" if row.area and has_areas else row.gate,
        ]
        for row in rows
    )
    heads = ("", "Name", "Card", "Since", "Gate")
    return tag("section", heading, table(heads, told, "roll"), class_=f"card {kind}".strip())


def _since(row: Row, seen: Seen, today: date) -> str:
    local = row.since.astimezone(seen.zone)
    return f"{local:%H:%M}" if local.date() == today else f"{local.day} {local:%b %H:%M}"


def _figures(day: Day) -> Html | str:
    if day.fault:
        return ""
    rows = []
    for direction, words in ((Direction.IN, "in"), (Direction.OUT, "out")):
        for outcome in Outcome:
            count = _count(day, EventKind.ACCESS, direction, outcome)
            if count:
                said = outcome_words(outcome)
                rows.append(
                    [pill(words, words), pill(said, TONES[outcome], MARKS[outcome]), str(count)]
                )
    strangers = _count(day, EventKind.TURNS_UNIDENTIFIED, None, "")
    unrecorded = _count(day, EventKind.EXITS_UNRECORDED, None, "")
    for count, said in ((strangers, "Passed, nobody known"), (unrecorded, "Exits not recorded")):
        if count:
            rows.append(["", pill(said, "note", "!"), str(count)])
    return card(table(("Way", "What", "How many"), rows, "figures")) if rows else ""


def _count(day: Day, kind: EventKind, direction: Direction | None, outcome: str) -> int:
    return sum(
        one.count
        for one in day.counts
        if one.kind == kind
        and (direction is None or one.direction == direction)
        and (not outcome or one.outcome == outcome)
    )


def _entry(entry: Entry, seen: Seen) -> list[Content]:
    told = tell(entry)
    local = entry.event.at.astimezone(seen.zone)
    when = join(
        f"{local:%H:%M:%S}",
        "" if entry.event.clock_trusted else tag("span", " or later", class_="quiet"),
    )
    what = pill(told.words, told.tone, told.mark) if told.tone else tag("span", told.words)
    meaning = tag("p", told.meaning, class_="quiet") if told.meaning else ""
    who = join(told.who, tag("p", f"Card {told.number}", class_="quiet") if told.number else "")
    way = pill(told.way, told.way) if told.way else ""
    return [when, way, join(what, meaning), who]


def _turn_days(day: Day) -> Html | str:
    before, after = day.on - _ONE_DAY, day.on + _ONE_DAY
    links: list[Html] = []
    if before >= day.earliest:
        links.append(
            tag("a", "Day before", class_="button", rel="prev", href=f"{RECORD}?day={before}")
        )
    if after <= day.today:
        links.append(
            tag("a", "Day after", class_="button", rel="next", href=f"{RECORD}?day={after}")
        )
    if day.on != day.today:
        links.append(tag("a", "Today", class_="button", href=RECORD))
    return tag("p", links, class_="turn") if links else ""


def _turn_pages(day: Day) -> Html | str:
    links = []
    if not day.is_first:
        links.append(tag("a", "Newest", class_="button", href=f"{RECORD}?day={day.on}"))
    if day.older is not None:
        older = f"{RECORD}?day={day.on}&before={day.older}"
        links.append(tag("a", "Older", class_="button", rel="next", href=older))
    return tag("p", links, class_="turn") if links else ""
