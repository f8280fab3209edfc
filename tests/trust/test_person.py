"""A person as a keyed hash."""

import pytest

from gate.errors import TrustError
from gate.trust.person import person_key

SITE_KEY = bytes(range(32))


def test_the_hash_is_the_one_that_every_gate_and_hub_computes() -> None:
    # printf 'jib.example\0' then '10000001', by openssl dgst -sha256 -mac HMAC, its first 16 bytes
    assert (
        person_key(SITE_KEY, "jib.example", "10000001").hex() == "7dac51feb0b66986791558510d659518"
    )


def test_issuer_number_and_site_each_make_another_person() -> None:
    keys = {
        person_key(SITE_KEY, "jib.example", "1"),
        person_key(SITE_KEY, "jib.example", "2"),
        person_key(SITE_KEY, "sjib.example", "1"),
        person_key(SITE_KEY[::-1], "jib.example", "1"),
        person_key(SITE_KEY, "jib.example1", ""),
    }
    assert len(keys) == 5
    assert {len(key) for key in keys} == {16}


def test_a_short_site_key_is_refused() -> None:
    assert len(person_key(bytes(16), "a", "b")) == 16
    with pytest.raises(TrustError, match="site key of 15 bytes; allowed: 16 or more"):
        person_key(bytes(15), "a", "b")


def test_an_issuer_with_a_zero_byte_is_refused() -> None:
    with pytest.raises(TrustError, match="zero byte"):
        person_key(SITE_KEY, "a\0b", "c")
