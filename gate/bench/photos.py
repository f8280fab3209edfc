"""What decoders read in photographs whose texts are known: exact, wrong, and read where nothing is.

A folder of PNG pictures, each with its text beside it (1.png, 1.txt); in a picture without a text
there is no code. Texts are compared byte for byte. A text beside a picture may itself be mistaken:
a wrong text is worth a look before it is believed to be one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.bench.bare import Look, bare_pyzbar, bare_zxing, look_of
from gate.bench.degraded import held_look, opencv_look
from gate.bench.rows import BenchRow
from gate.devices.still_decoder import open_still_decoder
from gate.devices.stills import load_still
from gate.errors import DeviceError

_FLOOR_DECODER: Final = "zxing-cpp"

_LOOKS: Final[Mapping[str, Callable[[], Look | None]]] = {
    "pyzbar": lambda: bare_pyzbar,
    _FLOOR_DECODER: lambda: bare_zxing,
    "OpenCV": opencv_look,
    "chain": held_look,
    "gate read": lambda: look_of(open_still_decoder()),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many pictures ended how; `wrong_ascii` are those of `wrong` whose truth is ASCII."""

    exact: int = 0
    wrong: int = 0
    wrong_ascii: int = 0
    false: int = 0

    def plus(self, texts: list[str], truth: str | None) -> "Tally":
        """Return the tally with one more picture; `truth` is None where there is no code."""
        is_exact = truth in texts
        is_wrong = truth is not None and bool(texts) and not is_exact
        return Tally(
            exact=self.exact + is_exact,
            wrong=self.wrong + is_wrong,
            wrong_ascii=self.wrong_ascii + (is_wrong and (truth or "").isascii()),
            false=self.false + (truth is None and bool(texts)),
        )


def count_photos(photos: Path) -> list[BenchRow]:
    """Return rows of counts for each decoder, beside bare zxing-cpp.

    Raises:
        DeviceError: `photos` holds no pictures, a broken one, or a text that is not UTF-8.
    """
    pictures = sorted(photos.rglob("*.png"))
    if not pictures:
        raise DeviceError(f"{photos}: no PNG picture in it; name a directory of photographs")
    looks = {name: look for name, make in _LOOKS.items() if (look := make()) is not None}
    tallies = dict.fromkeys(looks, Tally())
    coded = 0
    for path in pictures:
        luma, truth = load_still(path), _truth(path)
        coded += truth is not None
        for name, look in looks.items():
            tallies[name] = tallies[name].plus(look(luma), truth)
    floor = tallies[_FLOOR_DECODER]
    none = len(pictures) - coded
    rows = []
    for name, tally in tallies.items():
        rows += [
            _row(f"{coded} photos, exact, {name}", tally.exact, floor.exact, coded),
            _row(f"{coded} photos, wrong, {name}", tally.wrong, floor.wrong, coded),
            _row(f"wrong of ASCII, {name}", tally.wrong_ascii, floor.wrong_ascii, coded),
            _row(f"{none} without a code, read, {name}", tally.false, floor.false, none),
        ]
    return rows


def _row(name: str, value: int, floor: int, pictures: int) -> BenchRow:
    return BenchRow(
        name=name,
        value=value,
        floor=floor,
        unit="pictures",
        runs=pictures,
        floor_is="bare zxing-cpp, same pictures",
    )


def _truth(picture: Path) -> str | None:
    try:
        return picture.with_suffix(".txt").read_bytes().decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise DeviceError(
            f"{picture.with_suffix('.txt')}: not a text in UTF-8; correct or remove it"
        ) from error
