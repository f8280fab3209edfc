"""What a gate goes by now, from the trust directory: whole, verified again, and told apart.

    current -> generations/<n>/    what was put in force at once (gate.store.generations)
        fleet/                     who may sign, if a root is pinned (gate.store.fleet)
        lists/<name>.cwt           signed status lists
        manifest.cose              the site's manifest
    root.json                      the pinned root; without it nobody speaks for a fleet
    issuers.json  lists/           carried by hand: these issuers count where no fleet's do; of two
                                   lists of one URI the newer counts, wherever it lies
    presence.cose                  who is where, as the site's hub knew it
    hours.cose                     how long everybody was on site, where the rules ask for it

Nothing here raises for a list or a manifest that no longer verifies, or a manifest whose rules are
faulty: it is left out, and named. Only who may sign must be known, for without that no card can be
verified. What was held before is never replaced by something older.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from gate.access.policy import parse_policy
from gate.access.site_policy import SitePolicy
from gate.errors import ConfigError, TrustError
from gate.signing.keys import VerifyingKey
from gate.store.generations import current
from gate.store.trust_names import CURRENT, FLEET, PINNED_ROOT
from gate.store.trust_store import ISSUERS, LISTS, load_issuers
from gate.trust.bundle import Issuer, KeyUse, TrustBundle, TrustedKey
from gate.trust.clock_floor import EARLIEST
from gate.trust.hubs import keys_of_site
from gate.trust.issuers import check_distinct
from gate.trust.manifest import KIND as MANIFEST_KIND
from gate.trust.manifest import SiteManifest, open_manifest
from gate.trust.releases import Release
from gate.trust.site_hours import KIND as HOURS_KIND
from gate.trust.site_hours import SiteHours, open_hours
from gate.trust.site_presence import KIND as PRESENCE_KIND
from gate.trust.site_presence import SitePresence, open_presence
from gate.trust.status_list import StatusList
from gate.trust.status_token import MAX_TOKEN_BYTES, verify_status_token

MANIFEST: Final = "manifest.cose"
PRESENCE: Final = "presence.cose"
HOURS: Final = "hours.cose"

_WATCHED: Final = (CURRENT, PINNED_ROOT, ISSUERS)

Trace = tuple[tuple[int, int, int] | None, ...]
"""What tells one state of files from another: inode, time of change and size of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustInForce:
    """Whom and what to believe.

    Attributes:
        bundle: issuers, those of site passes among them, and their lists.
        manifest: the site's; None if none is held.
        policy: the manifest's rules; None without a manifest.
        hub_keys: by which the site's hub signs.
        releases: of this software, that the fleet vouches for, the newest last.
        directory: of the generation, or the trust directory itself.
        left_out: what does not count, and why; a line each.
        tokens: the lists by the hash of the token they came in.
        is_unread: the site's hub gave rules that this version of the unit can't read, and none were
            in force before: whom they block isn't known.
    """

    bundle: TrustBundle
    manifest: SiteManifest | None
    policy: SitePolicy | None
    hub_keys: tuple[TrustedKey, ...]
    directory: Path
    left_out: tuple[str, ...] = ()
    releases: tuple[Release, ...] = ()
    tokens: Mapping[bytes, StatusList] = field(default_factory=dict, repr=False)
    is_unread: bool = False

    @property
    def manifest_at(self) -> datetime | None:
        """When the manifest was signed; one that can't be read is as old as can be."""
        if self.manifest is not None:
            return self.manifest.issued_at
        return EARLIEST if self.is_unread else None

    @property
    def signed_times(self) -> tuple[datetime, ...]:
        """When what is in force was signed: these moments have passed."""
        newest = self.bundle.newest_list_time
        of_manifest = () if self.manifest is None else (self.manifest.issued_at,)
        return of_manifest if newest is None else (newest, *of_manifest)


def load_in_force(
    trust: Path,
    site: str,
    hub_key: VerifyingKey | None,
    held: TrustInForce | None = None,
    *,
    generation: Path | None = None,
) -> TrustInForce:
    """Return what `trust` vouches for.

    1. Find the generation.  2. Who may sign, and which hub.  3. The manifest.  4. The lists.

    Args:
        trust: the trust directory.
        site: the site this unit stands at.
        hub_key: of the site's hub, where no fleet names its keys.
        held: what was in force before: never gone back behind, and not read twice.
        generation: to be looked at in place of the one in force.

    Raises:
        TrustError: who may sign is not to be had.
    """
    # 1.
    directory = generation or current(trust) or trust
    left_out: list[str] = []
    # 2.
    issuers, hub_keys, releases = _signers(trust, directory, site, hub_key)
    # 3.
    kept = held if held is not None and held.hub_keys == hub_keys else None
    manifest, policy, is_unread = _manifest(directory, site, hub_keys, kept, left_out)
    for issuer in () if manifest is None else manifest.issuers:
        try:
            check_distinct((*issuers, issuer), "manifest")
        except TrustError as error:
            left_out.append(str(error))
        else:
            issuers = (*issuers, issuer)
    # 4.
    tokens = _lists(directory, trust, issuers, held, left_out)
    return TrustInForce(
        bundle=TrustBundle(issuers=issuers, status_lists=_newest(tokens.values())),
        manifest=manifest,
        policy=policy,
        hub_keys=hub_keys,
        directory=directory,
        left_out=tuple(left_out),
        releases=releases,
        tokens=tokens,
        is_unread=is_unread,
    )


def load_presence(trust: Path, site: str, hub_keys: Sequence[TrustedKey]) -> SitePresence | None:
    """Return the site's presence; None if there never was one.

    Raises:
        TrustError: it can't be read, or the site's hub did not sign it.
    """
    data = presence_message(trust)
    return None if data is None else open_presence(data, hub_keys, site)


