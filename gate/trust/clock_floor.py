"""What time it is at least: a fold over readings of the machine's clock, across boots. Pure.

The floor is the latest moment that is known to have passed: a signed time in force, or a time read
from a trusted clock. A clock below it is wrong, whatever it says of itself. An untrusted clock is
not looked at: the floor plus the time that has run since is a lower bound of the present, and it
becomes the floor in turn. Time that ran so adds up across boots until a trusted clock is read:
else power cuts would freeze revocation for ever.

`gate-unit` alone folds, and keeps the state where it survives a power cut: at the first reading of
a boot and every few seconds after, since what was not kept is not added up.

Invariant: the floor never falls; no reading is below it by more than the slack, and none under an
untrusted clock is below it at all.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from gate.errors import TrustError
from gate.trust.freshness import Freshness, Tiers, judge_age
from gate.trust.status_token import CLOCK_SLACK, MAX_TIME_S, MIN_TIME_S

EARLIEST: Final = datetime.fromtimestamp(MIN_TIME_S, UTC)
"""No floor is below it: no list and no card is older than this product."""

_LATEST: Final = datetime.fromtimestamp(MAX_TIME_S, UTC)

CLOCK_TIERS: Final = Tiers(amber=timedelta(hours=1), red=timedelta(hours=24))
"""Of running time under an untrusted clock. Red: TRUST-AND-SYNC. Amber before it, as nothing may
come without warning; with a network, a clock is set within a minute of boot."""

MAX_STATE_CHARS: Final = 1024
MAX_BOOT_ID_CHARS: Final = 64
MAX_SECONDS: Final = 10**10
"""300 years: what adds up is bounded, so that every state is one that can be kept."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """What is kept between readings and across boots.

    Attributes:
        floor: aware, UTC; the latest moment known to have passed.
        untrusted_s: running time under an untrusted clock since a trusted one was read.
        boot_id: of the boot that the rest is about.
        uptime_s: seconds since that boot at the last reading.
        at: what the last reading of that boot said; None before the first.
        trusted: whether that one was trusted.
    """

    floor: datetime = EARLIEST
    untrusted_s: float = 0.0
    boot_id: str = ""
    uptime_s: float = 0.0
    at: datetime | None = None
    trusted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockReading:
    """What time it is.

    Attributes:
        at: aware, UTC; the present if `trusted`, else a lower bound of it.
        below_floor: the machine's clock is; implies that it is not trusted.
        untrusted_s: running time under an untrusted clock, added up across boots.
        jump: by how much more than the time that ran `at` moved since the reading before; or, when
            a trusted clock fell below the floor, how far it fell. None within the slack.
        state: to be kept, and given to the next reading.
    """

    at: datetime
    trusted: bool
    below_floor: bool
    untrusted_s: float
    jump: timedelta | None
    state: ClockState


def begin_boot(state: ClockState, boot_id: str) -> ClockState:
    """Return the state to read the clock by in the boot `boot_id`; its uptime began at 0.

    Raises:
        TrustError: a name of a boot that could not be kept.
    """
    if not 0 < len(boot_id) <= MAX_BOOT_ID_CHARS or not boot_id.isprintable():
        raise TrustError(f"clock: a boot id that is not 1 to {MAX_BOOT_ID_CHARS} characters")
    if boot_id == state.boot_id:
        return state
    return replace(state, boot_id=boot_id, uptime_s=0.0, at=None, trusted=False)


def raise_floor(state: ClockState, *signed: datetime) -> ClockState:
    """Return the state with a floor no lower than any of the `signed` times, which are in force."""
    return replace(state, floor=max((state.floor, *signed)))


def read_clock(
    *, system_now: datetime, system_trusted: bool, uptime_s: float, state: ClockState
) -> ClockReading:
    """Return what time it is, by the machine's clock if it can be relied upon.

    Args:
        system_now: what the machine's clock says; aware, UTC.
        system_trusted: whether something set it that can be relied upon.
        uptime_s: seconds since this boot, on a steady line.
        state: of the reading before, or of `begin_boot`.
    """
    uptime_s = min(max(uptime_s, state.uptime_s), MAX_SECONDS)
    elapsed_s = uptime_s - state.uptime_s
    bound = _later(state.floor, elapsed_s)
    below_floor = system_now < state.floor - CLOCK_SLACK
    trusted = system_trusted and not below_floor and system_now < _LATEST
    at = system_now if trusted else bound
    untrusted_s = 0.0 if trusted else min(state.untrusted_s + elapsed_s, MAX_SECONDS)
    return ClockReading(
        at=at,
        trusted=trusted,
        below_floor=below_floor,
        untrusted_s=untrusted_s,
        jump=_jump(system_now if below_floor and state.trusted else at, elapsed_s, state),
        state=replace(
            state,
            floor=max(state.floor, at),
            untrusted_s=untrusted_s,
            uptime_s=uptime_s,
            at=at,
            trusted=trusted,
        ),
    )


def clock_freshness(untrusted_s: float) -> Freshness:
    """Return what running time under an untrusted clock amounts to: red means refer."""
    return judge_age(timedelta(seconds=untrusted_s), CLOCK_TIERS)


def _later(at: datetime, seconds: float) -> datetime:
    return min(at + timedelta(seconds=seconds), _LATEST)


def _jump(at: datetime, elapsed_s: float, state: ClockState) -> timedelta | None:
    if state.at is None:
        return None
    jump = at - _later(state.at, elapsed_s)
    return jump if abs(jump) > CLOCK_SLACK else None


def format_state(state: ClockState) -> str:
    """Return the state as a line of JSON; times in microseconds since 1970."""
    at_us = None if state.at is None else (state.at - _EPOCH) // _MICROSECOND
    document = {
        "floor_us": (state.floor - _EPOCH) // _MICROSECOND,
        "untrusted_s": state.untrusted_s,
        "boot_id": state.boot_id,
        "uptime_s": state.uptime_s,
        "at_us": at_us,
        "trusted": state.trusted,
    }
    return json.dumps(document, sort_keys=True) + "\n"


def parse_state(text: str) -> ClockState:
    """Return the state that `format_state` wrote.

    Raises:
        TrustError: anything else; a fresh `ClockState` and `raise_floor` are the way on.
    """
    if len(text) > MAX_STATE_CHARS:
        raise TrustError(f"clock state: {len(text)} characters, at most {MAX_STATE_CHARS}")
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TrustError("clock state: not JSON") from error
    match document:
        case {
            "floor_us": floor_us,
            "untrusted_s": untrusted_s,
            "boot_id": str(boot_id),
            "uptime_s": uptime_s,
            "at_us": at_us,
            "trusted": bool(trusted),
        } if len(boot_id) <= MAX_BOOT_ID_CHARS and boot_id.isprintable():
            return ClockState(
                floor=_time(floor_us),
                untrusted_s=_seconds(untrusted_s),
                boot_id=boot_id,
                uptime_s=_seconds(uptime_s),
                at=None if at_us is None else _time(at_us),
                trusted=trusted,
            )
        case _:
            raise TrustError("clock state: a field is missing or of another type")


def _time(value: object) -> datetime:
    if type(value) is not int or not MIN_TIME_S <= value // 10**6 <= MAX_TIME_S:
        raise TrustError("clock state: a time that is not from 2020 to 2100")
    return _EPOCH + value * _MICROSECOND


def _seconds(value: object) -> float:
    if type(value) not in {int, float} or not 0 <= cast("float", value) <= MAX_SECONDS:
        raise TrustError(f"clock state: seconds that are not 0 to {MAX_SECONDS}")
    return float(cast("float", value))
