"""A real gate process, soaked for a minute: what a camera does to it for an hour, once."""

from pathlib import Path

import pytest

from gate.bench.soak import CARDS, Soaked, draw, recorded, sample
from gate.bench.soak_plan import acts
from gate.store.journal_audit import audit

pytestmark = pytest.mark.system

SEED = 3
LASTS_S = 66.0


def test_a_gate_whose_camera_fails_reads_its_cards_and_keeps_its_record(tmp_path: Path) -> None:
    lane = draw(tmp_path, SEED)
    soaked = Soaked(tmp_path, SEED, LASTS_S)
    soaked.run()
    shown = [act.card for act in acts(SEED, LASTS_S, CARDS) if act.card is not None]
    assert len(shown) >= 3
    assert recorded(lane.journal)[:3] == shown[:3]
    assert soaked.told_s
    assert audit(lane.journal).fault is None
    assert all(code == 2 for _, code in soaked.exits)
    assert {one.handles for one in soaked.samples}


def test_of_a_process_that_is_gone_nothing_is_sampled() -> None:
    with pytest.raises(OSError, match="No such file"):
        sample(2**22 - 1, 0.0)
