"""A hub's word to one unit that it is to make a support bundle: only that hub's, only for it."""

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.signing.keys import Algorithm
from gate.sim.issuer import seeded_key
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.support_ask import MAX_ASK_CHARS, open_ask, sign_ask

KEY: Final = seeded_key("hub", Algorithm.ED25519)
TRUSTED: Final = TrustedKey(key=KEY.verifying_key, uses=frozenset({KeyUse.SITE}))
UID: Final = "0123456789abcdef"
NUMBER: Final = bytes(range(16))
ASK: Final = sign_ask(UID, NUMBER, KEY)


def test_a_unit_reads_the_number_that_its_hub_asks_for() -> None:
    assert open_ask(ASK, [TRUSTED], UID) == NUMBER
    assert len(ASK) < MAX_ASK_CHARS


@pytest.mark.parametrize(
    ("text", "trusted", "uid", "why"),
    [
        (ASK, TRUSTED, "fedcba9876543210", "for another unit"),
        (sign_ask(UID, NUMBER, seeded_key("x", Algorithm.ED25519)), TRUSTED, UID, "only this"),
        (ASK, replace(TRUSTED, compromised=True), UID, "only this"),
        (ASK, replace(TRUSTED, uses=frozenset({KeyUse.LIST})), UID, "only this"),
        (sign_ask(UID, NUMBER[:15], KEY), TRUSTED, UID, "a number of 16 bytes"),
        (ASK + "A" * 400, TRUSTED, UID, "characters, at most 512"),
        ("ä", TRUSTED, UID, "not base64url"),
        ("A", TRUSTED, UID, "not base64url"),
    ],
)
def test_any_other_word_is_refused_by_name(
    text: str, trusted: TrustedKey, uid: str, why: str
) -> None:
    with pytest.raises(TrustError, match=why):
        open_ask(text, [trusted], uid)


@given(st.text(max_size=600) | st.text("ABCabc019-_=", max_size=300))
def test_no_text_that_the_hub_did_not_sign_is_an_ask(text: str) -> None:
    with pytest.raises(TrustError):
        open_ask(text, [TRUSTED], UID)
