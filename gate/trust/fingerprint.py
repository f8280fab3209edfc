"""A key's fingerprint in words, so that two people, or one with two screens, can compare it.

Eight words of `gate.trust.word_list`, a byte each: 64 bits of a SHA-256 of its own, so that no name
of the key elsewhere (its kid) says them. Somebody who wants another key of the same words has to
try some 2^64; the words are compared once, by who stands there with the code in hand.
"""

from hashlib import sha256
from typing import Final

from gate.signing.keys import VerifyingKey
from gate.trust.word_list import WORDS

FINGERPRINT_WORDS: Final = 8

_LABEL: Final = b"site-gate fingerprint 1\0"


def fingerprint_words(key: VerifyingKey) -> str:
    """Return the eight words of a key, a blank between two."""
    return digest_words(sha256(_LABEL + key.public).digest())


def digest_words(digest: bytes) -> str:
    """Return the words of a hash's first eight bytes."""
    return " ".join(WORDS[byte] for byte in digest[:FINGERPRINT_WORDS])
