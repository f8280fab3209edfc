"""A whole unit on the simulated stage, with one lane or two, wired as its own wiring does."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from gate.access.model import Direction
from gate.config_fields import Config
from gate.config_lanes import LaneConfig, lanes_of, shared_inputs
from gate.devices.clock import SystemClock
from gate.devices.decoder_chain import open_decoder
from gate.devices.inputs import InputPins
from gate.devices.notifier import Unsupervised
from gate.devices.outputs import open_outputs
from gate.devices.ports import Inputs, Reactions
from gate.errors import GateError
from gate.sim.devices import ManualClock
from gate.sim.play import Play, StageTime
from gate.sim.presentation import Presentation, Touch
from gate.sim.reports import AnswerReport, EndReport, Report
from gate.sim.stage import StageCamera, StageDecoder, StageOutputs
from gate.sim.wires import Wires
from gate.unit.camera_stream import Taken
from gate.unit.contacts import reactions
from gate.unit.controller import Answer
from gate.unit.daemon import run
from gate.unit.lane import LaneParts
from gate.unit.pair import run_pair
from gate.unit.pair_wiring import PairParts, assemble_pair
from gate.unit.wiring import Parts, assemble

_NAME: Final = "simulated"


@dataclass(frozen=True, slots=True, kw_only=True)
class _StageLane:
    """What one lane's decoder and outputs tell."""

    decoder: StageDecoder
    outputs: StageOutputs


class Stage:
    """The unit that `config` describes, on a stage; `run` once."""

    def __init__(
        self,
        config: Config,
        starts_at: datetime,
        seed: int,
        next_one: Callable[[], Presentation | None],
        tell: Callable[[Report], None],
    ) -> None:
        self._config = config
        self._tell = tell
        self._plans = lanes_of(config)
        self._clock = ManualClock(starts_at)
        self._play = Play(next_one, seed, [plan.point.direction for plan in self._plans])
        self._time = StageTime(
            self._clock,
            self._play.cues,
            touch=self._touch,
            ended=self._ended,
            lanes=len(self._plans),
        )
        self._wires: list[Wires] = []
        self._lanes: dict[Direction, _StageLane] = {}
        self._written: Callable[[], object] = int  # nothing waits to be written

    def run(self, stop: threading.Event) -> int:
        """Run until nothing more is held up, or `stop`; return the exit code of `gate run`.

        Raises:
            GateError: it can't start.
        """
        return self._run_one(stop) if len(self._plans) == 1 else self._run_two(stop)

    def _run_one(self, stop: threading.Event) -> int:
        lane = self._parts(self._plans[0])
        parts = Parts(
            open_camera=lane.open_camera,
            decoder=lane.decoder,
            outputs=lane.outputs,
            clock=lane.clock,
            notifier=Unsupervised(),
            inputs=lane.inputs,
            camera_name=lane.camera_name,
            camera_restarts=lane.camera_restarts,
        )
        try:
            unit = assemble(self._config, parts)
        except GateError:
            lane.inputs.close()
            lane.outputs.close()
            raise
        return run(unit, stop, watch=self._watch)

    def _run_two(self, stop: threading.Event) -> int:
        shared = shared_inputs(self._config).pins()
        parts = PairParts(
            open_lanes=[partial(self._parts, plan) for plan in self._plans],
            open_shared=partial(self._open_wires, shared),
            clock=self._clock,
            notifier=Unsupervised(),
        )
        pair = assemble_pair(self._config, parts)
        self._written = partial(pair.thread.wait, int)
        return run_pair(pair, stop, watch=self._watch)

    def _parts(self, plan: LaneConfig) -> LaneParts:
        driver = open_outputs(plan.outputs.pins(), plan.outputs.factory, SystemClock().monotonic)
        outputs = StageOutputs(driver)
        decoder = StageDecoder(open_decoder(), self._time)
        way = plan.point.direction
        self._lanes[way] = _StageLane(decoder=decoder, outputs=outputs)
        return LaneParts(
            open_camera=partial(StageCamera, self._play, way),
            decoder=decoder,
            outputs=outputs,
            clock=self._clock,
            inputs=self._open_wires(plan.inputs.pins(), reactions(outputs, plan.outputs.release_s)),
            camera_name=_NAME,
            camera_restarts=False,
        )

    def _open_wires(self, pins: InputPins, at_once: Reactions) -> Inputs:
        wires = Wires(pins, self._clock, at_once)
        self._wires.append(wires)
        return wires.inputs

    def _touch(self, touch: Touch) -> None:
        for wires in self._wires:
            wires.touch(touch)

    def _ended(self, number: int) -> None:
        """Report the end of a presentation, once all that came of it is written."""
        self._written()
        obeyed = {way: lane.outputs.take_obeyed() for way, lane in self._lanes.items()}
        both = list(obeyed.values())
        self._tell(
            EndReport(
                card=number,
                entries=_sum(both, "entries"),
                exits=_sum(both, "exits"),
                freed=min(one.get("freed", 0) for one in both),
                secured=min(one.get("secured", 0) for one in both),
            )
        )

    def _watch(self, answer: Answer, _taken: Taken) -> None:
        """Report what a sighting led to; while one is held up, the other lane sees nobody."""
        lane = self._lanes[self._time.way]
        outputs = lane.outputs
        done_s = outputs.shown_s if answer.released_s is None else outputs.released_s
        self._tell(
            AnswerReport(
                card=self._time.number,
                sighting=answer.sighting,
                signal=answer.signal,
                ms=1000 * (done_s - lane.decoder.taken_s),
            )
        )


def _sum(counts: Sequence[dict[str, int]], what: str) -> int:
    return sum(one.get(what, 0) for one in counts)
