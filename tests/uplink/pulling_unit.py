"""A unit with its trust directory, which it pulls from a server on loopback."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from gate.events.batch import unit_uid
from gate.signing.keys import SigningKey
from gate.sim.devices import ManualClock
from gate.sim.issuer import NOW, SimIssuer, seeded_key
from gate.sim.static_server import StaticServer
from gate.store.generations import current
from gate.store.trust_in_force import TrustInForce, load_in_force
from gate.trust.manifest import SiteManifest, sign_manifest
from gate.trust.site_hours import Hours, SiteHours, sign_hours
from gate.trust.site_presence import SitePresence, sign_presence
from gate.trust.status_list import Status
from gate.trust.status_token import issue_status_token
from gate.uplink.fetch import Fetcher
from gate.uplink.moment import moment
from gate.uplink.pull import Pull, PullSource
from tests.store.trust_files import HUB, SITE, TrustFiles

POLL_S: Final = 15.0
UNIT: Final = seeded_key("unit")
UID: Final = unit_uid(UNIT.verifying_key)


class PullingUnit:
    """The unit, and the server that plays its hub: it serves `files`."""

    def __init__(self, directory: Path, opened: ExitStack) -> None:
        self.trust = TrustFiles(directory / "trust")
        self.clock = ManualClock(NOW)
        self.clock_state = directory / "clock.json"
        self.files: dict[str, bytes] = {}
        self.server = opened.enter_context(StaticServer(self.files))
        self.fetcher = opened.enter_context(Fetcher(ca=None, monotonic=self.clock.monotonic))
        self.pull = self.begin()

    def begin(self) -> Pull:
        """Start the process anew."""
        source = PullSource(
            trust=self.trust.path,
            site=SITE,
            url=self.server.url,
            hub_key=HUB.verifying_key,
            uid=UID,
            key=UNIT,
            poll_s=POLL_S,
            now=lambda: moment(self.clock, self.clock_state),
            monotonic=self.clock.monotonic,
        )
        self.pull = Pull(source, self.fetcher)
        return self.pull

    def offer_manifest(self, offered: SiteManifest, key: SigningKey = HUB) -> None:
        self.files[f"/api/units/{UID}/manifest"] = sign_manifest(offered, key)

    def offer_list(self, issuer: SimIssuer, at: str = "", **changed: Any) -> None:  # noqa: ANN401 - fields by name
        """Offer a list, or as whatever else it claims to be, where the one at `at` would be."""
        held = replace(issuer.status_list({1: Status.INVALID}), **changed)
        self.offer_token(issue_status_token(held, issuer.key), at or issuer.uri)

    def offer_token(self, token: bytes, uri: str) -> None:
        """Offer any bytes where the list of `uri` would be."""
        self.files[f"/lists/{sha256(uri.encode()).hexdigest()[:16]}.cwt"] = token

    def offer_presence(self, issued_at: datetime = NOW) -> None:
        presence = SitePresence(site=SITE, issued_at=issued_at)
        self.files[f"/api/units/{UID}/presence"] = sign_presence(presence, HUB)

    def offer_hours(self, issued_at: datetime = NOW, *rows: Hours, key: SigningKey = HUB) -> None:
        hours = SiteHours(site=SITE, issued_at=issued_at, day=issued_at.date(), rows=rows)
        self.files[f"/api/units/{UID}/hours"] = sign_hours(hours, key)

    def poll(self, seconds: float = POLL_S) -> TrustInForce:
        """Let time pass, turn, and return what the gate would go by."""
        self.clock.advance(seconds)
        self.server.forget()
        self.pull.turn()
        return load_in_force(self.trust.path, SITE, HUB.verifying_key)

    def asked(self) -> list[tuple[str, int]]:
        return [(one.path.rpartition("/")[2], one.status) for one in self.server.asked]

    def generation(self) -> str:
        found = current(self.trust.path)
        return "" if found is None else found.name
