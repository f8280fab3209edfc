"""The simulated day signs and sends as a hub does, and its rows follow what was measured."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gate.bench.sync_answer import Answered, answer_rows, hub_seconds
from gate.bench.sync_sign import manifest_of, presence_of, presence_rows, sign_cost, sign_rows
from gate.bench.sync_sites import (
    GATES,
    PASSAGES,
    SLICE_S,
    Costs,
    Slice,
    gate_row,
    simulate,
    sites_rows,
)
from gate.sim.issuer import seeded_key
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.manifest import open_manifest, sign_manifest
from gate.trust.site_presence import open_presence, sign_presence

NOW = datetime(2031, 12, 6, 7, 15, tzinfo=UTC)
COSTS = Costs(
    sign_manifest_s=1e-4,
    sign_presence_s=3e-4,
    answer_s=4e-3,
    answer_bytes=800,
    manifest_bytes=9_000,
    presence_bytes=4_000,
    list_bytes=30_000,
    fleet_bytes=1_400,
)
POLLS = 24 * 3600 // 15


def total(day: list[Slice]) -> Slice:
    whole = Slice()
    for one in day:
        whole.add(one)
    return whole


def values(costs: Costs = COSTS, sites: int = 1_000) -> dict[str, float]:
    return {
        row.name.partition(": ")[2]: row.value
        for row in sites_rows(costs, sites, people=20, sample=2)
    }


def test_each_gate_asks_for_both_files_every_15_seconds() -> None:
    assert total(simulate(20, 2)).requests == 2 * 2 * GATES * POLLS


def test_an_unchanged_manifest_is_signed_every_45_minutes_and_sent_to_each_gate() -> None:
    whole = total(simulate(0, 1))
    assert whole.manifests_signed in {31, 32}  # 24 h / 45 min, and up to a poll later each time
    assert whole.manifests_sent == pytest.approx(GATES * whole.manifests_signed, abs=GATES)


def test_while_nobody_moves_presence_is_signed_at_most_every_minute() -> None:
    whole = total(simulate(0, 1))
    assert 24 * 3600 / 75 <= whole.presences_signed <= 24 * 3600 / 60


def test_passages_have_it_signed_anew_and_sent_to_every_gate() -> None:
    quiet, busy = total(simulate(0, 1)), total(simulate(200, 1))
    assert busy.presences_signed > quiet.presences_signed
    assert busy.presences_sent > busy.presences_signed > 200 * PASSAGES / 10


def test_the_busiest_half_hours_are_those_in_which_people_come_and_go() -> None:
    signed = [one.presences_signed for one in simulate(100, 2)]
    busiest = sorted(range(len(signed)), key=signed.__getitem__)[-2:]
    assert sorted(at * SLICE_S // 3600 for at in busiest) == [7, 17]


def test_a_thousand_sites_ask_as_often_as_their_gates_do() -> None:
    assert values(sites=1_000)["requests to hubs"] == pytest.approx(2 * GATES * 1_000 / 15)


def test_twice_the_sites_are_twice_of_everything() -> None:
    assert values(sites=2_000) == pytest.approx(
        {name: 2 * value for name, value in values(sites=1_000).items()}
    )


@pytest.mark.parametrize(
    ("changed", "risen"),
    [
        ({"sign_presence_s": 3e-2}, {"hubs sign", "cores in all"}),
        ({"sign_manifest_s": 1e-2}, {"hubs sign", "cores in all"}),
        ({"answer_s": 4e-2}, {"hubs answer", "cores in all"}),
        ({"presence_bytes": 40_000}, {"from and to hubs"}),
        ({"manifest_bytes": 90_000}, {"from and to hubs"}),
        ({"answer_bytes": 8_000}, {"from and to hubs", "from and to the CDN"}),
        ({"list_bytes": 300_000}, {"from and to the CDN"}),
        ({"fleet_bytes": 14_000}, {"from and to the CDN"}),
    ],
    ids=lambda case: "-".join(case) if isinstance(case, dict) else None,
)
def test_what_costs_more_raises_the_rows_it_belongs_to(
    changed: dict[str, float], risen: set[str]
) -> None:
    before, after = values(), values(replace(COSTS, **changed))  # type: ignore[arg-type]  # by name
    assert {name for name, value in after.items() if value > before[name]} == risen


def test_a_gate_s_day_is_what_one_gate_of_one_site_is_sent() -> None:
    row, one = gate_row(COSTS, 0, sample=2), total(simulate(0, 1))
    assert row.value == pytest.approx(one.presences_sent * 4_000 / GATES / 1e6, rel=0.01)
    assert row.floor == pytest.approx(one.manifests_sent * 9_000 / GATES / 1e6, rel=0.05)


def test_what_is_signed_is_what_a_gate_takes() -> None:
    key = seeded_key("gate bench hub")
    keys = (TrustedKey(key=key.verifying_key, uses=frozenset({KeyUse.SITE})),)
    manifest, presence = manifest_of(NOW, 50), presence_of(NOW, 50)
    assert open_manifest(sign_manifest(manifest, key), keys, "bench") == manifest
    opened = open_presence(sign_presence(presence, key), keys, "bench")
    assert set(opened.rows) == set(presence.rows)
    assert len(opened.rows) == 50


def test_every_measured_cost_has_its_row() -> None:
    rows = [
        *presence_rows(NOW),
        *sign_rows(sign_cost(NOW, 20, 1), 20, 1),
        *answer_rows(Answered(manifest_s=4e-3, presence_s=5e-3, static_s=1e-3, wire_bytes=800)),
    ]
    assert all(row.value > row.floor > 0 for row in rows)
    assert [row.name for row in rows if "unchanged" in row.name] == [
        "hub: a manifest that is unchanged",
        "hub: a presence that is unchanged",
    ]


def test_the_processors_time_of_a_session_is_read_from_the_kernel() -> None:
    work = "import time\nwhile time.process_time() < 0.1: sum(range(10_000))\nprint(); input()"
    with subprocess.Popen(  # noqa: S603  Python, and a program written here
        [sys.executable, "-c", work],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as working:
        assert working.stdout is not None
        assert working.stdout.readline() == b"\n"
        seconds = hub_seconds(working.pid)
        working.communicate(b"\n")
    assert seconds >= 0.05
    assert hub_seconds(0x7FFFFFFF) == 0.0
