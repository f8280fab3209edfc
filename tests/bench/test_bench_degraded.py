from gate.bench.degraded import Count, count_degraded, held_look
from gate.bench.read_degraded import CONDITIONS, degraded_frames
from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.devices.decoder_chain import open_decoder
from gate.devices.ports import Frame, Luma

CHARS = 60


EASY = "A CARD"


def frames_of_ease() -> Luma:
    return pasted(empty_scene((320, 240), 1), qr_picture(EASY))


def test_a_frame_counts_as_exact_as_wrong_or_as_both() -> None:
    count = Count().plus(["A"], "A", 1.0).plus([], "A", 1.0).plus(["B"], "A", 1.0)
    assert count.plus(["A", "B"], "A", 1.0) == Count(frames=4, exact=2, wrong=2, seconds=4.0)


def test_frames_are_the_same_for_a_seed_and_others_for_another() -> None:
    one, same, other = (next(degraded_frames(seed, 1, CHARS)) for seed in (1, 1, 2))
    assert (one.luma == same.luma).all()
    assert one.truth == same.truth != other.truth


def test_conditions_are_counted_beside_zxing_cpp_alone() -> None:
    names = ("plain, 3 px", "motion 8, 4 px")
    some = {name: CONDITIONS[name] for name in names}
    rows = {row.name: row for row in count_degraded(4, 1, CHARS, some)}
    plain, smeared = (rows[f"{name}, 1, chain, exact"] for name in names)
    assert (plain.value, plain.floor, smeared.floor) == (1, 1, 0)
    assert rows["all, 2, chain, exact"].value == plain.value + smeared.value
    assert [rows[f"all, 2, {name}, wrong"].value for name in ("chain", "pyzbar")] == [0, 0]


def test_a_card_that_is_blurred_and_held_still_is_read_in_its_first_frame() -> None:
    blurred = {"blur 2.0, 3 px": CONDITIONS["blur 2.0, 3 px"]}
    (frame,) = degraded_frames(1, 1, 380, blurred)
    chain = open_decoder(lambda: 0.0)
    sight = chain.decode(Frame(luma=frame.luma, at_s=0.0))
    assert [one.text for one in sight.readings] == [frame.truth]
    assert held_look()(frames_of_ease()) == [EASY]
