"""What the gate goes by, looked at once a second between two frames, and replaced whole or not.

The network process, an import or a hand changes the trust directory; this notices by a few names'
inodes and times, loads what is there, and hands it over. What can't be loaded leaves in force what
was. A generation is switched to at once; files carried in by hand are waited for until nothing has
changed for a second, for a hand puts down one after the other.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gate.access.catalogue import NO_CATALOGUE, Catalogue
from gate.access.decide import Rule
from gate.access.persons import CountedHours, Inducted, PersonRecord
from gate.access.policy import exit_warnings, records_of, rules_of, unknown_codes
from gate.access.presence import SiteWide
from gate.access.site_policy import SitePolicy
from gate.access.site_rules import SitePersons
from gate.errors import TrustError
from gate.signing.keys import VerifyingKey
from gate.store.trust_in_force import (
    Trace,
    TrustInForce,
    load_hours,
    load_in_force,
    load_presence,
    trace_hours,
    trace_presence,
    trace_trust,
)
from gate.trust.clock_floor import EARLIEST
from gate.trust.manifest import SiteManifest
from gate.trust.site_hours import SiteHours, accept_hours
from gate.trust.site_presence import SitePresence, accept_presence
from gate.unit.mild import PRESENCE, TRUST
from gate.unit.stamp import Stamp

RETRY_S: Final = 10.0
"""Between two attempts at what could not be loaded; it costs as much as a scan."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSource:
    """Where trust comes from, and what it is read with.

    Attributes:
        directory: the trust directory.
        site: the site this unit stands at.
        hub_key: of the site's hub, where no fleet names its keys.
        policy: the unit's own rules, which count without a manifest.
        site_key: turns cards into persons.
        catalogue: of the card schemes.
        check: refuses what this gate must not run on; raises TrustError.
    """

    directory: Path
    site: str
    hub_key: VerifyingKey | None
    policy: SitePolicy
    site_key: bytes = field(repr=False)
    catalogue: Catalogue = NO_CATALOGUE
    check: Callable[[TrustInForce], None] = lambda _trust: None


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What the gate goes by, whole."""

    trust: TrustInForce
    policy: SitePolicy
    rules: tuple[Rule, ...] = field(repr=False)
    records: Mapping[bytes, PersonRecord] = field(default_factory=dict, repr=False)


class TrustWatch:
    """Keeps `in_force` up to date; `faults` tells what is wrong with what lies on the disk."""

    def __init__(self, source: TrustSource) -> None:
        """Load what is there.

        Raises:
            TrustError: nothing is left to verify cards with.
        """
        self.faults: tuple[str, ...] = ()
        self._source = source
        self._trace = self._seen = trace_trust(source.directory)
        self.in_force = self._load(None)
        self._failed_s: float | None = None

    @property
    def site_key(self) -> bytes:
        """The key that turns cards into persons."""
        return self._source.site_key

    def poll(self, at_s: float) -> bool:
        """Look whether something changed; return whether `in_force` is another now."""
        trace = trace_trust(self._source.directory)
        is_settled = trace == self._seen or trace[0] != self._trace[0]
        is_retry = self._failed_s is not None and at_s - self._failed_s >= RETRY_S
        self._seen = trace
        if not is_settled or (trace == self._trace and not is_retry):
            return False
        self._trace, self._failed_s = trace, None
        try:
            self.in_force = self._load(self.in_force.trust)
        except TrustError as error:
            self._failed_s = at_s
            self._tell((str(error),))
            return False
        return True

    def _load(self, held: TrustInForce | None) -> InForce:
        source = self._source
        trust = load_in_force(source.directory, source.site, source.hub_key, held)
        if not any(issuer.keys for issuer in trust.bundle.issuers):
            raise TrustError(f"{trust.directory}: no issuer with a key, so no card can be verified")
        source.check(trust)
        policy = trust.policy or source.policy
        if held is None or policy is not self.in_force.policy:
            self._warn(policy)
        persons = SitePersons() if trust.manifest is None else persons_of(trust.manifest)
        self._tell(trust.left_out)
        rules = rules_of(policy, source.site_key, source.catalogue, persons)
        records = records_of(policy, source.site_key, persons)
        return InForce(trust=trust, policy=policy, rules=rules, records=records)

    def _warn(self, policy: SitePolicy) -> None:
        """Tell of codes that the catalogue doesn't know, if there is one, and of free exits."""
        for warning in exit_warnings(policy):
            _log.warning(warning, extra={"part": TRUST})
        if self._source.catalogue is not NO_CATALOGUE:
            for fault in unknown_codes(policy, self._source.catalogue):
                _log.warning(fault, extra={"part": TRUST})

    def _tell(self, faults: tuple[str, ...]) -> None:
        for fault in faults:
            if fault not in self.faults:
                _log.error("does not count", extra={"part": TRUST, "error": fault})
        self.faults = faults


