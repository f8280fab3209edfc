"""A certificate's signature: whole and by a unit, or an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.sim.issuer import NOW, seeded_key
from gate.trust.certificate import MARK, open_certificate, sign_certificate

KEY = seeded_key("unit")
PDF = b"%PDF-1.3\n1 0 obj\nendobj\n%%EOF\n"
SIGNED = sign_certificate(PDF, KEY, NOW)


@given(st.binary(max_size=200))
def test_what_was_signed_is_told_by_whom(pdf: bytes) -> None:
    signed = open_certificate(sign_certificate(pdf, KEY, NOW))
    assert (signed.key, signed.at) == (KEY.verifying_key, NOW)


@pytest.mark.parametrize("place", range(len(SIGNED)))
def test_every_changed_byte_shows(place: int) -> None:
    changed = bytearray(SIGNED)
    changed[place] ^= 1
    with pytest.raises(TrustError):
        open_certificate(bytes(changed))


@given(st.binary(max_size=400))
def test_anything_else_is_an_error(data: bytes) -> None:
    for forged in (data, MARK + data, PDF + MARK + data + b"\n"):
        with pytest.raises(TrustError):
            open_certificate(forged)


@pytest.mark.parametrize("more", [b"\n", b"x", SIGNED[SIGNED.rfind(MARK) :]])
def test_nothing_may_stand_behind_it(more: bytes) -> None:
    with pytest.raises(TrustError):
        open_certificate(SIGNED + more)


def test_another_unit_can_sign_it_but_not_as_this_one() -> None:
    other = seeded_key("other")
    again = open_certificate(sign_certificate(PDF, other, NOW))
    assert again.key != KEY.verifying_key
