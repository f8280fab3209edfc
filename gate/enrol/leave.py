"""A unit leaves its hub: everything that made it one goes, and it waits for a code again.

Its record is evidence, so it goes only when the hub has all of it, or when whoever asks says that
it may be lost. The network that its code brought goes too: the password in it is the site's.

    <state>/enrol/leaving      it was decided; counts once the unit's own file is gone

The unit's own file goes first: without it no service of the gate starts. What a cut leaves after
that must never become part of another unit, so `go_on` removes it before any code is tried; the
mark goes last. A cut before that has changed nothing.
"""

import os
import shutil
from pathlib import Path
from typing import Final

from gate.enrol.network_service import NetworkService
from gate.enrol.staging import Staging, UnitPaths
from gate.errors import ConfigError, EnrolError, EventError, JournalError, Setback
from gate.store.cursor import Cursor, cursor_directory, read_mark
from gate.store.files import sync_directory, write_file
from gate.store.journal_head import HeadFile
from gate.store.journal_reader import JournalReader

SERVICES: Final = "gate-unit gate-uplink gate-status gate-screen"


def leave(staging: Staging, network: NetworkService, *, even_unsent: bool = False) -> list[Path]:
    """Remove what makes the machine a unit; return what was removed.

    Raises:
        EnrolError: UNFINISHED, while the hub lacks some of the record; DISK.
        ConfigError: a gate, its uplink or another `gate enrol` is at work here.
    """
    with staging.alone():
        _refuse_at_work(staging.paths)
        if not even_unsent:
            _refuse_unsent(staging.paths)
        try:
            staging.root.mkdir(mode=0o700, exist_ok=True)
            write_file(_mark(staging), b"", mode=0o600)
        except OSError as error:
            raise EnrolError(Setback.DISK, f"{error.filename}: {error.strerror}") from error
        return _remove_all(staging, network)


def go_on(staging: Staging, network: NetworkService) -> None:
    """See to a leaving that was cut; whoever calls is `alone` there.

    Raises:
        EnrolError: DISK.
    """
    if not _mark(staging).exists():
        return
    if not staging.paths.config.exists():
        _remove_all(staging, network)
        return
    try:
        _mark(staging).unlink()
    except OSError as error:
        raise EnrolError(Setback.DISK, f"{error.filename}: {error.strerror}") from error


def _mark(staging: Staging) -> Path:
    return staging.root / "leaving"


def _remove_all(staging: Staging, network: NetworkService) -> list[Path]:
    """Remove the unit's files in /etc, all that lies in its state, its network; the mark last."""
    paths = staging.paths
    state = [path for path in sorted(paths.state.iterdir()) if path != staging.root]
    files = (paths.config, paths.policy, paths.authority)
    gone = [path for path in (*files, *state) if os.path.lexists(path)]
    try:
        for path in gone:
            _remove(path)
        network.forget(even_kept=True)
        _remove(staging.root)
    except OSError as error:
        raise EnrolError(Setback.DISK, f"{error.filename}: {error.strerror}") from error
    return gone


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    sync_directory(path.parent)


def _refuse_at_work(paths: UnitPaths) -> None:
    """Refuse while somebody writes the record, or brings it to the hub."""
    if not paths.journal.exists():
        return
    uplink = cursor_directory(paths.journal)
    try:
        HeadFile(paths.journal).close()
        if uplink.exists():
            Cursor(uplink).close()
    except JournalError as error:
        fault = f"{error}; next: sudo systemctl stop {SERVICES}, then this again"
        raise ConfigError(str(paths.state), [fault]) from error


def _refuse_unsent(paths: UnitPaths) -> None:
    """Refuse while the hub is not known to have the whole record."""
    if not paths.journal.exists():
        return
    try:
        with JournalReader.open(paths.journal) as reader:
            head = reader.head()
        mark = read_mark(cursor_directory(paths.journal))
    except (JournalError, EventError) as error:
        raise EnrolError(Setback.UNFINISHED, str(error)) from error
    if mark is None or mark.head != head:
        sent = mark.head.seq if mark is not None and mark.head.journal_id == head.journal_id else 0
        raise EnrolError(Setback.UNFINISHED, f"{head.seq - sent} of {head.seq} entries")
