"""Pictures that a stranger, or chance, may hold to a gate's camera, and the texts they may give.

Noise; patterns like a code's corners; photographs; codes in parts (structured append), with
character sets of their own (ECI), in Kanji, of the largest and smallest kinds, mirrored, inverted,
two at once, with modules swapped at random, or true patterns around nothing. Made from a seed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import segno
from numpy.typing import NDArray
from PIL import Image

from gate.bench.optics import SIZE_PX
from gate.bench.read_degraded import BASE45
from gate.bench.scenes import empty_scene
from gate.devices.ports import Luma
from gate.devices.stills import load_still

Chance = np.random.Generator
Modules = NDArray[np.bool_]

GROUNDS: Final = 24
"""Scenes behind the pictures; to make one takes as long as to look at one."""

_NOISE: Final = 4_000_000
"""Values; drawn anew for each frame they would take as long as the frame's look."""

_MARGIN: Final = 4
_LARGEST_PX: Final = 440
_KANJI: Final = "点茗日本国人年大十二会中出三同"
_BEYOND: Final = "zażółćæøåñßçéÄÖÜжщюλδω"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HostilePicture:
    """A picture, what it is, and every text that may be read in it."""

    kind: str
    luma: Luma
    texts: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Symbol:
    """A code's modules, without its margin, and its texts."""

    dark: Modules
    texts: frozenset[str]


