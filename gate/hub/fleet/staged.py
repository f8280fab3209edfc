"""What is to be published next, in one file that can be carried to whoever signs.

It holds what is in force and what is to follow, each whole, so that a person can see on any machine
what changes before signing it, and nobody needs the fleet's directory for it. It holds no secret.
A signature binds what it was made over: whatever is changed afterwards is named, and refused.
"""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Key, Metadata, Root, Targets, VerificationResult

from gate.errors import TrustError
from gate.hub.fleet.files import read_file
from gate.hub.fleet.keys import KeyInHand
from gate.hub.fleet.metadata import Vouched, check_files, check_signed, parse
from gate.hub.fleet.roles import Role, name_of

VERSION: Final = 1
MAX_STAGED_BYTES: Final = 16 << 20
"""Twice the files at their largest (5.5 MiB), JSON in JSON, and four metadata files."""

_HALVES: Final = ("base", "next")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A change: what is in force (None: nothing yet), and what is to follow."""

    base: Vouched | None
    next: Vouched

    @property
    def changes_root(self) -> bool:
        """Whether the keys change."""
        return self.base is None or self.base.root.signed.version != self.next.root.signed.version

    @property
    def changes_targets(self) -> bool:
        """Whether the files change, or who signs for them."""
        return (
            self.base is None
            or self.base.targets.signed.version != self.next.targets.signed.version
        )

    @property
    def signed_by(self) -> tuple[str, ...]:
        """Who signed so far, by name."""
        keys = self._keys
        kinds = [self.next.root] * self.changes_root, [self.next.targets] * self.changes_targets
        ids = dict.fromkeys(keyid for kind in kinds for one in kind for keyid in one.signatures)
        return tuple(name_of(keys[keyid]) for keyid in ids if keyid in keys)

    def name_of(self, keyid: str) -> str:
        """Say which key of the fleet that is; its file may be called otherwise."""
        return name_of(self._keys[keyid])

    @property
    def _keys(self) -> Mapping[str, Key]:
        old = {} if self.base is None else self.base.root.signed.keys
        return {**old, **self.next.root.signed.keys}


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """Signatures that are still needed for a role, of the keys in force or of those to follow."""

    role: Role
    have: int
    threshold: int
    of: tuple[str, ...]
    by: str = ""

    def __str__(self) -> str:
        missing = self.threshold - self.have
        return (
            f"{self.role}{self.by}: {self.have} of {self.threshold} signatures: still needed: "
            f"{'one' if missing == 1 else missing} of {', '.join(self.of)}"
        )


def read_staged(path: Path) -> Staged:
    """Return what a staged file holds, once it is seen to be what was signed.

    Raises:
        TrustError: no such file, or changed since somebody signed it.
    """
    if not path.exists():
        step = "stage a change first, such as `gate hub fleet add-issuer`"
        raise TrustError(f"{path}: nothing is staged; next: {step}")
    try:
        document = json.loads(read_file(path, MAX_STAGED_BYTES))
        if not isinstance(document, dict) or document.keys() != {"version", *_HALVES}:
            raise TrustError(f"{path}: no staged file")
        if document["version"] != VERSION:
            raise TrustError(f"{path}: version {document['version']!r}, {VERSION} is read")
        base, following = (_vouched(document[half], path) for half in _HALVES)
    except (ValueError, RecursionError) as error:
        raise TrustError(f"{path}: not JSON: {error}") from error
    if following is None:
        raise TrustError(f"{path}: nothing is to follow in it")
    staged = Staged(base=base, next=following)
    _check(staged, path)
    return staged


def format_staged(staged: Staged) -> bytes:
    """Return the file's content."""
    document: dict[str, object] = {"version": VERSION}
    for half, vouched in zip(_HALVES, (staged.base, staged.next), strict=True):
        document[half] = vouched and {
            "root": vouched.root.to_dict(),
            "targets": vouched.targets.to_dict(),
            "files": {name: data.decode() for name, data in vouched.files.items()},
        }
    return (json.dumps(document, indent=1, sort_keys=True) + "\n").encode()


def still_needed(staged: Staged) -> tuple[Needed, ...]:
    """Say which signatures are missing; none if it may be published."""
    root, targets = staged.next.root, staged.next.targets
    needed = []
    if staged.changes_root:
        for judge, by in _root_judges(staged):
            result = judge.get_verification_result(Role.ROOT, root.signed_bytes, root.signatures)
            needed.append(_needed(Role.ROOT, result, by))
    if staged.changes_targets:
        payload = targets.signed_bytes
        result = root.signed.get_verification_result(Role.TARGETS, payload, targets.signatures)
        needed.append(_needed(Role.TARGETS, result, ""))
    return tuple(one for one in needed if one.have < one.threshold)


def add_signatures(staged: Staged, key: KeyInHand) -> tuple[Staged, tuple[Role, ...]]:
    """Sign whatever that key may sign of what is staged; return it, and the roles signed.

    Raises:
        TrustError: the key signs nothing here, did so already, or does not answer.
    """
    if key.signer is None:
        raise TrustError(f"{key.source}: the public half; next: give the private file")
    keyid, next_ = key.key.keyid, staged.next
    may = {
        Role.ROOT: staged.changes_root and keyid in _root_keys(staged),
        Role.TARGETS: staged.changes_targets
        and keyid in next_.root.signed.roles[Role.TARGETS].keyids,
    }
    if not any(may.values()):
        wanted = "; ".join(map(str, still_needed(staged))) or "no signature is missing"
        raise TrustError(f"{key.source}: {key.name} signs nothing of this; {wanted}")
    signed = []
    for role, metadata in ((Role.ROOT, next_.root), (Role.TARGETS, next_.targets)):
        if may[role] and keyid not in metadata.signatures:
            try:
                metadata.sign(key.signer, append=True)
            except RepositoryError as error:
                raise TrustError(f"{key.source}: did not sign: {error}") from error
            signed.append(role)
    if not signed:
        raise TrustError(f"{key.source}: {key.name} has signed already")
    _check(staged, key.source)  # what holds the key may have signed with another one
    return staged, tuple(signed)


