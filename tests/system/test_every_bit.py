"""The promise in full: of a hundred signed cards, no single changed bit is believed."""

import pytest

from gate.card.verify import authenticate
from gate.errors import CardError
from gate.signing import base45
from gate.signing.keys import Algorithm
from gate.sim.issuer import SimIssuer

CARDS = 50
"""Of each algorithm."""

pytestmark = pytest.mark.system


# Invariant: a message that differs from a signed one in one bit is no card.
@pytest.mark.parametrize("algorithm", list(Algorithm), ids=lambda algorithm: algorithm.name)
def test_no_changed_bit_of_any_card_is_believed(algorithm: Algorithm) -> None:
    issuer = SimIssuer(algorithm=algorithm)
    trust = issuer.trust()
    believed = []
    for index in range(CARDS):
        text = issuer.text(issuer.card(index))
        assert authenticate(text, trust) == issuer.card(index)
        message = bytearray(base45.decode(text.removeprefix("CC1:")))
        for bit in range(len(message) * 8):
            message[bit // 8] ^= 1 << bit % 8
            try:
                authenticate("CC1:" + base45.encode(bytes(message)), trust)
                believed.append((index, bit))
            except CardError:
                pass
            message[bit // 8] ^= 1 << bit % 8

    assert believed == []
