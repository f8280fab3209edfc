"""A lens that can be set is tried at every distance, and the sharpest is told."""

from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
import pytest
from PIL import Image, ImageFilter

from gate.devices.focus import MAX_DIOPTRES, Focus
from gate.devices.ports import Camera, Decoder, Frame, Luma, Reading, Sight
from gate.doctor.finding import Answer, Finding
from gate.doctor.focus_check import FocusCheck
from gate.doctor.focus_search import COARSE, ENOUGH, FINE, search, sharpest
from gate.errors import DeviceError
from gate.reading.light import light_at
from tests.unit.test_hints import card, held

SHARP_AT: Final = 6.75
BLUR_PX: Final = 1.2
"""Of sigma, for each dioptre beside it."""

LAG_FRAMES: Final = 4
CLEAN, SIGHT = held(card(blur=0.6))


class LensCamera:
    """The card at `SHARP_AT`, by a lens that comes to where it is set some frames later."""

    live = True

    def __init__(self, focus: Focus, *, can_move: bool = True) -> None:
        self.closed = False
        self._focus = focus
        focus.can_move = can_move

    def frames(self) -> Iterator[Frame]:
        wished = [self._focus.dioptres] * LAG_FRAMES
        while True:
            wished.append(self._focus.dioptres)
            sigma = BLUR_PX * abs(wished[-LAG_FRAMES] - SHARP_AT)
            yield Frame(luma=blurred(round(sigma, 2)), at_s=len(wished) / 30)

    def close(self) -> None:
        self.closed = True


@cache
def blurred(sigma: float) -> Luma:
    picture = Image.fromarray(CLEAN.luma).filter(ImageFilter.GaussianBlur(sigma))
    return np.asarray(picture, np.uint8)


class SeesNear:
    """A decoder that finds the card where it is not too blurred."""

    def __init__(self, most_px: float = 8.0) -> None:
        self._most_px = most_px

    def decode(self, frame: Frame) -> Sight:
        light = light_at(frame.luma, np.array(SIGHT.missed[0], float))
        if light is None or light.edge_px > self._most_px:
            return Sight()
        return Sight(readings=(Reading(text="card", decoder="x", place=SIGHT.missed[0]),))


def found(
    *, set_to: float = 5.0, answer: bool | None = True, decoder: Decoder | None = None
) -> tuple[Finding, LensCamera]:
    focus = Focus(set_to)
    opened: list[LensCamera] = []

    def open_camera(wish: Focus) -> Camera:
        opened.append(LensCamera(wish))
        return opened[-1]

    check = FocusCheck("Gate A", open_camera, focus, decoder or SeesNear(), lambda _: answer)
    return check.look(), opened[0]


def test_the_sharpest_distance_is_told_with_the_line_for_the_units_file() -> None:
    finding, camera = found()
    assert finding.answer is Answer.ATTENTION
    assert finding.says == "Sharpest at 6.75 dioptres (15 cm), but set to 5."
    assert "camera.focus_dioptres = 6.75" in finding.step
    assert finding.facts["sharpest"] == SHARP_AT
    assert camera.closed


def test_a_lens_that_is_set_well_is_left_where_it_is() -> None:
    finding, _ = found(set_to=6.5)
    assert finding.answer is Answer.PASSED


def test_without_a_card_nothing_is_said_of_the_lens() -> None:
    assert found(answer=None)[0].answer is Answer.NOT_ASKED


def test_a_card_that_is_seen_nowhere_is_no_measure() -> None:
    finding, camera = found(decoder=SeesNear(most_px=0.0))
    assert finding.answer is Answer.FAILED
    assert finding.says == "The card was seen at 0 of its positions."
    assert camera.closed


def test_a_fixed_lens_is_said_to_be_one_and_nobody_is_asked() -> None:
    def nobody(_question: str) -> bool | None:
        raise AssertionError("asked")

    check = FocusCheck(
        "Gate A", lambda focus: LensCamera(focus, can_move=False), Focus(), SeesNear(), nobody
    )
    assert check.look().answer is Answer.PASSED


def test_a_camera_that_does_not_open_is_told_with_the_next_step() -> None:
    def broken(_focus: Focus) -> Camera:
        raise DeviceError("picamera2: no camera answers")

    finding = FocusCheck("Gate A", broken, Focus(), SeesNear(), lambda _: True).look()
    assert finding.answer is Answer.FAILED
    assert finding.step


@pytest.mark.parametrize("best", [2.0, 3.3, 5.0, 6.6, 11.9])
def test_the_search_comes_within_a_quarter_of_a_dioptre(best: float) -> None:
    tried = search(lambda dioptres: [2.0 + abs(dioptres - best)] * 3)
    chosen = sharpest(tried)
    assert chosen is not None
    assert abs(chosen - best) <= 0.25
    assert len(tried) == len(COARSE) + len(FINE)
    assert max(tried) <= MAX_DIOPTRES


def test_one_blurred_frame_among_others_does_not_mislead_it() -> None:
    tried = search(lambda dioptres: [2.0 + abs(dioptres - 5.0), 9.0, 2.0 + abs(dioptres - 5.0)])
    assert sharpest(tried) == 5.0


def test_of_too_few_distances_none_is_the_best() -> None:
    near = COARSE[: ENOUGH - 1]
    assert sharpest(search(lambda dioptres: [2.0] if dioptres in near else [])) is None