def fingerprint(metadata: Metadata[Root] | Metadata[Targets]) -> str:
    """Return what two people compare over the telephone before they sign."""
    digest = sha256(metadata.signed_bytes).hexdigest()[:32]
    return " ".join(digest[place : place + 4] for place in range(0, 32, 4))


def keys_wanted(staged: Staged) -> frozenset[str]:
    """Return the ids of the keys that may sign something of it and have not."""
    wanted: set[str] = set()
    if staged.changes_root:
        wanted |= _root_keys(staged) - staged.next.root.signatures.keys()
    if staged.changes_targets:
        keyids = staged.next.root.signed.roles[Role.TARGETS].keyids
        wanted |= set(keyids) - staged.next.targets.signatures.keys()
    return frozenset(wanted)


def see_that_it_follows(staged: Staged, root: Metadata[Root], path: Path) -> None:
    """See that what is in force in it is vouched for by a root that the signer knows.

    Raises:
        TrustError: it is another fleet's, or made up.
    """
    if staged.base is None:
        raise TrustError(
            f"{path}: begins a fleet, so that it follows no root; compare by telephone"
        )
    held = staged.base.root
    if held.signed.version < root.signed.version:
        raise TrustError(f"{path}: follows root {held.signed.version}, older than the one you know")
    check_signed(root.signed, Role.ROOT, held, path)


def unsigned(vouched: Vouched) -> Vouched:
    """Return a copy whose root and targets may be changed, and so are signed by nobody."""
    return replace(
        vouched,
        root=Metadata(deepcopy(vouched.root.signed)),
        targets=Metadata(deepcopy(vouched.targets.signed)),
    )


def _vouched(value: object, path: Path) -> Vouched | None:
    if value is None:
        return None
    if not isinstance(value, dict) or value.keys() != {"root", "targets", "files"}:
        raise TrustError(f"{path}: a half of it is not root, targets and files")
    texts: Any = value["files"]
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise TrustError(f"{path}: its files are not texts")
    return Vouched(
        root=parse(Root, json.dumps(value["root"]).encode(), path),
        targets=parse(Targets, json.dumps(value["targets"]).encode(), path),
        files={name: text.encode() for name, text in texts.items()},
    )


def _check(staged: Staged, path: Path) -> None:
    """See that whatever is signed is signed well, and that all of it fits together."""
    base, next_ = staged.base, staged.next
    if base is not None:
        check_signed(base.root.signed, Role.ROOT, base.root, path)
        check_signed(base.root.signed, Role.TARGETS, base.targets, path)
        check_files(base.targets.signed, base.files, path)
    check_files(next_.targets.signed, next_.files, path)
    _check_steps(staged, path)
    keys = staged._keys  # noqa: SLF001 - of the same file
    for metadata in (next_.root, next_.targets):
        for keyid in metadata.signatures:
            if keyid not in keys:
                raise TrustError(f"{path}: signed by {keyid!s:.8}, which is no key of the fleet")
            judge = Root(keys={keyid: keys[keyid]})
            judge.roles[Role.ROOT].keyids.append(keyid)
            if not judge.get_verification_result(
                Role.ROOT, metadata.signed_bytes, metadata.signatures
            ):
                raise TrustError(
                    f"{path}: the signature of {name_of(keys[keyid])} does not hold for this "
                    f"{metadata.signed.type}: it was changed after it was signed; next: fetch the "
                    "file that was signed, or `gate hub fleet drop` and stage the change anew"
                )


def _check_steps(staged: Staged, path: Path) -> None:
    """See that versions rise by one, and that what is not to change is what is in force."""
    for role in (Role.ROOT, Role.TARGETS):
        new = getattr(staged.next, role)
        if staged.base is None:
            steps = new.signed.version
        else:
            old = getattr(staged.base, role)
            steps = new.signed.version - old.signed.version
            if steps == 0 and new != old:
                raise TrustError(f"{path}: {role} differs from the one in force, not its version")
        if steps not in {0, 1} or (steps == 0 and staged.base is None):
            raise TrustError(f"{path}: {role} version {new.signed.version} does not follow")


def _root_judges(staged: Staged) -> tuple[tuple[Root, str], ...]:
    """Return the roots whose root keys must sign, and in words which those are."""
    new = staged.next.root.signed
    if staged.base is None or staged.base.root.signed.roles[Role.ROOT] == new.roles[Role.ROOT]:
        return ((new, ""),)
    return (
        (staged.base.root.signed, " by its keys as they are"),
        (new, " by its keys as they are to be"),
    )


def _root_keys(staged: Staged) -> set[str]:
    return {keyid for root, _ in _root_judges(staged) for keyid in root.roles[Role.ROOT].keyids}


def _needed(role: Role, result: VerificationResult, by: str) -> Needed:
    return Needed(
        role=role,
        by=by,
        have=len(result.signed),
        threshold=result.threshold,
        of=tuple(sorted(map(name_of, result.unsigned.values()))),
    )
