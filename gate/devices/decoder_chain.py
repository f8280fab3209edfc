"""The order in which the decoders look at a camera's frames: a glance at each, more in turns.

Every frame gets a glance, which reads a card held to the camera in two thirds of the time of a
whole look. What a glance does not read, the turns of the table below look for, one turn a frame; so
they do, now and then, beside what it reads: a card may hang beside a web address. The first frame
with a new text is answered at once, and the next frames have the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from gate.devices.decoder import ZxingDecoder
from gate.devices.equalising_decoder import EqualisingDecoder
from gate.devices.motion import SceneGate
from gate.devices.ports import Decoder, Frame, Sight

WHOLE_LOOK_GAP_S: Final = 0.06
"""Every second frame of 30 a second: a whole look takes as long again as the glance before it."""

STILL_GAP_S: Final = 0.25
"""Where nothing moves or all is read; noise differs from frame to frame, so one miss is not all."""

FIRST_LOOK_GAP_S: Final = 0.25
"""The first of our own looks: it takes 10 times as long as zxing-cpp where there is nothing, and
the next good frame must not be late for it."""

ALL_LOOKS_GAP_S: Final = 1.0
"""All of them take five times as long again, and read a quarter more of what is hard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A decoder and the least seconds between two looks of it.

    Attributes:
        missed_gap_s: while something is missed in a scene that changed since its last look.
        other_gap_s: in any scene, whatever is read; None if only what is missed is worth a look.
    """

    decoder: Decoder
    missed_gap_s: float
    other_gap_s: float | None


class DecoderChain:
    """Asks `glance` at every frame, and the first of `turns` that is due, if one is."""

    def __init__(self, glance: Decoder, turns: Sequence[Turn]) -> None:
        self._glance = glance
        self._turns = [_Timed(turn) for turn in turns]
        self._known: frozenset[str] = frozenset()

    def decode(self, frame: Frame) -> Sight:
        """Return what any of them can see, each text once."""
        sight = self._glance.decode(frame)
        texts = frozenset(reading.text for reading in sight.readings)
        known, self._known = self._known, texts
        if sight.unread or texts <= known:
            for turn in self._turns:
                if turn.is_due(frame, missed=sight.unread or not sight.readings):
                    return turn.add_to(sight, frame)
        return sight


def open_decoder(monotonic: Callable[[], float] | None = None) -> DecoderChain:
    """Return the unit's chain; its costly turns are held to their cap by `monotonic` seconds.

    Milliseconds of a frame of 1280x720, empty and with a card, on the development machine:
    glance 0.7 and 1.2, whole look 0.9 and 1.8. pyzbar (19 and 28) reads nothing that these and our
    own reader don't: none of 179 photographs, none of 132 degraded frames.
    """
    turns = (
        Turn(decoder=ZxingDecoder(), missed_gap_s=WHOLE_LOOK_GAP_S, other_gap_s=STILL_GAP_S),
        Turn(
            decoder=EqualisingDecoder(first_look=True, monotonic=monotonic),
            missed_gap_s=FIRST_LOOK_GAP_S,
            other_gap_s=None,
        ),
        Turn(
            decoder=EqualisingDecoder(monotonic=monotonic),
            missed_gap_s=ALL_LOOKS_GAP_S,
            other_gap_s=None,
        ),
    )
    return DecoderChain(ZxingDecoder(glance=True), turns)


class _Timed:
    """One turn, when it last looked and at what."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._scene = SceneGate()
        self._looked_s = -inf

    def add_to(self, sight: Sight, frame: Frame) -> Sight:
        """Return `sight` with what this decoder sees."""
        self._scene.keep(frame.luma)
        self._looked_s = frame.at_s
        return _both(sight, self._turn.decoder.decode(frame))

    def is_due(self, frame: Frame, *, missed: bool) -> bool:
        """Tell whether it is this decoder's turn."""
        gap_s = frame.at_s - self._looked_s
        if gap_s < 0:  # a camera that was opened anew may begin its time anew
            gap_s = inf
        if self._turn.other_gap_s is not None and gap_s >= self._turn.other_gap_s:
            return True
        return missed and gap_s >= self._turn.missed_gap_s and self._scene.has_changed(frame.luma)


def _both(first: Sight, second: Sight) -> Sight:
    """Join two sights of one frame; what only the second read may be what the first left unread."""
    known = {reading.text for reading in first.readings}
    new = tuple(reading for reading in second.readings if reading.text not in known)
    return Sight(readings=first.readings + new, unread=not new and (first.unread or second.unread))