class PresenceWatch:
    """Keeps what the site's other gates saw; `fault` tells what is wrong with what lies there."""

    def __init__(self, directory: Path, site: str) -> None:
        self.fault = ""
        self._directory = directory
        self._site = site
        self._trace: Trace = (None,)
        self._held: SitePresence | None = None
        self._hours = HoursWatch(directory, site)

    def poll(self, trust: TrustInForce, stamp: Stamp, *, anew: bool) -> SiteWide | None:
        """Return what is known if it is another than before; `anew`: who signs may be another."""
        hours, are_other = self._hours.poll(trust, stamp, anew=anew)
        trace = trace_presence(self._directory)
        if trace == self._trace and not anew and not are_other:
            return None
        self._trace = trace
        try:
            fresh = load_presence(self._directory, self._site, trust.hub_keys)
            if fresh is not None:
                accept_presence(fresh, self._held, stamp.at, clock_trusted=stamp.trusted)
        except TrustError as error:
            if self.fault != str(error):
                self.fault = str(error)
                _log.error("does not count", extra={"part": PRESENCE, "error": self.fault})
            return None
        self.fault = ""
        if fresh is None:
            # Other gates count where a hub speaks for the site, and nothing is known of them.
            return None if trust.manifest is None else SiteWide(as_of=EARLIEST, hours=hours)
        self._held = fresh
        passages = {row.person: row for row in fresh.rows}
        return SiteWide(
            as_of=fresh.issued_at,
            lag=fresh.lag,
            passages=passages,
            gates=fresh.gates,
            hours=hours,
        )


class HoursWatch:
    """Keeps how long everybody was on site; what lies there and doesn't count is said once."""

    def __init__(self, directory: Path, site: str) -> None:
        self._directory = directory
        self._site = site
        self._trace: Trace = (None,)
        self._held: SiteHours | None = None
        self._counted: CountedHours | None = None

    def poll(
        self, trust: TrustInForce, stamp: Stamp, *, anew: bool
    ) -> tuple[CountedHours | None, bool]:
        """Return what was counted, and whether it is other than before."""
        trace = trace_hours(self._directory)
        if trace == self._trace and not anew:
            return self._counted, False
        self._trace, before = trace, self._counted
        try:
            fresh = load_hours(self._directory, self._site, trust.hub_keys)
            if fresh is not None:
                accept_hours(fresh, self._held, stamp.at, clock_trusted=stamp.trusted)
        except TrustError as error:
            _log.error("does not count", extra={"part": PRESENCE, "error": str(error)})
            return before, False
        self._held, self._counted = fresh, None if fresh is None else counted_of(fresh)
        return self._counted, self._counted is not before


def persons_of(manifest: SiteManifest) -> SitePersons:
    """Return whom a manifest names, as rules have it."""
    return SitePersons(
        inducted=manifest.inducted,
        blocked=manifest.blocked,
        inductions={
            person: Inducted(on=held.on, version=held.version)
            for person, held in manifest.inductions.items()
        },
    )


def counted_of(hours: SiteHours) -> CountedHours:
    """Return what rules read of hours that were signed."""
    return CountedHours(
        counted_at=hours.issued_at,
        day=hours.day,
        is_whole=hours.is_whole,
        rows={row.person: row for row in hours.rows},
    )
