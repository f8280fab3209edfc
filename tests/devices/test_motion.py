import numpy as np

from gate.bench.scenes import empty_scene, pasted, qr_picture
from gate.devices.motion import SceneGate

SIZE_PX = (640, 480)


def gate_that_saw(luma: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> SceneGate:
    gate = SceneGate()
    gate.keep(luma)
    return gate


def test_the_first_frame_is_a_change() -> None:
    assert SceneGate().has_changed(empty_scene(SIZE_PX, seed=1))


def test_the_same_frame_is_no_change() -> None:
    scene = empty_scene(SIZE_PX, seed=1)
    assert not gate_that_saw(scene).has_changed(scene)


def test_a_sensors_noise_is_no_change() -> None:
    scene = empty_scene(SIZE_PX, seed=1)
    noise = np.random.default_rng(2).normal(0, 5, scene.shape)
    noisy = (scene + noise).clip(0, 255).astype(np.uint8)
    assert not gate_that_saw(scene).has_changed(noisy)


def test_a_card_that_comes_into_view_is_a_change() -> None:
    scene = empty_scene(SIZE_PX, seed=1)
    assert gate_that_saw(scene).has_changed(pasted(scene, qr_picture("CC1:A", 3)))


def test_another_card_at_the_same_place_is_a_change() -> None:
    scene = empty_scene(SIZE_PX, seed=1)
    one, other = (pasted(scene, qr_picture("CC1:" + letter * 90, 4)) for letter in "AB")
    assert gate_that_saw(one).has_changed(other)


def test_a_frame_of_another_size_is_a_change() -> None:
    assert gate_that_saw(empty_scene(SIZE_PX, seed=1)).has_changed(empty_scene((320, 240), seed=1))


def test_a_frame_that_is_kept_may_be_overwritten() -> None:
    scene = empty_scene(SIZE_PX, seed=1)
    gate = gate_that_saw(scene)
    before = scene.copy()
    scene[:] = 0
    assert not gate.has_changed(before)
