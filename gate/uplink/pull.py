"""What a unit believes, brought from its hub: fetched when due, judged, and put in force whole.

    fleet trust               hourly, if a root is pinned
    status lists              each at its ttl, within bounds
    manifest, presence        at every poll; presence once there is a manifest

What comes is believed because of who signed it, not of who sent it. Nothing older than what is
held, of another site or address, or expired, ever replaces anything: it is refused by name. A new
generation is made only if something changed. What failed is tried again at the next poll.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gate.errors import ConfigError, TrustError, UplinkError
from gate.signing.keys import SigningKey, VerifyingKey
from gate.store.files import write_file
from gate.store.generations import begin
from gate.store.trust_in_force import (
    MANIFEST,
    PINNED_ROOT,
    PRESENCE,
    TrustInForce,
    load_in_force,
    load_presence,
    read_rules,
    trace_trust,
)
from gate.store.trust_store import LISTS
from gate.trust.bundle import TrustedKey
from gate.trust.manifest import KIND as MANIFEST_KIND
from gate.trust.manifest import accept_manifest, open_manifest
from gate.trust.site_presence import KIND as PRESENCE_KIND
from gate.trust.site_presence import SitePresence, accept_presence, open_presence
from gate.trust.status_list import StatusList, list_name
from gate.trust.status_token import MAX_TOKEN_BYTES, accept_list, verify_status_token
from gate.uplink.fetch import Fetcher
from gate.uplink.hub_files import HubFiles
from gate.uplink.moment import Moment

FLEET_EVERY_S: Final = 3600.0
"""Keys change by the month; a revoked one should be gone within the hour."""

LIST_EVERY_S: Final = 900.0
"""For a list that doesn't say (ttl)."""

MIN_LIST_S: Final = 60.0
MAX_LIST_S: Final = 3600.0
"""Bounds of a ttl: a hub's cache keeps a list for a minute; a day's would make it amber."""

PULL_S: Final = 60.0
"""For all of one pull: uploads wait meanwhile."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullSource:
    """Where a unit's trust comes from, and where it is put."""

    trust: Path
    site: str
    url: str
    hub_key: VerifyingKey
    uid: str
    key: SigningKey = field(repr=False)
    poll_s: float
    now: Callable[[], Moment]
    monotonic: Callable[[], float]


