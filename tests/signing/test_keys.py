"""Keys of both algorithms, and what is no key."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import TrustError
from gate.signing.keys import SMALL_ORDER_POINTS, Algorithm, SigningKey, VerifyingKey

ED25519 = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
ESP256 = SigningKey(ec.derive_private_key(123456789, ec.SECP256R1()))
BOTH = pytest.mark.parametrize("key", [ED25519, ESP256], ids=["ed25519", "esp256"])


@BOTH
def test_a_signature_holds_for_its_message_and_no_other(key: SigningKey) -> None:
    signature = key.sign(b"message")

    assert key.verifying_key.verifies(signature, b"message")
    assert not key.verifying_key.verifies(signature, b"another")


@BOTH
def test_no_changed_bit_of_a_signature_is_accepted(key: SigningKey) -> None:
    signature = key.sign(b"message")

    for bit in range(512):
        changed = bytearray(signature)
        changed[bit // 8] ^= 1 << bit % 8
        assert not key.verifying_key.verifies(bytes(changed), b"message")


@BOTH
# Invariant: any 64 bytes or other length are False, never an exception.
@given(signature=st.binary(max_size=70) | st.binary(min_size=64, max_size=64))
def test_any_bytes_are_no_signature(key: SigningKey, signature: bytes) -> None:
    assert key.verifying_key.verifies(signature, b"message") is False


def test_numbers_with_leading_zeros_survive_the_way_to_der() -> None:
    for seed in range(600):
        message = seed.to_bytes(2, "big")
        assert ESP256.verifying_key.verifies(ESP256.sign(message), message)


@BOTH
def test_a_key_comes_back_from_its_file(key: SigningKey) -> None:
    again = SigningKey.from_pem(key.to_pem(), "key.pem")

    assert again.verifying_key == key.verifying_key


@BOTH
def test_a_private_key_shows_nothing_of_itself(key: SigningKey) -> None:
    assert "rivate" not in repr(key).replace("_private", "")


@pytest.mark.parametrize("point", sorted(SMALL_ORDER_POINTS), ids=bytes.hex)
def test_a_point_of_small_order_is_no_key(point: bytes) -> None:
    with pytest.raises(TrustError, match="small order"):
        VerifyingKey(Algorithm.ED25519, point)


@pytest.mark.parametrize(
    ("algorithm", "public"),
    [
        (Algorithm.ED25519, bytes(31)),
        (Algorithm.ED25519, ESP256.verifying_key.public),
        (Algorithm.ESP256, ED25519.verifying_key.public),
        (Algorithm.ESP256, b"\x04" + bytes(64)),
        (Algorithm.ESP256, b"\x02" + ESP256.verifying_key.public[1:33]),
    ],
)
def test_bytes_that_are_no_key_are_refused(algorithm: Algorithm, public: bytes) -> None:
    with pytest.raises(TrustError):
        VerifyingKey(algorithm, public)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, password: bytes | None) -> bytes:
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        lock = serialization.BestAvailableEncryption(password)
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"key", id="not PEM"),
        pytest.param(pem(rsa.generate_private_key(65537, 2048), None), id="RSA"),
        pytest.param(pem(ec.generate_private_key(ec.SECP384R1()), None), id="another curve"),
        pytest.param(pem(ec.generate_private_key(ec.SECP256R1()), b"secret"), id="a password"),
    ],
)
def test_another_file_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(TrustError, match=r"issuer-key\.pem"):
        SigningKey.from_pem(data, "issuer-key.pem")
