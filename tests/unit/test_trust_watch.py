"""What changes on the disk is in force a second later, whole; what can't be loaded never is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from gate.access.inductions import InductionPeriod
from gate.access.persons import Inducted
from gate.access.policy import parse_policy
from gate.access.rules import BlockedPersons
from gate.errors import TrustError
from gate.sim.issuer import NOW, SimIssuer
from gate.store.trust_in_force import HOURS
from gate.trust.clock_floor import EARLIEST
from gate.trust.gates_heard import GateHeard
from gate.trust.inductions import HeldInduction
from gate.trust.site_hours import Hours
from gate.trust.site_presence import LastPassage
from gate.trust.status_token import issue_status_token
from gate.unit.stamp import Stamp
from gate.unit.trust_watch import RETRY_S, PresenceWatch, TrustSource, TrustWatch
from tests.store.trust_files import HUB, POLICY, SITE, SITE_KEY, TrustFiles, manifest

if TYPE_CHECKING:
    from pathlib import Path

ANNA = b"A" * 16
TRUSTED = Stamp(at=NOW, trusted=True)


@pytest.fixture
def files(tmp_path: Path) -> TrustFiles:
    return TrustFiles(tmp_path / "trust")


@pytest.fixture
def watch(files: TrustFiles) -> TrustWatch:
    return TrustWatch(source_of(files))


def source_of(files: TrustFiles) -> TrustSource:
    return TrustSource(
        directory=files.path,
        site=SITE,
        hub_key=HUB.verifying_key,
        policy=parse_policy(POLICY, "policy"),
        site_key=SITE_KEY,
    )


def blocked(watch: TrustWatch) -> frozenset[bytes]:
    (rule,) = (rule for rule in watch.in_force.rules if isinstance(rule, BlockedPersons))
    return rule.persons


def test_nothing_changes_while_nothing_changes(watch: TrustWatch) -> None:
    before = watch.in_force
    assert [watch.poll(at_s) for at_s in range(60)] == [False] * 60
    assert watch.in_force is before


def test_a_block_counts_at_the_next_look(files: TrustFiles, watch: TrustWatch) -> None:
    files.switch_manifest(manifest(blocked=frozenset({ANNA})))

    assert watch.poll(1.0)
    assert blocked(watch) == {ANNA}
    assert not watch.poll(2.0)


def test_without_a_manifest_the_unit_s_own_rules_count_and_with_one_its_rules(
    files: TrustFiles, watch: TrustWatch
) -> None:
    assert watch.in_force.policy.version == 1
    files.switch_manifest(manifest(policy=POLICY.replace("version = 1", "version = 2")))
    watch.poll(1.0)
    assert watch.in_force.policy.version == 2


def test_the_rules_know_at_which_induction_the_hub_says_people_were(
    files: TrustFiles, watch: TrustWatch
) -> None:
    asks = POLICY + '\n[induction]\nmode = "refer"\nversion = 3\n'
    third = HeldInduction(version=3, on=NOW.date())
    told = manifest(policy=asks, inducted=frozenset({ANNA}), inductions={ANNA: third})
    files.switch_manifest(told)
    watch.poll(1.0)
    (rule,) = (rule for rule in watch.in_force.rules if isinstance(rule, InductionPeriod))
    assert rule.told == {ANNA: Inducted(on=NOW.date(), version=3)}


def test_what_a_hand_puts_down_is_waited_for_until_it_is_whole(
    files: TrustFiles, watch: TrustWatch
) -> None:
    other = SimIssuer("skillcard")
    files.carry_issuers(files.issuer, other)
    assert not watch.poll(1.0)
    files.carry_list(issue_status_token(other.status_list(), other.key))
    assert not watch.poll(2.0)
    assert watch.poll(3.0)
    assert other.uri in watch.in_force.trust.bundle.status_lists


def test_what_cannot_be_loaded_leaves_what_was_and_is_tried_again(
    files: TrustFiles, watch: TrustWatch
) -> None:
    before = watch.in_force
    issuers = files.path / "issuers.json"
    issuers.write_text("{", "utf-8")

    assert [watch.poll(1.0), watch.poll(2.0)] == [False, False]
    assert watch.in_force is before
    assert "issuers.json" in watch.faults[0]
    assert not watch.poll(2.0 + RETRY_S)
    files.carry_issuers(files.issuer)
    assert [watch.poll(20.0), watch.poll(21.0)] == [False, True]
    assert watch.faults == ()


def test_what_is_left_out_is_a_fault_and_the_rest_counts(
    files: TrustFiles, watch: TrustWatch, caplog: pytest.LogCaptureFixture
) -> None:
    files.switch(broken=b"\x00", manifest=b"\x00")
    assert watch.poll(1.0)
    assert len(watch.faults) == 2
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 2


def test_a_directory_that_names_nobody_starts_no_gate(files: TrustFiles) -> None:
    files.carry_issuers()
    with pytest.raises(TrustError, match="no issuer with a key"):
        TrustWatch(source_of(files))


class TestPresence:
    def test_it_is_told_once_with_its_age(self, files: TrustFiles, watch: TrustWatch) -> None:
        others = PresenceWatch(files.path, SITE)
        row = LastPassage(ANNA, "in", NOW, "Gate B", "site", "Anna Smith", "Ace Roofing")
        files.see(NOW, row)

        seen = others.poll(watch.in_force.trust, TRUSTED, anew=False)
        assert seen is not None
        assert (seen.as_of, seen.lag, seen.passages) == (NOW, timedelta(0), {ANNA: row})
        assert others.poll(watch.in_force.trust, TRUSTED, anew=False) is None

    def test_it_is_told_how_far_the_gates_were_heard(
        self, files: TrustFiles, watch: TrustWatch
    ) -> None:
        minute = timedelta(minutes=1)
        heard = GateHeard(b"gate-b--", "Gate B", NOW - minute, NOW - 9 * minute)
        files.see(NOW, gates=(heard,))

        seen = PresenceWatch(files.path, SITE).poll(watch.in_force.trust, TRUSTED, anew=False)
        assert seen is not None
        assert seen.lag == 9 * minute

    def test_hours_come_with_it_and_by_themselves_when_they_change(
        self, files: TrustFiles, watch: TrustWatch
    ) -> None:
        files.switch_manifest(manifest())
        watch.poll(1.0)
        others, trust = PresenceWatch(files.path, SITE), watch.in_force.trust
        files.see(NOW)
        files.count(NOW, Hours(ANNA, 60, 600, 2000))
        seen = others.poll(trust, TRUSTED, anew=True)
        assert seen is not None
        assert seen.hours is not None
        assert (seen.as_of, seen.hours.of(ANNA).week_min) == (NOW, 600)
        assert others.poll(trust, TRUSTED, anew=False) is None

        files.count(NOW, Hours(ANNA, 61, 601, 2001))
        seen = others.poll(trust, TRUSTED, anew=False)
        assert seen is not None
        assert seen.hours is not None
        assert (seen.as_of, seen.hours.of(None, ANNA).week_min) == (NOW, 601)

        (files.path / HOURS).unlink()
        seen = others.poll(trust, TRUSTED, anew=False)
        assert seen is not None
        assert seen.hours is None

    @pytest.mark.parametrize("minutes", [-1, 2])
    def test_hours_that_are_older_or_of_the_future_do_not_count(
        self, files: TrustFiles, watch: TrustWatch, minutes: int
    ) -> None:
        others, trust = PresenceWatch(files.path, SITE), watch.in_force.trust
        files.see(NOW)
        files.count(NOW, Hours(ANNA, 60, 600, 2000))
        others.poll(trust, TRUSTED, anew=True)
        files.count(NOW + timedelta(minutes=minutes), Hours(ANNA, 1, 1, 1))

        seen = others.poll(trust, TRUSTED, anew=True)

        assert seen is not None
        assert seen.hours is not None
        assert seen.hours.of(ANNA).week_min == 600

    def test_a_gate_that_stands_alone_has_none(self, files: TrustFiles, watch: TrustWatch) -> None:
        others = PresenceWatch(files.path, SITE)
        assert others.poll(watch.in_force.trust, TRUSTED, anew=True) is None

    def test_where_a_hub_speaks_and_nothing_came_nothing_is_known(
        self, files: TrustFiles, watch: TrustWatch
    ) -> None:
        files.switch_manifest(manifest())
        watch.poll(1.0)
        seen = PresenceWatch(files.path, SITE).poll(watch.in_force.trust, TRUSTED, anew=True)
        assert seen is not None
        assert (seen.as_of, dict(seen.passages)) == (EARLIEST, {})

    @pytest.mark.parametrize("minutes", [-1, 2])
    def test_one_that_is_older_or_of_the_future_does_not_count(
        self, files: TrustFiles, watch: TrustWatch, minutes: int
    ) -> None:
        others = PresenceWatch(files.path, SITE)
        files.see(NOW)
        others.poll(watch.in_force.trust, TRUSTED, anew=False)
        files.see(NOW + timedelta(minutes=minutes))

        assert others.poll(watch.in_force.trust, TRUSTED, anew=False) is None
        assert "presence" in others.fault
        files.see(NOW + timedelta(seconds=15))
        assert others.poll(watch.in_force.trust, TRUSTED, anew=False) is not None
        assert others.fault == ""
