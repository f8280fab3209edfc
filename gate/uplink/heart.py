"""How the unit is, told to the hub: one heartbeat, signed and sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from gate import __version__
from gate.errors import EventError, UplinkError
from gate.events.camera_day import CameraDay
from gate.events.heartbeat import MAX_FAULTS, Heartbeat, sign_heartbeat
from gate.events.model import MAX_DETAIL_CHARS
from gate.store.camera_days import read_camera_days
from gate.store.checked import read_checked
from gate.store.clock_state import clock_state_path
from gate.store.journal_reader import JournalReader
from gate.store.quarantine import SIDE_FILES
from gate.store.trust_freshness import judge_all, worst_of, worst_tier
from gate.store.trust_in_force import TrustInForce
from gate.uplink.answer import Gap, Heard, Later, Receipted, Refused, read_answer
from gate.uplink.moment import moment
from gate.uplink.sync import Ending, Link, PassEnd
from gate.uplink.vitals import list_ages, manifest_age_s, read_vitals

BEAT_S: Final = 30.0
"""For one heartbeat of a few hundred bytes."""

NO_JOURNAL: Final = "journal"
SET_ASIDE: Final = "journal_set_aside"
NO_TRUST: Final = "trust"
REFUSED: Final = "refused"
"""Begins what was fetched and did not count: what it is, and why."""
CONTRADICTED: Final = "upload"
"""The hub and the journal contradict each other: somebody must look."""


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Believes:
    """What a unit goes by.

    Attributes:
        held: what is in force; None if nothing is.
        refused: what was fetched and did not count, and why, by what it is.
    """

    held: TrustInForce | None
    refused: Mapping[str, str] = field(default_factory=dict)


def beat(
    link: Link,
    believes: Believes,
    reader: JournalReader | None,
    end: PassEnd,
    broken: Sequence[str],
) -> str:
    """Tell the hub how the unit is after a pass that ended so; return why it was not heard, or "".

    Args:
        link: the line.
        believes: what is in force, and what was refused.
        reader: of the journal; None if there is none to be had.
        end: of the pass.
        broken: the parts that the gate says are broken.
    """
    message = sign_heartbeat(heartbeat(link, believes, reader, end, broken), link.key)
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


def heartbeat(
    link: Link,
    believes: Believes,
    reader: JournalReader | None,
    end: PassEnd,
    broken: Sequence[str],
) -> Heartbeat:
    """Return how the unit is now."""
    now = moment(link.clock, clock_state_path(link.journal))
    vitals = read_vitals(link.journal.parent)
    held = believes.held
    judged = None if held is None else judge_all(held, None, now.at, now.untrusted_s)
    left = None if judged is None else worst_of(judged)
    faults = list(broken)
    backlog, oldest_at = 0, None
    if reader is not None:
        if end.ending is Ending.ALARM:
            faults.append(CONTRADICTED)
        backlog = max(0, reader.head().seq - end.head.seq)
        oldest_at = _oldest(reader, end)
    if reader is None or (backlog and oldest_at is None):
        faults.append(NO_JOURNAL)
    if held is None or held.left_out:
        faults.append(NO_TRUST)
    if _set_aside(link.journal):
        faults.append(SET_ASIDE)
    faults += [_one_line(f"{REFUSED} {what}: {why}") for what, why in believes.refused.items()]
    faults += [_one_line(fault) for fault in read_checked(link.journal, now.at)]
    return Heartbeat(
        sent_at=max(link.clock.now(), _EPOCH),
        clock_trusted=now.trusted,
        untrusted_s=int(now.untrusted_s),
        backlog=backlog,
        oldest_at=oldest_at,
        list_ages={} if held is None else list_ages(held, now.at),
        manifest_version=None if held is None or held.manifest is None else held.manifest.version,
        manifest_age_s=None if held is None else manifest_age_s(held, now.at),
        tier="" if judged is None else str(worst_tier(judged)),
        tier_left_s=None if left is None else int(left.left.total_seconds()),
        temperature_c=vitals.temperature_c,
        disk_free_bytes=vitals.disk_free_bytes,
        version=__version__,
        boot_reason=vitals.boot_reason,
        faults=tuple(dict.fromkeys(faults))[:MAX_FAULTS],
        areas=link.areas,
        cameras=_cameras(link),
    )


def _cameras(link: Link) -> dict[str, tuple[CameraDay, ...]]:
    days = {lane: read_camera_days(path) for lane, path in link.cameras.items()}
    return {lane: told for lane, told in days.items() if told}


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)[:MAX_DETAIL_CHARS]


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
