from gate.bench.read import CARD_TEXT, FRAMES, measure_size
from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.devices.decoder_chain import LOOK_GAP_S, open_decoder
from gate.devices.ports import Frame

SIZE_PX = (480, 360)


def test_each_scene_is_measured_for_the_chain_and_for_pyzbar() -> None:
    rows = list(measure_size(SIZE_PX, runs=1))
    assert [row.name for row in rows] == [
        f"480x360, {scene}, {decoder}"
        for scene in ("empty still", "empty changing", "hit")
        for decoder in ("chain", "pyzbar")
    ] + [
        "480x360, empty changing for 8 s, chain",
        "480x360, empty changing for 8 s, dearest second, chain",
    ]
    assert all(row.value > 0 and row.floor > 0 and row.unit == "CPU ms a frame" for row in rows)


def test_what_is_called_a_hit_is_one_and_what_is_called_empty_is_empty() -> None:
    empty = empty_scene(SIZE_PX, seed=0)
    hit = pasted(empty, qr_picture(CARD_TEXT))
    sights = [open_decoder().decode(Frame(luma=luma, at_s=0.0)) for luma in (empty, hit)]
    assert [[code.text for code in sight.readings] for sight in sights] == [[], [CARD_TEXT]]


def test_a_run_of_frames_is_one_turn_of_the_dearest() -> None:
    assert (FRAMES - 1) / 30 < LOOK_GAP_S <= FRAMES / 30
