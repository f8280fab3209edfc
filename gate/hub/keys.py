"""The three secrets of a hub, each in a file of its own that only the hub may read.

They are made once, by `gate hub migrate`, and are never replaced: with another key the hub could
not stand by the receipts it has given, and with another secret of the sites their gates would know
nobody any more.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.errors import ConfigError
from gate.hub.config import HubConfig
from gate.signing.keys import SigningKey

SECRET_CHARS: Final = 64
"""384 random bits; Django warns under 50 characters."""

SITES_KEY_NAME: Final = "sites.key"
SITES_KEY_BYTES: Final = 32
"""As long as the keys that are derived from it (RFC 2104, section 3)."""

_SITE_KEY_LABEL: Final = b"site-gate site key 1\0"
_SECOND_FACTOR_LABEL: Final = b"site-gate second factor 1"


def make_missing(config: HubConfig) -> tuple[Path, ...]:
    """Make the data directory and whichever secret is not there; return the files made.

    Raises:
        ConfigError: the directory can't be made or written.
    """
    try:
        config.data.mkdir(parents=True, exist_ok=True, mode=0o750)
        secret = secrets.token_urlsafe(SECRET_CHARS * 3 // 4).encode()
        key = SigningKey(Ed25519PrivateKey.generate()).to_pem()
        sites = secrets.token_bytes(SITES_KEY_BYTES)
        made = [
            _create(config.secret_file, secret),
            _create(config.key_file, key),
            _create(config.data / SITES_KEY_NAME, sites),
        ]
    except OSError as error:
        fault = f"can't be written: {error.strerror}; next: let the hub's user own the directory"
        raise ConfigError(str(error.filename), [fault]) from error
    return tuple(path for path in made if path is not None)


def load_secret(config: HubConfig) -> str:
    """Return what signs sessions; raises ConfigError."""
    text = _read(config.secret_file).decode("ascii", errors="replace").strip()
    if len(text) < SECRET_CHARS or not text.isascii():
        fault = f"not {SECRET_CHARS} characters of ASCII; next: remove it, then `gate hub migrate`"
        raise ConfigError(str(config.secret_file), [fault])
    return text


def load_hub_key(config: HubConfig) -> SigningKey:
    """Return the key that signs receipts.

    Raises:
        ConfigError: no such file, or it can't be read.
        TrustError: it holds no such key.
    """
    return SigningKey.from_pem(_read(config.key_file), str(config.key_file))


def site_key(config: HubConfig, slug: str) -> bytes:
    """Return the 32 bytes that key the persons of a site (docs/adr/0018).

    Raises:
        ConfigError: the secret they are derived from can't be read, or is none.
    """
    label = _SITE_KEY_LABEL + slug.encode()
    return hmac.digest(_sites_secret(config), label, hashlib.sha256)


def second_factor_key(config: HubConfig) -> bytes:
    """Return the 32 bytes that encrypt second factors; raises ConfigError as `site_key` does."""
    return hmac.digest(_sites_secret(config), _SECOND_FACTOR_LABEL, hashlib.sha256)


def _sites_secret(config: HubConfig) -> bytes:
    path = config.data / SITES_KEY_NAME
    secret = _read(path)
    if len(secret) != SITES_KEY_BYTES:
        fault = f"{len(secret)} bytes, must be {SITES_KEY_BYTES}; next: restore it from a backup"
        raise ConfigError(str(path), [fault])
    return secret


def _create(path: Path, content: bytes) -> Path | None:
    """Write a new file durably; one that is there already stays as it is."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fault = f"can't be read: {error.strerror}; next: `gate hub migrate`, as the hub's user"
        raise ConfigError(str(path), [fault]) from error
