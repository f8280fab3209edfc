"""The printed card by which a gate's reading is measured: as dense as a worker's card."""

from pathlib import Path
from typing import Final

import segno

from gate.doctor.camera_check import TEST_CARD

SIDE_MM: Final = 60.0
SUFFIXES: Final = frozenset({".pdf", ".svg", ".png"})

_PT_PER_MM: Final = 72 / 25.4
_PNG_SCALE: Final = 10


def draw_test_card(path: Path) -> None:
    """Draw the card, by the file's suffix, which is one of `SUFFIXES`; raises OSError."""
    code = segno.make_qr(TEST_CARD, error="m")
    modules = code.symbol_size(border=4)[0]
    match path.suffix.lower():
        case ".pdf":
            code.save(str(path), border=4, scale=SIDE_MM * _PT_PER_MM / modules)
        case ".svg":
            code.save(str(path), border=4, scale=SIDE_MM / modules, unit="mm")
        case _:
            code.save(str(path), border=4, scale=_PNG_SCALE)
