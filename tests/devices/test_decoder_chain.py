"""When the second decoder is asked, and what the two say together."""

import numpy as np
import pytest

from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.devices.decoder_chain import (
    LOOK_GAP_S,
    STILL_GAP_S,
    WHOLE_LOOK_GAP_S,
    DecoderChain,
    Turn,
    open_decoder,
)
from gate.devices.ports import Decoder, Frame, Luma, Reading, Sight
from gate.devices.still_decoder import MAX_DOUBLED_PX, Doubled, StillDecoder

SIZE_PX = (320, 240)
STILL = empty_scene(SIZE_PX, seed=0)
OTHER = empty_scene(SIZE_PX, seed=1)


class Seer:
    """A decoder that sees what it is told to, and counts its frames."""

    def __init__(self, *texts: str, unread: bool = False, name: str = "seer") -> None:
        readings = tuple(Reading(text=text, decoder=name) for text in texts)
        self.sight = Sight(readings=readings, unread=unread)
        self.seen: list[Luma] = []

    def decode(self, frame: Frame) -> Sight:
        self.seen.append(frame.luma)
        return self.sight


def asked_for_misses(first: Decoder, second: Decoder) -> DecoderChain:
    turn = Turn(look=second.decode, missed_gap_s=LOOK_GAP_S, other_gap_s=None)
    return DecoderChain(first, [turn])


def run(chain: DecoderChain, lumas: list[Luma], gap_s: float = 0.35) -> list[Sight]:
    return [
        chain.decode(Frame(luma=luma, at_s=5 + index * gap_s)) for index, luma in enumerate(lumas)
    ]


@pytest.mark.parametrize(
    ("first", "lumas", "looks"),
    [
        pytest.param(Seer(), [STILL], 1, id="a first frame without a code is looked at"),
        pytest.param(Seer(), [STILL] * 9, 1, id="a still empty scene is looked at once"),
        pytest.param(Seer(), [STILL, OTHER] * 3, 6, id="a changing scene is looked at"),
        pytest.param(Seer("A"), [STILL, OTHER] * 3, 0, id="a code that is read costs nothing"),
        pytest.param(Seer(unread=True), [STILL, OTHER], 2, id="a code that is unread is tried"),
        pytest.param(Seer("A", unread=True), [STILL], 1, id="a code beside one that is read"),
    ],
)
def test_the_second_decoder_is_asked_when(first: Seer, lumas: list[Luma], looks: int) -> None:
    first.seen.clear()
    second = Seer()
    run(asked_for_misses(first, second), lumas)
    assert len(first.seen) == len(lumas)  # they are a third of a second apart
    assert len(second.seen) == looks


def test_a_still_scene_is_glanced_at_four_times_a_second() -> None:
    glance = Seer()
    run(DecoderChain(glance, []), [STILL] * 31, gap_s=1 / 30)
    assert len(glance.seen) == 4  # every eighth of the frames


def test_a_code_that_stays_is_read_in_every_frame_and_decoded_four_times_a_second() -> None:
    glance = Seer("A")
    sights = run(DecoderChain(glance, []), [STILL] * 31, gap_s=1 / 30)
    assert sights == [glance.sight] * 31
    assert len(glance.seen) == 4


def test_another_card_in_a_still_scene_is_glanced_at_at_once() -> None:
    glance = Seer("A")
    run(DecoderChain(glance, []), [STILL, STILL, OTHER, OTHER, STILL], gap_s=1 / 30)
    assert len(glance.seen) == 3


def test_what_is_there_but_unread_is_glanced_at_in_every_frame() -> None:
    glance = Seer(unread=True)
    run(DecoderChain(glance, []), [STILL] * 9, gap_s=1 / 30)
    assert len(glance.seen) == 9


def test_a_turn_that_is_not_wanted_gives_its_frame_to_the_next() -> None:
    idle, busy = Seer(), Seer()
    turns = [
        Turn(look=idle.decode, missed_gap_s=0.0, is_wanted=lambda: False),
        Turn(look=busy.decode, missed_gap_s=0.0, in_still=True),
    ]
    run(DecoderChain(Seer(), turns), [STILL] * 5, gap_s=1 / 30)
    assert (len(idle.seen), len(busy.seen)) == (0, 5)


@pytest.mark.parametrize(
    ("glance", "looks"),
    [
        pytest.param(Seer(), 2, id="nothing is there: once a second"),
        pytest.param(Seer("A"), 5, id="a second card may hang beside one that is read"),
        pytest.param(Seer(unread=True), 6, id="what is there but unread"),
    ],
)
def test_a_still_scene_is_wholly_looked_at_more_often_if_a_code_is_in_it(
    glance: Seer, looks: int
) -> None:
    whole = Seer()
    turn = Turn(
        look=whole.decode, missed_gap_s=0.0, other_gap_s=STILL_GAP_S, empty_gap_s=4 * STILL_GAP_S
    )
    run(DecoderChain(glance, [turn]), [STILL] * 6, gap_s=STILL_GAP_S)
    assert len(whole.seen) == looks


def test_a_cheap_turn_leaves_the_frame_to_another() -> None:
    cheap, dear, last = Seer(), Seer(), Seer()
    turns = [
        Turn(look=cheap.decode, missed_gap_s=0.0, is_cheap=True),
        Turn(look=dear.decode, missed_gap_s=0.0),
        Turn(look=last.decode, missed_gap_s=0.0),
    ]
    run(DecoderChain(Seer(), turns), [STILL], gap_s=1 / 30)
    assert (len(cheap.seen), len(dear.seen), len(last.seen)) == (1, 1, 0)