def presence_message(trust: Path) -> bytes | None:
    """Return the site's presence as it lies there, not verified; raises TrustError."""
    return _read(trust / PRESENCE, PRESENCE_KIND.max_bytes)


def load_hours(trust: Path, site: str, hub_keys: Sequence[TrustedKey]) -> SiteHours | None:
    """Return how long everybody was on site; None if nobody counted it.

    Raises:
        TrustError: it can't be read, or the site's hub did not sign it.
    """
    data = hours_message(trust)
    return None if data is None else open_hours(data, hub_keys, site)


def hours_message(trust: Path) -> bytes | None:
    """Return the hours as they lie there, not verified; raises TrustError."""
    return _read(trust / HOURS, HOURS_KIND.max_bytes)


def trace_trust(trust: Path) -> Trace:
    """Return what changes when something else is to be loaded; `current` comes first.

    It takes a few system calls, and one for each list that was carried by hand.
    """
    try:
        carried = sorted(os.listdir(trust / LISTS))  # noqa: PTH208 - each second; names are enough
    except OSError:
        carried = []
    watched = (*_WATCHED, *(f"{LISTS}/{name}" for name in carried))
    return tuple(_trace(trust / name) for name in watched)


def trace_presence(trust: Path) -> Trace:
    """Return what changes when the presence is another one."""
    return (_trace(trust / PRESENCE),)


def trace_hours(trust: Path) -> Trace:
    """Return what changes when the hours are others."""
    return (_trace(trust / HOURS),)


def _trace(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _signers(
    trust: Path, directory: Path, site: str, hub_key: VerifyingKey | None
) -> tuple[tuple[Issuer, ...], tuple[TrustedKey, ...], tuple[Release, ...]]:
    if not ((trust / PINNED_ROOT).exists() and (directory / FLEET).is_dir()):
        own = () if hub_key is None else (hub_key,)
        keys = tuple(TrustedKey(key=key, uses=frozenset({KeyUse.SITE})) for key in own)
        return load_issuers(trust), keys, ()
    from gate.store.fleet import read_pinned_root, verify_fleet  # noqa: PLC0415  tuf, see above

    fleet = verify_fleet(directory / FLEET, read_pinned_root(trust) or b"")
    return fleet.issuers, keys_of_site(fleet.hubs, site), fleet.releases


def _manifest(
    directory: Path,
    site: str,
    hub_keys: Sequence[TrustedKey],
    kept: TrustInForce | None,
    left_out: list[str],
) -> tuple[SiteManifest | None, SitePolicy | None, bool]:
    """Return the manifest in `directory` with its rules, or the one that was `kept` instead.

    And whether there is one of the hub's whose rules can't be read, and nothing to keep to instead.
    """
    held, policy = (None, None) if kept is None else (kept.manifest, kept.policy)
    before = (held, policy, False)
    try:
        data = _read(directory / MANIFEST, MANIFEST_KIND.max_bytes)
        fresh = None if data is None else open_manifest(data, hub_keys, site)
        if fresh is not None and (held is None or fresh.policy != held.policy):
            policy = read_rules(fresh)
    except (TrustError, ConfigError) as error:
        left_out.append(str(error))
        return held, policy, held is None and isinstance(error, ConfigError)
    if fresh is None:
        if held is not None:
            left_out.append(f"manifest: gone; version {held.version} stays in force")
        return before
    if held is not None and (fresh.version, fresh.issued_at) < (held.version, held.issued_at):
        left_out.append(f"manifest: version {fresh.version} again; held is {held.version}, newer")
        return before
    return fresh, policy, False


def read_rules(manifest: SiteManifest) -> SitePolicy:
    """Return the rules in a manifest.

    Raises:
        ConfigError: they are faulty, or of another site; names every fault.
    """
    policy = parse_policy(manifest.policy, "manifest: rules")
    if policy.site != manifest.site:
        fault = f'site = "{policy.site}"; the manifest is of "{manifest.site}"'
        raise ConfigError("manifest: rules", [fault])
    return policy


def _lists(
    directory: Path,
    trust: Path,
    issuers: tuple[Issuer, ...],
    held: TrustInForce | None,
    left_out: list[str],
) -> dict[bytes, StatusList]:
    known = held.tokens if held is not None and held.bundle.issuers == issuers else {}
    found: dict[bytes, StatusList] = {}
    paths = {path for one in (directory, trust) for path in (one / LISTS).glob("[!.]*.cwt")}
    for path in sorted(paths):
        try:
            token = _read(path, MAX_TOKEN_BYTES) or b""
            digest = sha256(token).digest()
            if digest not in found:
                found[digest] = known.get(digest) or verify_status_token(token, issuers)
        except TrustError as error:
            left_out.append(f"{LISTS}/{path.name}: {error}")
    newest = _newest(found.values())
    for digest, one in known.items():
        if one.uri in newest and newest[one.uri].issued_at < one.issued_at:
            left_out.append(f"status list {one.uri}: older than the one in force, which stays")
            found[digest] = one
    in_force = _newest(found.values())
    return {digest: one for digest, one in found.items() if in_force[one.uri] is one}


def _newest(lists: Iterable[StatusList]) -> dict[str, StatusList]:
    newest: dict[str, StatusList] = {}
    for one in lists:
        other = newest.get(one.uri)
        if other is None or other.issued_at < one.issued_at:
            newest[one.uri] = one
    return newest


def _read(path: Path, max_bytes: int) -> bytes | None:
    """Return a file's bytes, one more than it may have at most; None if there is none."""
    try:
        with path.open("rb") as file:
            return file.read(max_bytes + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TrustError(f"{path}: can't be read: {error.strerror}") from error
