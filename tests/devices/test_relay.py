"""One relay: how long it stays energised, and what happens when it does not obey."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.devices.clock import SystemClock
from gate.devices.relay import MAX_RELEASE_S, Relay
from gate.errors import DeviceError
from gate.sim.devices import ManualClock

DEADLINE_S: Final = 10.0
START = datetime(2026, 1, 5, 7, tzinfo=UTC)


class Coil:
    """A relay's coil that can be waited for and can refuse to move."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.energised = False
        self.stuck = False
        self.refused = 0

    def on(self) -> None:
        self._move(energised=True)

    def off(self) -> None:
        self._move(energised=False)

    def comes_to_rest(self) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: not self.energised, DEADLINE_S)

    def refuses(self, times: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.refused >= times, DEADLINE_S)

    def _move(self, *, energised: bool) -> None:
        with self.changed:
            self.changed.notify_all()
            if self.stuck:
                self.refused += 1
                raise DeviceError("entry relay: stuck")
            self.energised = energised


@pytest.fixture
def coil() -> Coil:
    return Coil()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def relay(coil: Coil, clock: ManualClock) -> Iterator[Relay]:
    """On a clock that stands still until the test moves it: it never locks by itself."""
    relay = Relay(name="entry relay", coil=coil, monotonic=clock.monotonic)
    yield relay
    coil.stuck = False
    relay.close()


def test_a_release_ends_by_itself(coil: Coil) -> None:
    relay = Relay(name="entry relay", coil=coil, monotonic=SystemClock().monotonic)
    relay.release(0.01)
    assert coil.comes_to_rest()
    relay.close()


def test_a_release_during_a_release_extends_it(relay: Relay, clock: ManualClock) -> None:
    relay.release(5)
    clock.advance(3)
    relay.release(5)
    assert relay.until_s == 8


def test_a_release_during_a_release_never_shortens_it(relay: Relay, clock: ManualClock) -> None:
    relay.release(5)
    clock.advance(1)
    relay.release(2)
    assert relay.until_s == 5


# Whatever is asked for and when, a relay is never to stay energised beyond the driver's limit.
@given(st.lists(st.tuples(st.floats(0.001, MAX_RELEASE_S), st.floats(0, 20)), max_size=8))
def test_no_sequence_of_releases_outlasts_the_limit(asked: list[tuple[float, float]]) -> None:
    clock, coil = ManualClock(START), Coil()
    relay = Relay(name="entry relay", coil=coil, monotonic=clock.monotonic)
    for seconds, later_s in asked:
        relay.release(seconds)
        assert relay.until_s is not None
        assert relay.until_s <= clock.monotonic() + MAX_RELEASE_S
        clock.advance(later_s)
    relay.close()
    assert not coil.energised


@pytest.mark.parametrize("seconds", [0, -1, 10.01, float("inf"), float("nan")])
def test_a_release_out_of_bounds_is_refused(relay: Relay, coil: Coil, seconds: float) -> None:
    with pytest.raises(DeviceError, match="at most 10 s"):
        relay.release(seconds)
    assert not coil.energised


def test_locking_ends_a_release(relay: Relay, coil: Coil) -> None:
    relay.release(5)
    relay.lock()
    assert not coil.energised
    assert relay.until_s is None


def test_a_relay_that_does_not_lock_is_tried_again_and_its_fault_is_kept(coil: Coil) -> None:
    relay = Relay(name="entry relay", coil=coil, monotonic=SystemClock().monotonic)
    relay.release(5)
    coil.stuck = True
    with pytest.raises(DeviceError, match="stuck"):
        relay.lock()
    assert coil.refuses(2)
    coil.stuck = False
    assert coil.comes_to_rest()
    assert str(relay.fault) == "entry relay: stuck"
    relay.close()


def test_a_relay_that_fails_to_lock_by_itself_keeps_its_fault(coil: Coil) -> None:
    relay = Relay(name="entry relay", coil=coil, monotonic=SystemClock().monotonic)
    relay.release(0.05)
    coil.stuck = True
    assert coil.refuses(1)
    coil.stuck = False
    assert coil.comes_to_rest()
    relay.close()
    assert str(relay.fault) == "entry relay: stuck"


def test_a_relay_that_does_not_release_is_told_to_lock_at_once(relay: Relay, coil: Coil) -> None:
    coil.stuck = True
    with pytest.raises(DeviceError, match="stuck"):
        relay.release(10)
    assert coil.refuses(2)  # the second is the lock: no time passes on this relay's clock


def test_a_closed_relay_is_locked_and_stays_so(relay: Relay, coil: Coil) -> None:
    relay.release(5)
    relay.close()
    with pytest.raises(DeviceError, match="closed"):
        relay.release(5)
    relay.lock()
    relay.close()
    assert not coil.energised
