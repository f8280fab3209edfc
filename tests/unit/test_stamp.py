"""The unit's clock: trusted, or a lower bound that is kept across power cuts."""

from datetime import UTC, datetime, timedelta

import pytest

from gate.errors import TrustError
from gate.sim.devices import ManualClock
from gate.trust.clock_floor import ClockState
from gate.trust.freshness import Tier
from gate.unit.stamp import KEEP_TRUSTED_S, KEEP_UNTRUSTED_S, StampClock

NOW = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
IN_1970 = datetime(1970, 1, 1, tzinfo=UTC)


class Disk:
    """Keeps states, or refuses."""

    def __init__(self) -> None:
        self.kept: list[ClockState] = []
        self.refuses = False

    def keep(self, state: ClockState) -> None:
        if self.refuses:
            raise TrustError("the disk is full")
        self.kept.append(state)

    def boots(self, starts_at: datetime, *, trusted: bool) -> tuple[ManualClock, StampClock]:
        """Start the machine with what was kept last."""
        clock = ManualClock(starts_at, trusted=trusted)
        state = self.kept[-1] if self.kept else None
        return clock, StampClock(clock, state=state, keep=self.keep)


def test_a_trusted_clock_is_taken_at_its_word() -> None:
    _, stamps = Disk().boots(NOW, trusted=True)
    assert (stamps.stamp().at, stamps.stamp().trusted) == (NOW, True)


def test_an_untrusted_one_counts_from_what_is_known_to_have_passed() -> None:
    clock, stamps = Disk().boots(IN_1970, trusted=False)
    stamps.raise_floor(NOW)
    clock.advance(90)

    stamp = stamps.stamp()
    assert (stamp.at, stamp.trusted) == (NOW + timedelta(seconds=90), False)


def test_what_is_learnt_of_the_time_late_in_a_boot_is_not_as_old_as_the_boot() -> None:
    clock, stamps = Disk().boots(IN_1970, trusted=False)
    clock.advance(5 * 3600)
    stamps.raise_floor(NOW)
    assert stamps.stamp().at == NOW


def test_time_before_anything_was_ever_kept_does_not_add_up() -> None:
    clock = ManualClock(IN_1970, trusted=False)
    clock.advance(48 * 3600)
    assert StampClock(clock).stamp().untrusted_s == 0


def test_what_passed_before_a_power_cut_has_passed_after_it() -> None:
    disk = Disk()
    _, stamps = disk.boots(NOW, trusted=True)
    stamps.keep()
    _, again = disk.boots(IN_1970, trusted=False)

    assert again.stamp().at == NOW


def test_a_gate_rebooted_every_hour_for_two_days_without_a_clock_reaches_red() -> None:
    disk = Disk()
    tiers = []
    for boot in range(48):
        clock, stamps = disk.boots(IN_1970 + timedelta(seconds=boot), trusted=False)
        for _ in range(3600 // 15):
            stamps.keep()
            clock.advance(KEEP_UNTRUSTED_S)
        stamps.keep()
        tiers.append(stamps.stamp().clock_tier)

    assert tiers == [Tier.GREEN] + [Tier.AMBER] * 23 + [Tier.RED] * 24


def test_a_clock_that_is_trusted_again_ends_it() -> None:
    disk = Disk()
    clock, stamps = disk.boots(NOW, trusted=False)
    clock.advance(25 * 3600)
    assert stamps.stamp().clock_tier is Tier.RED

    clock.trusted = True
    clock.advance(1)
    assert (stamps.stamp().clock_tier, stamps.stamp().trusted) == (Tier.GREEN, True)


@pytest.mark.parametrize(
    ("trusted", "every_s"),
    [
        pytest.param(True, KEEP_TRUSTED_S, id="seldom while it is trusted"),
        pytest.param(False, KEEP_UNTRUSTED_S, id="more often while it is not"),
    ],
)
def test_it_is_kept_at_once_and_then(*, trusted: bool, every_s: float) -> None:
    disk = Disk()
    clock, stamps = disk.boots(NOW, trusted=trusted)
    for _ in range(int(3 * every_s)):
        stamps.keep()
        clock.advance(1.0)

    assert len(disk.kept) == 3


def test_it_is_kept_when_trust_ends_and_when_it_is_told_to() -> None:
    disk = Disk()
    clock, stamps = disk.boots(NOW, trusted=True)
    assert stamps.keep()
    assert not stamps.keep()
    assert stamps.keep(now=True)
    clock.trusted = False
    clock.advance(1)
    assert stamps.keep()


def test_a_disk_that_refuses_is_asked_again_when_it_is_due() -> None:
    disk = Disk()
    clock, stamps = disk.boots(NOW, trusted=False)
    disk.refuses = True
    with pytest.raises(TrustError, match="full"):
        stamps.keep()
    assert not stamps.keep()
    disk.refuses = False
    clock.advance(KEEP_UNTRUSTED_S)
    assert stamps.keep()


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("to", "trusted", "jumps"),
    [
        pytest.param(NOW + HOUR, True, [HOUR], id="ahead"),
        pytest.param(NOW - HOUR, True, [-HOUR], id="behind"),
        pytest.param(NOW + timedelta(seconds=59), True, [], id="within the slack"),
        pytest.param(NOW + HOUR, False, [], id="of a clock that nobody looks at"),
    ],
)
def test_a_jump_is_told_once(*, to: datetime, trusted: bool, jumps: list[timedelta]) -> None:
    clock, stamps = Disk().boots(NOW, trusted=trusted)
    stamps.raise_floor(NOW)
    stamps.stamp()
    clock.set(to)
    stamps.stamp()
    stamps.stamp()

    assert stamps.take_jumps() == jumps
    assert stamps.take_jumps() == []
