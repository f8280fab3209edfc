"""A person as the gate keeps them: a keyed hash, the same everywhere, which names nobody. Pure.

Card numbers are short and would be guessed, so the hash is keyed by the site; the key arrives at
enrolment and never travels with the hashes.
"""

import hashlib
import hmac
from typing import Final

from gate.errors import TrustError

PERSON_BYTES: Final = 16

MIN_SITE_KEY_BYTES: Final = 16
"""128 bits, the strength of the signatures on the cards: a shorter key would be the easier prey."""


def person_key(site_key: bytes, issuer: str, number: str) -> bytes:
    """Return HMAC-SHA-256(site_key, issuer || 0 || card number), its first 16 bytes.

    Raises:
        TrustError: the key is too short, or the issuer holds the zero byte that ends it.
    """
    if len(site_key) < MIN_SITE_KEY_BYTES:
        raise TrustError(
            f"site key of {len(site_key)} bytes; allowed: {MIN_SITE_KEY_BYTES} or more"
        )
    if "\0" in issuer:
        raise TrustError("an issuer's name holds a zero byte; two persons could share one key")
    message = issuer.encode() + b"\0" + number.encode()
    return hmac.digest(site_key, message, hashlib.sha256)[:PERSON_BYTES]
