"""What a unit believes, as complete generations, and the one switch from the old to the new.

    current -> generations/000007   a relative symlink, replaced by one rename
    generations/000007/             complete, verified, never changed once it has this name
    generations/000006/             the one before, for whoever still reads it
    generations/000008.part/        being made, or left behind by a crash

A `Builder` starts from what is in force, gathers changes in memory, and touches the disk only when
they are committed. Unchanged files are hard links, so no file of a generation is ever opened for
writing again: a change is a new file. Killed or out of room at any step, the generation in force is
whole: the old one before the switch, the new one after it; what was left is swept at the next begin
(`steps` says what the steps are, and stops between any two of them). One process at a time builds;
readers need no lock, they follow `current` once and read beneath what it names.
"""

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path, PurePosixPath
from typing import Final

from gate.errors import TrustError
from gate.store.files import sync_directory
from gate.store.trust_names import CURRENT

GENERATIONS: Final = "generations"
PART: Final = ".part"

KEPT: Final = 2
"""The one in force, and the one before it: a reader who has just followed `current` has the time of
a whole further commit to open what it found there."""

_FILE_MODE: Final = 0o644
_FOLDER_MODE: Final = 0o755
"""Whatever the process's umask is: the gate reads as another user than the one that syncs."""

_NAME: Final = re.compile(r"[0-9]{6}")
_MOST: Final = 999_999
"""At one an hour, a hundred years."""

Verify = Callable[[Path], object]
"""Looks at a directory that is to become a generation; raises TrustError if it must not."""


def current(trust: Path) -> Path | None:
    """Return the generation in force; None if `trust` has none.

    Raises:
        TrustError: `current` names something else than a generation that is there.
    """
    link = trust / CURRENT
    try:
        target = PurePosixPath(link.readlink())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TrustError(f"{link}: {error.strerror}; it must be a symlink") from error
    path = trust / target
    if target.parts[:-1] != (GENERATIONS,) or not _NAME.fullmatch(target.name):
        raise TrustError(f"{link}: names {str(target)!r}, which is no generation")
    if not path.is_dir():
        raise TrustError(
            f"{link}: {target} is missing; let it name one that is there, or remove it and then"
            " sync or import anew"
        )
    return path


