"""The fleet's beginning, and the changes of its keys afterwards.

A place for a key is a directory, where a key is made, or a file: a private key, or the public half
of one that somebody else keeps and will sign with elsewhere.
"""

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from tuf.api.metadata import Metadata, Root, Targets

from gate.errors import TrustError
from gate.hub.fleet.files import explained, locked
from gate.hub.fleet.keys import KeyInHand, make_key, read_key, remove_key
from gate.hub.fleet.metadata import HUBS, ISSUERS, Vouched
from gate.hub.fleet.repository import KEYS, PUBLISHED, Fleet, open_fleet, save, stage
from gate.hub.fleet.roles import ONLINE, Role, name_of
from gate.hub.fleet.staged import Staged, add_signatures
from gate.trust.hubs import format_hubs
from gate.trust.issuers import format_issuers

MAX_ROOT_KEYS: Final = 9
"""More people than that are not found in one place."""

LISTS: Final = "lists"

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


def init(
    directory: Path,
    *,
    root: Sequence[Path],
    targets: Sequence[Path],
    threshold: int,
    now: datetime,
    before: Callable[[str, Path], None],
) -> Staged:
    """Make the fleet's directory and stage its first version, signed by the keys at hand.

    Args:
        directory: must not be there, or be empty.
        root: a place for each root key.
        targets: a place for each targets key; one of them signs.
        threshold: how many root keys must sign.
        now: roles expire their whole life from here.
        before: called with a name and a place before a key is made there, to change sticks.

    Raises:
        TrustError: the directory is in use, a key is none, or the disk refuses; nothing stays.
    """
    if not 1 <= threshold <= len(root) <= MAX_ROOT_KEYS:
        raise TrustError(
            f"threshold {threshold} of {len(root)} root keys: 1 to all of them must sign, and at "
            f"most {MAX_ROOT_KEYS} are kept"
        )
    with _undone(directory) as made:
        held = {
            role: [_take(place, role, made, set(), before) for place in places]
            for role, places in ((Role.ROOT, root), (Role.TARGETS, targets))
        }
        for role in ONLINE:
            held[role] = [_make(directory / KEYS, role, made, set())]
        staged = Staged(base=None, next=_nothing_yet(held, threshold))
        fleet = Fleet(directory=directory, published=None, staged=staged)
        staged = stage(fleet, now, change_root=lambda _: True)
        for key in (*held[Role.ROOT], *held[Role.TARGETS]):
            if key.signer is not None:
                staged, _ = add_signatures(staged, key)
        save(directory, staged)
        return staged


def rotate(
    directory: Path,
    role: Role,
    now: datetime,
    *,
    old: str | None = None,
    place: Path | None = None,
    before: Callable[[str, Path], None],
) -> Staged:
    """Stage another key for a role, in the place of `old` (its name, or the beginning of its id).

    Raises:
        TrustError: `old` is no key of the role, or not said of several; or as `stage`.
    """
    made: list[Path] = []
    with locked(directory):
        fleet = open_fleet(directory)
        leaving = _old_key(fleet.latest.root.signed, role, old)
        where = directory / KEYS if role in ONLINE else place
        if where is None:
            raise TrustError(f"{role}: a new key needs a place; next: add --new PLACE")
        names = {name_of(key).partition(" ")[0] for key in fleet.latest.root.signed.keys.values()}
        try:
            new = _take(where, role, made, names, before)

            def change(root: Root) -> bool:
                _refuse_twice([new], root)
                root.revoke_key(leaving, role)
                root.add_key(new.key, role)
                return role is Role.TARGETS

            return stage(fleet, now, change_root=change)
        except BaseException:
            for path in made:
                remove_key(path)
            raise


def extend(directory: Path, role: Role, now: datetime) -> Staged:
    """Stage root or targets as they are, to be signed for another of their lives."""
    with locked(directory):
        fleet = open_fleet(directory)
        if role is Role.ROOT:
            return stage(fleet, now, change_root=lambda _: False)
        return stage(fleet, now, change_files=lambda files: files)


def _nothing_yet(held: dict[Role, list[KeyInHand]], threshold: int) -> Vouched:
    root = Root()
    for role, keys in held.items():
        for key in keys:
            _refuse_twice([key], root)
            root.add_key(key.key, role)
    root.roles[Role.ROOT].threshold = threshold
    return Vouched(
        root=Metadata(root),
        targets=Metadata(Targets()),
        files={ISSUERS: format_issuers(()).encode(), HUBS: format_hubs(()).encode()},
    )


def _refuse_twice(keys: Sequence[KeyInHand], root: Root) -> None:
    for key in keys:
        if key.key.keyid in root.keys:
            raise TrustError(f"{key.source}: {key.name} is a key of the fleet already")


def _take(
    place: Path,
    role: Role,
    made: list[Path],
    names: set[str],
    before: Callable[[str, Path], None],
) -> KeyInHand:
    """Make a key in a directory, or take the one in a file."""
    if place.is_file():
        return read_key(place)
    if role not in ONLINE:
        before(role, place)
    return _make(place, role, made, names)


def _make(folder: Path, role: Role, made: list[Path], names: set[str]) -> KeyInHand:
    """Make a key; its number is higher than any that the role has, so that no name comes back."""
    if not folder.is_dir():
        raise TrustError(f"{folder}: no directory; next: make it, or put the stick in")
    taken = {*names, *(path.stem for path in (*made, *folder.iterdir()))}
    numbers = (name.removeprefix(f"{role}-") for name in taken)
    number = 1 + max((int(one) for one in numbers if _NUMBER.fullmatch(one)), default=0)
    key = make_key(folder, f"{role}-{number}")
    made.append(key.source)
    return key


def _old_key(root: Root, role: Role, said: str | None) -> str:
    keyids = root.roles[role].keyids
    known = ", ".join(name_of(root.keys[keyid]) for keyid in keyids)
    if said is None and len(keyids) > 1:
        raise TrustError(f"{role}: which key is to go? next: add --old, one of {known}")
    if said is None:
        return keyids[0]
    found = [
        keyid
        for keyid in keyids
        if keyid.startswith(said) or name_of(root.keys[keyid]).startswith(f"{said} (")
    ]
    if len(found) != 1:
        raise TrustError(f"{said!r}: {len(found)} keys of {role} are called so; they are {known}")
    return found[0]


@contextmanager
def _undone(directory: Path) -> Iterator[list[Path]]:
    """Make the directory; if the block fails, it and the keys listed are gone again."""
    made: list[Path] = []
    with explained(directory):
        if _in_use(directory):
            raise TrustError(f"{directory}: not empty; next: name a directory that is not there")
        was_there, had_lists = directory.exists(), (directory / PUBLISHED / LISTS).exists()
        try:
            for name in (f"{PUBLISHED}/fleet/metadata", f"{PUBLISHED}/fleet/targets"):
                (directory / name).mkdir(parents=True)
            (directory / PUBLISHED / LISTS).mkdir(exist_ok=True)
            (directory / KEYS).mkdir(mode=0o700)
            yield made
        except BaseException:
            for path in made:
                remove_key(path)
            left = [path for path in directory.iterdir() if path.name != PUBLISHED or not had_lists]
            for path in (*left, directory / PUBLISHED / "fleet"):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            if not was_there:
                directory.rmdir()
            raise


def _in_use(directory: Path) -> bool:
    """Tell whether something is there, but for the lists that desks of the hub have published."""
    if not directory.exists():
        return False
    inside = {path.name for path in directory.iterdir()}
    if inside != {PUBLISHED}:
        return bool(inside)
    return any(path.name != LISTS for path in (directory / PUBLISHED).iterdir())
