"""The keys of the fleet: made, kept as one file each, and taken in hand to sign.

A private key is PKCS#8 PEM, mode 0600. Beside it lies its public half, `<name>.pub`, JSON: that is
what others need. With `"uri"` in it a public file stands for a key that something else holds, by
any scheme that securesystemslib knows (a token, a cloud's key service); such a file may be given
wherever a private one may.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.exceptions import Error as SslibError
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import CryptoSigner, Key, Signer, SSlibKey

from gate.errors import TrustError
from gate.hub.fleet import files
from gate.hub.fleet.roles import NAME_FIELD, name_of

PUBLIC_SUFFIX: Final = ".pub"
PRIVATE_SUFFIX: Final = ".pem"
MAX_KEY_BYTES: Final = 8192
"""An Ed25519 key takes 119, a public file 300."""

_FILE: Final = f"{CryptoSigner.SCHEME}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInHand:
    """A key, and what signs with it; `signer` is None where only the public half is here."""

    key: Key
    signer: Signer | None
    source: Path

    @property
    def name(self) -> str:
        """Say which key that is."""
        return name_of(self.key)


def make_key(folder: Path, name: str) -> KeyInHand:
    """Make a key and write both halves into `folder`, which must be there.

    Raises:
        TrustError: there is such a file, or the disk refuses or would let others read it.
    """
    private = Ed25519PrivateKey.generate()
    signer = CryptoSigner(private, _named(SSlibKey.from_crypto(private.public_key()), name))
    path = folder / f"{name}{PRIVATE_SUFFIX}"
    if path.exists() or path.with_suffix(PUBLIC_SUFFIX).exists():
        raise TrustError(f"{path}: there is a key already; next: name another directory")
    with files.explained(path):
        files.create(path, signer.private_bytes, mode=files.PRIVATE)
        try:
            _check_mode(path)
            public = json.dumps(describe_key(signer.public_key), indent=2, sort_keys=True)
            files.create(path.with_suffix(PUBLIC_SUFFIX), f"{public}\n".encode(), mode=files.PUBLIC)
            files.sync_directory(folder)
        except (OSError, TrustError):
            remove_key(path)
            raise
    return KeyInHand(key=signer.public_key, signer=signer, source=path)


def remove_key(path: Path) -> None:
    """Remove a key that was made in vain."""
    path.unlink(missing_ok=True)
    path.with_suffix(PUBLIC_SUFFIX).unlink(missing_ok=True)


def read_key(path: Path) -> KeyInHand:
    """Take a key in hand: a private file, or a public one.

    Raises:
        TrustError: it is neither, or others may read the private half.
    """
    data = files.read_file(path, MAX_KEY_BYTES)
    if data.lstrip().startswith(b"{"):
        return _read_public(data, path)
    _check_mode(path)
    try:
        private = load_pem_private_key(data, password=None)
    except (ValueError, TypeError) as error:
        raise TrustError(
            f"{path}: neither an unencrypted PKCS#8 PEM private key nor a public file; next: "
            "make one by `gate hub fleet new-key`"
        ) from error
    if not isinstance(private, Ed25519PrivateKey | EllipticCurvePrivateKey):
        raise TrustError(f"{path}: neither an Ed25519 nor an elliptic curve key")
    try:
        public = SSlibKey.from_crypto(private.public_key())
        signer = CryptoSigner(private, _named(public, path.stem))
    except (ValueError, SslibError) as error:
        raise TrustError(f"{path}: a key of a kind that TUF has no name for: {error}") from error
    return KeyInHand(key=signer.public_key, signer=signer, source=path)


def read_keyring(folder: Path) -> tuple[KeyInHand, ...]:
    """Take every key of a directory in hand that can sign; none if there is no such directory."""
    held = [read_key(path) for path in sorted(folder.glob(f"[!.]*{PRIVATE_SUFFIX}"))]
    alone = [path for path in sorted(folder.glob(f"[!.]*{PUBLIC_SUFFIX}")) if _is_alone(path)]
    return (*held, *(one for one in map(read_key, alone) if one.signer is not None))


def describe_key(key: Key) -> dict[str, Any]:
    """Return a public file's content."""
    return {"keyid": key.keyid, **key.to_dict()}


def _check_mode(path: Path) -> None:
    mode = files.mode_of(path)
    if mode & ~files.PRIVATE:
        raise TrustError(
            f"{path}: mode {mode:04o} lets others read a private key, 0600 is needed; next: "
            "chmod 600 it; a stick with FAT keeps no permissions: make it ext4"
        )


def _is_alone(path: Path) -> bool:
    return not path.with_suffix(PRIVATE_SUFFIX).exists()


def _read_public(data: bytes, path: Path) -> KeyInHand:
    try:
        document = json.loads(data)
        uri, keyid = document.pop("uri", None), document.pop("keyid")
        key = Key.from_dict(keyid, document)
        if isinstance(uri, str) and uri.startswith(_FILE):
            _check_mode(Path(uri.removeprefix(_FILE)))
        signer = Signer.from_priv_key_uri(uri, key) if isinstance(uri, str) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TrustError(f"{path}: no public file of a key: {error!r}") from error
    except (OSError, SslibError) as error:
        raise TrustError(f"{path}: what holds the key does not answer: {error}") from error
    if not isinstance(key, SSlibKey) or not _is_own_id(key):
        raise TrustError(f"{path}: keyid {keyid!r} is not this key's; next: copy the file anew")
    return KeyInHand(key=key, signer=signer, source=path)


def _is_own_id(key: SSlibKey) -> bool:
    """Tell whether the id is the one that the key's own bytes give, as securesystemslib does."""
    value = {"keytype": key.keytype, "scheme": key.scheme, "keyval": key.keyval}
    return sha256(str(encode_canonical(value)).encode()).hexdigest() == key.keyid


def _named(key: SSlibKey, name: str) -> SSlibKey:
    key.unrecognized_fields[NAME_FIELD] = name
    return key
