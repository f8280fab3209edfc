"""The rules every `Clock` obeys."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from gate.devices.clock import SystemClock
from gate.devices.ports import Clock
from gate.sim.devices import ManualClock

CLOCKS: Final[dict[str, Callable[[], Clock]]] = {
    "by hand": lambda: ManualClock(datetime(2026, 1, 5, 7, tzinfo=UTC)),
    "the machine's": SystemClock,
}


@pytest.fixture(params=CLOCKS)
def clock(request: pytest.FixtureRequest) -> Clock:
    return CLOCKS[request.param]()


def test_now_is_aware_and_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_the_steady_line_never_goes_back(clock: Clock) -> None:
    times_s = [clock.monotonic() for _ in range(100)]
    assert times_s == sorted(times_s)


def test_it_says_whether_it_is_trusted(clock: Clock) -> None:
    assert clock.is_trusted() in {True, False}
