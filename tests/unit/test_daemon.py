"""The gate process's loop, from frames to its exit code."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import pytest

from gate.access.model import Direction
from gate.devices.ports import Frame, Lamp, Sight
from gate.devices.signals import Signal
from gate.errors import DeviceError
from gate.events.model import EventKind
from gate.sim.devices import (
    ManualClock,
    Released,
    SimCamera,
    SimDecoder,
    SimLamp,
    SimNotifier,
    picture_of,
)
from gate.unit.daemon import EXIT_DONE, EXIT_FAULT, run
from gate.unit.wiring import Parts, Unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from gate.devices.ports import Camera, Decoder
    from gate.unit.camera_stream import Taken
    from gate.unit.controller import Answer
    from tests.unit.conftest import Desk, Lane

NOTHING = picture_of()


class TickingClock(ManualClock):
    """Half a second passes whenever somebody looks at it."""

    def monotonic(self) -> float:
        self.advance(0.5)
        return super().monotonic()


class BrokenDecoder:
    """Has a defect, and the payload in its hands."""

    def decode(self, frame: Frame) -> Sight:
        raise ValueError(f"cannot decode 'CC1:SECRET' in {frame.luma.shape}")


def unit_of(
    lane: Lane,
    camera: Callable[[], Camera],
    decoder: Decoder | None = None,
    lamp: Lamp | None = None,
) -> tuple[Unit, SimNotifier]:
    notifier = SimNotifier()
    parts = Parts(
        open_camera=camera,
        decoder=decoder or SimDecoder(),
        outputs=lane.outputs,
        clock=TickingClock(lane.clock.now()),
        notifier=notifier,
        lamp=lamp,
    )
    unit = Unit(
        parts=parts,
        controller=lane.controller,
        recorder=lane.recorder,
        retention=lane.retention,
        upkeep=lane.upkeep,
        contacts=lane.contacts,
    )
    return unit, notifier


def scripted(lane: Lane, *pictures: tuple[str, ...]) -> Callable[[], Camera]:
    """Return a camera that shows each picture for a second, with nothing between for ten."""
    script = [
        picture_of(*texts) if second < 1 else NOTHING for texts in pictures for second in range(10)
    ]
    return lambda: SimCamera(script, lane.clock, frame_s=1.0)


def failing() -> Camera:
    raise DeviceError("camera: it is not there; plug it in")


def test_the_lamp_at_the_reader_is_dark_in_the_end(way_in: Lane) -> None:
    lamp = SimLamp()
    unit, _ = unit_of(way_in, scripted(way_in), lamp=lamp)
    lamp.shine(lit=True)
    assert run(unit, threading.Event()) == EXIT_DONE
    assert not lamp.is_lit


def test_each_picture_is_decided_and_the_end_is_locked_and_recorded(
    way_in: Lane, desk: Desk
) -> None:
    pictures = [(desk.card("1"),), (desk.card("2", index=1),), (desk.card("1"), desk.card("2"))]
    unit, _ = unit_of(way_in, scripted(way_in, *pictures))

    code = run(unit, threading.Event())

    assert code == EXIT_DONE
    assert way_in.journal.answers == ["admit", "refuse revoked", "refuse several_codes"]
    assert way_in.journal.kinds[-1] is EventKind.UNIT_STOPPED
    assert not way_in.entry_is_released
    assert way_in.outputs.signals[-1] is Signal.OFF


def test_the_supervisor_hears_ready_once_and_alive_as_long_as_the_loop_turns(
    way_in: Lane, desk: Desk
) -> None:
    unit, notifier = unit_of(way_in, scripted(way_in, (desk.card(),)))
    run(unit, threading.Event())

    assert notifier.said[0] == "ready"
    assert notifier.said.count("ready") == 1
    assert notifier.said.count("alive: working") > 1
    assert notifier.said[-1] == "stopping"


def test_a_camera_that_never_opens_shows_a_fault_is_ready_and_leaves_to_the_supervisor(
    way_in: Lane,
) -> None:
    unit, notifier = unit_of(way_in, failing)

    code = run(unit, threading.Event())

    faults = [event.detail for event, _ in way_in.journal.records if event.kind == "fault"]
    assert code == EXIT_FAULT
    assert faults == ["camera", "unit"]
    assert Signal.FAULT in way_in.outputs.signals
    assert "ready" in notifier.said
    assert "alive: fault: camera" in notifier.said
    assert not [event for event in way_in.outputs.happened if isinstance(event, Released)]


def test_it_ends_when_it_is_told_to(way_in: Lane, desk: Desk) -> None:
    stop = threading.Event()
    stop.set()
    unit, _ = unit_of(way_in, scripted(way_in, *[(desk.card(),)] * 100))

    assert run(unit, stop) == EXIT_DONE
    assert way_in.journal.kinds[-1] is EventKind.UNIT_STOPPED
    with pytest.raises(DeviceError):
        way_in.outputs.release(Direction.OUT, 1.0)  # closed


def test_a_defect_locks_and_leaves_and_never_logs_what_it_held(
    way_in: Lane, caplog: pytest.LogCaptureFixture
) -> None:
    unit, _ = unit_of(way_in, scripted(way_in, ("x",)), BrokenDecoder())

    with caplog.at_level(logging.INFO, "gate"):
        code = run(unit, threading.Event())

    assert code == EXIT_FAULT
    assert way_in.journal.kinds[-2:] == [EventKind.FAULT, EventKind.UNIT_STOPPED]
    assert "SECRET" not in caplog.text
    assert any(getattr(record, "error", "") == "ValueError" for record in caplog.records)


def test_outputs_that_do_not_obey_end_the_process(way_in: Lane, desk: Desk) -> None:
    unit, _ = unit_of(way_in, scripted(way_in, (desk.card(),)))
    way_in.outputs.broken = "relay: the wire is cut"

    assert run(unit, threading.Event()) == EXIT_FAULT
    assert not way_in.entry_is_released
    assert way_in.journal.kinds[-1] is EventKind.UNIT_STOPPED


def test_an_end_that_is_not_obeyed_is_a_fault(way_in: Lane, desk: Desk) -> None:
    unit, _ = unit_of(way_in, scripted(way_in, (desk.card(),)))

    def cut_the_wire(_answer: Answer, _taken: Taken) -> None:
        way_in.outputs.broken = "relay: the wire is cut"

    assert run(unit, threading.Event(), watch=cut_the_wire) == EXIT_FAULT
    assert way_in.journal.kinds[-1] is EventKind.UNIT_STOPPED


def test_a_watcher_is_told_each_answer(way_in: Lane, desk: Desk) -> None:
    seen: list[Signal] = []
    unit, _ = unit_of(way_in, scripted(way_in, (desk.card(),), (desk.card(days=-1),)))
    run(unit, threading.Event(), watch=lambda answer, _taken: seen.append(answer.signal))

    assert seen == [Signal.ADMITTED, Signal.REFUSED]
