"""Where codes appear is learnt from where they were, and forgotten as others are read elsewhere."""

import numpy as np
import pytest

from gate.bench.scenes import empty_scene, qr_picture
from gate.devices.ports import Luma
from gate.reading.habit import HALF_LIFE, LEAST_CODES, Habit, Part
from gate.reading.plane import Points
from gate.reading.reader import search_frame
from gate.reading.work import ended

SHAPE = (480, 640)


def square(x: float, y: float, side: float = 100) -> Points:
    return np.array([(x, y), (x + side, y), (x + side, y + side), (x, y + side)], float)


def noted(*places: Points) -> Habit:
    habit = Habit()
    for place in places:
        habit.note(place, SHAPE)
    return habit


def test_codes_at_one_place_are_looked_for_there_with_a_rim_of_a_quarter() -> None:
    habit = noted(*[square(300, 200)] * LEAST_CODES)
    assert habit.part(SHAPE) == Part(left=275, top=175, right=426, bottom=326)


def test_the_part_holds_every_place_that_is_usual() -> None:
    habit = noted(*[square(200, 100), square(260, 180)] * 10)
    assert habit.part(SHAPE) == Part(left=175, top=75, right=386, bottom=306)


def test_few_codes_tell_nothing() -> None:
    assert noted(*[square(300, 200)] * (LEAST_CODES - 1)).part(SHAPE) is None


def test_one_code_in_a_hundred_elsewhere_is_no_habit() -> None:
    usual = [square(300, 200)] * 50
    assert noted(*usual, square(0, 0), *usual).part(SHAPE) == noted(*usual).part(SHAPE)


def test_after_some_half_lives_at_another_place_the_first_is_forgotten() -> None:
    before = [square(20, 20)] * HALF_LIFE
    after = [square(400, 300)] * HALF_LIFE
    both = noted(*before, *after).part(SHAPE)
    assert both is None  # from corner to corner: the whole picture
    assert noted(*before, *after * 6).part(SHAPE) == noted(*after).part(SHAPE)


@pytest.mark.parametrize("side", [400, 600])
def test_what_fills_the_picture_has_no_part_of_it(side: float) -> None:
    assert noted(*[square(10, 10, side)] * 20).part(SHAPE) is None


def test_a_part_ends_where_the_picture_does() -> None:
    assert noted(*[square(-10, 420)] * 20).part(SHAPE) == Part(
        left=0, top=395, right=116, bottom=480
    )


def test_another_size_of_picture_is_another_camera() -> None:
    habit = noted(*[square(300, 200)] * 20)
    assert habit.part((720, 1280)) is None
    habit.note(square(1, 1), (720, 1280))
    assert habit.part(SHAPE) is None


def held_at(left: int, top: int) -> Luma:
    picture = qr_picture("A CARD", 4)
    luma = empty_scene((640, 480), 1)
    luma[top : top + len(picture), left : left + len(picture)] = picture
    return luma


def asked(luma: Luma, first: Part | None) -> tuple[int, Points]:
    """Return how often a search asked for time until it had read the card, and where that lay."""
    times: list[int] = []

    def has_time() -> bool:
        times.append(1)
        return True

    [one] = ended(search_frame(luma, first=first), has_time).read
    assert one.code is not None
    assert one.code.text == "A CARD"
    return len(times), one.code.corners


def test_a_card_is_read_at_its_place_in_the_frame_whether_or_not_it_is_where_cards_are() -> None:
    part = Part(left=300, top=150, right=560, bottom=400)
    for left, top in ((360, 220), (40, 60)):
        (_, alone), (_, first) = asked(held_at(left, top), None), asked(held_at(left, top), part)
        assert np.abs(alone - first).max() < 2
        assert np.abs(first[0] - (left + 15.5, top + 15.5)).max() < 2


def test_only_the_part_is_looked_at_where_the_card_is_in_it() -> None:
    luma = held_at(360, 220)
    part = Part(left=300, top=150, right=560, bottom=400)
    cut = np.full_like(luma, 90)
    cut[part.top : part.bottom, part.left : part.right] = luma[
        part.top : part.bottom, part.left : part.right
    ]
    assert asked(luma, part)[0] == asked(cut, part)[0]


@pytest.mark.parametrize(("left", "top"), [(0, 0), (440, 0), (0, 280), (440, 280)])
def test_where_codes_appear_may_be_at_any_edge(left: int, top: int) -> None:
    part = noted(*[square(left, top, 200)] * LEAST_CODES).part(SHAPE)
    assert part is not None
    assert part.left <= left < left + 200 <= part.right <= 640
    assert part.top <= top < top + 200 <= part.bottom <= 480
    assert max(part.right - part.left, part.bottom - part.top) <= 301
