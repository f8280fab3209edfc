"""How late a card is read is counted from the frame that shows it, on a time line of its own."""

from gate.bench.lateness import Shown, lateness, measure_lateness
from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.devices.ports import Frame, Reading, Sight

TEXT = "A CARD"
NOTHING = empty_scene((200, 160), 1)
CARD = pasted(NOTHING, qr_picture(TEXT))


class Busy:
    """A decoder that reads `TEXT` in every frame of the card, and takes its time on its clock."""

    def __init__(self, look_s: float) -> None:
        self.look_s = look_s
        self.now_s = 0.0
        self.seen_s: list[float] = []

    def clock_s(self) -> float:
        return self.now_s

    def decode(self, frame: Frame) -> Sight:
        self.now_s += self.look_s
        self.seen_s.append(round(frame.at_s * 30))
        readings = (Reading(text=TEXT, decoder="x"),) if frame.luma is CARD else ()
        return Sight(readings=readings)


def shown(*lumas: object) -> list[Shown]:
    return [Shown(text=TEXT, lumas=lumas)]  # type: ignore[arg-type]


def test_a_card_is_late_by_the_look_that_reads_it() -> None:
    busy = Busy(0.01)
    [one] = lateness(shown(NOTHING, CARD, CARD), busy, busy.clock_s)
    assert one.late_s is not None
    assert abs(one.late_s - 0.01) < 1e-9
    assert (one.can_be_read, one.dropped) == (True, 0)


def test_a_card_that_comes_just_after_a_frame_waits_for_it_and_the_newest_is_taken() -> None:
    busy = Busy(0.11)
    [one] = lateness(shown(NOTHING, *[CARD] * 5), busy, busy.clock_s)
    assert busy.seen_s == [0, 3]
    assert one.late_s is not None
    assert abs(one.late_s - (0.22 - 1 / 30)) < 1e-9
    assert one.dropped == 4  # the first two, and two while the card was read


def test_the_next_card_waits_for_what_the_last_one_took() -> None:
    busy = Busy(0.3)
    first, second = lateness(shown(CARD) + shown(CARD, *[CARD] * 12), busy, busy.clock_s)
    assert first.late_s is not None
    assert second.late_s is not None
    assert second.late_s > first.late_s


def test_a_card_that_is_not_to_be_seen_can_not_be_late() -> None:
    busy = Busy(0.01)
    [one] = lateness(shown(NOTHING, NOTHING), busy, busy.clock_s)
    assert (one.late_s, one.can_be_read) == (None, False)


def test_cards_of_the_simulated_site_are_read_in_time() -> None:
    rows = {row.name: row for row in measure_lateness(1, seed=1, slowness=0.001)}
    row = rows["1 cards, read within 200 ms"]
    assert (row.value, row.floor) == (1, 1)
    assert rows["frames dropped"].value == 0
