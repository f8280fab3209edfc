"""How the unit is, told to the hub: one heartbeat, signed and sent."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from gate import __version__
from gate.errors import EventError, UplinkError
from gate.events.heartbeat import Heartbeat, sign_heartbeat
from gate.store.journal_reader import JournalReader
from gate.store.quarantine import SIDE_FILES
from gate.uplink.answer import Gap, Heard, Later, Receipted, Refused, read_answer
from gate.uplink.sync import Ending, Link, PassEnd
from gate.uplink.vitals import read_list_ages, read_vitals

BEAT_S: Final = 30.0
"""For one heartbeat of a few hundred bytes."""

NO_JOURNAL: Final = "journal"
SET_ASIDE: Final = "journal_set_aside"
NO_TRUST: Final = "trust"
CONTRADICTED: Final = "upload"
"""The hub and the journal contradict each other: somebody must look."""


def beat(link: Link, trust: Path, reader: JournalReader | None, end: PassEnd) -> str:
    """Tell the hub how the unit is after a pass that ended so; return why it was not heard, or "".

    Args:
        link: the line.
        trust: directory whose lists' ages are told.
        reader: of the journal; None if there is none to be had.
        end: of the pass.
    """
    message = sign_heartbeat(heartbeat(link, trust, reader, end), link.key)
    deadline_s = link.clock.monotonic() + BEAT_S
    try:
        path = f"/api/units/{link.uid}/heartbeats"
        answer = read_answer(link.client.post(path, message, deadline_s=deadline_s))
    except UplinkError as error:
        return str(error)
    match answer:
        case Heard():
            return ""
        case Later(why=why):
            return why
        case Refused(status=status, code=code):
            return f"the hub refuses: {status} {code}"
        case Receipted() | Gap():
            return "captive portal? its answer to a heartbeat is none"


def heartbeat(link: Link, trust: Path, reader: JournalReader | None, end: PassEnd) -> Heartbeat:
    """Return how the unit is now."""
    now = link.clock.now()
    vitals = read_vitals(link.journal.parent)
    ages = read_list_ages(trust, now)
    faults: list[str] = []
    backlog, oldest_at = 0, None
    if reader is not None:
        if end.ending is Ending.ALARM:
            faults.append(CONTRADICTED)
        backlog = max(0, reader.head().seq - end.head.seq)
        oldest_at = _oldest(reader, end)
    if reader is None or (backlog and oldest_at is None):
        faults.append(NO_JOURNAL)
    if ages is None:
        faults.append(NO_TRUST)
    if _set_aside(link.journal):
        faults.append(SET_ASIDE)
    return Heartbeat(
        sent_at=now,
        clock_trusted=link.clock.is_trusted(),
        backlog=backlog,
        oldest_at=oldest_at,
        list_ages=ages or {},
        temperature_c=vitals.temperature_c,
        disk_free_bytes=vitals.disk_free_bytes,
        version=__version__,
        boot_reason=vitals.boot_reason,
        faults=tuple(faults),
    )


def _oldest(reader: JournalReader, end: PassEnd) -> datetime | None:
    """Return the time of the oldest entry the hub lacks; None too if its row can't be read."""
    try:
        entry = next(reader.entries(end.head.seq), None)
    except EventError:
        return None
    return None if entry is None else entry.event.at


def _set_aside(journal: Path) -> Sequence[Path]:
    """Return the damaged journals that were set aside beside this one, and not yet carried off."""
    found = journal.parent.glob(f"{journal.name}.damaged-*")
    return [path for path in found if not path.name.endswith(SIDE_FILES)]
