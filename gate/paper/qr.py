"""A payload as the black and white squares of a QR code.

Error correction M, fixed: L reads no better in print and M survives a scratch. Never raised where
room is left, so that one payload has one symbol. The margin of 4 modules (ISO/IEC 18004, 5.3.8) is
part of the matrix and is drawn white: without any, one decoder in use reads 1 code of 20.
"""

from typing import Final

import segno
from segno.encoder import DataOverflowError

from gate.errors import ConfigError

MARGIN_MODULES: Final = 4

Modules = tuple[tuple[bool, ...], ...]
"""Rows from the top, True for dark, margin included; always square."""


def qr_modules(payload: str) -> Modules:
    """Return the symbol of `payload`, alphanumeric when all its characters allow it.

    Raises:
        ConfigError: a payload that is empty or too long for any QR code.
    """
    if not payload:
        raise ConfigError("card face", ["payload is empty; issue the card first"])
    try:
        symbol = segno.make_qr(payload, error="m", boost_error=False)
    except DataOverflowError as error:
        fault = f"payload of {len(payload)} characters fits no QR code at error correction M"
        raise ConfigError("card face", [fault]) from error
    return tuple(
        tuple(bool(module) for module in row) for row in symbol.matrix_iter(border=MARGIN_MODULES)
    )


def dark_runs(modules: Modules) -> list[tuple[int, int, int]]:
    """Return the dark stretches of each row as (column, row, length)."""
    runs: list[tuple[int, int, int]] = []
    for y, row in enumerate(modules):
        start = None
        for x, dark in enumerate((*row, False)):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                runs.append((start, y, x - start))
                start = None
    return runs
