"""How codewords are shared out among blocks, against another encoder's table, of every symbol."""

from typing import Any

import pytest
from segno import consts

from gate.reading.capacity import LEVELS, blocks_of
from gate.reading.layout import MAX_VERSION, layout_of

_ECC: Any = consts.ECC
_OTHERS = {
    "L": consts.ERROR_LEVEL_L,
    "M": consts.ERROR_LEVEL_M,
    "Q": consts.ERROR_LEVEL_Q,
    "H": consts.ERROR_LEVEL_H,
}


@pytest.mark.parametrize("level", LEVELS)
def test_every_version_has_the_blocks_that_another_encoder_gives_it(level: str) -> None:
    for version in range(1, MAX_VERSION + 1):
        infos = _ECC[version][_OTHERS[level]]
        sizes = [info.num_total for info in infos for _ in range(info.num_blocks)]
        blocks = blocks_of(version, level, sum(sizes))
        assert [place.size for place in blocks.places] == sizes, version
        assert {info.num_total - info.num_data for info in infos} == {blocks.checks}, version


def test_every_version_has_the_codewords_and_alignment_patterns_of_another_encoder() -> None:
    for version in range(1, MAX_VERSION + 1):
        layout = layout_of(version)
        infos = _ECC[version][consts.ERROR_LEVEL_L]
        assert layout.codewords == sum(info.num_total * info.num_blocks for info in infos)
        steps = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()
        corners = {(6, 6), (6, layout.side - 7), (layout.side - 7, 6)}
        centres = {(row, column) for row in steps for column in steps} - corners
        assert set(map(tuple, layout.centres.tolist())) == centres, version


def test_codewords_are_dealt_to_blocks_in_turn_and_the_longer_blocks_have_one_more() -> None:
    first, *_, last = blocks_of(5, "Q", 134).places  # ISO/IEC 18004:2015, table 9: 2 of 15, 2 of 16
    assert first.tolist() == [*range(0, 60, 4), *range(62, 134, 4)]
    assert last.tolist() == [*range(3, 60, 4), 61, *range(65, 134, 4)]
