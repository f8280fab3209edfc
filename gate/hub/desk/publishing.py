"""Signed lists as the files that units fetch: written after the database has them, and repeatable.

The database is the truth; a file is a copy of its last token. Whoever writes one holds a lock on
the directory and reads the token under it, so that no older token replaces a newer one. What was
kept from being written (a full disk, a power cut) is written by the next to look: the hub at its
start, `gate hub desk publish` each hour, a unit that asks for the list, a page.

Age is counted from when a list was signed, and must not grow because nothing changed: a list is
signed anew when it is older than SIGN_AGAIN.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from gate.errors import GateError, TrustError
from gate.hub.config import HubConfig
from gate.hub.desk.keys import load_key
from gate.hub.desk.lists import sign
from gate.hub.desk.models import Desk, DeskList
from gate.hub.fleet.files import put, read_file
from gate.trust.status_token import MAX_TOKEN_BYTES

SIGN_AGAIN: Final = timedelta(hours=6)
"""Half of what TRUST-AND-SYNC allows, so that one hour that was missed costs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A desk whose lists could not be signed or written, and why."""

    desk: str
    why: str


def publish_all(now: datetime) -> tuple[Fault, ...]:
    """See that every desk's lists are fresh and on the disk; one desk's fault stops no other."""
    faults = []
    for desk in Desk.objects.all():
        try:
            publish(desk, now)
        except GateError as error:
            faults.append(Fault(desk=desk.slug, why=str(error)))
    return tuple(faults)


def publish(desk: Desk, now: datetime) -> None:
    """See that a desk's lists are fresh and on the disk.

    Raises:
        TrustError: the key or the disk refuses; what was signed stays signed in the database.
    """
    _sign_again(desk, now)
    newest_first = DeskList.objects.filter(desk=desk).order_by("-number")  # as units look for them
    for name, digest in newest_first.values_list("name", "digest"):
        if not _is_written(name, digest):
            _write(name)


def bring_up_to_date(name: str, now: datetime) -> None:
    """See that the list that is served under `name` is fresh and on the disk, if it is a desk's.

    Raises:
        TrustError: as `publish`.
    """
    held = DeskList.objects.filter(name=name).values_list("desk_id", "digest", "issued_at").first()
    if held is None:
        return
    desk_id, digest, issued_at = held
    if now - issued_at >= SIGN_AGAIN or not _is_written(name, digest):
        publish(Desk.objects.get(pk=desk_id), now)


def is_written(held: DeskList) -> bool:
    """Tell whether what units fetch is what was signed last."""
    return _is_written(held.name, held.digest)


def _sign_again(desk: Desk, now: datetime) -> None:
    due = DeskList.objects.filter(desk=desk, issued_at__lte=now - SIGN_AGAIN)
    if not due.exists():
        return
    key = load_key(desk)
    with transaction.atomic():
        for held in due.select_for_update().order_by("number"):
            sign(held, bytes(held.packed), key, now)


def _is_written(name: str, digest: str) -> bool:
    path = _place(name)
    return path.is_file() and sha256(read_file(path, MAX_TOKEN_BYTES)).hexdigest() == digest


def _write(name: str) -> None:
    path = _place(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _held(path.parent):
            token = DeskList.objects.values_list("token", flat=True).get(name=name)
            put([(path, bytes(token))])
    except OSError as error:
        raise TrustError(
            f"{path}: {error.strerror}; what was changed is kept, and not published yet; next: see "
            "that the directory has room and is the hub's to write, then `gate hub desk publish`"
        ) from error


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _place(name: str) -> Path:
    config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    return config.published / "lists" / name
