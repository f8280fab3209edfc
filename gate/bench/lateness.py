"""`gate bench read --morning`: how late a card is read after the first frame in which it can be.

Cards of the simulated site, in hands and looks of people who mean well, come up one after the other
before one chain, which is shown 30 frames a second. It takes the newest whenever it is free, as a
gate does, and is busy for the CPU time that a frame took it, times `slowness`: so a slower machine
is measured too, on any machine and however busy that is.

A frame can be read if bare zxing-cpp reads it alone, or our own reader with all the time it wants.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import thread_time
from typing import Final

import numpy as np

from gate.bench.bare import FRAMES_PER_S, bare_zxing
from gate.bench.rows import BenchRow
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Decoder, Frame, Luma
from gate.reading import read_frame
from gate.sim import pictures
from gate.sim.frames import Timing, presentation
from gate.sim.issuer import SimIssuer
from gate.sim.layers import Picture
from gate.sim.look import ordinary_look
from gate.sim.scene import site_scene

CARDS: Final = 300

WANTED_S: Final = 0.2
"""READING, "Time references": what a person may wait for, of 0.5 s at most."""

_FRAME_PX: Final = (1280, 720)
_TIMING: Final = Timing(
    approach_s=0.2, hold_s=0.5, leave_s=0.2, empty_s=0.3, frame_rate_hz=FRAMES_PER_S
)
"""As long as in the demonstration, at a camera's pace."""

_OTHERS_EVERY: Final = 10
"""Of ten cards one is on a phone and one on a slip of paper, as in the demonstration."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """One card's text, and what the camera sees from its coming until it is gone."""

    text: str
    lumas: tuple[Luma, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """What became of one card.

    Attributes:
        late_s: from the first frame that can be read to the answer; None without one of both.
        can_be_read: whether there is such a frame.
        dropped: frames that were not taken.
    """

    late_s: float | None
    can_be_read: bool
    dropped: int


def measure_lateness(cards: int, seed: int, slowness: float) -> list[BenchRow]:
    """Return how late so many cards are read on a machine so many times slower than this one."""

    def clock_s() -> float:
        return thread_time() * slowness

    found = list(lateness(shown_cards(cards, seed), open_decoder(clock_s), clock_s))
    late_s = sorted(one.late_s for one in found if one.late_s is not None)
    readable = sum(one.can_be_read for one in found)
    within = sum(one <= WANTED_S for one in late_s)
    rows = [
        _row(f"{cards} cards, read within {WANTED_S * 1e3:.0f} ms", within, "cards", readable),
        _row("read", len(late_s), "cards", readable),
        _row("frames dropped", sum(one.dropped for one in found), "frames"),
    ]
    for share in (0.5, 0.99, 1.0) if late_s else ():
        at = min(int(share * len(late_s)), len(late_s) - 1)
        rows.append(_row(f"{share:.0%} of these within", late_s[at] * 1e3, "ms"))
    return rows


def lateness(
    cards: Iterable[Shown], chain: Decoder, clock_s: Callable[[], float]
) -> Iterator[Lateness]:
    """Yield what becomes of each card; `clock_s` tells how long the chain is busy."""
    at_s = free_s = 0.0
    for card in cards:
        answered_s, read_at, dropped = None, len(card.lumas) - 1, 0
        begun_s = at_s
        for number, luma in enumerate(card.lumas):
            at_s = begun_s + number / FRAMES_PER_S
            if free_s >= at_s + 1 / FRAMES_PER_S:  # the next is there by then
                dropped += 1
                continue
            taken_s, before_s = max(free_s, at_s), clock_s()
            sight = chain.decode(Frame(luma=luma, at_s=at_s))
            free_s = taken_s + clock_s() - before_s
            if answered_s is None and any(one.text == card.text for one in sight.readings):
                answered_s, read_at = free_s, number
        at_s += 1 / FRAMES_PER_S
        first = _first_readable(card, read_at)
        late_s = None
        if answered_s is not None and first is not None:
            late_s = answered_s - begun_s - first / FRAMES_PER_S
        yield Lateness(late_s=late_s, can_be_read=first is not None, dropped=dropped)


def shown_cards(cards: int, seed: int) -> Iterator[Shown]:
    """Yield so many cards, the same for the same seed but for their keys' signatures."""
    rng = np.random.default_rng(seed)
    issuer = SimIssuer()
    scene = site_scene(_FRAME_PX, rng)
    for number in range(cards):
        card = issuer.card(number % 4000, name=f"Person {number}", number=f"{number:08}")
        text = issuer.text(card)
        lumas = presentation(
            _picture(text, number), ordinary_look(rng), scene, rng=rng, timing=_TIMING
        )
        yield Shown(text=text, lumas=tuple(lumas))


def _picture(text: str, number: int) -> Picture:
    match number % _OTHERS_EVERY:
        case 3:
            return pictures.phone(text)
        case 7:
            return pictures.slip(text)
        case _:
            return pictures.card(text, gloved=number % 5 == 0)


def _first_readable(card: Shown, last: int) -> int | None:
    """Return the first frame, up to the `last`, that shows the text to a reader who has time."""
    for number, luma in enumerate(card.lumas[: last + 1]):
        if card.text in bare_zxing(luma):
            return number
        if any(code.text == card.text for code in read_frame(luma, lambda: True)):
            return number
    return None


def _row(name: str, value: float, unit: str, floor: float = 0.0) -> BenchRow:
    floor_is = "cards that can be read in a frame" if floor else "nothing"
    return BenchRow(name=name, value=value, floor=floor, unit=unit, runs=1, floor_is=floor_is)
