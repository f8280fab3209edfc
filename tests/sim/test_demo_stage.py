"""The simulated turnstile: real pixels for the real decoders, and time that frames bring."""

import threading
from collections import deque
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from gate.access.model import Direction
from gate.devices.decoder_chain import open_decoder
from gate.devices.inputs import InputPins
from gate.devices.ports import Contact, Frame
from gate.errors import DeviceError
from gate.sim.devices import ManualClock, SimDecoder, SimOutputs, picture_of
from gate.sim.play import FRAME_PX, Cue, Play, StageTime
from gate.sim.presentation import Medium, Presentation, Thing, Touch
from gate.sim.stage import StageCamera, StageDecoder, StageOutputs
from gate.sim.wires import Wires

START = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
TURN = Contact.ROTATION_IN
TEXT = "CC1:" + "6BF+70790T9WJWG.FKY*4GO0" * 6


def _touch(contact: Contact, at_s: float) -> Touch:
    return Touch(contact=contact, active=True, at_s=at_s)


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
    return list(StageCamera(Play(lambda: waiting.pop(0), seed=1), Direction.IN).frames())


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
    cues = deque([Cue(number=7, last_s=3.0), Cue(number=8, last_s=9.0)])
    time = StageTime(clock, cues, touch=lambda _one: None, ended=ended.append)
    decoder = StageDecoder(SimDecoder(), time)

    for at_s in (2.0, 3.0, 9.0):
        decoder.decode(Frame(luma=picture_of("CC1:A"), at_s=at_s))

    assert clock.monotonic() == 9.0
    assert ended == [7, 8]
    assert time.number == 8


def test_contacts_are_touched_at_their_own_times_between_the_frames() -> None:
    clock, touched = ManualClock(START), list[tuple[Contact, float]]()
    touches = (_touch(Contact.FIRE, 1.5), _touch(Contact.GUARD_KEY, 2.9), _touch(TURN, 3.5))
    cues = deque([Cue(number=1, last_s=4.0, touches=touches), Cue(number=2, last_s=9.0)])
    time = StageTime(
        clock,
        cues,
        touch=lambda one: touched.append((one.contact, clock.monotonic())),
        ended=lambda _number: None,
    )

    for at_s, contacts in ((1.0, 0), (3.0, 2), (4.0, 3), (9.0, 3)):
        time.come_to(at_s)
        assert len(touched) == contacts

    assert touched == [(Contact.FIRE, 1.5), (Contact.GUARD_KEY, 2.9), (TURN, 3.5)]


def test_the_place_is_watched_before_a_card_comes_and_until_all_is_over() -> None:
    shown = _shown(before_s=2.0, touches=(_touch(Contact.FIRE, 4.0),), watched_s=1.0)

    frames = _frames(shown)

    times = [frame.at_s for frame in frames]
    assert times[:5] == [12.0, 12.5, 13.0, 13.5, 14.0]
    assert times[5] == 14.1
    assert 17.0 <= times[-1] < 17.6
    assert times == sorted(set(times))
    assert all((frame.luma == frames[-1].luma).all() for frame in frames[-3:])


def test_while_one_lane_sees_a_card_the_other_sees_an_empty_place_as_often() -> None:
    waiting = [_shown(), _shown(number=2, at_s=40.0, way=Direction.OUT), None]
    play = Play(lambda: waiting.pop(0), 1, list(Direction))
    frames = {way: list(StageCamera(play, way).frames()) for way in Direction}

    seen = {way: {frame.at_s for frame in _read(frames[way])} for way in Direction}
    times = {way: [frame.at_s for frame in frames[way]] for way in Direction}
    assert times[Direction.IN] == times[Direction.OUT]
    assert seen[Direction.IN]
    assert all(at_s < 20 for at_s in seen[Direction.IN])
    assert seen[Direction.OUT]
    assert all(at_s > 30 for at_s in seen[Direction.OUT])


def _read(frames: list[Frame]) -> list[Frame]:
    decoder = open_decoder()
    return [frame for frame in frames if decoder.decode(frame).readings]


def test_a_card_for_a_lane_that_is_not_there_is_refused() -> None:
    with pytest.raises(DeviceError, match="presentation 1: this gate has no lane out"):
        _frames(_shown(way=Direction.OUT))


def test_time_passes_only_once_both_lanes_are_done_with_what_was_before() -> None:
    clock, order = ManualClock(START), list[tuple[str, float]]()
    cues = deque([Cue(number=1, last_s=3.0)])
    time = StageTime(clock, cues, touch=lambda _one: None, ended=lambda _one: None, lanes=2)

    def look(lane: str) -> None:
        for at_s in (1.0, 2.0, 3.0):
            time.come_to(at_s)
            order.append((lane, clock.monotonic()))

    lanes = [threading.Thread(target=look, args=(name,)) for name in ("in", "out")]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join(10)

    assert [at_s for _, at_s in order] == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0]
    assert {name for name, _ in order[:2]} == {"in", "out"}


def test_outputs_tell_what_was_done_since_they_were_asked_last() -> None:
    outputs = StageOutputs(SimOutputs(ManualClock(START)))
    outputs.release(Direction.IN, 5.0)
    outputs.release(Direction.OUT, 5.0)
    outputs.release(Direction.OUT, 5.0)
    outputs.free()
    outputs.secure()

    assert outputs.take_obeyed() == {"entries": 1, "exits": 2, "freed": 1, "secured": 1}
    assert outputs.take_obeyed() == {}


def test_wires_rest_until_they_are_touched_and_a_fire_reacts_at_once() -> None:
    clock, freed = ManualClock(START), list[float]()
    wires = Wires(
        InputPins(rotation_in=5, fire=16, guard_key=13),
        clock,
        {Contact.FIRE: lambda: freed.append(clock.monotonic())},
    )
    assert list(wires.inputs.changes()) == []
    clock.advance(7.0)

    wires.touch(_touch(Contact.FIRE, 7.0))
    wires.touch(_touch(Contact.ROTATION_OUT, 7.0))  # not wired

    [change] = wires.inputs.changes()
    assert freed == [7.0]
    assert (change.contact, change.active) == (Contact.FIRE, True)
    assert 7.0 <= change.at_s < 8.0
    assert change.reacted_s is not None
    assert change.reacted_s > 0
    assert wires.inputs.is_active(Contact.FIRE)
    wires.inputs.close()