def test_the_second_decoder_has_its_turn_four_times_a_second() -> None:
    second = Seer()
    changing = [empty_scene(SIZE_PX, seed) for seed in range(5)]
    run(asked_for_misses(Seer(), second), changing * 12, gap_s=1 / 30)
    assert len(second.seen) == 8  # of 2 s: every eighth frame is the first that is due


def test_a_scene_that_changed_between_turns_is_looked_at_in_the_next() -> None:
    second = Seer()
    run(asked_for_misses(Seer(), second), [STILL, OTHER, OTHER, OTHER], gap_s=LOOK_GAP_S / 2)
    assert [luma is OTHER for luma in second.seen] == [False, True]


def test_a_camera_whose_time_begins_anew_is_not_kept_waiting() -> None:
    second = Seer()
    chain = asked_for_misses(Seer(), second)
    chain.decode(Frame(luma=STILL, at_s=3_600.0))
    chain.decode(Frame(luma=OTHER, at_s=0.0))
    assert len(second.seen) == 2


def test_what_both_read_is_one_reading_of_the_first() -> None:
    chain = asked_for_misses(Seer("A", unread=True, name="one"), Seer("A", "B", name="two"))
    (sight,) = run(chain, [STILL])
    assert sight.readings == (Reading(text="A", decoder="one"), Reading(text="B", decoder="two"))
    assert not sight.unread


@pytest.mark.parametrize(
    ("first", "second", "unread"),
    [
        pytest.param(Seer(), Seer(), False, id="nothing there"),
        pytest.param(Seer(unread=True), Seer(), True, id="the first found one"),
        pytest.param(Seer(), Seer(unread=True), True, id="the second found one"),
        pytest.param(Seer(unread=True), Seer("A"), False, id="the second read it"),
    ],
)
def test_a_code_is_unread_unless_either_read_it(first: Seer, second: Seer, *, unread: bool) -> None:
    (sight,) = run(asked_for_misses(first, second), [STILL])
    assert sight.unread is unread


def test_a_new_text_is_answered_at_once_and_the_next_frames_are_looked_at_beside_it() -> None:
    second = Seer("B")
    turn = Turn(look=second.decode, missed_gap_s=WHOLE_LOOK_GAP_S, other_gap_s=STILL_GAP_S)
    sights = run(DecoderChain(Seer("A"), [turn]), [STILL] * 17, gap_s=1 / 30)
    assert [len(sight.readings) for sight in sights[:8]] == [1] + [2] * 7  # and so it stays
    assert len(second.seen) == 2  # a quarter of a second apart


def test_a_scene_in_which_nothing_is_read_is_looked_at_now_and_then_though_it_is_still() -> None:
    second = Seer()
    turn = Turn(look=second.decode, missed_gap_s=WHOLE_LOOK_GAP_S, other_gap_s=STILL_GAP_S)
    run(DecoderChain(Seer(), [turn]), [STILL] * 16, gap_s=1 / 30)
    assert len(second.seen) == 2


def test_an_inverted_code_is_read_in_the_frame_that_brings_it() -> None:
    inverted = 255 - pasted(STILL, qr_picture("CC1:A", 3))
    (sight,) = run(open_decoder(), [inverted])
    assert [reading.text for reading in sight.readings] == ["CC1:A"]


def test_an_inverted_card_beside_a_web_address_is_read_while_both_are_in_view() -> None:
    web, card = qr_picture("https://example.invalid", 3), 255 - qr_picture("CC1:A", 3)
    size_px = max(web.shape[0], card.shape[0])
    luma = np.full((size_px + 20, 2 * size_px + 40), 128, np.uint8)
    luma[10 : 10 + web.shape[0], 10 : 10 + web.shape[1]] = web
    luma[10 : 10 + card.shape[0], size_px + 30 : size_px + 30 + card.shape[1]] = card
    first, second = run(open_decoder(), [luma] * 2, gap_s=1 / 30)
    assert [reading.text for reading in first.readings] == ["https://example.invalid"]
    assert {reading.text for reading in second.readings} == {"https://example.invalid", "CC1:A"}


def test_a_still_is_looked_at_until_something_is_read() -> None:
    blind, sharp, never = Seer(unread=True), Seer("A"), Seer("B")
    sight = StillDecoder([blind, sharp, never]).decode(Frame(luma=STILL, at_s=0.0))
    assert sight == sharp.sight
    assert not never.seen


def test_a_still_in_which_nobody_reads_anything_may_have_an_unread_code() -> None:
    sight = StillDecoder([Seer(), Seer(unread=True)]).decode(Frame(luma=STILL, at_s=0.0))
    assert sight == Sight(unread=True)


def test_a_small_picture_is_doubled_smoothly() -> None:
    seer = Seer("A")
    luma = np.array([[0, 100], [200, 40]], np.uint8)
    Doubled(seer).decode(Frame(luma=luma, at_s=0.0))
    assert seer.seen[0].tolist() == [
        [0, 50, 100, 100],
        [100, 85, 70, 70],
        [200, 120, 40, 40],
        [200, 120, 40, 40],
    ]


def test_a_large_picture_is_not_doubled() -> None:
    seer = Seer("A")
    wide = np.zeros((4, MAX_DOUBLED_PX + 1), np.uint8)
    assert Doubled(seer).decode(Frame(luma=wide, at_s=0.0)) == Sight()


def test_the_frame_is_left_as_it_was() -> None:
    luma = pasted(STILL, qr_picture("CC1:A", 3))
    before = luma.copy()
    run(asked_for_misses(Seer(), Seer()), [luma])
    assert np.array_equal(luma, before)
