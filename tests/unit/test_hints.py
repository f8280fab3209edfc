"""What a worker is told whose code is seen and can't be read: from frames, by what was measured."""

from math import radians
from typing import Final

import numpy as np
import pytest

from gate.bench.optics import SIZE_PX, Condition, Marks, Pose, corners_of, drawn_card, taken
from gate.bench.scenes import empty_scene
from gate.devices.ports import Corners, Frame, Reading, Sight
from gate.events.lane_state import MAX_HINTS, Hint
from gate.unit.hints import WINDOW_S, Hints

FRAME_S: Final = 1 / 15
TEXT: Final = "CC1:" + "6BF+70790T9WJWG.FKY*4GO0.O1CV2 ETQBOB39/7-L:XWE$" * 7
GROUND: Final = empty_scene(SIZE_PX, 3).astype(np.float32)


def held(
    condition: Condition, *, lean: float = 0.0, x: float = 0.0, marks: Marks | None = None
) -> tuple[Frame, Sight]:
    """Return a frame of a card, and the sight of who found it and could not read it."""
    card = drawn_card(TEXT, condition)
    pose = Pose(px=condition.px, turn=0.1, lean=radians(lean), about=1.0, x=x)
    rng = np.random.default_rng(7)
    luma = taken(card, GROUND, condition, pose, marks or Marks(), rng)
    return Frame(luma=luma, at_s=0.0), missed(tuple(map(tuple, corners_of(card, pose).tolist())))


def missed(place: Corners) -> Sight:
    return Sight(unread=True, missed=(place,))


def told(*views: tuple[Frame, Sight], seconds: float = 2.0) -> tuple[Hint, ...]:
    """Show the views in turn, 15 a second; return what is told then."""
    hints = Hints()
    for number in range(round(seconds / FRAME_S)):
        frame, sight = views[number % len(views)]
        hints.look(Frame(luma=frame.luma, at_s=number * FRAME_S), sight)
    return hints.now


def card(**changes: float) -> Condition:
    return Condition(margin=0, **({"px": 4.0} | changes))  # type: ignore[arg-type]  # floats all


ROWS: Final = {
    "a dim phone": (held(card(light=0.2)), (Hint.BRIGHTER,)),
    "far away": (held(card(px=1.8)), (Hint.CLOSER,)),
    "a lamp mirrored in it": (held(card(glare=3.0)), (Hint.TILT,)),
    "sharp, lit, near: the code itself is bad": (held(card()), (Hint.WIPE,)),
    "tilted, as hands hold it": (held(card(), lean=30), (Hint.WIPE,)),
    "smeared, or out of focus": (held(card(px=3.0, blur=3.0)), (Hint.CLOSER, Hint.WIPE)),
    "at the lens": (held(card(px=6.4, blur=6.0)), (Hint.FURTHER,)),
}


@pytest.mark.parametrize(("view", "hints"), ROWS.values(), ids=ROWS.keys())
def test_what_is_measured_is_told(view: tuple[Frame, Sight], hints: tuple[Hint, ...]) -> None:
    assert set(told(view)) == set(hints)


def test_a_card_that_moves_is_to_be_held_still() -> None:
    waved = [held(card(px=3.0), x=x) for x in (-60.0, -20.0, 20.0, 60.0, 20.0, -20.0)]
    assert told(*waved) == (Hint.STILL,)


def test_a_hand_that_trembles_is_not_told_to_hold_still() -> None:
    trembling = [held(card(px=3.0), x=x) for x in (0.0, 3.0, -2.0)]
    assert Hint.STILL not in told(*trembling)


def test_of_many_things_the_most_frequent_two_are_told() -> None:
    dim_and_far = held(card(px=1.6, light=0.2))
    waved = [held(card(px=1.6, light=0.2), x=x) for x in (-40.0, 0.0, 40.0)]
    hints = told(dim_and_far, *waved)
    assert len(hints) == MAX_HINTS
    assert Hint.BRIGHTER in hints


def test_what_is_not_so_in_half_of_the_frames_is_not_told() -> None:
    good, dim = held(card()), held(card(light=0.2))
    assert told(good, good, dim) == (Hint.WIPE,)


def test_a_code_that_is_read_or_has_no_place_tells_nothing() -> None:
    frame, _ = held(card(light=0.2))
    read = Sight(readings=(Reading(text=TEXT, decoder="x"),))
    assert told((frame, read)) == ()
    assert told((frame, Sight(unread=True))) == ()


def test_a_place_out_of_the_picture_is_none() -> None:
    frame, _ = held(card())
    away = missed(((900.0, 50.0), (990.0, 50.0), (990.0, 140.0), (900.0, 140.0)))
    assert told((frame, away)) == ()


def test_what_was_against_the_last_card_is_forgotten() -> None:
    hints = Hints()
    frame, sight = held(card(light=0.2))
    hints.look(frame, sight)
    assert hints.now
    hints.look(Frame(luma=frame.luma, at_s=WINDOW_S + 0.1), Sight())
    assert not hints.now


def test_a_time_line_that_begins_anew_forgets_too() -> None:
    hints = Hints()
    frame, sight = held(card(light=0.2))
    hints.look(Frame(luma=frame.luma, at_s=50.0), sight)
    hints.look(Frame(luma=frame.luma, at_s=0.0), Sight())
    assert hints.now == ()
