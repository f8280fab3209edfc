"""The rules every `Clock` obeys."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from gate.devices.clock import SystemClock
from gate.devices.ports import Clock
from gate.sim.devices import ManualClock
from gate.trust.clock_floor import MAX_BOOT_ID_CHARS

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


def test_it_names_its_boot_the_same_each_time(clock: Clock) -> None:
    name = clock.boot_id()
    assert name == clock.boot_id()
    assert name.isprintable()
    assert 0 < len(name) <= MAX_BOOT_ID_CHARS
