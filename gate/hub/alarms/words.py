"""What a site's manager reads about an alarm: what happened, and what to do next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from gate.hub.ingest.models import Alarm, AlarmKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmWords:
    """An alarm's headline, what happened, and the next step; `{unit}` and `{seq}` stand in them."""

    headline: str
    happened: str
    next_step: str


_WORDS: Final = {
    AlarmKind.CONFLICT: AlarmWords(
        headline="Two different entries under one number",
        happened=(
            "{unit} sent another entry {seq} than the one the hub has. The hub kept the first and"
            " took nothing of the second. This happens when a unit's disk was copied or put back"
            " to an older state, or when its record was changed."
        ),
        next_step=(
            "Ask your contractor whether the disk of {unit} was copied or replaced. Until this is"
            " cleared up, {unit} checks cards and keeps its record, but nothing of it arrives here."
            " Don't let anybody wipe the unit: the other entries are only there."
        ),
    ),
    AlarmKind.UNNAMED_PREDECESSOR: AlarmWords(
        headline="A new record that doesn't name the one before",
        happened=(
            "{unit} began a new record and doesn't say which one it goes on from. Both are stored."
            " This happens when a unit's disk was replaced, or its record was deleted."
        ),
        next_step=(
            "Ask who worked on {unit}. If nobody replaced its disk, look in the entry log for hours"
            " that are missing before the new record begins, and write down what you find."
        ),
    ),
    AlarmKind.ENTRY_CHANGED: AlarmWords(
        headline="A stored entry is not what the gate sent",
        happened=(
            "The check of the stored record found entry {seq} of {unit} changed, removed or added"
            " since it arrived: by somebody with access to the hub's database, or by a failing"
            " disk. The entries before it hold; those after it can't be judged."
        ),
        next_step=(
            "Keep the hub's database as it is, and have a copy made. {unit} still has its own"
            " record: have it compared, and with a backup. Until then don't use this record as"
            " evidence from entry {seq} on."
        ),
    ),
    AlarmKind.SECOND_UNIT: AlarmWords(
        headline="A second unit asked to join by the code of a unit",
        happened=(
            "Another unit was shown the set-up code by which {unit} joined, and was refused. This"
            " happens when the wrong code of a sheet is held up, when a unit was set up anew with"
            " its old code, or when somebody copied the code."
        ),
        next_step=(
            "Ask your contractor whether one of theirs held up the wrong code. If nobody did, look"
            " whether {unit} hangs at its gate and is heard: if it is not yours, retire it on the"
            " page Units, and set yours up with a new code."
        ),
    ),
}

_UNKNOWN: Final = AlarmWords(
    headline="Something that must not happen",
    happened="{unit}: see the details.",
    next_step="Show the details to whoever looks after the hub.",
)


def words_of(alarm: Alarm) -> AlarmWords:
    """Return an alarm in words."""
    words = next((one for kind, one in _WORDS.items() if kind == alarm.kind), _UNKNOWN)
    facts = {"unit": alarm.unit.name, "seq": alarm.seq}
    return AlarmWords(
        headline=words.headline,
        happened=words.happened.format(**facts),
        next_step=words.next_step.format(**facts),
    )


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    """Tell a moment in full, such as `20 November 2026, 07:15:00 GMT`."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M:%S} {local.tzname()}"
