"""A key's fingerprint in words: the same on both ends, and no word mistaken for another."""

from gate.signing.keys import Algorithm, VerifyingKey
from gate.sim.issuer import seeded_key
from gate.trust.fingerprint import FINGERPRINT_WORDS, fingerprint_words
from gate.trust.word_list import WORDS

KEY = VerifyingKey(
    Algorithm.ED25519,
    bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
)
"""RFC 8032, 7.1, test 1."""


def test_the_words_of_a_key_never_change() -> None:
    words = "bucket goblet cradle violin salmon heron arch planet"
    assert fingerprint_words(KEY) == words


def test_another_key_has_other_words() -> None:
    words = {
        fingerprint_words(seeded_key(str(seed), Algorithm.ED25519).verifying_key)
        for seed in range(50)
    }
    assert len(words) == 50
    assert {len(one.split()) for one in words} == {FINGERPRINT_WORDS}


def test_there_is_a_word_for_each_byte_and_no_two_begin_alike() -> None:
    assert len(WORDS) == len({word[:4] for word in WORDS}) == 256
    assert {len(word) for word in WORDS} <= set(range(3, 8))
    assert all(word.isascii() and word.islower() and word.isalpha() for word in WORDS)


def test_the_words_do_not_say_the_name_of_the_key() -> None:
    assert fingerprint_words(KEY) != " ".join(WORDS[byte] for byte in KEY.kid)
