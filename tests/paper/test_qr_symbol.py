"""The payload's symbol: one version, error correction M, a white margin."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import ConfigError
from gate.paper.qr import MARGIN_MODULES, dark_runs, qr_modules

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
# ISO/IEC 18004:2015, table C.1, error correction M with masks 0 to 7: the first two bits of the
# unmasked format information are 00.
FORMAT_MASK = 0b101010000010010


def test_a_measured_card_is_a_version_12_symbol(payload: str) -> None:
    assert len(payload) == 408
    assert len(qr_modules(payload)) == 65 + 2 * MARGIN_MODULES


def test_the_symbol_says_error_correction_m(payload: str) -> None:
    modules = qr_modules(payload)

    row = modules[MARGIN_MODULES + 8]
    first_two = [row[MARGIN_MODULES], row[MARGIN_MODULES + 1]]

    assert first_two == [bool(FORMAT_MASK >> 14 & 1), bool(FORMAT_MASK >> 13 & 1)]


def test_the_margin_is_four_white_modules_on_every_side(payload: str) -> None:
    modules = qr_modules(payload)
    columns = list(zip(*modules, strict=True))

    for lines in (modules, columns):
        assert not any(any(line) for line in lines[:4])
        assert not any(any(line) for line in lines[-4:])
        assert any(lines[4])
        assert any(lines[-5])


def test_room_to_spare_does_not_raise_the_error_correction() -> None:
    expected = segno.make_qr("CC1:A", error="m", boost_error=False, version=1)

    assert qr_modules("CC1:A") == tuple(
        tuple(bool(module) for module in row) for row in expected.matrix_iter(border=4)
    )


# The dark runs of a symbol, painted, are the symbol again.
@given(st.text(ALPHANUMERIC, min_size=1, max_size=60))
def test_runs_paint_the_symbol(payload: str) -> None:
    modules = qr_modules(payload)
    painted = [[False] * len(modules) for _ in modules]

    for x, y, length in dark_runs(modules):
        painted[y][x : x + length] = [True] * length

    assert tuple(tuple(row) for row in painted) == modules


@pytest.mark.parametrize(
    ("payload", "fault"),
    [("", "payload is empty"), ("A" * 3400, "payload of 3400 characters fits no QR code")],
)
def test_a_payload_that_fits_no_symbol_is_refused(payload: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        qr_modules(payload)
