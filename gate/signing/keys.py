"""Keys and the two signature algorithms a card may use (RFC 9864, fully-specified names).

Signatures are COSE's raw 64 bytes for both: Ed25519's own, ESP256 as r || s, 32 bytes each.
Keys are made elsewhere (`gate.store.desk`): nothing here draws a random number.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from gate.errors import TrustError

SIGNATURE_BYTES: Final = 64
KID_BYTES: Final = 8

_ECDSA: Final = ec.ECDSA(hashes.SHA256())
_SEQUENCE: Final = tuple(bytes((0x30, length)) for length in range(71))
_INTEGER: Final = (b"\x02\x20", b"\x02\x21\0")
"""What DER puts before 32 bytes: a number whose first bit is set gets a zero byte in front."""

SMALL_ORDER_POINTS: Final = frozenset(
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    )
)
"""Every encoding, canonical or not, of the eight Ed25519 points whose order divides 8: anybody can
make signatures that such a "key" accepts (RFC 8032, section 5.1; order-8 y from x^2 = -y^2)."""


class Algorithm(IntEnum):
    """COSE algorithm numbers."""

    ED25519 = -19
    ESP256 = -9


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A public key: raw Ed25519 (32 bytes) or SEC1 uncompressed P-256 (65 bytes).

    Raises:
        TrustError: bytes that are no such key, or an Ed25519 point of small order.
    """

    algorithm: Algorithm
    public: bytes
    _check: Callable[[bytes, bytes], None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_check", _checker(self.algorithm, self.public))

    @property
    def kid(self) -> bytes:
        """The key's short name on cards: the first 8 bytes of its SHA-256."""
        return sha256(self.public).digest()[:KID_BYTES]

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Tell whether `signature` (64 bytes) is this key's over `message`."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            self._check(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key; it shows nothing of itself when printed."""

    _private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey = field(repr=False)
    verifying_key: VerifyingKey = field(init=False, repr=False, compare=False)
    """The public half."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "verifying_key", _public_half(self._private))

    @classmethod
    def from_pem(cls, pem: bytes, source: str) -> Self:
        """Read a PKCS#8 PEM without a password; `source` names it in errors.

        Raises:
            TrustError: not such a file, or a key of another kind.
        """
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise TrustError(f"{source}: not an unencrypted PKCS#8 PEM private key") from error
        if isinstance(private, Ed25519PrivateKey):
            return cls(private)
        if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name == "secp256r1":
            return cls(private)
        raise TrustError(f"{source}: neither an Ed25519 nor a P-256 key")

    def to_pem(self) -> bytes:
        """Return the key as PKCS#8 PEM, unencrypted."""
        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature (64 bytes) over `message`."""
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(message)
        r, s = decode_dss_signature(self._private.sign(message, _ECDSA))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _public_half(private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> VerifyingKey:
    if isinstance(private, Ed25519PrivateKey):
        return VerifyingKey(Algorithm.ED25519, private.public_key().public_bytes_raw())
    point = private.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return VerifyingKey(Algorithm.ESP256, point)


def _der(signature: bytes) -> bytes:
    """Return r || s as the DER sequence that `cryptography` takes (3 us less than by integers)."""
    r, s = _der_number(signature[:32]), _der_number(signature[32:])
    return _SEQUENCE[len(r) + len(s)] + r + s


def _der_number(half: bytes) -> bytes:
    if half[0]:
        return _INTEGER[half[0] >> 7] + half
    number = half.lstrip(b"\0")
    if not number or number[0] > 127:
        number = b"\0" + number
    return bytes((2, len(number))) + number


def _checker(algorithm: Algorithm, public: bytes) -> Callable[[bytes, bytes], None]:
    """Return what raises InvalidSignature unless a raw signature is this key's."""
    if algorithm is Algorithm.ED25519:
        return _load_ed25519(public).verify
    p256 = _load_p256(public)
    return lambda signature, message: p256.verify(_der(signature), message, _ECDSA)


def _load_ed25519(public: bytes) -> Ed25519PublicKey:
    if public in SMALL_ORDER_POINTS:
        raise TrustError(f"Ed25519 key {public.hex()}: a point of small order is no key")
    try:
        return Ed25519PublicKey.from_public_bytes(public)
    except ValueError as error:
        raise TrustError(f"Ed25519 key of {len(public)} bytes: 32 are needed") from error


def _load_p256(public: bytes) -> ec.EllipticCurvePublicKey:
    if len(public) != 65 or public[0] != 4:
        raise TrustError(f"P-256 key of {len(public)} bytes: 65, uncompressed, are needed")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    except ValueError as error:
        raise TrustError("P-256 key: the point is not on the curve") from error
