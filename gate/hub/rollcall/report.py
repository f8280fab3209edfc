"""What came of a roll call: who opened it, how long it took, who was not accounted for."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from gate.events.codec import to_ms
from gate.hub.log.day import day_of
from gate.hub.manifest.words import age_words
from gate.hub.rollcall.calls import State, safe
from gate.hub.rollcall.models import Call, Mark
from gate.hub.rollcall.sheet import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Facts by name, and the names of those whom nobody marked."""

    facts: tuple[tuple[str, str], ...]
    missing: tuple[Line, ...]


def report_of(call: Call, state: State, lines: Iterable[Line], marks: list[Mark]) -> Report:
    """Return the report of a roll call that is over, or all clear."""
    day = day_of(call.as_of, ZoneInfo(call.site.time_zone))
    marked = safe(marks)
    every = list(lines)
    facts = [
        ("Opened", f"{day.moment_words(to_ms(call.opened_at))} by {call.by_name}"),
        ("On the list", f"{len(every)}, as of {day.moment_words(to_ms(call.as_of))}"),
        (
            "Marked safe",
            f"{len(marked)} by {len({mark.by_name for mark in marked.values()})} people",
        ),
        ("Taken back", f"{sum(mark.undoes is not None for mark in marks)} marks"),
    ]
    if marked:
        last = max(mark.at for mark in marked.values())
        facts.append(("Last mark", f"{age_words(last - call.opened_at)} after it was opened"))
    for name, step in (("All-clear", state.all_clear), ("Closed", state.closed)):
        if step is not None:
            said = f" given by {step.words}" if name == "All-clear" else ""
            facts.append((name, f"{day.moment_words(to_ms(step.at))}{said}, by {step.by_name}"))
    missing = tuple(line for line in every if line.number not in marked)
    return Report(facts=tuple(facts), missing=missing)
