"""The simulated turnstile: real pixels for the real decoders, and time that frames bring."""

from collections import deque
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Frame
from gate.errors import DeviceError
from gate.sim.devices import ManualClock, SimDecoder, picture_of
from gate.sim.presentation import Medium, Presentation, Thing
from gate.sim.stage import FRAME_PX, StageCamera, StageDecoder

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
TEXT = "CC1:" + "6BF+70790T9WJWG.FKY*4GO0" * 6


def _shown(**changed: object) -> Presentation:
    fields: dict[str, object] = {
        "number": 1,
        "at_s": 12.0,
        "things": (Thing(medium=Medium.PAPER, text=TEXT),),
        "approach_s": 0.0,
        "hold_s": 0.2,
        "seed": 3,
    }
    return Presentation(**{**fields, **changed})  # type: ignore[arg-type]  # by name


def _frames(*shown: Presentation) -> list[Frame]:
    waiting = [*shown, None]
    return list(StageCamera(lambda: waiting.pop(0), seed=1).frames())


def test_what_is_held_up_is_read_by_the_units_decoder_and_the_empty_place_is_not() -> None:
    frames = _frames(_shown())
    decoder = open_decoder()

    texts = [[reading.text for reading in decoder.decode(frame).readings] for frame in frames]

    assert texts[0] == texts[-1] == []
    assert [TEXT] in texts


def test_frames_come_at_the_presentations_own_times() -> None:
    frames = _frames(_shown(), _shown(number=2, at_s=40.0))

    times = [frame.at_s for frame in frames]

    assert times == sorted(times)
    assert times[:2] == [12.0, 12.1]
    assert 40.0 in times
    assert frames[0].luma.shape == FRAME_PX[::-1]


def test_a_frame_of_it_is_kept_where_it_was_asked_for(tmp_path: Path) -> None:
    _frames(_shown(picture=str(tmp_path / "one.png")))

    with Image.open(tmp_path / "one.png") as picture:
        assert picture.size == FRAME_PX


def test_a_frame_that_cannot_be_kept_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"gone/one\.png"):
        _frames(_shown(picture=str(tmp_path / "gone" / "one.png")))


def test_three_things_at_once_are_refused() -> None:
    with pytest.raises(DeviceError, match="3 things, 1 or 2 allowed"):
        _frames(_shown(things=(Thing(medium=Medium.PAPER, text="A"),) * 3))


def test_time_passes_with_the_frames_and_the_end_is_told_with_the_last() -> None:
    clock, ended = ManualClock(START), list[int]()
    cues = deque([(7, 3.0), (8, 9.0)])
    decoder = StageDecoder(SimDecoder(), clock, cues, ended.append)

    for at_s in (2.0, 3.0, 9.0):
        decoder.decode(Frame(luma=picture_of("CC1:A"), at_s=at_s))

    assert clock.monotonic() == 9.0
    assert ended == [7, 8]
    assert decoder.number == 8
