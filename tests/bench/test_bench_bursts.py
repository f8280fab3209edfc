"""Bursts are the same for a seed, and are counted as hard only if no other reads any frame."""

import numpy as np
import pytest

from gate.bench.bursts import BurstCount, count_burst, count_bursts
from gate.bench.filters import evened, filter_chain, sharpened
from gate.bench.optics import Condition
from gate.bench.read_bursts import FRAMES, bursts
from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.devices.ports import Luma

EASY = "A CARD"


def easy(text: str = EASY) -> Luma:
    return pasted(empty_scene((320, 240), 1), qr_picture(text))


def test_bursts_are_the_same_for_a_seed_and_move_from_frame_to_frame() -> None:
    kind = {"plain": Condition(px=4, noise=0)}
    one, same = (next(bursts(3, 1, 20, kind)) for _ in range(2))
    assert len(one.lumas) == FRAMES
    assert all((a == b).all() for a, b in zip(one.lumas, same.lumas, strict=True))
    assert all((a != b).any() for a, b in zip(one.lumas, one.lumas[1:], strict=False))


def test_what_others_read_is_not_hard() -> None:
    count = count_burst([easy()], EASY)
    assert (count.chain, count.hard, count.hard_read, count.wrong) == (1, 0, 0, 0)
    assert set(count.rivals.values()) == {1}


def test_what_nobody_reads_is_hard_and_a_text_that_is_not_the_truth_is_wrong() -> None:
    nothing = count_burst([empty_scene((320, 240), 1)], EASY)
    assert (nothing.hard, nothing.hard_read, nothing.wrong) == (1, 0, 0)
    assert count_burst([easy("ANOTHER")], EASY).wrong == 4  # three rivals and the chain


def test_counts_add_up_and_the_slowest_frame_stays_the_slowest() -> None:
    one = BurstCount(bursts=1, rivals={"a": 1}, chain=1, hard=1, hard_read=1, worst_s=0.2)
    other = BurstCount(bursts=2, rivals={"a": 0}, chain=1, hard=1, worst_s=0.1, wrong=3)
    assert one.plus(other) == BurstCount(
        bursts=3, rivals={"a": 1}, chain=2, hard=2, hard_read=1, worst_s=0.2, wrong=3
    )


def test_rows_tell_of_each_kind_and_of_all() -> None:
    rows = {row.name: row for row in count_bursts(1, 1, 20, {"dark": Condition(light=0.0)})}
    assert (
        rows["dark, 1, hard, read by the chain"].value,
        rows["wrong texts, all readers"].value,
    ) == (
        0,
        0,
    )
    assert rows["dark, 1, hard, read by the chain"].floor == 1


@pytest.mark.parametrize("size", [(64, 64), (61, 83)])
def test_filters_keep_the_size_and_spread_the_tones(size: tuple[int, int]) -> None:
    faint = (100 + np.arange(size[0] * size[1]).reshape(size) % 7).astype(np.uint8)
    assert sharpened(faint).shape == evened(faint).shape == size
    assert np.ptp(evened(faint)) > 2 * np.ptp(faint)


def test_the_filter_chain_reads_a_card_and_nothing_where_nothing_is() -> None:
    assert filter_chain(easy()) == [EASY]
    assert filter_chain(empty_scene((320, 240), 1)) == []
