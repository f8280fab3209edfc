"""All that the page tells of, looked at together, at most once a second, and only to read.

Each part stands for itself: what can't be read is a fault of that part, and the others are told.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from gate.access.exits import SEEN, Exits
from gate.access.model import Direction
from gate.access.site_policy import Freshness as FreshnessRule
from gate.access.site_policy import SitePolicy
from gate.config import load_policy
from gate.config_fields import Config
from gate.config_lanes import lanes_of
from gate.devices.ports import Clock
from gate.errors import ConfigError, EventError, JournalError, TrustError
from gate.events.lane_state import LaneState, is_current
from gate.status.record_watch import Record, RecordWatch
from gate.store.clock_state import clock_state_path
from gate.store.cursor import cursor_directory, read_mark
from gate.store.lane_state_file import read_lane_state
from gate.store.moment import Moment, moment_of
from gate.store.trust_freshness import judge_all
from gate.store.trust_in_force import (
    Trace,
    TrustInForce,
    load_in_force,
    load_presence,
    trace_presence,
    trace_trust,
)
from gate.trust.freshness import Freshness
from gate.trust.local_login import LocalLogin
from gate.trust.site_presence import SitePresence, accept_presence

LOOK_S: Final = 1.0
"""Between two looks at the files, however many people ask."""

_UTC: Final = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane, and what the gate process says of it now; `fault` says why it says nothing."""

    name: str
    direction: Direction
    state: LaneState | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The unit at one moment.

    Attributes:
        trust: what it goes by; None if that can't be known.
        trust_fault: why not, or why not what lies there now.
        judged: how fresh each thing is that it goes by.
        site: where the site's people were, as its hub knew; None if it never told.
        site_fault: why what lies there now doesn't count.
        backlog: entries that the hub has not; None without a hub.
        zone: the site's own time.
        exits: how the site knows that somebody has left.
    """

    at_s: float
    moment: Moment
    lanes: tuple[Lane, ...]
    record: Record
    trust: TrustInForce | None
    trust_fault: str
    judged: dict[str, Freshness]
    site: SitePresence | None
    site_fault: str
    backlog: int | None
    zone: ZoneInfo
    exits: Exits = SEEN

    @property
    def logins(self) -> tuple[LocalLogin, ...]:
        """Who may sign in."""
        has_any = self.trust is not None and self.trust.manifest is not None
        return self.trust.manifest.logins if has_any else ()  # type: ignore[union-attr]

    @property
    def is_of_a_site(self) -> bool:
        """Whether a hub speaks for the site, and there may be other gates."""
        return self.site is not None or (self.trust is not None and self.trust.manifest is not None)


class UnitWatch:
    """Looks at one unit's files."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._trust = _TrustWatch(config)
        self._record = RecordWatch(config.unit.journal, config.access_point[0].area)
        self._own = _own_policy(config.unit.policy)
        self._seen: Seen | None = None

    def look(self) -> Seen:
        """Return what is seen now, or was seen a moment ago."""
        at_s = self._clock.monotonic()
        if self._seen is None or at_s - self._seen.at_s >= LOOK_S:
            self._seen = self._look(at_s)
        return self._seen

    def _look(self, at_s: float) -> Seen:
        unit, watch = self._config.unit, self._trust
        watch.load()
        passed = () if watch.trust is None else watch.trust.signed_times
        record = self._record.look(self._moment(at_s, passed).at)
        if record.last_trusted is not None:
            passed = (*passed, record.last_trusted)
        moment = self._moment(at_s, passed)
        watch.look(moment)
        policy = (
            self._own if watch.trust is None or watch.trust.policy is None else watch.trust.policy
        )
        return Seen(
            at_s=at_s,
            moment=moment,
            lanes=tuple(_lanes(self._config, at_s)),
            record=record,
            trust=watch.trust,
            trust_fault=watch.fault,
            judged=_judged(watch.trust, policy, moment),
            site=watch.site,
            site_fault=watch.site_fault,
            backlog=None if self._config.hub is None else _backlog(unit.journal, record),
            zone=_UTC if policy is None else policy.time_zone,
            exits=SEEN if policy is None else policy.exits,
        )

    def _moment(self, at_s: float, passed: tuple[datetime, ...]) -> Moment:
        return moment_of(
            clock_state_path(self._config.unit.journal),
            system_now=self._clock.now(),
            system_trusted=self._clock.is_trusted(),
            uptime_s=at_s,
            boot_id=self._clock.boot_id(),
            passed=passed,
        )


class _TrustWatch:
    """What the unit goes by, loaded again when it is another."""

    def __init__(self, config: Config) -> None:
        self.trust: TrustInForce | None = None
        self.fault = ""
        self.site: SitePresence | None = None
        self.site_fault = ""
        self._directory = config.unit.trust
        self._name = config.unit.site
        self._hub_key = None if config.hub is None else config.hub.key
        self._trace: Trace | None = None
        self._site_trace: Trace | None = None

    def load(self) -> None:
        """Load what the unit goes by, if it is another than before."""
        trace = trace_trust(self._directory)
        if trace == self._trace and not self.fault:
            return
        self._trace, self._site_trace = trace, None
        try:
            self.trust = load_in_force(self._directory, self._name, self._hub_key, self.trust)
            self.fault = ""
        except TrustError as error:
            self.fault = str(error)

    def look(self, moment: Moment) -> None:
        """Load what the site's gates saw, if it is another than before."""
        trace = trace_presence(self._directory)
        if self.trust is not None and (trace != self._site_trace or self.site_fault):
            self._site_trace = trace
            self._load_site(self.trust, moment)

    def _load_site(self, trust: TrustInForce, moment: Moment) -> None:
        try:
            fresh = load_presence(self._directory, self._name, trust.hub_keys)
            if fresh is not None:
                accept_presence(fresh, self.site, moment.at, clock_trusted=moment.trusted)
                self.site = fresh
            self.site_fault = ""
        except TrustError as error:
            self.site_fault = str(error)


def _own_policy(path: Path) -> SitePolicy | None:
    try:
        return load_policy(path)
    except ConfigError:
        return None  # the gate process doesn't start on it, and says why


def _judged(
    trust: TrustInForce | None, policy: SitePolicy | None, moment: Moment
) -> dict[str, Freshness]:
    if trust is None:
        return {}
    rule: FreshnessRule | None = None if policy is None else policy.freshness
    return judge_all(trust, rule, moment.at, moment.untrusted_s)


def _lanes(config: Config, at_s: float) -> list[Lane]:
    return [_lane(one.point.name, one.point.direction, one.state, at_s) for one in lanes_of(config)]


def _lane(name: str, direction: Direction, path: Path | None, at_s: float) -> Lane:
    try:
        state = None if path is None else read_lane_state(path)
    except EventError as error:
        return Lane(name=name, direction=direction, fault=str(error))
    if state is None or not is_current(state, at_s):
        since = "" if state is None else f" for {_age(at_s - state.at_s)}"
        fault = f"the gate process has said nothing{since}; next: systemctl status gate-unit"
        return Lane(name=name, direction=direction, fault=fault)
    return Lane(name=name, direction=direction, state=state)


def _age(seconds: float) -> str:
    if seconds < 0:
        return "longer than this machine runs"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _backlog(journal: Path, record: Record) -> int:
    try:
        mark = read_mark(cursor_directory(journal))
    except JournalError:
        return record.head
    if mark is None or mark.head.journal_id != record.journal_id:
        return record.head
    return max(0, record.head - mark.head.seq)
