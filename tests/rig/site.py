"""What the rig's machine is given to work with: a desk's trust, rules, cards, and camera frames.

Everything is made by the project's own commands, on the host, as a contractor's desk would.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import segno
from PIL import Image

from tests.rig.machine import RigError

GATE: Final = Path(sys.executable).with_name("gate")
FRAME_PX: Final = (640, 360)
CARD_PX: Final = 280
"""The width of a card's picture in a frame: its code fills a quarter of it, as the how-to asks.
The camera shows frames at twice this size; all of them are unpacked at its start."""

CODE_MODULE_PX: Final = 4
GREY: Final = 96
HELD_FRAMES: Final = 5
EMPTY_FRAMES: Final = 6
"""Frames a card is held, and between two: the virtual camera shows its pictures in a circle."""

POLICY: Final = """\
version = 1
site = "riverside"
time_zone = "Europe/London"

[[accept]]
scheme = "ecs-jib"
types = ["approved-electrician"]

[passback]
mode = "off"
"""

UNIT: Final = """\
[unit]
name = "Rig"
site = "riverside"

[[access_point]]
name = "Rig in"
direction = "in"

[camera]
source = "{source}"

[outputs]
entry_relay = 17
green = 27
red = 22
amber = 23
release_s = 3.0

[inputs]
exit_button = 12
guard_key = 13
"""

FIRE: Final = "fire = 16\n"
"""A pretended pin is an open contact, which is an alarm: the gate is started with it to see one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card of the site's, and what the gate has to say of it."""

    number: str
    type: str
    comes_in: bool


CARDS: Final = (
    Card(number="JIB00010001", type="approved-electrician", comes_in=True),
    Card(number="JIB00010002", type="approved-electrician", comes_in=True),
    Card(number="JIB00010003", type="pqp", comes_in=False),
)


HOLDER: Final = "Jane Example"


def make_site(folder: Path) -> None:
    """Lay out `folder`: etc/ for /etc/gate, trust/ for the unit, frames/ for the camera."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("etc", "frames", "cards"):
        (folder / name).mkdir(parents=True)
    (folder / "etc" / "site-policy.toml").write_text(POLICY, "utf-8")
    unit, usb = (UNIT.format(source=source) for source in ("picamera2", "usb:/dev/video0"))
    for name, text in (("unit", unit), ("usb", usb), ("fire", unit + FIRE)):
        (folder / "etc" / f"{name}.toml").write_text(text, "utf-8")
    desk = folder.with_name(f"{folder.name}-desk")
    shutil.rmtree(desk, ignore_errors=True)
    _gate("trust", "new", str(desk), "--scheme", "ecs-jib")
    for card in CARDS:
        words = ["--number", card.number, "--name", HOLDER, "--type", card.type]
        _gate(
            "card", "issue", "--trust", str(desk), *words, "--out", str(card_picture(folder, card))
        )
    _gate("trust", "export", str(desk), str(folder / "trust"))
    _save_frames(folder / "frames", (_frame(card_picture(folder, card)) for card in CARDS))


def draw_set_up_frames(folder: Path, code: str, card: Path) -> None:
    """Draw what a machine in set-up sees: its code, nobody, and then a worker's card."""
    folder.mkdir(parents=True, exist_ok=True)
    _save_frames(folder, [_code_frame(folder.with_name("set-up-code.png"), code), _frame(card)])


def draw_code_frames(folder: Path, code: str | None) -> None:
    """Draw what a machine in set-up sees: its code and nobody, or nobody at all."""
    folder.mkdir(parents=True, exist_ok=True)
    shown = _frame(None) if code is None else _code_frame(folder.with_suffix(".png"), code)
    _save_frames(folder, [shown])


def _code_frame(file: Path, code: str) -> Image.Image:
    segno.make_qr(code, error="m").save(str(file), scale=CODE_MODULE_PX, border=4)
    with Image.open(file) as picture:
        held = picture.convert("RGB")
    if held.height > FRAME_PX[1]:
        raise RigError(f"the set-up code takes {held.height} px, a frame has {FRAME_PX[1]}")
    return _held(held)


def card_picture(site: Path, card: Card) -> Path:
    """Return where `make_site` drew a card."""
    return site / "cards" / f"{card.number}.png"


def _save_frames(folder: Path, shown: Iterable[Image.Image]) -> None:
    number = 0
    for held in shown:
        for picture in [held] * HELD_FRAMES + [_frame(None)] * EMPTY_FRAMES:
            picture.save(folder / f"{number:03}.jpg", quality=92)
            number += 1


def _frame(card: Path | None) -> Image.Image:
    if card is None:
        return Image.new("RGB", FRAME_PX, (GREY, GREY, GREY))
    with Image.open(card) as picture:
        height_px = picture.height * CARD_PX // picture.width
        return _held(picture.convert("RGB").resize((CARD_PX, height_px)))


def _held(thing: Image.Image) -> Image.Image:
    frame = Image.new("RGB", FRAME_PX, (GREY, GREY, GREY))
    frame.paste(thing, ((FRAME_PX[0] - thing.width) // 2, (FRAME_PX[1] - thing.height) // 2))
    return frame


def _gate(*words: str) -> None:
    subprocess.run([str(GATE), *words], check=True, stdout=subprocess.DEVNULL)
