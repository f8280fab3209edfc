"""Of two lanes each looks where and for what its own table says, and has its own light and lens."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PIL import Image

from gate.config import load_config
from gate.devices.illumination import GpioLamp
from gate.devices.ports import Frame, Mark
from gate.unit.lane import Lane
from gate.unit.pair import RECORD_S
from gate.unit.pair_wiring import build_pair
from tests.devices.test_decoder_libraries import mark_of
from tests.unit.two_lanes import UNIT, TwoLanes

CAMERAS: Final = {
    'source = "dir:in"\n': (
        'source = "dir:in"\narea = [25, 0, 75, 100]\nmarks = ["aztec"]\nfocus_dioptres = 6.5\n'
    ),
    'source = "dir:out"\n': 'source = "dir:out"\nmarks = ["data-matrix"]\n',
    "entry_relay = 17\n": "entry_relay = 17\nillumination = 26\n",
}
SIDE: Final = 240


@pytest.fixture
def lanes(tmp_path: Path) -> Iterator[tuple[Lane, Lane]]:
    """Open both lanes of a unit with its own hardware, before the same pictures."""
    text = UNIT
    for plain, own in CAMERAS.items():
        text = text.replace(plain, own)
    TwoLanes(tmp_path).trust_is_laid_out()
    (tmp_path / "unit.toml").write_text(text, "utf-8")
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
        for mark in Mark:
            shown = mark_of(mark, f"CC1:{mark}")
            aside = np.pad(shown, ((0, 0), (SIDE, SIDE)), constant_values=90)
            Image.fromarray(aside).save(tmp_path / name / f"{mark}.png")
    with ExitStack() as opened:
        pair = build_pair(load_config(tmp_path / "unit.toml"))
        opened.callback(pair.thread.close, RECORD_S)
        opened.callback(pair.inputs.close)
        found = []
        for plan in pair.plans:
            lane = plan.open_lane()
            opened.callback(lane.parts.outputs.close)
            opened.callback(lane.parts.inputs.close)
            found.append(lane)
        first, second = found
        yield first, second


def pictures(lane: Lane) -> list[Frame]:
    """Return the first picture of each of the files before a lane's camera."""
    camera = lane.parts.open_camera()
    frames = list(islice(camera.frames(), 0, None, 3))
    camera.close()
    return frames


def read(lane: Lane) -> set[str]:
    return {
        one.text for frame in pictures(lane) for one in lane.parts.decoder.decode(frame).readings
    }


def test_each_lane_reads_the_marks_of_its_own_table(lanes: tuple[Lane, Lane]) -> None:
    way_in, way_out = lanes
    assert read(way_in) == {"CC1:aztec"}
    assert read(way_out) == {"CC1:data-matrix"}


def test_each_lane_looks_at_its_own_part_of_the_picture(lanes: tuple[Lane, Lane]) -> None:
    way_in, way_out = (pictures(lane)[0].luma.shape for lane in lanes)
    assert way_in == (way_out[0], way_out[1] // 2)


def test_each_lane_has_an_exposure_a_lens_and_a_lamp_of_its_own(lanes: tuple[Lane, Lane]) -> None:
    asked = []
    for lane in lanes:
        opener = lane.parts.open_camera
        assert isinstance(opener, partial)
        assert opener.keywords["exposure"] is lane.parts.exposure
        asked.append(opener.keywords["focus"].dioptres)
    way_in, way_out = lanes
    assert asked == [6.5, 5.0]
    assert way_in.parts.exposure is not way_out.parts.exposure
    assert isinstance(way_in.parts.lamp, GpioLamp)
    assert way_out.parts.lamp is None


def test_each_lane_keeps_its_camera_s_days_in_a_file_of_its_own(lanes: tuple[Lane, Lane]) -> None:
    days = [lane.days for lane in lanes]
    assert None not in days
    assert days[0] is not days[1]
