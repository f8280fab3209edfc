"""What a unit is to be, laid out beside what it is, and put in force by one file: pass or nothing.

    <state>/enrol/new/         everything that joining makes, whole, before any of it counts
    <state>/enrol/new.json     from now on it counts: which of it goes where, replaced whole
    <state>/enrol/kept-*/      key and record made for one code, kept until that code has ended well

A code is the right of one key, and a hub that has the first entry of a record wants no other: so
those two outlive an attempt that failed, for the next attempt by the same code.

Killed before `new.json` is there, the unit is as it was; `recover` then sweeps what lies there.
Killed after it, the unit is new: `recover` goes on moving where it was cut. What is moved is either
at its old place or at its new one, so doing it again does the rest. The unit's own file goes last:
the gate's services start only when it is there.
"""

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from gate.errors import ConfigError, EnrolError, Setback
from gate.store.files import sync_directory, write_file

_PRIVATE_DIRECTORY: Final = 0o700
_PRIVATE: Final = 0o600
_MAX_ORDER_BYTES: Final = 64 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPaths:
    """Where a unit's things lie.

    Attributes:
        config: the unit's own file; its rules and its hub's certificate lie beside it.
        state: the directory of record, trust and keys.
    """

    config: Path
    state: Path

    @property
    def policy(self) -> Path:
        """The site's rules."""
        return self.config.with_name("site-policy.toml")

    @property
    def authority(self) -> Path:
        """The certificate of the hub's authority."""
        return self.config.with_name("hub-ca.pem")

    @property
    def journal(self) -> Path:
        """The record."""
        return self.state / "journal.db"

    @property
    def trust(self) -> Path:
        """What the unit believes."""
        return self.state / "trust"

    @property
    def site_key(self) -> Path:
        """What keeps persons nameless."""
        return self.state / "site.key"

    @property
    def key(self) -> Path:
        """The unit's own key."""
        return self.state / "unit.key"


class Staging:
    """The place beside; one process uses it at a time (`alone`)."""

    def __init__(self, paths: UnitPaths) -> None:
        self.paths = paths
        self.root = paths.state / "enrol"
        self.new = self.root / "new"
        self._order = self.root / "new.json"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one process that changes anything here: a service waits for codes, a hand types.

        Raises:
            ConfigError: another one is at work.
            EnrolError: DISK.
        """
        with _disk():
            self.paths.state.mkdir(parents=True, exist_ok=True)
            held = os.open(self.paths.state, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                fault = "another gate enrol is at work here; next: wait until it is done"
                raise ConfigError(str(self.paths.state), [fault]) from error
            yield
        finally:
            os.close(held)

    def begin(self) -> None:
        """Make an empty place; whatever a cut left there is gone.

        Raises:
            EnrolError: DISK.
        """
        with _disk():
            self.root.mkdir(mode=_PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            _remove(self.new)
            self.new.mkdir(mode=_PRIVATE_DIRECTORY)

    def keep_for(self, token: bytes) -> Path:
        """Return the folder of what is kept for one code, by its token; those of others go.

        Raises:
            EnrolError: DISK.
        """
        mine = self.root / f"kept-{sha256(b'site-gate kept 1' + token).hexdigest()[:16]}"
        with _disk():
            for other in self._kept():
                if other != mine:
                    _remove(other)
            mine.mkdir(mode=_PRIVATE_DIRECTORY, exist_ok=True)
            sync_directory(self.root)
        return mine

    def commit(self, moves: dict[Path, Path], facts: dict[str, Any]) -> None:
        """Put everything in force; `moves` says where each part of `new` goes, in its order.

        Args:
            moves: absolute paths.
            facts: what `recover` is to hand on when it goes on after a cut.

        Raises:
            EnrolError: DISK. Before the order is written nothing has changed.
        """
        order = {"moves": [[str(a), str(b)] for a, b in moves.items()], "facts": facts}
        with _disk():
            for folder in (self.new, *self._kept()):
                _hand_over(folder, self.paths.state)
                _sync_all(folder)
            write_file(self._order, json.dumps(order).encode(), mode=_PRIVATE)
        self._finish(order)

    def recover(self) -> dict[str, Any] | None:
        """Go on with a commit that was cut, or sweep what was never committed.

        Returns:
            The facts of the commit that was gone on with; None if there was none.

        Raises:
            EnrolError: DISK.
        """
        order = self._read_order()
        if order is None:
            self.sweep()
            return None
        self._finish(order)
        facts: dict[str, Any] = order["facts"]
        return facts

    def sweep(self) -> None:
        """Take away what was laid out, unless it was committed; what is kept for a code stays.

        Raises:
            EnrolError: DISK.
        """
        if self._read_order() is None:
            with _disk():
                self._remove_halves()
                _remove(self.new)

    def clear(self) -> None:
        """Take the order away: all it asked for is done, its facts too.

        Raises:
            EnrolError: DISK.
        """
        with _disk():
            _remove(self.new)
            for kept in self._kept():
                _remove(kept)
            with suppress(FileNotFoundError):
                self._order.unlink()
            sync_directory(self.root)

    def _remove_halves(self) -> None:
        """Remove what a cut left of an order that was being written: it holds the code."""
        for half in self.root.glob(f".{self._order.name}.*"):
            half.unlink()

    def _kept(self) -> list[Path]:
        return sorted(self.root.glob("kept-*"))

    def _finish(self, order: dict[str, Any]) -> None:
        with _disk():
            for source, target in order["moves"]:
                _move(Path(source), Path(target), self.root / "old")
            _remove(self.root / "old")

    def _read_order(self) -> dict[str, Any] | None:
        try:
            with self._order.open("rb") as file:
                order: dict[str, Any] = json.loads(file.read(_MAX_ORDER_BYTES))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise EnrolError(Setback.DISK, f"{self._order}: {error}") from error
        return order


def _move(source: Path, target: Path, aside: Path) -> None:
    """Move a file or a folder to its place; a second time, nothing is left to move."""
    if not os.path.lexists(source):
        return
    if source.is_dir() and target.is_dir():
        _remove(aside)
        target.rename(aside)
    try:
        source.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # /etc may be another disk, or another mount of the same one, as in the service's sandbox:
        # a copy that is whole, then the original goes.
        known = source.stat()
        write_file(target, source.read_bytes(), mode=known.st_mode & 0o777)
        os.chown(target, known.st_uid, known.st_gid)
        source.unlink()
    sync_directory(target.parent)


def _hand_over(folder: Path, like: Path) -> None:
    """Give everything to the owner of the unit's state: whoever joins a unit is root."""
    owner = like.stat()
    if os.geteuid() == 0:
        for path in _beneath(folder):
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _sync_all(folder: Path) -> None:
    """Make everything beneath a folder durable, names and contents."""
    for path in _beneath(folder):
        if path.is_symlink():
            continue
        if path.is_dir():
            sync_directory(path)
            continue
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    sync_directory(folder)
    sync_directory(folder.parent)


def _beneath(folder: Path) -> Iterator[Path]:
    yield from folder.rglob("*")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()


class _disk:  # noqa: N801 - reads as a word of the language
    """Within it, what the disk refuses is a setback."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OSError):
            said = f"{error.filename or 'the disk'}: {error.strerror}"
            raise EnrolError(Setback.DISK, said) from error
