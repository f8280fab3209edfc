"""The simulator's camera renders what real decoders read, and what they cannot."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

from gate.devices.ports import Luma
from gate.errors import DeviceError
from gate.sim.frames import Timing, presentation, render
from gate.sim.layers import Picture
from gate.sim.look import HARD_LOOKS, Glare, Look, ordinary_look
from gate.sim.pictures import blank_card, card, phone, side_by_side, slip
from gate.sim.scene import Scene, plain_scene, site_scene

SIZE = (960, 600)
BASE45 = np.array(list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))
WEB = "https://card.example/check/00123456"


def payload(seed: int, chars: int = 400) -> str:
    return "CC1:" + "".join(np.random.default_rng(seed).choice(BASE45, chars - 4))


def by_zxing(frame: Luma) -> set[str]:
    found = zxingcpp.read_barcodes(
        frame,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return {code.text for code in found}


def by_zbar(frame: Luma) -> set[str]:
    found = pyzbar.decode(Image.fromarray(frame), symbols=[pyzbar.ZBarSymbol.QRCODE])
    return {code.data.decode() for code in found}


@lru_cache(maxsize=4)
def place(size: tuple[int, int], number: int) -> Scene:
    return site_scene(size, np.random.default_rng(number))


def shown(
    picture: Picture | None,
    look: Look | None = None,
    *,
    seed: int = 0,
    size: tuple[int, int] = SIZE,
) -> Luma:
    scene = place(size, seed % 3)
    return render(picture, look or Look(), scene, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("chars", [380, 394, 408])
def test_a_card_in_the_usual_look_is_read_by_both_decoders(chars: int) -> None:
    text = payload(chars, chars)
    frame = shown(card(text), seed=chars)
    assert by_zxing(frame) == {text}
    assert by_zbar(frame) == {text}


def test_people_who_mean_well_are_read_and_nothing_else_is() -> None:
    for seed in range(10):
        text = payload(seed, 380 + 2 * seed)
        look = ordinary_look(np.random.default_rng(seed))
        frame = shown(card(text, gloved=seed % 2 == 0), look, seed=seed)
        assert by_zxing(frame) == {text}, f"seed {seed}: {look}"


@pytest.mark.parametrize("name", sorted(HARD_LOOKS))
def test_a_hard_look_defeats_both_decoders(name: str) -> None:
    text = payload(1)
    frame = shown(card(text), HARD_LOOKS[name])
    assert text not in by_zxing(frame) | by_zbar(frame)


@pytest.mark.parametrize(
    ("near", "far"),
    [
        pytest.param({"px_per_module": 2.0}, {"px_per_module": 1.4}, id="size"),
        pytest.param({"blur_sigma_px": 0.8}, {"blur_sigma_px": 3.0}, id="defocus"),
        pytest.param({"motion_px": 2.0}, {"motion_px": 14.0}, id="motion"),
        pytest.param({"noise_sigma": 8.0}, {"noise_sigma": 70.0}, id="noise"),
        pytest.param({"contrast": 0.3}, {"contrast": 0.03}, id="contrast"),
        pytest.param({"brightness": 0.3}, {"brightness": 0.03}, id="darkness"),
        pytest.param({"x": 0.6}, {"x": 0.95}, id="place"),
        pytest.param(
            {"glare": Glare(strength=1.5, x=0.1, y=0.1, radius=0.1)},
            {"glare": Glare(strength=1.5, x=0.65, y=0.3, radius=0.2)},
            id="glare",
        ),
    ],
)
def test_a_little_of_a_fault_is_read_and_much_of_it_is_not(
    near: dict[str, Any], far: dict[str, Any]
) -> None:
    text = payload(2)
    picture = card(text)
    look = Look(px_per_module=3.0)
    assert by_zxing(shown(picture, replace(look, **near))) == {text}
    assert by_zxing(shown(picture, replace(look, **far))) == set()


@pytest.mark.parametrize(
    "pose",
    [
        {"roll_deg": 90.0},
        {"roll_deg": 180.0},
        {"tilt_x_deg": 30.0},
        {"tilt_y_deg": -30.0},
        {"jpeg_quality": 40},
    ],
    ids=str,
)
def test_a_turned_tilted_or_compressed_card_is_still_read(pose: dict[str, Any]) -> None:
    text = payload(3)
    assert by_zxing(shown(card(text), replace(Look(), **pose))) == {text}


def test_two_cards_held_up_together_are_two_codes() -> None:
    first, second = payload(4), payload(5)
    pair = side_by_side(card(first), card(second))
    assert by_zxing(shown(pair, Look(px_per_module=3.3), size=(1280, 720))) == {first, second}


def test_a_card_with_a_web_address_shows_both_its_codes() -> None:
    text = payload(6)
    assert by_zxing(shown(card(text, web_text=WEB))) == {text, WEB}


def test_a_telephone_is_read_when_bright_and_not_when_dark_behind_its_grid() -> None:
    text = payload(7)
    assert by_zxing(shown(phone(text))) == {text}
    assert by_zxing(shown(phone(text, screen_brightness=0.1, grid_depth=0.9))) == set()


def test_a_code_on_paper_needs_a_margin_for_the_first_decoder() -> None:
    text = payload(8)
    assert by_zxing(shown(slip(text, margin_modules=4))) == {text}
    assert by_zxing(shown(slip(text, margin_modules=0))) == set()


def test_an_inverted_card_is_read_by_the_first_decoder() -> None:
    text = payload(9)
    assert by_zxing(shown(card(text, inverted=True))) == {text}


def test_a_card_without_a_code_and_an_empty_place_hold_nothing_to_read() -> None:
    for seed in range(4):
        assert by_zxing(shown(blank_card(), seed=seed)) == set()
        assert by_zxing(shown(None, seed=seed)) == set()


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (1456, 1088)], ids=str)
def test_a_frame_is_a_brightness_plane_of_the_size_asked_for(size: tuple[int, int]) -> None:
    frame = shown(card(payload(10)), Look(px_per_module=3.0), size=size)
    assert frame.shape == (size[1], size[0])
    assert frame.dtype == np.uint8
    assert by_zxing(frame) == {payload(10)}


def test_the_same_seed_gives_the_same_pixels_and_another_does_not() -> None:
    picture = card(payload(11))
    assert np.array_equal(shown(picture, seed=5), shown(picture, seed=5))
    assert not np.array_equal(shown(picture, seed=5), shown(picture, seed=6))


def test_noise_has_the_strength_that_was_asked_for() -> None:
    scene = plain_scene(SIZE)
    rng = np.random.default_rng(0)
    still = render(None, Look(noise_sigma=0.0), scene, rng=rng)
    noisy = render(None, Look(noise_sigma=6.0), scene, rng=rng)
    apart = noisy.astype(np.float64) - still
    assert still.std() == 0
    assert apart.mean() == pytest.approx(0, abs=0.05)
    assert apart.std() == pytest.approx(6, rel=0.02)


def test_a_presentation_comes_in_unread_is_read_while_held_and_leaves_an_empty_place() -> None:
    text = payload(12)
    rng = np.random.default_rng(12)
    timing = Timing(approach_s=0.4, hold_s=0.4, leave_s=0.4, empty_s=0.2, frame_rate_hz=10)
    scene = site_scene((960, 540), rng)
    look = Look(px_per_module=3.0)
    frames = list(presentation(card(text), look, scene, rng=rng, timing=timing))
    read = [text in by_zxing(frame) for frame in frames]
    assert len(read) == 14
    assert read[4:8] == [True] * 4
    assert not any(read[:2] + read[10:])
    empty = np.asarray(render(None, replace(look, noise_sigma=0.0), scene, rng=rng), dtype=int)
    assert np.abs(frames[-1] - empty).mean() < 3 < np.abs(frames[5] - empty).mean()


def test_a_held_hand_trembles_but_does_not_wander() -> None:
    scene = plain_scene((640, 480))
    rng = np.random.default_rng(3)
    timing = Timing(approach_s=0, hold_s=2, leave_s=0, empty_s=0)
    look = Look(px_per_module=3.0, noise_sigma=0.0)
    corners = []
    for frame in presentation(card(payload(13)), look, scene, rng=rng, timing=timing):
        (code,) = zxingcpp.read_barcodes(
            frame, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
        )
        corners.append((code.position.top_left.x, code.position.top_left.y))
    moved = np.abs(np.diff(corners, axis=0)).max(axis=1)
    assert 0 < moved.max() < 12
    assert np.ptp(corners, axis=0).max() < 25


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"px_per_module": 0.0}, "px_per_module is 0.0"),
        ({"tilt_y_deg": 80.0}, "tilt_y_deg is 80.0"),
        ({"blur_sigma_px": float("nan")}, "blur_sigma_px is nan"),
        ({"x": float("inf")}, "x, Look.y are inf"),
        ({"jpeg_quality": 0}, "jpeg_quality is 0"),
    ],
    ids=str,
)
def test_a_look_that_no_camera_could_have_is_refused_by_name(
    wrong: dict[str, Any], named: str
) -> None:
    with pytest.raises(ValueError, match=named):
        Look(**wrong)


def test_a_text_too_long_for_one_code_is_refused_with_its_length() -> None:
    with pytest.raises(DeviceError, match="3500 characters"):
        card("A" * 3500)


def test_a_frame_too_small_to_see_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 64 px"):
        site_scene((40, 30), np.random.default_rng(0))
