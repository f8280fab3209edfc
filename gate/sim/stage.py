"""The simulated turnstile's hardware: cameras that see what is presented, and real outputs.

`StageDecoder` is the unit's own chain; each frame that it is given lets time pass
(`gate.sim.play`). `StageOutputs` is the unit's own driver on pretended pins, and notes when it was
commanded.
"""

from collections import Counter
from collections.abc import Iterator
from time import perf_counter

from gate.access.model import Direction
from gate.devices.ports import Decoder, Frame, Outputs, Sight
from gate.devices.signals import Signal
from gate.errors import DeviceError
from gate.sim.play import Play, StageTime


class StageCamera:
    """The `Camera` port: what the play shows to the lane of `way`."""

    live = False

    def __init__(self, play: Play, way: Direction) -> None:
        self._play = play
        self._way = way
        self._gone = False

    def frames(self) -> Iterator[Frame]:
        """Yield the frames of each presentation in turn, at its own times."""
        for frame in self._play.frames(self._way):
            if self._gone:
                raise DeviceError("simulated camera: it was closed")
            yield frame

    def close(self) -> None:
        """Show nothing any more."""
        self._gone = True


class StageDecoder:
    """The `Decoder` port: another decoder, and the passing of time."""

    def __init__(self, decoder: Decoder, time: StageTime) -> None:
        self.taken_s = 0.0
        self._decoder = decoder
        self._time = time

    def decode(self, frame: Frame) -> Sight:
        """Return what can be seen; note when the frame was taken."""
        self._time.come_to(frame.at_s)
        self.taken_s = perf_counter()
        return self._decoder.decode(frame)


class StageOutputs:
    """The `Outputs` port: another driver, when it last obeyed, and how often."""

    def __init__(self, outputs: Outputs) -> None:
        self.released_s = 0.0
        self.shown_s = 0.0
        self._outputs = outputs
        self._obeyed: Counter[str] = Counter()

    def take_obeyed(self) -> dict[str, int]:
        """Return how often what was done since this was asked last, as an `EndReport` names it."""
        obeyed, self._obeyed = self._obeyed, Counter()
        return obeyed

    def release(self, direction: Direction, seconds: float) -> None:
        """Let the portal open."""
        self._outputs.release(direction, seconds)
        self.released_s = perf_counter()
        self._obeyed["entries" if direction is Direction.IN else "exits"] += 1

    def show(self, signal: Signal) -> None:
        """Play a signal."""
        self._outputs.show(signal)
        self.shown_s = perf_counter()

    def quieten(self, *, is_night: bool) -> None:
        """Sound lower, or not any more."""
        self._outputs.quieten(is_night=is_night)

    def free(self) -> None:
        """Let both ways open."""
        self._outputs.free()
        self._obeyed["freed"] += 1

    def secure(self) -> None:
        """End that."""
        self._outputs.secure()
        self._obeyed["secured"] += 1

    def lock(self) -> None:
        """Lock the entry."""
        self._outputs.lock()

    def close(self) -> None:
        """Lock for good."""
        self._outputs.close()
