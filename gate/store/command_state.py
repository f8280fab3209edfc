"""Which commands of the site's hub were carried out, and whether the site is locked down: one file.

The gate process alone writes it, whole, before it does what it was told: a command is carried out
once at most, and a lock-down survives a power cut.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from gate.errors import TrustError
from gate.store.files import write_file
from gate.trust.manifest import COMMAND_ID_BYTES, MAX_COMMANDS
from gate.trust.status_token import MAX_TIME_S, MIN_TIME_S

MAX_DONE: Final = 8 * MAX_COMMANDS
"""Those whose time is over are forgotten; a hub that gives a thousand at once is no hub."""

MAX_BYTES: Final = 128 << 10
"""A command takes 48 bytes."""

_MODE: Final = 0o644
_VERSION: Final = 1
_KEYS: Final = {"version", "locked_down", "done"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandState:
    """What was done: `done` maps a command's id to the time after which it is void."""

    locked_down: bool = False
    done: Mapping[bytes, datetime] = field(default_factory=dict)


def command_state_path(journal: Path) -> Path:
    """Return where the state of the unit whose journal is at `journal` lies."""
    return journal.with_name("commands.json")


def read_command_state(path: Path) -> CommandState | None:
    """Return what was kept; None if nothing ever was.

    Raises:
        TrustError: it can't be read, or is damaged.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TrustError(f"{path}: can't be read: {error.strerror}") from error
    try:
        return _parsed(data)
    except (ValueError, RecursionError) as error:
        raise TrustError(f"{path}: damaged; begun anew, not locked down") from error


def write_command_state(path: Path, state: CommandState) -> None:
    """Keep `state`, durably.

    Raises:
        TrustError: too many, or the disk refuses; what was kept before still is.
    """
    if len(state.done) > MAX_DONE:
        raise TrustError(f"{path}: {len(state.done)} commands, at most {MAX_DONE}")
    document = {
        "version": _VERSION,
        "locked_down": state.locked_down,
        "done": {id_.hex(): int(at.timestamp()) for id_, at in state.done.items()},
    }
    try:
        write_file(path, json.dumps(document).encode("ascii") + b"\n", mode=_MODE)
    except OSError as error:
        raise TrustError(f"{path}: can't be written: {error.strerror}") from error


def _parsed(data: bytes) -> CommandState:
    """Return the state in `data`; raises ValueError if it is none."""
    document: Any = json.loads(data) if len(data) <= MAX_BYTES else None
    if not isinstance(document, dict) or document.keys() != _KEYS:
        raise ValueError("not the fields of a state")
    if document["version"] != _VERSION or not isinstance(document["locked_down"], bool):
        raise ValueError("another version, or locked_down is neither true nor false")
    done = document["done"]
    if not isinstance(done, dict) or len(done) > MAX_DONE:
        raise ValueError("done is no map, or too long")
    return CommandState(
        locked_down=document["locked_down"],
        done={_id(text): _time(value) for text, value in done.items()},
    )


def _id(text: str) -> bytes:
    id_ = bytes.fromhex(text)
    if len(id_) != COMMAND_ID_BYTES:
        raise ValueError("an id of another length")
    return id_


def _time(value: object) -> datetime:
    if type(value) is not int or not MIN_TIME_S <= value < MAX_TIME_S:
        raise ValueError("a time that is not from 2020 to 2100")
    return datetime.fromtimestamp(value, UTC)