class Pull:
    """One unit's pull; used by one thread.

    `refused` tells what was fetched and did not count, and why, by what it is.
    """

    def __init__(self, source: PullSource, fetcher: Fetcher) -> None:
        self.refused: dict[str, str] = {}
        self._source = source
        self._fetcher = fetcher
        self._files = HubFiles(
            fetcher, url=source.url, uid=source.uid, key=source.key, now=lambda: source.now().at
        )
        self._due_s: dict[str, float] = {}
        self._in_force: TrustInForce | None = None
        self._trace: object = None
        self._presence: SitePresence | None = None
        self._fault = ""

    def wait_s(self) -> float:
        """Return the seconds until the next poll is due."""
        return max(0.0, self._due_s.get(MANIFEST, 0.0) - self._source.monotonic())

    def turn(self) -> None:
        """Fetch what is due; what goes wrong is logged, told by `refused`, and tried again.

        1. Fleet trust.  2. Manifest and lists, into one generation.  3. Presence.
        """
        deadline_s = self._source.monotonic() + PULL_S
        if not self._is_due(MANIFEST, self._source.poll_s):
            return
        try:
            self._fleet(deadline_s)  # 1.
            self._generation(deadline_s)  # 2.
            self._seen(deadline_s)  # 3.
        except UplinkError as error:
            _log.warning("not all pulled", extra={"hub": self._source.url, "error": str(error)})
        except TrustError as error:
            if self._fault != str(error):
                _log.error("not pulled", extra={"part": "trust", "error": str(error)})
            self._fault = str(error)
        else:
            self._fault = ""

    def in_force(self) -> TrustInForce:
        """Return what is in force, loaded again if something changed it.

        Raises:
            TrustError: nothing is.
        """
        source = self._source
        trace = trace_trust(source.trust)
        if self._in_force is None or trace != self._trace:
            self._in_force = load_in_force(source.trust, source.site, source.hub_key)
            self._trace = trace
        return self._in_force

    def _fleet(self, deadline_s: float) -> None:
        source = self._source
        if not (source.trust / PINNED_ROOT).exists() or not self._is_due("fleet", FLEET_EVERY_S):
            return
        # tuf takes 20 MB with its client: only where there is a fleet
        from gate.store.fleet import FLEET, read_pinned_root, verify_fleet  # noqa: PLC0415
        from gate.uplink.fleet import fleet_repository, refresh_fleet  # noqa: PLC0415

        root = read_pinned_root(source.trust) or b""
        try:
            with begin(source.trust) as builder:
                repository = fleet_repository(source.url, self._fetcher, root)
                now = source.now().at
                refresh_fleet(builder, repository, now=now, deadline_s=deadline_s)
                if builder.is_changed:
                    made = builder.commit(lambda path: verify_fleet(path / FLEET, root))
                    _log.info("fleet trust taken", extra={"path": made.name})
        except UplinkError:
            self._due_s.pop("fleet")
            raise
        except TrustError as error:
            self._refuse("fleet", str(error))
        else:
            self._accept("fleet")

    def _generation(self, deadline_s: float) -> None:
        in_force = self.in_force()
        fresh: dict[str, bytes] = {}
        manifest = self._manifest(in_force, deadline_s)
        if manifest is not None:
            fresh[MANIFEST] = manifest
        try:
            for uri in _wanted(in_force):
                token = self._list(in_force, uri, deadline_s)
                if token is not None:
                    fresh[f"{LISTS}/{list_name(uri)}"] = token
        finally:
            if fresh:
                self._commit(fresh)

    def _commit(self, fresh: dict[str, bytes]) -> None:
        source = self._source

        def verify(path: Path) -> None:
            load_in_force(source.trust, source.site, source.hub_key, generation=path)

        with begin(source.trust) as builder:
            for name, data in fresh.items():
                builder.put(name, data)
            if builder.is_changed:
                made = builder.commit(verify)
                _log.info("trust taken", extra={"path": made.name, "count": len(fresh)})

    def _manifest(self, in_force: TrustInForce, deadline_s: float) -> bytes | None:
        data = self._files.of_unit("manifest", MANIFEST_KIND.max_bytes, deadline_s)
        if data is None:
            return None
        now = self._source.now()
        try:
            fresh = open_manifest(data, in_force.hub_keys, self._source.site)
            accept_manifest(fresh, in_force.manifest, now.at, clock_trusted=now.trusted)
            read_rules(fresh)
        except (TrustError, ConfigError) as error:
            self._files.forget("manifest")
            self._refuse("manifest", str(error))
            return None
        self._accept("manifest")
        return data

    def _list(self, in_force: TrustInForce, uri: str, deadline_s: float) -> bytes | None:
        held = in_force.bundle.status_lists.get(uri)
        if not self._is_due(uri, _every_s(held)):
            return None
        name = list_name(uri)
        try:
            token = self._files.of_all(f"{LISTS}/{name}", MAX_TOKEN_BYTES, deadline_s)
        except UplinkError:
            self._due_s.pop(uri)
            raise
        if token is None:
            return None
        try:
            fresh = _open_list(token, uri, in_force)
            now = self._source.now()
            accept_list(fresh, held, now.at, clock_trusted=now.trusted)
        except TrustError as error:
            self._files.forget(f"{LISTS}/{name}")
            self._refuse(f"list {uri}", str(error))
            return None
        self._accept(f"list {uri}")
        self._due_s[uri] = self._source.monotonic() + _every_s(fresh)
        return token

    def _seen(self, deadline_s: float) -> None:
        """Bring the presence, of a site whose hub gives it rules: others go by their own record."""
        if self.in_force().manifest is None:
            return
        data = self._files.of_unit("presence", PRESENCE_KIND.max_bytes, deadline_s)
        if data is None:
            return
        source, now = self._source, self._source.now()
        keys = self.in_force().hub_keys
        try:
            if self._presence is None:
                self._presence = _held_presence(source, keys)
            fresh = open_presence(data, keys, source.site)
            accept_presence(fresh, self._presence, now.at, clock_trusted=now.trusted)
            write_file(source.trust / PRESENCE, data)
        except OSError as error:
            self._files.forget("presence")
            raise TrustError(f"{source.trust / PRESENCE}: {error.strerror}") from error
        except TrustError as error:
            self._files.forget("presence")
            self._refuse("presence", str(error))
        else:
            self._presence = fresh
            self._accept("presence")

    def _is_due(self, what: str, every_s: float) -> bool:
        at_s = self._source.monotonic()
        if at_s < self._due_s.get(what, at_s):
            return False
        self._due_s[what] = at_s + every_s
        return True

    def _refuse(self, what: str, why: str) -> None:
        if self.refused.get(what) != why:
            _log.error("refused", extra={"part": what, "error": why})
        self.refused[what] = why

    def _accept(self, what: str) -> None:
        self.refused.pop(what, None)


def _wanted(in_force: TrustInForce) -> list[str]:
    """Return the addresses of the lists to fetch: those held, and the first of each issuer's."""
    held = in_force.bundle.status_lists
    first = {f"{issuer.status_base}1" for issuer in in_force.bundle.issuers}
    return sorted(held.keys() | first)


def _every_s(held: StatusList | None) -> float:
    """Return the seconds between two looks for a list."""
    if held is None or held.ttl_s is None:
        return LIST_EVERY_S
    return min(max(float(held.ttl_s), MIN_LIST_S), MAX_LIST_S)


def _open_list(token: bytes, uri: str, in_force: TrustInForce) -> StatusList:
    fresh = verify_status_token(token, in_force.bundle.issuers)
    if fresh.uri != uri:
        raise TrustError(f"status list: of {fresh.uri}, and not of {uri}")
    return fresh


def _held_presence(source: PullSource, keys: tuple[TrustedKey, ...]) -> SitePresence | None:
    """Return the presence that lies there; one that no longer verifies is told, and is none."""
    try:
        return load_presence(source.trust, source.site, keys)
    except TrustError as error:
        _log.warning("presence held left out", extra={"part": PRESENCE, "error": str(error)})
        return None
