"""What a unit that joins fetches and records before anything counts: trust, rules, a first entry.

It does what the unit's uplink does, by the same code, on the files of the place beside. A trust
directory that the unit has already (issuers that a hand laid out) is copied there first.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from gate.enrol.hub_door import door_of, proxy_of, setback_of
from gate.errors import EnrolError, GateError, JournalError, Setback, TrustError, UplinkError
from gate.events.batch import unit_uid
from gate.store.cursor import Cursor, cursor_directory
from gate.store.files import write_file
from gate.store.journal import open_journal
from gate.store.journal_reader import JournalReader
from gate.store.moment import Moment
from gate.store.trust_names import PINNED_ROOT
from gate.uplink.client import HubClient
from gate.uplink.fetch import Fetcher
from gate.uplink.pull import Pull, PullSource
from gate.uplink.sync import Ending, Link, sync_pass

if TYPE_CHECKING:
    from gate.enrol.steps import Means, Work


def fetch(means: "Means", work: "Work") -> str:
    """Fetch trust and rules into the place beside; return the rules' text.

    Raises:
        EnrolError: HUB_UNREACHABLE, PORTAL, NO_RULES, NO_TRUST or DISK.
    """
    joined, key, clock = work.joined, work.key, means.clock
    assert joined is not None  # noqa: S101 - the step before has joined
    assert key is not None  # noqa: S101 - as above
    trust = _trust_beside(means, joined.fleet_root)
    source = PullSource(
        trust=trust,
        site=joined.place.site,
        url=door_of(work.opened).url,
        hub_key=work.opened.key,
        uid=joined.uid,
        key=key,
        poll_s=1.0,
        now=lambda: Moment(at=clock.now(), trusted=clock.is_trusted()),
        monotonic=clock.monotonic,
    )
    try:
        with Fetcher(ca=work.ca, proxy=proxy_of(work.opened), monotonic=clock.monotonic) as fetcher:
            pull = Pull(source, fetcher)
            pull.bring()
            manifest = pull.in_force().manifest
    except UplinkError as error:
        raise EnrolError(setback_of(error), str(error)) from error
    except TrustError as error:
        raise EnrolError(Setback.NO_TRUST, str(error)) from error
    if manifest is None:
        refused = "; ".join(f"{part}: {why}" for part, why in pull.refused.items())
        raise EnrolError(Setback.NO_TRUST if refused else Setback.NO_RULES, refused)
    return manifest.policy


def begin(means: "Means", work: "Work") -> None:
    """Begin the record beside, unless the unit has one, and have the hub acknowledge an entry.

    Raises:
        EnrolError: NO_RECEIPT or DISK.
    """
    key, clock, kept = work.key, means.clock, work.kept
    assert key is not None  # noqa: S101 - a step before has made it
    assert kept is not None  # noqa: S101 - as above
    journal = means.staging.paths.journal
    try:
        if not journal.exists():
            journal = kept / journal.name
            open_journal(journal, now=clock.now(), clock_trusted=clock.is_trusted()).close()
        with (
            Cursor(cursor_directory(kept / journal.name)) as cursor,
            HubClient(
                door_of(work.opened).url,
                ca=work.ca,
                proxy=proxy_of(work.opened),
                now=clock.now,
                monotonic=clock.monotonic,
            ) as client,
            JournalReader.open(journal) as reader,
        ):
            link = Link(
                uid=unit_uid(key.verifying_key),
                key=key,
                hub_key=work.opened.key,
                journal=journal,
                cursor=cursor,
                client=client,
                clock=clock,
                batch_entries=10,
            )
            end = sync_pass(link, reader, work.deadline_s, lambda _head: None, offers=True)
    except JournalError as error:
        raise EnrolError(Setback.DISK, str(error)) from error
    except GateError as error:
        raise EnrolError(Setback.NO_RECEIPT, str(error)) from error
    if end.ending not in {Ending.DONE, Ending.OUT_OF_TIME} or end.head.seq < 1:
        raise EnrolError(Setback.NO_RECEIPT, end.why)


def put(path: Path, data: bytes, mode: int) -> None:
    """Write a file of the place beside.

    Raises:
        EnrolError: DISK.
    """
    try:
        write_file(path, data, mode=mode)
    except OSError as error:
        raise EnrolError(Setback.DISK, f"{path}: {error.strerror}") from error


def _trust_beside(means: "Means", fleet_root: bytes) -> Path:
    """Return a trust directory in the place beside: what the unit has, and the hub's fleet's root.

    A root that a hand has pinned stays: the hub's own word must not take its place.
    """
    held, trust = means.staging.paths.trust, means.staging.new / means.staging.paths.trust.name
    try:
        if held.is_dir():
            shutil.copytree(held, trust, symlinks=True)
        else:
            trust.mkdir(mode=0o750)
        if fleet_root and not (trust / PINNED_ROOT).exists():
            write_file(trust / PINNED_ROOT, fleet_root)
    except OSError as error:
        raise EnrolError(Setback.DISK, f"{error.filename}: {error.strerror}") from error
    return trust