def begin(trust: Path, *, waits: bool = False) -> "Builder":
    """Return a builder over `trust`, which holds its lock; use it as a context manager.

    Args:
        trust: the trust directory.
        waits: for another process that builds here to be done; it is refused else.

    Raises:
        TrustError: another process builds here, the disk refuses, or `current` is damaged.
    """
    try:
        descriptor = os.open(trust, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise TrustError(f"{trust}: {error.strerror}; it must be a directory") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        return Builder(trust, descriptor)
    except OSError as error:
        os.close(descriptor)
        if error.errno == errno.EWOULDBLOCK:
            raise TrustError(
                f"{trust}: another process is changing it; try again when that one is done"
            ) from error
        raise _refusal(trust, error) from error
    except TrustError:
        os.close(descriptor)
        raise


class Builder(AbstractContextManager["Builder"]):
    """The next generation: the one in force, and what was put and dropped since."""

    def __init__(self, trust: Path, descriptor: int) -> None:
        """Start from what is in force, and sweep what a crash left; see `begin`."""
        self.trust = trust
        self._descriptor = descriptor
        self._changes: dict[str, bytes | None] = {}
        self._is_laid_out = False
        self._start()
        self._sweep()

    @property
    def is_changed(self) -> bool:
        """Whether a commit would make anything different."""
        return bool(self._changes)

    def names(self) -> frozenset[str]:
        """Return the names of all files the next generation would have."""
        dropped = {name for name, data in self._changes.items() if data is None}
        return (self._held | self._changes.keys()) - dropped

    def get(self, name: str) -> bytes | None:
        """Return a file's content as the next generation would have it; None: there is none.

        Raises:
            TrustError: the disk refuses.
        """
        if name in self._changes:
            return self._changes[name]
        return self._in_force(name)

    def put(self, name: str, data: bytes) -> None:
        """Let the next generation have `data` under `name`, a relative path with "/"."""
        _check(name)
        self._change(name, data)

    def drop(self, name: str) -> None:
        """Let the next generation have no file of this name."""
        self._change(name, None)

    def lay_out(self) -> Path:
        """Return a directory that holds what the next generation would, for whoever must judge it.

        It is no generation, and is gone with the next change of this builder's.

        Raises:
            TrustError: the disk refuses.
        """
        part = self._part()
        self._is_laid_out = True
        try:
            for _ in self._build(part):
                pass
        except OSError as error:
            self._give_up()
            raise _refusal(part, error) from error
        return part

    def commit(self, verify: Verify) -> Path:
        """Make the changes durable and put them in force, all of them or none.

        Raises:
            TrustError: `verify` refuses, or the disk does; what was in force still is.
        """
        for _ in self.steps(verify):
            pass
        if self.in_force is None:
            raise TrustError(f"{self.trust / CURRENT}: gone; somebody else removed it")
        return self.in_force

    def steps(self, verify: Verify) -> Iterator[str]:
        """Do what `commit` does, one change of the disk at a time; yield what was just done.

        Whoever stops in between (told to end, out of time, a power cut) leaves whole what is in
        force.

        1. Make `.part` and link what is kept.  2. Write what is new.  3. Verify the whole.
        4. Make files and directories durable.  5. Give it its name, durably.  6. Switch `current`
        by one rename, durably.  7. Prune all but the last two.
        """
        part = self._part()
        try:
            yield from self._build(part)  # 1. 2.
            verify(part)  # 3.
            yield f"verified {part.name}"
            yield from _make_durable(part, [part / name for name in self._written()])  # 4.
            yield from self._name(part, part.with_suffix(""))  # 5.
            yield from self._switch(part.with_suffix(""))  # 6.
            yield from self._prune()  # 7.
        except OSError as error:
            self._give_up()
            raise _refusal(part, error) from error
        except TrustError:
            self._give_up()
            raise
        self._changes.clear()
        self._is_laid_out = False
        self._start()

    def close(self) -> None:
        """Let the lock go; what was not committed is forgotten."""
        if self._is_laid_out:
            self._give_up()
        os.close(self._descriptor)

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        self.in_force = current(self.trust)
        self._held = frozenset(_names_in(self.in_force)) if self.in_force else frozenset()

    def _change(self, name: str, data: bytes | None) -> None:
        if self._in_force(name) == data:
            self._changes.pop(name, None)
        else:
            self._changes[name] = data

    def _in_force(self, name: str) -> bytes | None:
        if self.in_force is None or name not in self._held:
            return None
        try:
            return (self.in_force / name).read_bytes()
        except OSError as error:
            raise TrustError(f"{self.in_force / name}: {error.strerror}") from error

    def _written(self) -> list[str]:
        return sorted(name for name, data in self._changes.items() if data is not None)

    def _part(self) -> Path:
        return self.trust / GENERATIONS / f"{self._next()}{PART}"

    def _next(self) -> str:
        number = max((int(path.name) for path in _named(self.trust / GENERATIONS)), default=0) + 1
        if number > _MOST:
            raise TrustError(f"{self.trust}: generation {number}; no number after {_MOST}")
        return f"{number:06}"

    def _build(self, part: Path) -> Iterator[str]:
        if part.exists():
            shutil.rmtree(part)
            yield f"removed {part.name}"
        if not part.parent.exists():
            part.parent.mkdir()
            sync_directory(self.trust)
            yield f"made {part.parent.name}"
        for folder in _folders(part, self.names()):
            folder.mkdir()
            folder.chmod(_FOLDER_MODE)
            yield f"made {folder.name}"
        for name in sorted(self._held - self._changes.keys()):
            (part / name).hardlink_to((self.in_force or self.trust) / name)
            yield f"linked {name}"
        for name in self._written():
            with (part / name).open("xb") as file:
                os.fchmod(file.fileno(), _FILE_MODE)
                file.write(self._changes[name] or b"")
            yield f"wrote {name}"

    def _name(self, part: Path, fresh: Path) -> Iterator[str]:
        part.rename(fresh)
        yield f"named {fresh.name}"
        sync_directory(fresh.parent)
        yield f"synced {GENERATIONS}"

    def _switch(self, fresh: Path) -> Iterator[str]:
        beside = self.trust / f"{CURRENT}{PART}"
        beside.symlink_to(f"{GENERATIONS}/{fresh.name}")
        yield f"made {beside.name}"
        beside.replace(self.trust / CURRENT)
        yield f"switched to {fresh.name}"
        sync_directory(self.trust)
        yield f"synced {CURRENT}"

    def _sweep(self) -> None:
        for _ in self._prune():
            pass

    def _prune(self) -> Iterator[str]:
        """Remove what was never finished, never in force, or is older than the one before.

        A generation loses its name before its files, so that whatever has a name is complete. With
        none in force, because somebody removed `current`, all that have a name are kept.
        """
        (self.trust / f"{CURRENT}{PART}").unlink(missing_ok=True)
        folder = self.trust / GENERATIONS
        for path in sorted(folder.glob(f"*{PART}")):
            shutil.rmtree(path)
            yield f"removed {path.name}"
        in_force = current(self.trust)
        if in_force is None:
            return
        named = _named(folder)
        kept = [path for path in named if path <= in_force][-KEPT:]
        for path in named:
            if path not in kept:
                nameless = path.rename(path.with_name(f"{path.name}{PART}"))
                yield f"took the name from {path.name}"
                shutil.rmtree(nameless)
                yield f"removed {path.name}"

    def _give_up(self) -> None:
        """Free the room a failed commit took; what the disk won't remove now, the next begin will.

        Suppressed, because the commit's own failure is what the operator must hear of.
        """
        with suppress(OSError, TrustError):
            self._sweep()


def _check(name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or str(path) != name or name in {"", "."}:
        raise TrustError(f"{name!r} is no name for a file of a generation")


def _named(folder: Path) -> list[Path]:
    """Return every generation that has a name, the oldest first."""
    return sorted(path for path in folder.glob("*") if _NAME.fullmatch(path.name))


def _names_in(directory: Path) -> Iterator[str]:
    for path in directory.rglob("*"):
        if not path.is_dir():
            yield path.relative_to(directory).as_posix()


def _folders(part: Path, names: Iterable[str]) -> list[Path]:
    """Return every directory that files of these names need, parents first."""
    parents = {parent for name in names for parent in PurePosixPath(name).parents}
    return sorted(part / parent for parent in {PurePosixPath(), *parents})


def _make_durable(part: Path, written: list[Path]) -> Iterator[str]:
    """Sync what was written, then every directory from the deepest up; links were synced before."""
    for path in written:
        _sync_file(path)
        yield f"synced {path.name}"
    folders = [part, *(path for path in part.rglob("*") if path.is_dir())]
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        sync_directory(folder)
        yield f"synced {folder.name}"


def _sync_file(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _refusal(path: Path, error: OSError) -> TrustError:
    return TrustError(
        f"{path}: {error.strerror}; what is in force is whole; make room on the disk,"
        " and let gate write here"
    )
