"""The order in which the decoders look at a camera's frames: a glance at each, more in turns.

Every frame gets a glance, which reads a card held to the camera in two thirds of the time of a
whole look. What a glance does not read, the turns of the table below look for, one turn a frame; so
they do, now and then, beside what it reads: a card may hang beside a web address. The first frame
with a new text is answered at once, and the next frames have the time.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Final

import numpy as np

from gate.devices.clock import SystemClock
from gate.devices.decoder import ZxingDecoder
from gate.devices.equalising_decoder import Looks, PatientDecoder
from gate.devices.motion import SceneGate
from gate.devices.pace import Pace
from gate.devices.ports import Decoder, Frame, Mark, Sight
from gate.reading import Follower
from gate.reading.habit import Habit

WHOLE_LOOK_GAP_S: Final = 0.12
"""Every fourth frame of 30 a second: a whole look takes twice as long as the glance before it, and
what only it sees, an inverted code, is read an eighth of a second after it came at the latest."""

STILL_GAP_S: Final = 0.25
"""Where nothing moves or all is read; noise differs from frame to frame, so one miss is not all."""

EMPTY_GAP_S: Final = 1.0
"""A whole look takes twice a glance, and a still, empty scene may cost 0.2 ms a frame: of 1280x720
four glances and four whole looks a second take 0.28, with one whole look 0.16."""

LOOK_GAP_S: Final = 0.25
"""One of our own looks, at every eighth frame: where nothing is the first of them takes as long as
five to eight glances. At every tenth, of bursts of half a second fewer were read."""

OTHERS_EVERY: Final = 4
"""Turns: each second one of the other looks comes in place of the first. All together take six
times as long as that; where parts of a code are seen, all come at once, see `HOPEFUL_GAP_S`."""

REST_S: Final = 2.0
"""After so long without any of them a scene is new, and gets all of them at once: of 61 bursts that
are hard 50 are read so, and 46 where they take turns from the beginning."""

HOPEFUL_GAP_S: Final = 0.06
"""While parts of a code are seen and not the whole: every second frame shows others of them."""

_NOTHING: Final = Sight()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A kind of look, and the least seconds between two of them.

    Attributes:
        look: a decoder's.
        missed_gap_s: while something is missed in a scene that changed since its last look.
        other_gap_s: in any scene, whatever is read; None if only what is missed is worth a look.
        empty_gap_s: in place of that where nothing is seen and nothing changed since its last look.
        in_still: look at what is missed though the scene has not changed.
        is_cheap: another turn may have the same frame.
        is_wanted: asked first; False passes the turn on.
    """

    look: Callable[[Frame], Sight]
    missed_gap_s: float
    other_gap_s: float | None = None
    empty_gap_s: float | None = None
    in_still: bool = False
    is_cheap: bool = False
    is_wanted: Callable[[], bool] = lambda: True


class DecoderChain:
    """Asks `glance` at every frame of a scene that changes, and those of `turns` that are due.

    While nothing changes, what was seen last holds for `STILL_GAP_S`: a code that was read once is
    not decoded again while it stays, and an empty scene costs a comparison.
    """

    def __init__(
        self,
        glance: Decoder,
        turns: Sequence[Turn],
        pace: Pace | None = None,
        habit: Habit | None = None,
    ) -> None:
        self._glance = glance
        self._pace = pace or Pace(SystemClock().monotonic)
        self._turns = [_Timed(turn) for turn in turns]
        self._scene = SceneGate()
        self._last = _Last()
        self._known: frozenset[str] = frozenset()
        self._habit = habit or Habit()
        self._noted: frozenset[str] = frozenset()

    def decode(self, frame: Frame) -> Sight:
        """Return what any of them can see, each text once."""
        self._pace.begin(frame.luma.size)
        scene = self._scene.number(frame.luma)
        last = self._last
        if last.holds(frame, scene):
            sight = last.sight
        else:
            sight = self._glance.decode(frame)
            if not sight.readings:
                self._pace.glanced(frame.luma.size)
            self._last = last = _Last(sight=sight, scene=scene, at_s=frame.at_s)
        texts = frozenset(reading.text for reading in sight.readings)
        known, self._known = self._known, texts
        if sight.unread or texts <= known:
            sight = self._looked(sight, frame, scene)
            self._last = replace(last, sight=sight)
        self._note(sight, frame)
        return sight

    def _note(self, sight: Sight, frame: Frame) -> None:
        """Let it be learnt where codes lie that were not in view just before."""
        for reading in sight.readings:
            if reading.text not in self._noted and reading.place is not None:
                self._habit.note(np.array(reading.place), frame.luma.shape)
        self._noted = frozenset(reading.text for reading in sight.readings)

    def _looked(self, sight: Sight, frame: Frame, scene: int) -> Sight:
        """Return `sight` with what the turns see whose turn it is."""
        for turn in self._turns:
            if turn.is_due(frame, scene, sight):
                sight = _both(sight, turn.look(frame, scene))
                if not turn.is_cheap:
                    break
        return sight


