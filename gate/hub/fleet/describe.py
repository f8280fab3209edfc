"""The fleet's trust in words and as JSON: keys, thresholds, versions, and how long each lasts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tuf.api.metadata import Key, Metadata, Root, Targets

from gate.hub.fleet.changes import list_key
from gate.hub.fleet.metadata import HUBS, ISSUERS, Published, Vouched, releases_in, text_of
from gate.hub.fleet.repository import Fleet
from gate.hub.fleet.roles import ONLINE, WARNING, Role, name_of
from gate.hub.fleet.staged import Staged, fingerprint, still_needed
from gate.trust.bundle import Issuer
from gate.trust.hubs import SiteHub, parse_hubs
from gate.trust.issuers import describe_issuer, describe_key, parse_issuers
from gate.trust.releases import Release, describe_release

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleState:
    """One role of what is in force."""

    role: Role
    version: int
    threshold: int
    keys: tuple[Key, ...]
    expires: datetime
    left: timedelta

    @property
    def warning(self) -> str:
        """What is to be done soon, or empty."""
        step = "`gate hub fleet renew`; its timer should do so each day"
        if self.role not in ONLINE:
            step = f"`gate hub fleet extend DIR {self.role}`, and have it signed"
        if self.left <= timedelta(0):
            return f"{self.role}: expired at {self.expires:%F %T} UTC; next: {step}"
        if self.left < WARNING[self.role]:
            return f"{self.role}: expires in {self.left / _DAY:.1f} days; next: {step}"
        return ""


def role_states(published: Published, now: datetime) -> tuple[RoleState, ...]:
    """Return the four roles, in TUF's order."""
    root = published.vouched.root.signed
    signed = {
        Role.ROOT: root,
        Role.TARGETS: published.vouched.targets.signed,
        Role.SNAPSHOT: published.snapshot.signed,
        Role.TIMESTAMP: published.timestamp.signed,
    }
    return tuple(
        RoleState(
            role=role,
            version=one.version,
            threshold=root.roles[role].threshold,
            keys=tuple(root.keys[keyid] for keyid in root.roles[role].keyids),
            expires=one.expires,
            left=one.expires - now,
        )
        for role, one in signed.items()
    )


def describe(fleet: Fleet, now: datetime) -> dict[str, Any]:
    """Return everything for a program to read."""
    published, staged = fleet.published, fleet.staged
    vouched = None if published is None else published.vouched
    return {
        "roles": [_describe_role(one) for one in role_states(published, now)] if published else [],
        "issuers": [describe_issuer(one) for one in issuers_of(vouched)],
        "hubs": [
            {"site": hub.site, "keys": [describe_key(key) for key in hub.keys]}
            for hub in hubs_of(vouched)
        ],
        "releases": [describe_release(one) for one in releases_of(vouched)],
        "staged": staged and _describe_staged(staged),
    }


def lines(fleet: Fleet, now: datetime) -> Iterator[str]:
    """Yield what a person reads."""
    if fleet.published is None:
        yield "nothing is published yet"
    else:
        for one in role_states(fleet.published, now):
            keys = ", ".join(map(name_of, one.keys))
            yield (
                f"{one.role:<9} version {one.version}, {one.threshold} of {keys}; until "
                f"{one.expires:%F %H:%M} UTC, {one.left / _DAY:.1f} days left"
            )
        yield from _contents(fleet.published.vouched)
    if fleet.staged is not None:
        yield "staged, not published:"
        yield from (f"  {line}" for line in staged_lines(fleet.staged))


def staged_lines(staged: Staged) -> Iterator[str]:
    """Yield what would change, what to compare before signing, and who is still needed."""
    if staged.changes_root:
        yield _headline(Role.ROOT, staged.next.root)
        old = None if staged.base is None else staged.base.root.signed
        yield from _key_changes(old, staged.next.root.signed)
    if staged.changes_targets:
        yield _headline(Role.TARGETS, staged.next.targets)
        before = [] if staged.base is None else list(_contents(staged.base))
        after = list(_contents(staged.next))
        yield from (f"  - {line}" for line in before if line not in after)
        yield from (f"  + {line}" for line in after if line not in before)
    yield f"signed by: {', '.join(staged.signed_by) or 'nobody yet'}"
    yield from map(str, still_needed(staged))


def issuers_of(vouched: Vouched | None) -> tuple[Issuer, ...]:
    """Return the issuers of a version."""
    return () if vouched is None else parse_issuers(text_of(vouched.files, ISSUERS), ISSUERS)


def hubs_of(vouched: Vouched | None) -> tuple[SiteHub, ...]:
    """Return the sites' hubs of a version."""
    return () if vouched is None else parse_hubs(text_of(vouched.files, HUBS), HUBS)


def releases_of(vouched: Vouched | None) -> tuple[Release, ...]:
    """Return the releases of a version."""
    return () if vouched is None else releases_in(vouched.files)


def _describe_role(state: RoleState) -> dict[str, Any]:
    return {
        "role": state.role,
        "version": state.version,
        "threshold": state.threshold,
        "keys": [{"keyid": key.keyid, "name": name_of(key)} for key in state.keys],
        "expires": int(state.expires.timestamp()),
        "days_left": round(state.left / _DAY, 2),
        "warning": state.warning or None,
    }


def _describe_staged(staged: Staged) -> dict[str, Any]:
    return {
        "root": staged.next.root.signed.version if staged.changes_root else None,
        "targets": staged.next.targets.signed.version if staged.changes_targets else None,
        "signed_by": list(staged.signed_by),
        "needed": [
            {"role": one.role, "have": one.have, "threshold": one.threshold, "of": list(one.of)}
            for one in still_needed(staged)
        ],
    }


def _headline(role: Role, metadata: Metadata[Root] | Metadata[Targets]) -> str:
    signed = metadata.signed
    words = fingerprint(metadata)
    return f"{role} version {signed.version}, until {signed.expires:%F}; to compare: {words}"


def _key_changes(before: Root | None, after: Root) -> Iterator[str]:
    for role in Role:
        old = [] if before is None else before.roles[role].keyids
        new = after.roles[role].keyids
        if before is not None:
            yield from (
                f"  - {role} key {name_of(before.keys[one])}" for one in old if one not in new
            )
        yield from (f"  + {role} key {name_of(after.keys[one])}" for one in new if one not in old)
        keys = ", ".join(name_of(after.keys[one]) for one in new)
        yield f"  {role} then: {after.roles[role].threshold} of {keys}"


def _contents(vouched: Vouched) -> Iterator[str]:
    for issuer in issuers_of(vouched):
        schemes = ", ".join(sorted(map(str, issuer.schemes)))
        yield f"issuer {issuer.iss} for {schemes}, lists under {issuer.status_base}"
        yield from (f"issuer {issuer.iss}: {list_key(key)}" for key in issuer.keys)
    for hub in hubs_of(vouched):
        yield from (f"hub of {hub.site}: {list_key(key)}" for key in hub.keys)
    for release in releases_of(vouched):
        for file in release.files:
            told = f"{file.name}, {file.length_bytes} bytes, sha256 {file.sha256.hex()}"
            yield f"release {release.version}: {told}"
