"""The gate's own reader behind the port: what it reads, and that it ends at its cap."""

import numpy as np
import pytest

from gate.bench.read_degraded import CONDITIONS, degraded
from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.devices.equalising_decoder import EQUALISING, EqualisingDecoder, Looks, PatientDecoder
from gate.devices.pace import CAP_S, GLANCE_S_PER_PX, Pace, cap_s
from gate.devices.ports import Frame, Reading, Sight
from gate.devices.still_decoder import open_still_decoder
from gate.errors import DeviceError
from gate.reading import Follower

TEXT = "CC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 ETQBOB39" * 5
HARD = degraded(TEXT, CONDITIONS["blur 2.0, 3 px"], np.random.default_rng(1))


class Steps:
    """A clock on which every look at it takes a while."""

    def __init__(self, step_s: float) -> None:
        self.step_s = step_s
        self.asked = 0

    def monotonic(self) -> float:
        self.asked += 1
        return self.asked * self.step_s


def look(decoder: EqualisingDecoder, luma: np.ndarray) -> tuple[Reading, ...]:
    return decoder.decode(Frame(luma=luma, at_s=0.0)).readings


def test_a_hard_frame_is_read_under_its_own_name() -> None:
    assert look(EqualisingDecoder(monotonic=lambda: 0.0), HARD) == (
        Reading(text=TEXT, decoder=EQUALISING),
    )


def test_a_decoder_whose_time_is_over_begins_no_further_step() -> None:
    clock = Steps(step_s=CAP_S)
    assert look(EqualisingDecoder(monotonic=clock.monotonic), HARD) == ()
    assert clock.asked == 2  # the beginning, and the first check


def test_the_cap_is_asked_for_while_a_frame_is_read() -> None:
    clock = Steps(step_s=CAP_S / 3)
    assert look(EqualisingDecoder(monotonic=clock.monotonic), HARD) == ()
    assert 2 < clock.asked < 8


def test_nothing_is_read_where_nothing_is() -> None:
    assert look(EqualisingDecoder(monotonic=lambda: 0.0), empty_scene((480, 360), 3)) == ()


def test_a_frame_without_pixels_is_refused() -> None:
    with pytest.raises(DeviceError, match="no pixels"):
        look(EqualisingDecoder(), np.zeros((0, 4), np.uint8))


def test_a_hard_picture_in_a_file_is_read() -> None:
    sight = open_still_decoder(lambda: 0.0).decode(Frame(luma=HARD, at_s=0.0))
    assert [reading.decoder for reading in sight.readings] == [EQUALISING]


SMALL = pasted(empty_scene((320, 240), 1), qr_picture("A CARD", 2))
"""Seen by the second look and the third, not by the first and the last."""

LARGE = pasted(empty_scene((320, 240), 1), qr_picture("A CARD", 5))
"""Seen by the first look."""

NOTHING = empty_scene((320, 240), 1)


def patient_decoder(pace: Pace) -> PatientDecoder:
    return PatientDecoder(Looks(Follower(), pace), rest_s=2.0, others_every=3)


def is_read_after(*times_s: float) -> bool:
    """Tell whether a decoder reads `SMALL` at the last of these times, having seen nothing."""
    pace = Pace(lambda: 0.0)
    pace.begin(SMALL.size)
    decoder = patient_decoder(pace)
    for at_s in times_s[:-1]:
        decoder.decode(Frame(luma=NOTHING, at_s=at_s))
    return bool(decoder.decode(Frame(luma=SMALL, at_s=times_s[-1])).readings)


def test_while_it_is_asked_on_every_third_turn_has_another_of_the_other_looks() -> None:
    reads = [turn for turn in range(1, 17) if is_read_after(*map(float, range(1 + turn)))]
    assert reads == [3, 6, 12, 15]  # the look of 9 is too coarse; those between are the first


def test_after_a_rest_all_looks_have_their_turn_at_once() -> None:
    assert is_read_after(0.0)
    assert not is_read_after(0.0, 1.0, 2.9)
    assert is_read_after(0.0, 1.0, 3.0)


def reads_at_the_next_turns(first: np.ndarray) -> list[bool]:
    """Tell at which of the three turns after the looks at `first` a decoder reads `LARGE`."""
    pace = Pace(lambda: 0.0)
    pace.begin(LARGE.size)
    decoder = patient_decoder(pace)
    assert not decoder.decode(Frame(luma=first, at_s=0.0)).readings
    turns = (decoder.decode(Frame(luma=LARGE, at_s=at_s)) for at_s in (0.25, 0.5, 0.75))
    return [bool(sight.readings) for sight in turns]


def test_where_all_looks_saw_nothing_the_next_turn_is_let_pass() -> None:
    bare = np.full_like(NOTHING, 128)
    assert reads_at_the_next_turns(bare) == [False, True, True]


def test_where_a_part_of_a_code_was_seen_no_turn_is_let_pass() -> None:
    part = LARGE.copy()
    rows, columns = np.nonzero(part != NOTHING)
    part[:, columns.mean().astype(int) :] = NOTHING[:, columns.mean().astype(int) :]
    part[rows.mean().astype(int) :] = NOTHING[rows.mean().astype(int) :]
    assert reads_at_the_next_turns(part) == [True, True, True]


def test_a_time_line_that_begins_anew_is_a_rest() -> None:
    assert not is_read_after(100.0, 101.0)
    assert is_read_after(100.0, 0.0)


def test_a_patient_decoder_ends_with_the_time_of_its_frame() -> None:
    clock = Steps(step_s=CAP_S)
    pace = Pace(clock.monotonic)
    pace.begin(SMALL.size)
    assert patient_decoder(pace).decode(Frame(luma=SMALL, at_s=0.0)) == Sight()
    assert clock.asked == 3  # the beginning, the first check, what it took


class Slow:
    """A machine's clock; it knows itself to be some times slower than that of READING."""

    def __init__(self, slowness: float) -> None:
        self.at_s = self.step_s = 0.0
        self.pace = Pace(self.monotonic)
        for _ in range(40):
            self.pace.begin(HARD.size)
            self.at_s += slowness * GLANCE_S_PER_PX * HARD.size
            self.pace.glanced(HARD.size)

    def monotonic(self) -> float:
        self.at_s += self.step_s
        return self.at_s


def sights_until_done(machine: Slow) -> list[Sight]:
    """Return what comes of one look at `HARD`, frame by frame."""
    looks = Looks(Follower(), machine.pace)
    machine.pace.begin(HARD.size)
    sights = [looks.search(Frame(luma=HARD, at_s=0.0))]
    while looks.is_busy:
        machine.pace.begin(HARD.size)
        sights.append(looks.go_on(Frame(luma=HARD, at_s=len(sights) / 30)))
    return sights


def test_a_slow_machine_reads_what_a_fast_one_reads_some_frames_later() -> None:
    fast, slow = Slow(1), Slow(12)
    slow.step_s = cap_s(12, HARD.size) / 3
    [one] = sights_until_done(fast)
    sights = sights_until_done(slow)
    assert len(sights) > 1
    assert sights[-1].readings == one.readings != ()
    assert not any(sight.readings for sight in sights[:-1])


def test_a_look_that_had_its_due_is_put_aside_no_more() -> None:
    slow = Slow(12)
    slow.step_s = 12 * CAP_S / 3
    assert len(sights_until_done(slow)) == 2