def open_decoder(
    monotonic: Callable[[], float] | None = None, *, marks: Collection[Mark] = ()
) -> DecoderChain:
    """Return the unit's chain; its costly turns are held to their cap by `monotonic` seconds.

    Whole looks see `marks` beside QR codes.

    Milliseconds of a frame of 1280x720, empty and with a card, on the development machine:
    glance 0.7 and 1.2, whole look 0.9 and 1.8. pyzbar (19 and 28) reads nothing that these and our
    own reader don't: none of 179 photographs, none of 132 degraded frames.
    """
    follower, pace = Follower(), Pace(monotonic or SystemClock().monotonic)
    looks = Looks(follower, pace)
    turns = (
        Turn(
            look=ZxingDecoder(marks=marks).decode,
            missed_gap_s=WHOLE_LOOK_GAP_S,
            other_gap_s=STILL_GAP_S,
            empty_gap_s=EMPTY_GAP_S,
            is_cheap=True,
        ),
        Turn(
            look=looks.go_on,
            missed_gap_s=0.0,
            in_still=True,
            is_wanted=lambda: looks.is_busy,
        ),
        Turn(
            look=PatientDecoder(looks, rest_s=REST_S, others_every=OTHERS_EVERY).decode,
            missed_gap_s=LOOK_GAP_S,
            is_wanted=lambda: not follower.has_read,
        ),
        Turn(
            look=looks.search,
            missed_gap_s=HOPEFUL_GAP_S,
            in_still=True,
            is_wanted=lambda: follower.hopes,
        ),
        Turn(
            look=looks.follow,
            missed_gap_s=0.0,
            in_still=True,
            is_wanted=lambda: follower.follows,
        ),
    )
    return DecoderChain(ZxingDecoder(glance=True), turns, pace, follower.habit)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Last:
    """What was seen at the last glance and since."""

    sight: Sight = _NOTHING
    scene: int = -1
    at_s: float = -inf

    def holds(self, frame: Frame, scene: int) -> bool:
        """Tell whether it goes for `frame` too; what is there but unread is worth every glance."""
        is_fresh = 0 <= frame.at_s - self.at_s < STILL_GAP_S
        return is_fresh and scene == self.scene and not self.sight.unread


class _Timed:
    """One turn, when it last looked and at what."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._scene = -1
        self._looked_s = -inf

    @property
    def is_cheap(self) -> bool:
        return self._turn.is_cheap

    def look(self, frame: Frame, scene: int) -> Sight:
        """Return what it sees."""
        self._scene, self._looked_s = scene, frame.at_s
        return self._turn.look(frame)

    def is_due(self, frame: Frame, scene: int, sight: Sight) -> bool:
        """Tell whether it is its turn."""
        turn = self._turn
        gap_s = frame.at_s - self._looked_s
        if gap_s < 0:  # a camera that was opened anew may begin its time anew
            gap_s = inf
        if not turn.is_wanted():
            return False
        has_changed = scene != self._scene
        is_empty = not (sight.readings or sight.unread or has_changed)
        other_gap_s = (turn.empty_gap_s if is_empty else None) or turn.other_gap_s
        if other_gap_s is not None and gap_s >= other_gap_s:
            return True
        missed = sight.unread or not sight.readings
        return missed and gap_s >= turn.missed_gap_s and (turn.in_still or has_changed)


def _both(first: Sight, second: Sight) -> Sight:
    """Join two sights of one frame; what only the second read may be what the first left unread."""
    known = {reading.text for reading in first.readings}
    new = tuple(reading for reading in second.readings if reading.text not in known)
    unread = not new and (first.unread or second.unread)
    return Sight(
        readings=first.readings + new,
        unread=unread,
        missed=first.missed + second.missed if unread else (),
    )
