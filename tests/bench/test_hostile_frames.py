"""Frames made to mislead the reader: what they may say is known, and what is wrong is caught."""

from dataclasses import replace
from typing import Final

import numpy as np
import pytest
import zxingcpp

from gate.bench.hostile import SHOWN, Told, show
from gate.bench.hostile_frames import HostilePicture, HostilePictures
from gate.devices.decoder import ZxingDecoder
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Frame, Reading, Sight

DRAWER: Final = HostilePictures()


class Saying:
    """A decoder that reads the same whatever it is shown."""

    def __init__(self, text: str) -> None:
        self._sight = Sight(readings=(Reading(text=text, decoder="x"),))

    def decode(self, _frame: Frame) -> Sight:
        return self._sight


def told(pictures: list[HostilePicture], decoder: Saying | None = None) -> Told:
    found = Told()
    turns = list(show(iter(pictures), decoder or open_decoder(lambda: 0.0), found))
    assert len(turns) == len(pictures)
    return found


def of(kind: str, count: int, seed: int = 5) -> list[HostilePicture]:
    draw = DRAWER.kinds[kind]
    return [draw(np.random.default_rng((seed, number))) for number in range(count)]


def test_a_picture_of_every_kind_gives_no_text_that_is_not_in_it() -> None:
    found = told([DRAWER.picture(number, seed=3) for number in range(len(DRAWER.kinds))])
    assert found.wrong == []
    assert found.frames.total() == SHOWN * len(DRAWER.kinds)
    assert found.read.total() > SHOWN * 4


@pytest.mark.parametrize("kind", ["plain", "ECI", "Kanji", "tiny", "mirrored", "inverted"])
def test_what_can_be_read_is_read_now_and_then(kind: str) -> None:
    """A set that nobody could read would show nothing."""
    read = [ZxingDecoder().decode(Frame(luma=one.luma, at_s=0.0)) for one in of(kind, 6)]
    assert sum(bool(sight.readings) for sight in read) >= 2


def test_the_same_number_and_seed_give_the_same_picture() -> None:
    one, same, other = (DRAWER.picture(8, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.luma, same.luma)
    assert one.texts == same.texts
    assert not np.array_equal(one.luma, other.luma)


def test_a_part_of_a_text_may_be_read_and_its_whole_may_not() -> None:
    parts = of("part of several", 4)
    for picture in parts:
        for code in zxingcpp.read_barcodes(picture.luma):
            assert code.text in picture.texts


def test_a_text_that_is_in_no_picture_is_caught() -> None:
    found = told(of("hollow", 1), Saying("CC1:WRONG"))
    assert len(found.wrong) == SHOWN
    assert "CC1:WRONG" in found.wrong[0]


def test_the_picture_before_is_believed_for_no_longer_than_one() -> None:
    (shown,) = of("tiny", 1)
    (text,) = shown.texts
    noise = of("noise", 2)
    assert told([shown, noise[0]], Saying(text)).wrong == []
    assert len(told([shown, *noise], Saying(text)).wrong) == SHOWN


def test_a_kind_s_name_is_not_its_photographs() -> None:
    photo = replace(of("noise", 1)[0], kind="photograph qrcode-1/07")
    assert list(told([photo], Saying("x")).frames) == ["photograph"]
