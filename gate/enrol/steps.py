"""Joining, step by step: each has a name, what it does, and what it needs of those before it.

    CODE      read the code; nothing is changed yet
    NETWORK   bring its network up, tried and not kept
    CLOCK     wait for a time that can be believed
    TLS       the hub answers, vouched for as the code says
    JOIN      make the key here, prove it, learn the unit's place
    SYNC      fetch trust, rules and presence, as the gate's uplink does
    ENTRY     begin the record, and have its first entry acknowledged
    COMMIT    put everything in force, and keep the network

A code without a hub goes from CODE to COMMIT: its rules and its place stand in it. Everything is
done in a place beside (gate.enrol.staging), and every step has an end (gate.enrol.attempt).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from gate.devices.ports import Clock
from gate.enrol import hub_door, record
from gate.enrol.network_service import NetworkService
from gate.enrol.staging import Staging
from gate.enrol.unit_file import (
    Belongings,
    Wiring,
    check_unit_file,
    read_wiring,
    standard_wiring,
    write_unit_file,
)
from gate.errors import ConfigError, EnrolError, Setback
from gate.signing.keys import SigningKey
from gate.store.unit_key import unit_key
from gate.trust.enrolment import EnrolmentCode, open_code
from gate.trust.joining import Joined
from gate.trust.place import Place
from gate.trust.set_up_text import is_code

CLOCK_S: Final = 90.0
"""A time server is asked some seconds after the network is up; a slow one is tried three times."""

LOOK_S: Final = 1.0
"""Between two looks at the clock."""

SLACK: Final = timedelta(days=1)
"""A clock that nobody steers will do if it is not further than this before the code's making."""

LONGEST: Final = timedelta(days=366)
"""Or further after it: codes are good for a month."""


