"""What a unit believes, brought from its hub: fetched when due, judged, and put in force whole.

    fleet trust               hourly, if a root is pinned
    status lists              each at its ttl, within bounds (gate.uplink.lists_due)
    manifest, presence        at every poll; presence once there is a manifest
    hours                     every five minutes, where the rules ask for them

What comes is believed because of who signed it, not of who sent it: the same is done with what a
hand brings (`gate trust import`). Nothing older than what is held, of another site or address, or
expired, ever replaces anything: it is refused by name. A new generation is made only if something
changed, and has all that changed at once. The lock is held meanwhile, so that nothing newer comes
between the judging and the putting. What failed is tried again at the next poll.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from gate.errors import ConfigError, TrustError, UplinkError
from gate.signing.keys import SigningKey, VerifyingKey
from gate.store.files import write_file
from gate.store.generations import Builder, begin
from gate.store.trust_in_force import (
    MANIFEST,
    PRESENCE,
    TrustInForce,
    load_in_force,
    presence_message,
    read_rules,
    trace_presence,
    trace_trust,
)
from gate.store.trust_names import PINNED_ROOT
from gate.store.trust_store import LISTS
from gate.trust.bundle import TrustedKey
from gate.trust.manifest import KIND as MANIFEST_KIND
from gate.trust.manifest import accept_manifest, open_manifest
from gate.trust.site_presence import KIND as PRESENCE_KIND
from gate.trust.site_presence import SitePresence, accept_presence, open_presence
from gate.trust.status_list import StatusList, list_name
from gate.trust.status_token import MAX_TOKEN_BYTES, accept_list, verify_status_token
from gate.uplink.counted import HOURS_EVERY_S, asks_hours, bring_hours, forget_hours
from gate.uplink.fetch import Fetching
from gate.uplink.hub_files import HubFiles, list_etag, manifest_etag, presence_etag
from gate.uplink.lists_due import every_s, following, wanted
from gate.uplink.moment import Moment
from gate.uplink.told import NEWER, Fate, Told

FLEET_EVERY_S: Final = 3600.0
"""Keys change by the month; a revoked one should be gone within the hour."""

PULL_S: Final = 60.0
"""For all of one pull: uploads wait meanwhile."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PullSource:
    """Where a unit's trust comes from, and where it is put.

    Attributes:
        trust: the trust directory.
        site: where the unit stands.
        url: of the hub.
        hub_key: the hub's; None where only the fleet names its keys.
        uid: the unit's name at the hub.
        key: the unit's own; None where nobody wants to know who asks.
        poll_s: between two questions for the manifest.
        now: what time it is.
        monotonic: seconds on a steady line.
    """

    trust: Path
    site: str
    url: str
    hub_key: VerifyingKey | None
    uid: str
    key: SigningKey | None = field(repr=False)
    poll_s: float
    now: Callable[[], Moment]
    monotonic: Callable[[], float]


