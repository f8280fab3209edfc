"""A small morning at the gates, on the real parts: every roll call is right, or says why not."""

from pathlib import Path

import pytest

from gate.sim.morning.__main__ import lines_of
from gate.sim.morning.day import HUB, Day
from gate.sim.morning.plan import Plan

pytestmark = pytest.mark.system

SMALL = Plan(workers=24, seed=5, pace=0.06, poll_s=60)


def test_every_roll_call_of_a_morning_equals_the_truth_or_says_why_not(tmp_path: Path) -> None:
    day = Day(SMALL, tmp_path / "site")
    called = list(day.run())

    stories = [story for one in called for each in one.reckoned for story in each.unexplained]
    assert stories == []
    assert [one.what for one in called] == list(SMALL.checks)
    # It was a morning in which something happened, and people were told of it.
    done = day.people.done
    assert all(done[what] for what in WHAT_WAS_DONE)
    assert any(one.inside > SMALL.workers / 2 for one in called)
    hub = [each for one in called for each in one.reckoned if each.viewer == HUB]
    assert any(each.awaited for each in hub)
    assert any("unheard since" in word for each in hub for word in each.words)
    assert len(list(lines_of(called[0], every_lane=True))) > len(LANES_AND_HUB)


WHAT_WAS_DONE = (
    *("in by card", "left with the fire alarm", "power cuts", "forgiven by the manager"),
    *("released by the guard's key", "let through and didn't turn", "slow to turn"),
)
LANES_AND_HUB = ("in", "out") * 3 + (HUB,)
