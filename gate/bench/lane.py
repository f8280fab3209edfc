"""A lane before a directory of pictures, for benches that drive the real `gate run`.

    desk/           the issuer of its cards
    pictures/       its camera: whoever furnishes it fills them, by name
    trust/  policy.toml  unit.toml  site.key  journal.db

Its pins are pretended. Frames are 1280 x 720, with grey blocks and mostly a card's code somewhere.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import segno
from PIL import Image

from gate.card.model import Card, Competence, StatusRef
from gate.devices.clock import SystemClock
from gate.signing.keys import Algorithm
from gate.store import desk as desks
from gate.store import trust_store

ACCEPTED: Final = "installation-electrician"
OTHER: Final = "electrical-labourer"
"""A card type that the lane's policy does not let in."""

_ISSUER: Final = "ecs-jib"
_SIZE_PX: Final = (720, 1280)
_POLICY: Final = f"""
version = 1
site = "bench"
time_zone = "UTC"
[[accept]]
scheme = "{_ISSUER}"
types = ["{ACCEPTED}"]
[passback]
mode = "off"
"""
_UNIT: Final = """
[unit]
name = "Bench"
site = "bench"
journal = "journal.db"
trust = "trust"
policy = "policy.toml"
site_key = "site.key"
[[access_point]]
name = "Bench"
direction = "in"
[camera]
source = "dir:pictures"
[outputs]
factory = "mock"
entry_relay = 17
green = 27
red = 22
amber = 23
sounder = 24
"""

_Luma = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane's directory, its issuer's desk, and the chance its frames are drawn by."""

    directory: Path
    desk: desks.Desk
    chance: np.random.Generator
    now: datetime

    @property
    def config(self) -> Path:
        """The unit's file."""
        return self.directory / "unit.toml"

    @property
    def journal(self) -> Path:
        """The gate's record."""
        return self.directory / "journal.db"

    def picture(self, number: int) -> Path:
        """Return where the picture lies that is shown after so many others."""
        return self.directory / "pictures" / f"{number:06}.png"

    def issue(self, card: str, card_type: str = ACCEPTED) -> str:
        """Issue the card of a number; return its text."""
        text, _ = desks.issue(self.desk, partial(_card, card, card_type, self.now))
        return text

    def show_card(self, number: int, card_type: str = ACCEPTED) -> str:
        """Make a picture of a new card; return the card's number."""
        card = f"{number:08}"
        text = self.issue(card, card_type)
        Image.fromarray(_with_code(text, self.chance)).save(self.picture(number))
        return card

    def show_blocks(self, number: int) -> None:
        """Make a picture of something that is no code."""
        Image.fromarray(_blocks(self.chance)).save(self.picture(number))

    def show_again(self, number: int, before: int) -> None:
        """Let a picture be the one that was shown `before`."""
        self.picture(number).symlink_to(self.picture(before).name)

    def equip(self) -> None:
        """Give the gate its files; every card has been issued."""
        directory = self.directory
        trust = trust_store.load_trust(self.desk.directory)
        tokens = trust_store.list_tokens(self.desk.directory)
        trust_store.merge(directory / "trust", trust, tokens, self.now)
        (directory / "policy.toml").write_text(_POLICY, "utf-8")
        self.config.write_text(_UNIT, "utf-8")


def open_lane(directory: Path, seed: int) -> Lane:
    """Begin a lane in `directory`, which exists; `seed` is of its frames."""
    (directory / "pictures").mkdir()
    now = SystemClock().now().replace(microsecond=0) - timedelta(hours=1)
    desk = desks.create_desk(
        directory / "desk",
        iss=_ISSUER,
        schemes=frozenset({_ISSUER}),
        algorithm=Algorithm.ED25519,
        now=now,
    )
    return Lane(directory=directory, desk=desk, chance=np.random.default_rng(seed), now=now)


def _card(number: str, card_type: str, now: datetime, place: StatusRef) -> Card:
    return Card(
        issuer=_ISSUER,
        number=number,
        holder_id=number,
        name=f"Holder {number}",
        not_before=now,
        issued_at=now,
        expires_at=datetime(now.year + 3, 1, 1, tzinfo=UTC),
        competence=Competence(scheme=_ISSUER, card_type=card_type),
        status=place,
    )


def _blocks(chance: np.random.Generator) -> _Luma:
    """Return a frame of grey blocks."""
    blocks = chance.integers(0, 220, (_SIZE_PX[0] // 40, _SIZE_PX[1] // 40))
    return np.kron(blocks, np.ones((40, 40), dtype=np.int64)).astype(np.uint8)


def _with_code(text: str, chance: np.random.Generator) -> _Luma:
    symbol = segno.make_qr(text, error="m", boost_error=False)
    dark = np.array(list(symbol.matrix_iter(scale=4, border=4)), dtype=bool)
    code = np.where(dark, 20, 230).astype(np.uint8)
    frame = _blocks(chance)
    top, left = (
        int(chance.integers(0, whole - part))
        for whole, part in zip(_SIZE_PX, code.shape, strict=True)
    )
    frame[top : top + code.shape[0], left : left + code.shape[1]] = code
    return frame
