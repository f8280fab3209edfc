"""The fleet's directory as it stands, and the staging of what is to follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from tuf.api.metadata import Root, TargetFile, Targets

from gate.errors import TrustError
from gate.hub.fleet.files import put
from gate.hub.fleet.metadata import (
    FILES,
    Published,
    Vouched,
    load_published,
    published_root,
)
from gate.hub.fleet.roles import LIFE, Role
from gate.hub.fleet.staged import Staged, format_staged, read_staged, unsigned

PUBLISHED: Final = "published"
STAGED: Final = "staged.json"
KEYS: Final = "keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The directory: what is in force (None: nothing yet), and what is staged (None: nothing)."""

    directory: Path
    published: Published | None
    staged: Staged | None

    @property
    def is_cut_off(self) -> bool:
        """Whether a publication was interrupted after the new root was there."""
        if self.staged is None or not self.staged.changes_root or self.published is None:
            return False
        version = self.staged.next.root.signed.version
        return published_root(self.directory / PUBLISHED, version) is not None

    @property
    def latest(self) -> Vouched:
        """What a further change starts from: what is staged, else what is in force."""
        if self.staged is not None:
            return self.staged.next
        return self.in_force.vouched

    @property
    def in_force(self) -> Published:
        """What is published; raises TrustError if nothing is."""
        if self.published is None:
            step = "next: `gate hub fleet init`, or `gate hub fleet publish` what is staged"
            raise TrustError(f"{self.directory}: nothing is published; {step}")
        return self.published


def open_fleet(directory: Path) -> Fleet:
    """Read the directory, and verify all of it.

    Raises:
        TrustError: it is none, or something in it does not verify.
    """
    if not (directory / PUBLISHED).is_dir():
        step = "next: `gate hub fleet init` makes one"
        raise TrustError(f"{directory}: no fleet's directory; {step}")
    path = directory / STAGED
    staged = read_staged(path) if path.exists() else None
    published = _load(directory, staged)
    if staged is not None:
        if published is not None and _is_same(staged.next, published.vouched):
            staged = None  # published, and cut off before the staged file was removed
        else:
            _check_base(path, staged, published)
    return Fleet(directory=directory, published=published, staged=staged)


def stage(
    fleet: Fleet,
    now: datetime,
    *,
    change_root: Callable[[Root], bool] | None = None,
    change_files: Callable[[Mapping[str, bytes]], Mapping[str, bytes]] | None = None,
) -> Staged:
    """Put a change where it waits for signatures; return all that is staged then.

    Args:
        fleet: the directory; its lock is held.
        now: a role that changes expires its whole life from here.
        change_root: changes the keys, and says whether targets must be signed anew for it.
        change_files: returns the files as they are to be.

    Raises:
        TrustError: what is staged is signed by somebody already, or the change is refused.
    """
    _see_that_it_may_change(fleet)
    base = None if fleet.published is None else fleet.published.vouched
    vouched = unsigned(fleet.latest)
    root, targets = vouched.root, vouched.targets
    resign_targets = change_files is not None
    if change_root is not None:
        resign_targets |= change_root(root.signed)
        _raise(root.signed, None if base is None else base.root.signed, Role.ROOT, now)
    elif fleet.staged is None or not fleet.staged.changes_root:
        root = fleet.latest.root
    files = dict(vouched.files if change_files is None else change_files(vouched.files))
    if resign_targets:
        targets.signed.targets = {name: _target(name, data) for name, data in files.items()}
        _raise(targets.signed, None if base is None else base.targets.signed, Role.TARGETS, now)
    elif fleet.staged is None or not fleet.staged.changes_targets:
        targets = fleet.latest.targets
    staged = Staged(base=base, next=replace(vouched, root=root, targets=targets, files=files))
    save(fleet.directory, staged)
    return staged


def save(directory: Path, staged: Staged) -> None:
    """Write the staged file."""
    put([(directory / STAGED, format_staged(staged))])


def drop(fleet: Fleet) -> None:
    """Give up what is staged.

    Raises:
        TrustError: nothing is staged, or its root is out in the world already.
    """
    if fleet.staged is None:
        raise TrustError(f"{fleet.directory / STAGED}: nothing is staged")
    if fleet.published is None:
        step = f"next: sign and publish it, or remove {fleet.directory} and begin anew"
        raise TrustError(f"{fleet.directory / STAGED}: is the fleet's beginning; {step}")
    see_that_it_is_whole(fleet)
    (fleet.directory / STAGED).unlink()


def see_that_it_is_whole(fleet: Fleet) -> None:
    """See that no publication was cut off half-way; raises TrustError."""
    if fleet.is_cut_off:
        step = "next: `gate hub fleet publish` once more"
        raise TrustError(f"{fleet.directory}: a publication was cut off; {step}")


def _load(directory: Path, staged: Staged | None) -> Published | None:
    """Load what is published, even where a publication was cut off after its root was there."""
    folder = directory / PUBLISHED
    try:
        return load_published(folder)
    except TrustError:
        if staged is None or staged.base is None or not staged.changes_root:
            raise
        there = published_root(folder, staged.next.root.signed.version)
        if there is None or there.signed != staged.next.root.signed:
            raise
        return load_published(folder, staged.base.root.signed.version)


def _see_that_it_may_change(fleet: Fleet) -> None:
    see_that_it_is_whole(fleet)
    if fleet.staged is not None and fleet.staged.signed_by:
        raise TrustError(
            f"{fleet.directory / STAGED}: signed already by {', '.join(fleet.staged.signed_by)}; "
            "next: `gate hub fleet publish` it, or `gate hub fleet drop` it, then stage this"
        )


def _check_base(path: Path, staged: Staged, published: Published | None) -> None:
    """See that what is staged follows what is in force."""
    base = staged.base
    if base is None or published is None:
        if base is not None or published is not None:
            there = "nothing" if published is None else "something"
            raise TrustError(f"{path}: belongs to another fleet: {there} is published here")
        return
    held = published.vouched
    if not _is_same(base, held):
        raise TrustError(
            f"{path}: follows root {base.root.signed.version} and targets "
            f"{base.targets.signed.version}; published are root {held.root.signed.version} and "
            f"targets {held.targets.signed.version}, or others of that number; next: remove it, "
            "and stage the change anew"
        )


def _is_same(one: Vouched, other: Vouched) -> bool:
    return (one.root.signed, one.targets.signed) == (other.root.signed, other.targets.signed)


def _raise(signed: Root | Targets, base: Root | Targets | None, role: Role, now: datetime) -> None:
    """Make it the version after the one in force, good for the role's whole life."""
    signed.version = 1 if base is None else base.version + 1
    signed.expires = (now + LIFE[role]).replace(microsecond=0)


def _target(name: str, data: bytes) -> TargetFile:
    if len(data) > FILES[name]:
        raise TrustError(f"{name}: {len(data)} bytes, at most {FILES[name]}")
    return TargetFile.from_data(name, data)
