"""Signatures that careless verifiers take, and careful ones may differ about (RFC 8032, 5.1.7).

The arithmetic is as slow as it is short, and leaks every secret it is given: for tests alone.
"""

from collections.abc import Callable, Iterator
from hashlib import sha512
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

from gate.card.verify import protected_header
from gate.card.wire import PREFIX
from gate.signing import base45, cbor
from gate.signing.cose import Sign1
from gate.signing.keys import Algorithm, VerifyingKey

Point = tuple[int, int]
Signer = Callable[[bytes], bytes]

P: Final = 2**255 - 19
L: Final = 2**252 + 27742317777372353535851937790883648493
N: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_D: Final = -121665 * pow(121666, -1, P) % P
_ZERO: Final[Point] = (0, 1)
_SECRET: Final = 0x1F2E3D4C5B6A79881726354453627180 << 120 | 8
_NONCE: Final = 0x0123456789ABCDEF
_ORDER: Final = 8


def _x_of(y: int) -> int | None:
    square = (y * y - 1) * pow(_D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    for x in (root, root * pow(2, (P - 1) // 4, P) % P):
        if x * x % P == square:
            return x if x % 2 == 0 else P - x
    return None


def _add(one: Point, other: Point) -> Point:
    (a, b), (c, d) = one, other
    twist = _D * a * b * c * d
    x = (a * d + b * c) * pow(1 + twist, -1, P) % P
    return x, (b * d + a * c) * pow(1 - twist, -1, P) % P


def _times(number: int, point: Point) -> Point:
    total = _ZERO
    while number:
        if number & 1:
            total = _add(total, point)
        point, number = _add(point, point), number >> 1
    return total


def _encoded(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def _base() -> Point:
    y = 4 * pow(5, -1, P) % P
    x = _x_of(y)
    assert x is not None
    return x, y


_B: Final = _base()


def _of_order_eight() -> Point:
    """Return what is left of some point once its part of the large order is taken out."""
    y = 2
    while True:
        x = _x_of(y)
        if x is not None and _times(4, found := _times(L, (x, y))) != _ZERO:
            return found
        y += 1


_T: Final = _of_order_eight()


def _hash(*parts: bytes) -> int:
    return int.from_bytes(sha512(b"".join(parts)).digest(), "little") % L


def mixed_key(torsion: int) -> VerifyingKey:
    """Return the secret's public key with `torsion` eighths of the small group added."""
    point = _add(_times(_SECRET, _B), _times(torsion, _T))
    return VerifyingKey(Algorithm.ED25519, _encoded(point))


def _signed(key: VerifyingKey, encoded: bytes, nonce: int, message: bytes, more: int = 0) -> bytes:
    s = (nonce + _hash(encoded, key.public, message) * _SECRET) % L + more
    return encoded + s.to_bytes(32, "little")


def _beside(torsion: int, nonce: int) -> bytes:
    return _encoded(_add(_times(nonce, _B), _times(torsion % _ORDER, _T)))


def ed25519(torsion: int) -> Iterator[tuple[str, Signer]]:
    """Yield signers of `mixed_key(torsion)`, by what is odd about each."""
    key = mixed_key(torsion)

    def near(added: int, nonce: int, more: int = 0) -> Signer:
        return lambda message: _signed(key, _beside(added, nonce), nonce, message, more)

    def matching(message: bytes) -> bytes:
        """Sign so that R makes up for the key's part of the small group."""
        for nonce in range(1, 1000):
            for added in range(_ORDER):
                encoded = _beside(added, nonce)
                if (added + _hash(encoded, key.public, message) * torsion) % _ORDER == 0:
                    return _signed(key, encoded, nonce, message)
        raise AssertionError("one of eight matches, but none did")

    yield "plain", near(0, _NONCE)
    yield "with S over the order", near(0, _NONCE, L)
    yield "with S over twice the order", near(0, _NONCE, 2 * L)
    yield "with R that makes up for the key", matching
    for added in range(1, _ORDER):
        yield f"with R beside the group by {added}", near(added, _NONCE)
    for added in range(_ORDER):
        yield f"with R of small order, {added}", near(added, 0)
    yield from _with_bytes_for_r(key)


def _with_bytes_for_r(key: VerifyingKey) -> Iterator[tuple[str, Signer]]:
    def as_bytes(encoded: int) -> Signer:
        return lambda message: _signed(key, encoded.to_bytes(32, "little"), 0, message)

    for name, encoded in (("1", 1), ("-1", P - 1), ("0", 0)):
        yield f"with y of R = {name}, and a sign", as_bytes(encoded | 1 << 255)
    for name, encoded in (("0", P), ("1", P + 1), ("18", P + 18)):
        yield f"with y of R = {name}, and the field's size added", as_bytes(encoded)
    yield "with R that is no point", as_bytes(2)


def p256(private: ec.EllipticCurvePrivateKey) -> Iterator[tuple[str, Signer]]:
    """Yield signers of a key of P-256, by what is odd about each."""
    changes: dict[str, Callable[[int, int], tuple[int, int]]] = {
        "plain": lambda r, s: (r, s),
        "with the other s": lambda r, s: (r, N - s),
        "with the other r": lambda r, s: (N - r, s),
        "with r and s exchanged": lambda r, s: (s, r),
        "with r = 0": lambda _, s: (0, s),
        "with s = 0": lambda r, _: (r, 0),
        "with both 0": lambda _, __: (0, 0),
        "with r = n": lambda _, s: (N, s),
        "with s = n": lambda r, _: (r, N),
        "with both 1": lambda _, __: (1, 1),
        "with r at its most": lambda _, s: (2**256 - 1, s),
        "with s at its most": lambda r, _: (r, 2**256 - 1),
    }

    def signer(change: Callable[[int, int], tuple[int, int]]) -> Signer:
        def sign(message: bytes) -> bytes:
            pair = utils.decode_dss_signature(private.sign(message, ec.ECDSA(SHA256())))
            return b"".join(number.to_bytes(32, "big") for number in change(*pair))

        return sign

    for name, change in changes.items():
        yield name, signer(change)


def card_text(payload: bytes, key: VerifyingKey, sign: Signer) -> str:
    """Return claims as a card of `key` with whatever `sign` makes of the bytes to be signed."""
    header = protected_header(key.algorithm, key.kid)
    signature = sign(Sign1(header, payload, b"").signed)
    return PREFIX + base45.encode(b"\xd2" + cbor.encode([header, {}, payload, signature]))
