"""Of a picture only the marked part is looked at: whose card is held there is read."""

from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime
from typing import Final, cast

import numpy as np
import pytest

from gate.bench.scenes import empty_scene, qr_picture
from gate.devices.area import Area, AreaCamera
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Frame, Luma
from gate.sim.devices import ManualClock, SimCamera

NUMBERS: Final = np.arange(100 * 200, dtype=np.int64).reshape(100, 200).astype(np.uint8)


def seen(luma: Luma, area: Area) -> Luma:
    camera = AreaCamera(SimCamera([luma], ManualClock(datetime(2026, 1, 5, 7, tzinfo=UTC))), area)
    with closing(cast("Generator[Frame]", camera.frames())) as frames:
        return next(frames).luma


@pytest.mark.parametrize(
    ("area", "rows", "columns"),
    [
        pytest.param((25, 0, 75, 100), (0, 100), (50, 150), id="the middle half"),
        pytest.param((0, 10, 100, 40), (10, 40), (0, 200), id="a stripe"),
        pytest.param((0, 0, 100, 100), (0, 100), (0, 200), id="all"),
    ],
)
def test_only_the_area_is_given(
    area: tuple[int, int, int, int], rows: tuple[int, int], columns: tuple[int, int]
) -> None:
    left, top, right, bottom = area
    cut = seen(NUMBERS, Area(left=left, top=top, right=right, bottom=bottom))
    assert np.array_equal(cut, NUMBERS[rows[0] : rows[1], columns[0] : columns[1]])


def two_cards() -> Luma:
    luma = empty_scene((900, 360), 1)
    for x, text in ((20, "CC1:FIRST"), (330, "CC1:NEXT")):
        code = qr_picture(text, 6)
        luma[40 : 40 + len(code), x : x + len(code)] = code
    return luma


@pytest.mark.parametrize(
    ("area", "texts"),
    [
        pytest.param((0, 0, 33, 100), {"CC1:FIRST"}, id="left"),
        pytest.param((33, 0, 100, 100), {"CC1:NEXT"}, id="right"),
        pytest.param((0, 0, 100, 100), {"CC1:FIRST", "CC1:NEXT"}, id="both"),
        pytest.param((65, 0, 100, 100), set(), id="neither"),
    ],
)
def test_of_two_peoples_cards_the_one_in_the_area_is_read(
    area: tuple[int, int, int, int], texts: set[str]
) -> None:
    left, top, right, bottom = area
    luma = seen(two_cards(), Area(left=left, top=top, right=right, bottom=bottom))
    sight = open_decoder(lambda: 0.0).decode(Frame(luma=luma, at_s=0.0))
    assert {reading.text for reading in sight.readings} == texts
