"""A desk's private key: a file of its own, beside the hub's other secrets, never in the database.

<data>/desks/<slug>.pem     PKCS#8, readable by the hub's user only
"""

import os
from pathlib import Path
from typing import Final

from django.conf import settings

from gate.errors import TrustError
from gate.hub.config import HubConfig
from gate.hub.desk.models import Desk
from gate.hub.fleet.files import create, explained, mode_of, read_file, sync_directory
from gate.signing.keys import SigningKey
from gate.trust.bundle import Issuer
from gate.trust.issuers import parse_issuers

FOLDER: Final = "desks"
PRIVATE: Final = 0o600
MAX_PEM_BYTES: Final = 4096
"""A P-256 key takes 241."""


def key_file(slug: str) -> Path:
    """Return where the key of a desk lies."""
    config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    return config.data / FOLDER / f"{slug}.pem"


def issuer_of(desk: Desk) -> Issuer:
    """Return what units are told of a desk.

    Raises:
        TrustError: what the database has is none.
    """
    return parse_issuers(desk.issuer, f"desk {desk.slug}")[0]


def load_key(desk: Desk) -> SigningKey:
    """Return a desk's key.

    Raises:
        TrustError: it is not there, others may read it, or it is none of the issuer's keys.
    """
    path = key_file(desk.slug)
    if not path.exists():
        raise TrustError(f"{path}: missing, so nothing is signed; next: restore it from a backup")
    with explained(path):
        if mode_of(path) & 0o077:
            raise TrustError(f"{path}: others may read it; next: chmod 600 {path}")
    key = SigningKey.from_pem(read_file(path, MAX_PEM_BYTES), str(path))
    if all(trusted.key != key.verifying_key for trusted in issuer_of(desk).keys):
        raise TrustError(f"{path}: is none of the keys of {desk.iss}; next: restore the right one")
    return key


def store_key(slug: str, key: SigningKey) -> Path:
    """Write a new key, durably.

    Raises:
        TrustError: one lies there already, or the disk refused.
    """
    path = key_file(slug)
    with explained(path):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            create(path, key.to_pem(), mode=PRIVATE)
        except FileExistsError as error:
            step = "next: choose another name, or put that file away if you know whose it was"
            raise TrustError(f"{path}: a key lies there already; {step}") from error
        sync_directory(path.parent)
        sync_directory(path.parent.parent)
    return path


def holds(slug: str, key: SigningKey) -> bool:
    """Tell whether this very key lies there, as an attempt that was cut short leaves it."""
    path = key_file(slug)
    if not os.path.lexists(path):
        return False
    return read_file(path, MAX_PEM_BYTES) == key.to_pem()
