"""Pictures that come, and show nothing of what is there now, are noticed."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pytest

from gate.devices.ports import Frame, Luma
from gate.unit.camera_stream import Taken
from gate.unit.picture_watch import (
    CODED_FROZEN_S,
    FLAT_LEVELS,
    FROZEN_S,
    MOVES_S,
    PROMPTEST_OF_S,
    REPEATS_S,
    PictureWatch,
    Wrong,
)

FRAME_S: Final = 0.1
SIZE: Final = (64, 96)


def noisy(seed: int, level: int = 120) -> Luma:
    """Return what a sensor sees of a plain place; another one for each seed."""
    noise = np.random.default_rng(seed).integers(-20, 20, SIZE)
    return (level + noise).clip(0, 255).astype(np.uint8)


def after(watch: PictureWatch, frames: Iterator[Taken]) -> Wrong | None:
    """Return what is said of the last of some frames."""
    said = None
    for taken in frames:
        said = watch.look(taken)
    return said


def frames(
    seconds: float, *, from_s: float = 0.0, late_s: float = 0.0, still: Luma | None = None
) -> Iterator[Taken]:
    """Yield ten frames a second, taken on a time line that begins elsewhere."""
    for number in range(round(seconds / FRAME_S) + 1):
        at_s = from_s + number * FRAME_S
        luma = noisy(round(10 * at_s)) if still is None else still
        yield Taken(frame=Frame(luma=luma, at_s=5_000 + at_s - late_s), taken_s=at_s)


WHITE: Final = np.full(SIZE, 254, np.uint8)
NEARLY: Final = np.where(np.arange(SIZE[1]) < 12, 100, 254).astype(np.uint8) * np.ones(
    (SIZE[0], 1), np.uint8
)
DARK: Final = np.full(SIZE, 16, np.uint8)
DARKISH: Final = np.where(np.arange(SIZE[1]) < 12, 16 + FLAT_LEVELS, 16).astype(np.uint8) * np.ones(
    (SIZE[0], 1), np.uint8
)


@pytest.mark.parametrize(
    ("still", "seconds", "said"),
    [
        pytest.param(None, 60.0, None, id="a sensor's noise"),
        pytest.param(noisy(1), FROZEN_S - 0.1, None, id="the same for a moment"),
        pytest.param(noisy(1), FROZEN_S + 0.2, Wrong.FROZEN, id="the same for long"),
        pytest.param(DARK, 60.0, None, id="the dark"),
        pytest.param(DARKISH, 60.0, None, id="hardly any texture"),
        pytest.param(WHITE, 2.9, None, id="white for a moment"),
        pytest.param(WHITE, 3.2, Wrong.WHITE, id="white for long"),
    ],
)
def test_pictures_that_show_nothing_new_for_long_are_noticed(
    still: Luma | None, seconds: float, said: Wrong | None
) -> None:
    assert after(PictureWatch(), frames(seconds, still=still)) is said


def test_a_picture_of_which_an_eighth_is_not_white_shows_something() -> None:
    bright = (NEARLY - noisy(n, 2).clip(0, 4) for n in range(60))
    taken = (
        Taken(frame=Frame(luma=one, at_s=n / 10), taken_s=n / 10) for n, one in enumerate(bright)
    )
    assert after(PictureWatch(), taken) is None


def test_a_new_picture_is_well_again_at_once() -> None:
    watch = PictureWatch()
    assert after(watch, frames(5.0, still=noisy(1))) is Wrong.FROZEN
    assert after(watch, frames(0.0, from_s=5.1)) is None


def test_a_picture_that_outlasts_a_new_start_is_frozen_still() -> None:
    watch = PictureWatch()
    after(watch, frames(3.0, still=noisy(1)))
    watch.restarted()
    assert after(watch, frames(0.0, from_s=4.0, still=noisy(1))) is Wrong.FROZEN


def test_a_coded_camera_that_was_never_seen_to_repeat_a_picture_freezes_as_any() -> None:
    watch = PictureWatch(coded=True)
    assert after(watch, frames(20.0)) is None
    assert after(watch, frames(FROZEN_S + 0.2, from_s=20.1, still=noisy(1))) is Wrong.FROZEN


def test_a_coded_camera_may_show_a_still_place_for_minutes_once_it_went_on_by_itself() -> None:
    watch = PictureWatch(coded=True)
    after(watch, frames(REPEATS_S + 0.2, still=noisy(1)))
    after(watch, frames(3600.0, from_s=1.0))
    assert after(watch, frames(CODED_FROZEN_S - 1, from_s=3700.0, still=noisy(2))) is None
    assert after(watch, frames(3.0, from_s=3700 + CODED_FROZEN_S, still=noisy(2))) is Wrong.FROZEN


def test_a_picture_that_is_handed_out_twice_teaches_nothing() -> None:
    watch = PictureWatch(coded=True)
    after(watch, frames(REPEATS_S - 0.2, still=noisy(1)))
    after(watch, frames(5.0, from_s=1.0))
    assert after(watch, frames(FROZEN_S + 0.2, from_s=6.1, still=noisy(2))) is Wrong.FROZEN


def test_a_coded_camera_of_a_still_place_is_started_anew_for_it_but_once() -> None:
    watch = PictureWatch(coded=True)
    assert after(watch, frames(FROZEN_S + 0.2, still=noisy(1))) is Wrong.FROZEN
    watch.restarted()
    # The first picture is coded anew, so it differs; a sensor's driver would show others from now.
    after(watch, frames(0.0, from_s=3.0))
    assert after(watch, frames(CODED_FROZEN_S - 1, from_s=3.1, still=noisy(1))) is None


def test_a_coded_camera_that_froze_and_moved_again_for_a_while_may_freeze_again() -> None:
    watch = PictureWatch(coded=True)
    for number in range(3):
        from_s = 20.0 * number
        assert after(watch, frames(FROZEN_S + 0.2, from_s=from_s, still=noisy(1))) is Wrong.FROZEN
        watch.restarted()
        assert after(watch, frames(MOVES_S + 1, from_s=from_s + 3.5)) is None


def test_frames_that_come_late_for_a_second_are_noticed() -> None:
    watch = PictureWatch()
    after(watch, frames(10.0))
    assert after(watch, frames(0.9, from_s=10.1, late_s=1.5)) is None
    assert after(watch, frames(0.2, from_s=11.1, late_s=1.5)) is Wrong.LATE


def test_the_few_frames_that_waited_through_a_pause_are_not_late() -> None:
    watch = PictureWatch()
    after(watch, frames(10.0))
    assert after(watch, frames(0.3, from_s=15.0, late_s=4.5)) is None
    assert after(watch, frames(0.2, from_s=15.4)) is None


def test_a_clock_that_runs_wrong_makes_no_frame_late() -> None:
    watch = PictureWatch()
    for minute in range(60):
        slow_s = 0.06 * minute
        assert after(watch, frames(59.9, from_s=60.0 * minute, late_s=slow_s)) is None


def test_what_was_prompt_long_ago_is_no_measure() -> None:
    watch = PictureWatch()
    after(watch, frames(1.0))
    after(watch, frames(0.5, from_s=2.0, late_s=1.5))
    assert after(watch, frames(1.5, from_s=2.0 + PROMPTEST_OF_S, late_s=1.5)) is None


def test_a_stream_that_begins_anew_begins_its_time_anew() -> None:
    watch = PictureWatch()
    after(watch, frames(10.0))
    watch.restarted()
    assert after(watch, frames(5.0, from_s=11.0, late_s=30.0)) is None
