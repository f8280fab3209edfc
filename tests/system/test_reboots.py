"""A gate whose power is cut again and again, and which nobody tells the time.

Each boot is the real daemon on the unit's real files, with the machine's clock at 1970 and another
boot's name. What the next boot finds is a copy of the directory as it lay at the cut.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from gate.devices.ports import Luma
from gate.devices.signals import Signal
from gate.sim.devices import ManualClock, Shown, SimOutputs, picture_of
from gate.sim.issuer import NOW, SimIssuer
from gate.store.clock_state import read_clock_state
from gate.trust.status_token import issue_status_token
from tests.store.trust_files import SITE_KEY, TrustFiles
from tests.system.planned_gate import NOTHING, cut_power, run_planned

KEEPER: Final = Path(__file__).with_name("clock_keeper.py")
MOST_CALLS: Final = 50
HOUR_S: Final = 3600
START_S: Final = 20.0
"""Of a boot, until the gate's process begins."""

LOOK_S: Final = 30.0
"""Between two frames: the gate does at each what it does in a second."""

IN_1970: Final = datetime(1970, 1, 1, tzinfo=UTC)
RED: Final = Signal.READY_STALE
AMBER: Final = Signal.READY_AGEING
KEPT_EVERY_S: Final = 15.0
"""What a power cut may lose, whatever the gate's own constant says."""

MAX_LOSS_S: Final = KEPT_EVERY_S + LOOK_S
"""Of a boot. Of the very first one `START_S` too: nobody knows how long the machine ran before."""

pytestmark = pytest.mark.system


class Gate:
    """A unit whose list is an hour old, in a directory that changes at each cut."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.directory = directory
        self.boots = 0
        files = TrustFiles(directory / "trust")
        held = files.issuer.status_list(issued_at=NOW - timedelta(hours=1))
        files.carry_list(issue_status_token(held, files.issuer.key))
        (directory / "policy.toml").write_text(
            'version = 1\nsite = "riverside"\ntime_zone = "UTC"\n'
            '[[accept]]\nscheme = "ecs-jib"\ntypes = "any"\n[passback]\nmode = "off"\n',
            "utf-8",
        )
        (directory / "site.key").write_bytes(SITE_KEY)
        (directory / "site.key").chmod(0o600)
        (directory / "unit.toml").write_text(
            '[unit]\nname = "Gate A"\nsite = "riverside"\njournal = "journal.db"\ntrust = "trust"\n'
            'policy = "policy.toml"\nsite_key = "site.key"\n'
            '[[access_point]]\nname = "Gate A"\ndirection = "in"\n'
            '[outputs]\nfactory = "mock"\nentry_relay = 17\n',
            "utf-8",
        )

    def boot(self, lasts_s: float, card: Luma | None = None) -> SimOutputs:
        """Run until the power is cut; a card is held up shortly before."""
        self.boots += 1
        clock = ManualClock(IN_1970 + timedelta(milliseconds=self.boots), trusted=False)
        clock.advance(min(START_S, lasts_s))
        left: list[Path] = []

        def seen(at_s: float) -> None:
            if at_s >= lasts_s:
                left.append(cut_power(self.directory))

        outputs = run_planned(
            self.directory / "unit.toml", clock, self._plan(lasts_s, card), seen=seen
        )
        (self.directory,) = left
        return outputs

    def untrusted_s(self) -> float:
        state = read_clock_state(self.directory / "clock.json")
        assert state is not None
        return state.untrusted_s

    def told(self, kind: str) -> list[str]:
        with closing(sqlite3.connect(self.directory / "journal.db")) as journal:
            query = "SELECT detail FROM entries WHERE kind = ? ORDER BY seq"
            return [detail for (detail,) in journal.execute(query, (kind,))]

    def answers(self) -> list[tuple[str, str, int]]:
        with closing(sqlite3.connect(self.directory / "journal.db")) as journal:
            query = "SELECT outcome, reason, clock_trusted FROM entries WHERE kind = 'access'"
            return journal.execute(f"{query} ORDER BY seq").fetchall()

    def _plan(self, lasts_s: float, card: Luma | None) -> Iterator[tuple[float, Luma]]:
        at_s = min(START_S, lasts_s / 2)
        while at_s < lasts_s - 2:
            yield at_s, NOTHING
            at_s += LOOK_S
        if card is not None:
            yield lasts_s - 2, card
        yield lasts_s, NOTHING


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path / "gate")


def test_a_gate_rebooted_every_hour_for_two_days_without_a_clock_reaches_red(gate: Gate) -> None:
    card = picture_of(SimIssuer().text())
    rests = []
    for _ in range(48):
        outputs = gate.boot(HOUR_S, card)
        shown = [one.signal for one in outputs.happened if isinstance(one, Shown)]
        rests.append([signal for signal in shown if signal in {Signal.READY, AMBER, RED}][-1])

    assert rests[0] is Signal.READY or rests[0] is AMBER
    assert rests.index(RED) in {23, 24}
    assert set(rests[2:23]) == {AMBER}
    assert set(rests[24:]) == {RED}
    first = [answer[:2] for answer in gate.answers()].index(("refer", "clock_untrusted"))
    assert first in {23, 24, 25}
    assert set(gate.answers()[:first]) <= {("admit", "", 0), ("note", "list_ageing", 0)}
    assert {answer[0] for answer in gate.answers()[first:]} == {"refer"}
    assert "red: clock, 24 h old" in gate.told("freshness")
    assert 0 <= 48 * HOUR_S - gate.untrusted_s() <= 48 * MAX_LOSS_S


@pytest.mark.parametrize("cut_s", [21.0, 35.0, 49.9, 50.0, 64.9, 65.0, 79.9, 120.0, 600.0])
def test_a_power_cut_at_any_moment_loses_no_more_than_one_interval(
    gate: Gate, cut_s: float
) -> None:
    for boots in range(1, 4):
        gate.boot(cut_s)
        assert 0 <= boots * cut_s - gate.untrusted_s() <= START_S + boots * MAX_LOSS_S


def test_the_bound_of_the_time_never_falls_however_short_the_boots_are(gate: Gate) -> None:
    floors = []
    for lasts_s in (600.0, 25.0, 21.0, 1.0, 300.0):
        gate.boot(lasts_s)
        state = read_clock_state(gate.directory / "clock.json")
        assert state is not None
        floors.append(state.floor)
    assert floors == sorted(floors)
    ran_s = 600 - START_S - MAX_LOSS_S
    assert floors[0] >= NOW - timedelta(hours=1) + timedelta(seconds=ran_s)


def kept(file: Path, untrusted_s: float, calls: int) -> int:
    """Let a process keep a state, killed at so many system calls; return its exit code."""
    command = [sys.executable, str(KEEPER), str(file), str(untrusted_s), str(calls)]
    checkout = {**os.environ, "PYTHONPATH": str(KEEPER.parents[2])}
    return subprocess.run(command, env=checkout, check=False).returncode


def test_killed_at_any_call_while_it_is_kept_the_state_is_the_old_or_the_new(
    tmp_path: Path,
) -> None:
    file = tmp_path / "clock.json"
    assert kept(file, 15.0, 0) == 0
    found = []
    for calls in range(1, MOST_CALLS):
        if kept(file, 15.0 * (calls + 1), calls) == 0:
            break
        state = read_clock_state(file)
        assert state is not None
        found.append(15.0 * (calls + 1) - state.untrusted_s)
        assert kept(file, 15.0 * (calls + 1), 0) == 0
    assert found == sorted(found, reverse=True)
    assert set(found) == {0.0, 15.0}