class HostilePictures:
    """Draws pictures by chance; `photos` are beside their texts, as `gate bench read` has them."""

    def __init__(self, photos: Sequence[Path] = ()) -> None:
        self._photos = tuple(photos)
        scenes = (empty_scene(SIZE_PX, seed) for seed in range(GROUNDS))
        self._grounds = [scene.astype(np.float32) for scene in scenes]
        self.kinds: Mapping[str, Callable[[Chance], HostilePicture]] = {
            "noise": self._noise,
            "patterns": self._patterns,
            **({"photograph": self._photograph} if photos else {}),
            **{kind: self._shown(kind, draw) for kind, draw in _SYMBOLS.items()},
            "two at once": self._two,
        }

    def picture(self, number: int, seed: int) -> HostilePicture:
        """Return the picture of a number, the kinds in turn."""
        kinds = list(self.kinds.values())
        return kinds[number % len(kinds)](np.random.default_rng((seed, number)))

    def _noise(self, rng: Chance) -> HostilePicture:
        shape = SIZE_PX[::-1]
        luma: NDArray[np.floating] | NDArray[np.integer]
        match int(rng.integers(5)):
            case 0:
                luma = rng.integers(0, 256, shape)
            case 1:
                luma = np.where(rng.random(shape) < rng.uniform(0.1, 0.9), 0, 255)
            case 2:  # blocks, as modules are
                side = int(rng.integers(2, 9))
                few = rng.random((shape[0] // side + 1, shape[1] // side + 1)) < 0.5
                luma = np.where(
                    few.repeat(side, 0).repeat(side, 1)[: shape[0], : shape[1]], 20, 230
                )
            case 3:
                rows = rng.integers(0, 256, shape[0]).repeat(shape[1]).reshape(shape)
                luma = rows if rng.random() < 0.5 else rng.integers(0, 256, shape[1]) + 0 * rows
            case _:
                luma = self._ground(rng) + rng.normal(0, rng.uniform(10, 80), shape)
        return HostilePicture(kind="noise", luma=_levels(luma), texts=frozenset())

    def _patterns(self, rng: Chance) -> HostilePicture:
        luma = self._ground(rng)
        for _ in range(int(rng.integers(1, 24))):
            px = int(rng.integers(2, 8))
            x, y = (int(rng.integers(0, side - 7 * px)) for side in SIZE_PX)
            luma[y : y + 7 * px, x : x + 7 * px] = _finder().repeat(px, 0).repeat(px, 1)
        return HostilePicture(kind="patterns", luma=_levels(luma), texts=frozenset())

    def _photograph(self, rng: Chance) -> HostilePicture:
        path = self._photos[int(rng.integers(len(self._photos)))]
        text = path.with_suffix(".txt")
        texts = frozenset({text.read_bytes().decode()} if text.exists() else ())
        luma = load_still(path)
        luma = np.rot90(luma, int(rng.integers(4)))
        luma = luma[:, ::-1] if rng.random() < 0.3 else luma
        luma = 255 - luma if rng.random() < 0.2 else luma
        light = rng.uniform(0.3, 1.1)
        noise = rng.normal(0, rng.uniform(0, 12), luma.shape)
        return HostilePicture(
            kind=f"photograph {path.parent.name}/{path.stem}",
            luma=_levels(luma * light + noise),
            texts=texts,
        )

    def _shown(
        self, kind: str, draw: Callable[[Chance], _Symbol]
    ) -> Callable[[Chance], HostilePicture]:
        def shown(rng: Chance) -> HostilePicture:
            symbol = draw(rng)
            luma = self._ground(rng)
            _paste(luma, symbol.dark, rng, mirrored=kind == "mirrored", light=kind == "inverted")
            return HostilePicture(kind=kind, luma=_taken(luma, rng), texts=symbol.texts)

        return shown

    def _two(self, rng: Chance) -> HostilePicture:
        """Return two codes, which may lie over each other."""
        luma = self._ground(rng)
        symbols = [_plain(rng), _plain(rng)]
        for symbol in symbols:
            _paste(luma, symbol.dark, rng, most_px=260)
        texts = frozenset().union(*(symbol.texts for symbol in symbols))
        return HostilePicture(kind="two at once", luma=_taken(luma, rng), texts=texts)

    def _ground(self, rng: Chance) -> NDArray[np.float32]:
        return self._grounds[int(rng.integers(GROUNDS))].copy()


def sensor_noise(rng: Chance) -> NDArray[np.int16]:
    """Return more of a sensor's noise than any picture takes, to be cut from anywhere."""
    return np.rint(rng.normal(0, 2, _NOISE)).astype(np.int16)


def again(luma: Luma, noise: NDArray[np.int16], rng: Chance) -> Luma:
    """Return a picture as the next frame has it: a pixel beside, with other noise."""
    moved = np.roll(luma, tuple(rng.integers(-1, 2, 2)), axis=(0, 1))
    begin = int(rng.integers(len(noise) - moved.size))
    return _levels(moved + noise[begin : begin + moved.size].reshape(moved.shape))


def _plain(rng: Chance) -> _Symbol:
    text = _any_text(rng, int(rng.integers(1, 420)))
    return _drawn(segno.make_qr(text, error="lmqh"[int(rng.integers(4))]), text)


def _huge(rng: Chance) -> _Symbol:
    text = _any_text(rng, int(rng.integers(1_500, 2_900)))
    return _drawn(segno.make_qr(text, error="l", boost_error=False), text)


def _tiny(rng: Chance) -> _Symbol:
    text = _any_text(rng, int(rng.integers(0, 12)))
    return _drawn(segno.make_qr(text or " ", version=1), text or " ")


def _part(rng: Chance) -> _Symbol:
    """Return one of several codes; alone it may give its own part of the text."""
    text = "CC1:" + _any_text(rng, int(rng.integers(60, 400)))
    parts = list(segno.make_sequence(text, symbol_count=int(rng.integers(2, 5))))
    cuts = [text[begin:end] for begin in range(len(text)) for end in _ends(text, begin, parts)]
    return replace(_drawn(parts[int(rng.integers(len(parts)))], text), texts=frozenset(cuts))


def _ends(text: str, begin: int, parts: Sequence[object]) -> range:
    """Return where a part may end that begins at `begin`: parts are of about one length."""
    length = len(text) // len(parts)
    return range(begin + length - 2, min(begin + length + 4, len(text) + 1))


def _eci(rng: Chance) -> _Symbol:
    letters = list(_BEYOND)
    text = "".join(rng.choice(letters, int(rng.integers(1, 60))))
    return _drawn(segno.make_qr(text, encoding="utf-8", eci=True), text)


def _kanji(rng: Chance) -> _Symbol:
    text = "".join(rng.choice(list(_KANJI), int(rng.integers(1, 80))))
    return _drawn(segno.make_qr(text, mode="kanji"), text)


def _broken(rng: Chance) -> _Symbol:
    """Return a code of whose modules some, up to half, are others; its patterns are whole."""
    symbol = _plain(rng)
    dark = symbol.dark.copy()
    swapped = rng.random(dark.shape) < rng.uniform(0, 0.5)
    swapped[:9, :9] = swapped[:9, -8:] = swapped[-8:, :9] = False
    return replace(symbol, dark=dark ^ swapped)


def _hollow(rng: Chance) -> _Symbol:
    symbol = _plain(rng)
    dark = rng.random(symbol.dark.shape) < 0.5
    for corner in (np.s_[:9, :9], np.s_[:9, -8:], np.s_[-8:, :9]):
        dark[corner] = symbol.dark[corner]
    return _Symbol(dark=dark, texts=frozenset())


_SYMBOLS: Final[Mapping[str, Callable[[Chance], _Symbol]]] = {
    "plain": _plain,
    "part of several": _part,
    "ECI": _eci,
    "Kanji": _kanji,
    "huge": _huge,
    "tiny": _tiny,
    "mirrored": _plain,
    "inverted": _plain,
    "broken": _broken,
    "hollow": _hollow,
}


def _any_text(rng: Chance, chars: int) -> str:
    return "".join(rng.choice(list(BASE45), chars))


def _drawn(code: segno.QRCode, text: str) -> _Symbol:
    dark = np.array([list(row) for row in code.matrix_iter(border=0)], dtype=bool)
    return _Symbol(dark=dark, texts=frozenset({text}))


def _paste(
    luma: NDArray[np.float32],
    dark: Modules,
    rng: Chance,
    *,
    mirrored: bool = False,
    light: bool = False,
    most_px: int = _LARGEST_PX,
) -> None:
    """Draw a code into `luma` at any place, size and turn."""
    drawn = np.pad(dark, _MARGIN)
    drawn = drawn[:, ::-1] if mirrored else drawn
    most = most_px / len(drawn)
    px = rng.uniform(min(1.2, most), min(most, 9.0))
    side = max(8, round(len(drawn) * px))
    low = rng.uniform(0, 90)
    high = low + rng.uniform(20, 255 - low)
    tones = np.where(drawn ^ light, low, high).astype(np.float32)
    image = Image.fromarray(tones, mode="F").resize((side, side), Image.Resampling.BOX)
    turned = image.rotate(
        rng.uniform(0, 360), Image.Resampling.BILINEAR, expand=True, fillcolor=-1000
    )
    shown = np.asarray(turned)[: SIZE_PX[1], : SIZE_PX[0]]
    height, width = shown.shape
    x = int(rng.integers(0, SIZE_PX[0] - width + 1))
    y = int(rng.integers(0, SIZE_PX[1] - height + 1))
    part = luma[y : y + height, x : x + width]
    part[:] = np.where(shown >= 0, shown, part)


def _taken(luma: NDArray[np.float32], rng: Chance) -> Luma:
    return _levels(luma + rng.normal(0, rng.uniform(0, 10), luma.shape))


def _levels(luma: NDArray[np.floating] | NDArray[np.integer]) -> Luma:
    return np.asarray(np.clip(luma, 0, 255), dtype=np.uint8)


def _finder() -> NDArray[np.float32]:
    dark = np.ones((7, 7), np.bool_)
    dark[1:-1, 1:-1] = False
    dark[2:-2, 2:-2] = True
    return np.where(dark, 15, 240).astype(np.float32)
