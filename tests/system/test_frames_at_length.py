"""The simulator's cards are read by the real decoders over many hands, and by each fault lost."""

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

from gate.devices.ports import Luma
from gate.sim.frames import render
from gate.sim.look import HARD_LOOKS, ordinary_look
from gate.sim.pictures import card
from gate.sim.scene import site_scene

pytestmark = pytest.mark.system

SIZE = (1280, 720)
BASE45 = np.array(list("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))


def payload(rng: np.random.Generator) -> str:
    return "CC1:" + "".join(rng.choice(BASE45, int(rng.integers(376, 405))))


def texts(frame: Luma) -> tuple[set[str], set[str]]:
    first = zxingcpp.read_barcodes(
        frame,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    second = pyzbar.decode(Image.fromarray(frame), symbols=[pyzbar.ZBarSymbol.QRCODE])
    return {code.text for code in first}, {code.data.decode() for code in second}


def test_of_200_ordinary_looks_at_least_198_are_read_by_either_decoder_alone() -> None:
    scenes = [site_scene(SIZE, np.random.default_rng(number)) for number in range(5)]
    by_first = by_second = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        text = payload(rng)
        picture = card(text, gloved=seed % 2 == 0)
        first, second = texts(render(picture, ordinary_look(rng), scenes[seed % 5], rng=rng))
        by_first += first == {text}
        by_second += second == {text}
        assert first | second <= {text}
    assert min(by_first, by_second) >= 198


@pytest.mark.parametrize("name", sorted(HARD_LOOKS))
def test_a_hard_look_is_lost_on_every_card_and_place(name: str) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        text = payload(rng)
        scene = site_scene(SIZE, rng)
        first, second = texts(render(card(text), HARD_LOOKS[name], scene, rng=rng))
        assert first | second == set()
