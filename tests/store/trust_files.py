"""A unit's trust directory, filled as a hub, a fleet and a hand would fill it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from gate.sim.fleet import FleetRepository
from gate.sim.issuer import NOW, SimIssuer, seeded_key
from gate.store.fleet import HUBS, METADATA, RELEASES, TARGETS
from gate.store.fleet import ISSUERS as FLEET_ISSUERS
from gate.store.generations import begin
from gate.store.trust_in_force import HOURS, MANIFEST, PRESENCE
from gate.store.trust_names import FLEET
from gate.store.trust_store import ISSUERS, LISTS
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.gates_heard import GateHeard
from gate.trust.issuers import format_issuers
from gate.trust.manifest import SiteManifest, sign_manifest
from gate.trust.site_hours import Hours, SiteHours, sign_hours
from gate.trust.site_presence import LastPassage, SitePresence, sign_presence

SITE: Final = "riverside"
HUB: Final = seeded_key("hub")
OTHER_HUB: Final = seeded_key("other hub")
SITE_KEY: Final = bytes(range(32))
POLICY: Final = (
    'version = 1\nsite = "riverside"\ntime_zone = "UTC"\n'
    '[[accept]]\nscheme = "ecs-jib"\ntypes = "any"\n'
    '[[accept]]\nscheme = "site:riverside"\ntypes = "any"\n'
    '[passback]\nmode = "refuse"\n'
)


def hub_key(**changed: Any) -> TrustedKey:  # noqa: ANN401 - fields of TrustedKey, by name
    return TrustedKey(key=HUB.verifying_key, **({"uses": frozenset({KeyUse.SITE})} | changed))


def manifest(version: int = 1, issued_at: datetime = NOW, **changed: Any) -> SiteManifest:  # noqa: ANN401 - as above
    fields: dict[str, Any] = {
        "site": SITE,
        "expires_at": issued_at + timedelta(days=7),
        "policy": POLICY,
    }
    return SiteManifest(version=version, issued_at=issued_at, **(fields | changed))


class TrustFiles:
    """The directory `path`; it holds one issuer, carried by hand, and no list."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.issuer = SimIssuer()
        (path / LISTS).mkdir(parents=True)
        self.carry_issuers(self.issuer)

    def carry_issuers(self, *issuers: SimIssuer) -> None:
        text = format_issuers([one.issuer() for one in issuers])
        (self.path / ISSUERS).write_text(text, "utf-8")

    def carry_list(self, token: bytes, name: str = "carried") -> None:
        (self.path / LISTS / f"{name}.cwt").write_bytes(token)

    def switch(self, **files: bytes | None) -> None:
        """Put another generation in force; "manifest" and names of lists are short for paths."""
        with begin(self.path) as builder:
            for name, data in files.items():
                path = MANIFEST if name == "manifest" else f"{LISTS}/{name}.cwt"
                if data is None:
                    builder.drop(path)
                else:
                    builder.put(path, data)
            builder.commit(lambda _: None)

    def switch_manifest(self, *changed: SiteManifest) -> None:
        for one in changed:
            self.switch(manifest=sign_manifest(one, HUB))

    def pin(self, fleet: FleetRepository) -> None:
        """Pin a fleet's root, and put the fleet's trust in force."""
        (self.path / "root.json").write_bytes(fleet.pinned_root)
        with begin(self.path) as builder:
            for path, data in fleet.files.items():
                name = path.rpartition("/")[2]
                if METADATA in path:
                    plain = name if name.endswith("root.json") else name.split(".", 1)[-1]
                    plain = "timestamp.json" if name == "timestamp.json" else plain
                    builder.put(f"{FLEET}/{METADATA}/{plain}", data)
            for target in {FLEET_ISSUERS, HUBS, RELEASES} & fleet.targets.targets.keys():
                builder.put(f"{FLEET}/{TARGETS}/{target}", fleet.target(target))
            builder.commit(lambda _: None)

    def count(self, issued_at: datetime, *rows: Hours) -> None:
        """Bring the site's hours."""
        hours = SiteHours(site=SITE, issued_at=issued_at, day=issued_at.date(), rows=rows)
        (self.path / HOURS).write_bytes(sign_hours(hours, HUB))

    def see(
        self, issued_at: datetime, *rows: LastPassage, gates: tuple[GateHeard, ...] = ()
    ) -> None:
        """Bring the site's presence."""
        presence = SitePresence(site=SITE, issued_at=issued_at, rows=rows, gates=gates)
        (self.path / PRESENCE).write_bytes(sign_presence(presence, HUB))
