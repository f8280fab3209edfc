"""Who may sign in at a site's units when the hub can't be asked: a login as the manifest tells it.

Its password is drawn by the hub, never chosen: 60 bits, so that whoever gets hold of a manifest
guesses for thousands of years, and a unit with little memory need not make each guess dear. What
the manifest holds is its salted scrypt (RFC 7914) hash. Pure.
"""

import hmac
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from gate.errors import TrustError

MAX_LOGINS: Final = 32
"""Of a site: its managers, guards and contractors, each with their own."""

SALT_BYTES: Final = 16
HASH_BYTES: Final = 32

PASSWORD_CHARS: Final = 12
"""Of 32 letters each: 60 bits."""

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that is read as another one."""

SCRYPT_N: Final = 2**10
SCRYPT_R: Final = 8
SCRYPT_P: Final = 1
"""1 MiB and 3 ms on a desk, for a unit's page has 40 MB for everything; a graphics card still tries
no more than some 100,000 a second. They are part of claim 10: others would be another claim."""

MAX_TYPED_CHARS: Final = 64
"""Of a password as somebody types it, with blanks and hyphens."""

ALLOWED_NAME: Final = "1 to 32 of a-z, 0-9, dot, hyphen and underline, a letter or digit first"

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}", re.ASCII)
_READ_AS: Final = str.maketrans("oil", "011", "- \t")
_LETTERS: Final = frozenset(ALPHABET)
_GROUP: Final = 4


class LocalRole(StrEnum):
    """What somebody may see on a unit's own page."""

    MANAGER = "manager"
    """All of it."""
    GUARD = "guard"
    """All but the record."""
    CONTRACTOR = "contractor"
    """How the unit is; nobody's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalLogin:
    """A login as a site's units know it."""

    name: str
    role: LocalRole
    salt: bytes = field(repr=False)
    hash: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what nobody could sign in by."""
        if not is_login_name(self.name):
            raise TrustError(f"login: name {self.name[:40]!r}; allowed: {ALLOWED_NAME}")
        if len(self.salt) != SALT_BYTES or len(self.hash) != HASH_BYTES:
            raise TrustError(
                f"login {self.name}: salt of {len(self.salt)} and hash of {len(self.hash)} bytes,"
                f" not {SALT_BYTES} and {HASH_BYTES}"
            )


def is_login_name(text: str) -> bool:
    """Tell whether a login may be called so."""
    return _NAME.fullmatch(text) is not None


def make_login(name: str, role: LocalRole, password: str, salt: bytes) -> LocalLogin:
    """Return the login whose password is `password`, as `write_password` gives it.

    Raises:
        TrustError: a name or salt that none can have, or no password that was drawn.
    """
    plain = read_password(password)
    if plain is None:
        raise TrustError(f"login {name[:40]!r}: a password that was not drawn")
    return LocalLogin(name=name, role=role, salt=salt, hash=_hash(plain, salt))


def write_password(drawn: bytes) -> str:
    """Return a password made of `PASSWORD_CHARS` random bytes, in groups: `k7wd-9fmp-3xqt`."""
    if len(drawn) != PASSWORD_CHARS:
        raise TrustError(f"login: {len(drawn)} random bytes, not {PASSWORD_CHARS}")
    letters = "".join(ALPHABET[byte & 31] for byte in drawn)
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def read_password(typed: str) -> str | None:
    """Return the letters of a password as somebody typed it; None if it can't be one.

    Blanks, hyphens and capitals don't matter, and o, i and l are read as the digits they look like.
    """
    if len(typed) > MAX_TYPED_CHARS:
        return None
    letters = typed.strip().lower().translate(_READ_AS)
    return letters if len(letters) == PASSWORD_CHARS and _LETTERS.issuperset(letters) else None


def opens(login: LocalLogin, typed: str) -> bool:
    """Tell whether what somebody typed is the password of `login`; it takes as long either way."""
    plain = read_password(typed)
    return hmac.compare_digest(_hash(plain or "", login.salt), login.hash) and plain is not None


def _hash(plain: str, salt: bytes) -> bytes:
    kdf = Scrypt(salt=salt, length=HASH_BYTES, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P)
    return kdf.derive(plain.encode("ascii"))
