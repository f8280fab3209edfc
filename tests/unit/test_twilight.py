"""The lamp at the reader is lit when the picture is too dark, and goes out when it isn't needed."""

from itertools import pairwise
from typing import Final

import numpy as np
import pytest

from gate.devices.ports import Frame, Shot
from gate.unit.twilight import (
    DARK_FOR_S,
    DARK_US,
    NOBODY_FOR_S,
    TRIED_EVERY_S,
    TRIED_FOR_S,
    Twilight,
    darkness,
)

STEP_S: Final = 0.5
LAMP: Final = 4.0
"""How much more light there is with the lamp than at dusk."""


def frame(needed_us: float) -> Frame:
    return Frame(
        luma=np.full((16, 16), 120, np.uint8),
        at_s=0.0,
        shot=Shot(exposure_us=10_000, gain=needed_us / 10_000),
    )


class Place:
    """A reader whose light comes from the sky and from its lamp."""

    def __init__(self) -> None:
        self.twilight = Twilight()
        self.at_s = 0.0
        self.lit: list[bool] = []

    def pass_(self, seconds: float, needed_us: float, *, code: bool = False) -> None:
        """Let time pass under a sky in which so much exposure is needed."""
        for _ in range(round(seconds / STEP_S)):
            self.at_s += STEP_S
            needed = needed_us / LAMP if self.twilight.is_lit else needed_us
            self.lit.append(self.twilight.look(frame(needed), self.at_s, code=code))

    @property
    def changes(self) -> int:
        return sum(one is not other for one, other in pairwise(self.lit))


NIGHT: Final = 2 * DARK_US
DUSK: Final = 0.7 * DARK_US
DAY: Final = 0.01 * DARK_US


def test_the_lamp_is_lit_in_the_dark_and_not_by_day_or_at_dusk() -> None:
    place = Place()
    place.pass_(600, DAY)
    place.pass_(600, DUSK)
    assert not any(place.lit)
    place.pass_(DARK_FOR_S + 2 * STEP_S, NIGHT)
    assert place.lit[-1]


def test_somebody_who_stands_before_the_lens_lights_nothing() -> None:
    place = Place()
    for _ in range(20):
        place.pass_(DARK_FOR_S - STEP_S, NIGHT)
        place.pass_(1, DAY)
    assert not any(place.lit)


def test_its_own_light_does_not_put_it_out() -> None:
    place = Place()
    place.pass_(TRIED_EVERY_S - 10, NIGHT)
    assert place.lit[-1]
    assert place.changes == 1


def test_it_is_put_out_for_a_moment_now_and_then_and_stays_lit_while_it_is_dark() -> None:
    place = Place()
    place.pass_(5 * TRIED_EVERY_S, NIGHT)
    dark_moments = place.lit[10:].count(False)
    assert 3 <= dark_moments / (TRIED_FOR_S / STEP_S) <= 6
    assert place.lit[-10:].count(True) >= 5


def test_at_dusk_it_stays_lit_and_by_day_it_goes_out() -> None:
    place = Place()
    place.pass_(60, NIGHT)
    place.pass_(2 * TRIED_EVERY_S, DUSK)
    assert place.lit[-1]
    place.pass_(TRIED_EVERY_S + 10, DAY)
    assert not place.lit[-1]


def test_it_is_not_put_out_while_people_show_their_cards() -> None:
    place = Place()
    place.pass_(60, NIGHT)
    place.pass_(2 * TRIED_EVERY_S, NIGHT, code=True)
    assert place.changes == 1
    place.pass_(NOBODY_FOR_S + 2, NIGHT)
    assert place.changes > 1


@pytest.mark.parametrize(("level", "is_dark"), [(20, True), (69, True), (80, False), (200, False)])
def test_of_a_camera_that_does_not_tell_how_bright_its_pictures_are_is_measured(
    level: int, *, is_dark: bool
) -> None:
    told = darkness(Frame(luma=np.full((16, 16), level, np.uint8), at_s=0.0))
    assert (told >= 1) is is_dark
