"""The real gate process killed some times: what `scripts/chaos --kill-gate 500` does at length."""

import json

import pytest

from gate.bench.chaos.__main__ import chaos

pytestmark = pytest.mark.system

KILLS = 5
SEED = 8
"""One of its kills comes during the start, the others right after a release."""


def test_a_gate_killed_while_it_reads_cards_has_recorded_whom_it_let_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--kill-gate", str(KILLS), "--seed", str(SEED), "--json"]

    code = chaos.main(arguments, standalone_mode=False)

    told = json.loads(capsys.readouterr().out)
    assert code == 0, told
    assert told["faults"] == []
    assert (told["missing"], told["changed"]) == (0, 0)
    assert sum(told["phases"].values()) == KILLS
    assert 0 < told["released"] <= told["admitted"] < told["entries"]
    assert told["told"].endswith(": holds")