class Pull:
    """One unit's pull; used by one thread.

    `refused` tells what was fetched and did not count, and why, by what it is; `told` what became
    of each part that the last turn asked for.
    """

    def __init__(self, source: PullSource, fetcher: Fetching) -> None:
        self.refused: dict[str, str] = {}
        self.told: list[Told] = []
        self._source = source
        self._fetcher = fetcher
        self._files = HubFiles(
            fetcher, url=source.url, uid=source.uid, key=source.key, now=lambda: source.now().at
        )
        self._due_s: dict[str, float] = {}
        self._fresh: list[Told] = []
        self._in_force: TrustInForce | None = None
        self._trace: object = None
        self._presence: tuple[object, SitePresence | None, str | None] = (None, None, None)
        self._fault = ""

    def wait_s(self) -> float:
        """Return the seconds until the next poll is due."""
        return max(0.0, self._due_s.get(MANIFEST, 0.0) - self._source.monotonic())

    def turn(self) -> None:
        """Bring what is due; what goes wrong is logged, told by `refused`, and tried again."""
        if not self._is_due(MANIFEST, self._source.poll_s):
            return
        try:
            self.bring()
        except UplinkError as error:
            self._miss(str(error))
        except TrustError as error:
            if self._fault != str(error):
                _log.error("not pulled", extra={"part": "trust", "error": str(error)})
            self._fault = str(error)
        else:
            self._fault = ""
            for one in self.told:
                if one.fate is Fate.MISSED:
                    self._miss(one.words)

    def bring(self, *, waits: bool = False) -> None:
        """Bring manifest and presence, and whatever else is due; `told` tells what became of it.

        1. Fleet trust.  2. The manifest.  3. The lists, of those who may sign by then.  4. Put what
        is good in force, in one generation, even if not all could be asked for.  5. Presence.
        6. Hours, where the rules ask for them.

        Args:
            waits: for another process that changes the trust directory; it is refused else.

        Raises:
            UplinkError: not all came; what had come by then counts. Fleet trust that didn't come is
                told, and nothing else waits for it.
            TrustError: nobody is known who may sign, or the disk refuses.
        """
        source = self._source
        self.told, self._fresh = [], []
        deadline_s = source.monotonic() + PULL_S
        with begin(source.trust, waits=waits) as builder:
            try:
                self._fleet(builder, deadline_s)  # 1.
                self._manifest(builder, deadline_s)  # 2.
                self._lists(builder, deadline_s)  # 3.
            finally:
                self._commit(builder)  # 4.
            self._seen(deadline_s)  # 5.
            self._counted(deadline_s)  # 6.

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

    def _ahead(self, builder: Builder) -> TrustInForce:
        """Return what would be in force with what came by now."""
        if not builder.is_changed:
            return self.in_force()
        source = self._source
        path = builder.lay_out()
        return load_in_force(source.trust, source.site, source.hub_key, generation=path)

    def _fleet(self, builder: Builder, deadline_s: float) -> None:
        source = self._source
        if not (source.trust / PINNED_ROOT).exists() or not self._is_due("fleet", FLEET_EVERY_S):
            return
        # tuf takes 20 MB with its client: only where there is a fleet
        from gate.store.fleet import read_pinned_root  # noqa: PLC0415
        from gate.uplink.fleet import fleet_repository, refresh_fleet  # noqa: PLC0415

        root = read_pinned_root(source.trust) or b""
        try:
            repository = fleet_repository(source.url, self._fetcher, root)
            now = source.now().at
            fleet = refresh_fleet(builder, repository, now=now, deadline_s=deadline_s)
        except UplinkError as error:  # told, for a block must arrive all the same
            self._due_s.pop("fleet")
            self.told.append(Told(part="fleet", fate=Fate.MISSED, words=str(error)))
        except TrustError as error:
            self._refuse("fleet", str(error))
        else:
            which = f"version {fleet.versions.timestamp}, good until {_words(fleet.expires_at)}"
            self._accept("fleet", which, is_new=builder.is_changed)

    def _manifest(self, builder: Builder, deadline_s: float) -> None:
        in_force = self._ahead(builder)
        held = None if in_force.manifest is None else manifest_etag(in_force.manifest)
        data = self._files.of_unit("manifest", MANIFEST_KIND.max_bytes, deadline_s, held)
        if data is None:
            self.told.append(Told(part="manifest", fate=Fate.NONE))
            return
        now = self._source.now()
        try:
            fresh = open_manifest(data, in_force.hub_keys, self._source.site)
            accept_manifest(fresh, in_force.manifest, now.at, clock_trusted=now.trusted)
            read_rules(fresh)
        except (TrustError, ConfigError) as error:
            self._refuse("manifest", f"{error}{NEWER if isinstance(error, ConfigError) else ''}")
            return
        builder.put(MANIFEST, data)
        self._files.keep("manifest", manifest_etag(fresh))
        which = f"version {fresh.version}, signed {_words(fresh.issued_at)}"
        self._accept("manifest", which, is_new=fresh != in_force.manifest)

    def _lists(self, builder: Builder, deadline_s: float) -> None:
        in_force = self._ahead(builder)
        for uri in wanted(in_force):
            if not self._is_due(uri, every_s(in_force.bundle.status_lists.get(uri))):
                continue
            if self._ask_list(builder, in_force, uri, deadline_s):
                self._due_s.pop(uri.removesuffix(uri.rpartition("/")[2]), None)
            else:
                self.told.append(Told(part=f"list {uri}", fate=Fate.NONE))
        for base, number in following(self._ahead(builder)):
            if self._is_due(base, math.inf):
                self._further(builder, in_force, base, number, deadline_s)

    def _further(
        self, builder: Builder, in_force: TrustInForce, base: str, number: int, deadline_s: float
    ) -> None:
        """Fetch the lists of an issuer's from `number` on, until there is none."""
        try:
            while self._ask_list(builder, in_force, f"{base}{number}", deadline_s):
                number += 1
        except UplinkError:
            self._due_s.pop(base)
            raise

    def _ask_list(
        self, builder: Builder, in_force: TrustInForce, uri: str, deadline_s: float
    ) -> bool:
        """Fetch a list; tell whether there was one, or a newer one."""
        held = in_force.bundle.status_lists.get(uri)
        digests = {held.uri: digest for digest, held in in_force.tokens.items()}
        etag = None if held is None else list_etag(digests[uri])
        try:
            name = f"{LISTS}/{list_name(uri)}"
            token = self._files.of_all(name, MAX_TOKEN_BYTES, deadline_s, etag)
        except UplinkError:
            self._due_s.pop(uri, None)
            raise
        if token is None:
            return False
        self._list(builder, in_force, uri, token)
        return True

    def _list(self, builder: Builder, in_force: TrustInForce, uri: str, token: bytes) -> None:
        held, digest = in_force.bundle.status_lists.get(uri), sha256(token).digest()
        try:
            fresh = _open_list(token, uri, in_force)
            now = self._source.now()
            accept_list(fresh, held, now.at, clock_trusted=now.trusted)
        except TrustError as error:
            self._refuse(f"list {uri}", str(error))
            return
        name = f"{LISTS}/{list_name(uri)}"
        builder.put(name, token)
        self._files.keep(name, list_etag(digest))
        self._due_s[uri] = self._source.monotonic() + every_s(fresh)
        is_new = digest not in in_force.tokens
        self._accept(f"list {uri}", f"signed {_words(fresh.issued_at)}", is_new=is_new)

    def _commit(self, builder: Builder) -> None:
        source = self._source

        def verify(path: Path) -> None:
            load_in_force(source.trust, source.site, source.hub_key, generation=path)

        if builder.is_changed:
            try:
                made = builder.commit(verify)
            except TrustError:
                self._due_s = {MANIFEST: self._due_s.get(MANIFEST, 0.0)}  # all of it once more
                raise
            _log.info("trust taken", extra={"path": made.name, "count": len(self._fresh)})
        self._tell_fresh()

    def _seen(self, deadline_s: float) -> None:
        """Bring the presence, of a site whose hub gives it rules: others go by their own record."""
        source, in_force = self._source, self.in_force()
        if in_force.manifest is None:
            return
        held, etag = self._presence_held(in_force.hub_keys)
        data = self._files.of_unit("presence", PRESENCE_KIND.max_bytes, deadline_s, etag)
        if data is None:
            self.told.append(Told(part="presence", fate=Fate.NONE))
            return
        now = source.now()
        try:
            fresh = open_presence(data, in_force.hub_keys, source.site)
            accept_presence(fresh, held, now.at, clock_trusted=now.trusted)
            if presence_etag(data) != etag:
                write_file(source.trust / PRESENCE, data)
        except OSError as error:
            raise TrustError(f"{source.trust / PRESENCE}: {error.strerror}") from error
        except TrustError as error:
            self._refuse("presence", str(error))
            return
        fresh_etag = presence_etag(data)
        self._presence = (trace_presence(source.trust), fresh, fresh_etag)
        self._files.keep("presence", fresh_etag)
        self._accept("presence", f"signed {_words(fresh.issued_at)}", is_new=fresh_etag != etag)
        self._tell_fresh()

    def _counted(self, deadline_s: float) -> None:
        """Bring how long everybody was on site, or take away what nobody asks for."""
        source, in_force = self._source, self.in_force()
        if not asks_hours(in_force):
            forget_hours(source.trust)
            return
        if not self._is_due("hours", HOURS_EVERY_S):
            return
        try:
            fresh = bring_hours(self._files, source.trust, in_force, source.now, deadline_s)
        except UplinkError:
            self._due_s.pop("hours")
            raise
        except TrustError as error:
            self._refuse("hours", str(error))
            return
        if fresh is None:
            self.told.append(Told(part="hours", fate=Fate.NONE))
        else:
            self._accept("hours", f"signed {_words(fresh.issued_at)}", is_new=True)
            self._tell_fresh()

    def _presence_held(
        self, keys: tuple[TrustedKey, ...]
    ) -> tuple[SitePresence | None, str | None]:
        """Return the presence that lies there, and its ETag; what doesn't verify is none."""
        source = self._source
        trace, held, etag = self._presence
        if trace != (now_there := trace_presence(source.trust)):
            try:
                data = presence_message(source.trust)
                held = None if data is None else open_presence(data, keys, source.site)
                etag = None if data is None else presence_etag(data)
            except TrustError as error:
                _log.warning(
                    "presence held left out", extra={"part": PRESENCE, "error": str(error)}
                )
                held, etag = None, None
            self._presence = (now_there, held, etag)
        return held, etag

    def _is_due(self, what: str, every_s: float) -> bool:
        at_s = self._source.monotonic()
        if at_s < self._due_s.get(what, at_s):
            return False
        self._due_s[what] = at_s + every_s
        return True

    def _miss(self, why: str) -> None:
        _log.warning("not all pulled", extra={"hub": self._source.url, "error": why})

    def _refuse(self, what: str, why: str) -> None:
        if self.refused.get(what) != why:
            _log.error("refused", extra={"part": what, "error": why})
        self.refused[what] = why
        self.told.append(Told(part=what, fate=Fate.REFUSED, words=why))

    def _accept(self, what: str, which: str, *, is_new: bool) -> None:
        """Remember that a part counts; it is told once it is in force."""
        self.refused.pop(what, None)
        self._fresh.append(Told(part=what, fate=Fate.TAKEN if is_new else Fate.HELD, words=which))

    def _tell_fresh(self) -> None:
        self.told += self._fresh
        self._fresh = []


def _open_list(token: bytes, uri: str, in_force: TrustInForce) -> StatusList:
    fresh = verify_status_token(token, in_force.bundle.issuers)
    if fresh.uri != uri:
        raise TrustError(f"status list: of {fresh.uri}, and not of {uri}")
    return fresh


def _words(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