class Step(StrEnum):
    """What is being done; in this order."""

    CODE = "code"
    NETWORK = "network"
    CLOCK = "clock"
    TLS = "tls"
    JOIN = "join"
    SYNC = "sync"
    ENTRY = "entry"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What joining is done with.

    Attributes:
        staging: the place beside.
        network: the machine's.
        clock: of the machine.
        wait: waits for so many seconds.
        wiring: how the unit is wired; None: as the project draws it.
        has_screen: whether the machine has what draws a screen.
    """

    staging: Staging
    network: NetworkService
    clock: Clock
    wait: Callable[[float], object]
    wiring: Path | None = None
    has_screen: bool = False


@dataclass(slots=True, kw_only=True)
class Work:
    """What is known by now; each step adds to it."""

    text: str = field(repr=False)
    deadline_s: float
    code: EnrolmentCode | None = None
    kept: Path | None = None
    ca: Path | None = None
    key: SigningKey | None = None
    joined: Joined | None = None
    policy: str = ""

    @property
    def opened(self) -> EnrolmentCode:
        """The code, which the first step has read."""
        if self.code is None:
            raise EnrolError(Setback.NOT_A_CODE, "no code was read")
        return self.code


Act = Callable[[Means, Work], None]


def steps_for(work: Work) -> Iterator[tuple[Step, Act]]:
    """Yield the steps in their order; what comes after the first depends on the code."""
    yield Step.CODE, _read
    if work.opened.hub is not None:
        yield from _WITH_HUB
    else:
        yield Step.COMMIT, _commit_alone


def _read(_means: Means, work: Work) -> None:
    if (several := work.text.count("\n")) and all(map(is_code, work.text.split("\n"))):
        raise EnrolError(Setback.SEVERAL_CODES, f"{several + 1} at once")
    work.code = open_code(work.text)


def _connect(means: Means, work: Work) -> None:
    means.network.connect(work.opened.network, work.deadline_s)


def _tell_time(means: Means, work: Work) -> None:
    """Wait until the time can be right: certificates and ages are judged by it."""
    clock, made_at = means.clock, work.opened.issued_at
    until_s = min(work.deadline_s, clock.monotonic() + CLOCK_S)
    while not made_at - SLACK <= clock.now() <= made_at + LONGEST:
        if clock.monotonic() >= until_s:
            said = f"it says {clock.now():%Y-%m-%d %H:%M} UTC"
            detail = f"{said}, and the code was made {made_at:%Y-%m-%d}"
            raise EnrolError(Setback.CLOCK_WRONG, detail)
        means.wait(LOOK_S)


def _find_hub(means: Means, work: Work) -> None:
    work.ca = hub_door.find_hub(
        work.opened,
        means.staging.new / means.staging.paths.authority.name,
        clock=means.clock,
        deadline_s=work.deadline_s,
    )


def _join(means: Means, work: Work) -> None:
    code = work.opened
    assert code.hub is not None  # noqa: S101 - this is a step of codes with a hub
    work.kept = means.staging.keep_for(code.hub.token)
    try:
        work.key, _ = unit_key(work.kept / means.staging.paths.key.name)
    except ConfigError as error:
        raise EnrolError(Setback.DISK, "; ".join(error.faults)) from error
    work.joined = hub_door.join(
        code, work.key, ca=work.ca, clock=means.clock, deadline_s=work.deadline_s
    )


def _sync(means: Means, work: Work) -> None:
    work.policy = record.fetch(means, work)


def _enter(means: Means, work: Work) -> None:
    record.begin(means, work)


def _commit(means: Means, work: Work) -> None:
    assert work.joined is not None  # noqa: S101 - JOIN was before
    staging = means.staging
    record.put(staging.new / staging.paths.site_key.name, work.joined.site_key, 0o600)
    _lay_out(means, work, work.joined.place, work.policy)


def _commit_alone(means: Means, work: Work) -> None:
    alone = work.opened.alone
    assert alone is not None  # noqa: S101 - a code without a hub stands alone
    _lay_out(means, work, alone.place, alone.policy)


def _lay_out(means: Means, work: Work, place: Place, policy: str) -> None:
    """Write rules and the unit's file, judge it as the gate will, and put all in force."""
    staging = means.staging
    paths = staging.paths
    record.put(staging.new / paths.policy.name, policy.encode(), 0o640)
    unit_file = staging.new / paths.config.name
    try:
        text = write_unit_file(
            place, work.opened.hub, _belongings(means, work), _wiring(means, place)
        )
        record.put(unit_file, text.encode(), 0o640)
        check_unit_file(unit_file)
    except ConfigError as error:
        raise EnrolError(Setback.WIRING, "; ".join(error.faults)[:300]) from error
    staging.commit(dict(_moves(staging, work.kept)), {"code": work.text})
    means.network.keep(work.opened.network)
    staging.clear()


def _moves(staging: Staging, kept: Path | None) -> Iterator[tuple[Path, Path]]:
    """Yield what is there and where it goes; the unit's own file last: with it the gate starts."""
    paths = staging.paths
    if kept is not None:
        for found in sorted(kept.iterdir(), reverse=True):
            yield found, paths.state / found.name
    for target in (paths.site_key, paths.trust, paths.authority, paths.policy, paths.config):
        found = staging.new / target.name
        if found.exists():
            yield found, target


def _belongings(means: Means, work: Work) -> Belongings:
    paths = means.staging.paths
    schemes = paths.config.with_name("schemes.toml")
    return Belongings(
        journal=paths.journal,
        trust=paths.trust,
        policy=paths.policy,
        site_key=paths.site_key,
        key=paths.key,
        hub_key=work.opened.key.public.hex(),
        proxy=hub_door.proxy_of(work.opened),
        ca=paths.authority if work.ca is not None else None,
        schemes=schemes if schemes.exists() else None,
    )


def _wiring(means: Means, place: Place) -> Wiring:
    if means.wiring is None:
        found = standard_wiring(place.lanes)
    else:
        found = read_wiring(means.wiring, place.lanes)
    if not means.has_screen or "screen" in found.shared:
        return found
    return replace(found, shared={**found.shared, "screen": {}})


_WITH_HUB: Final[tuple[tuple[Step, Act], ...]] = (
    (Step.NETWORK, _connect),
    (Step.CLOCK, _tell_time),
    (Step.TLS, _find_hub),
    (Step.JOIN, _join),
    (Step.SYNC, _sync),
    (Step.ENTRY, _enter),
    (Step.COMMIT, _commit),
)
