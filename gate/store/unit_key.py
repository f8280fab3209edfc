"""The unit's own Ed25519 key, by which a hub knows it; made on the unit and never leaving it.

A key that is lost makes another unit of this one, so one that is damaged is never replaced by
itself.
"""

import os
import stat
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.errors import ConfigError, TrustError
from gate.signing.keys import Algorithm, SigningKey
from gate.store.files import sync_directory, write_file

PRIVATE: Final = 0o600
_MAX_PEM_BYTES: Final = 4096
"""An Ed25519 key takes 119."""


def load_unit_key(path: Path) -> SigningKey:
    """Return the key in `path`.

    Raises:
        ConfigError: missing, no Ed25519 key, readable by others, or the disk refuses.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            pem = file.read(_MAX_PEM_BYTES + 1)
    except OSError as error:
        raise _fault(path, f"can't be read: {error.strerror}") from error
    if mode & ~PRIVATE:
        raise _fault(path, f"has mode {mode:04o}, must be 0600; chmod 600 it")
    try:
        key = SigningKey.from_pem(pem, str(path))
    except TrustError as error:
        raise _fault(path, "is damaged, or no PKCS#8 PEM; restore it from a backup") from error
    if key.verifying_key.algorithm is not Algorithm.ED25519:
        raise _fault(path, "is not an Ed25519 key; restore the unit's own from a backup")
    return key


def unit_key(path: Path) -> tuple[SigningKey, bool]:
    """Return the key in `path`, and whether it was made just now because there was none.

    Two that make it at once get the same: the first to finish wins.

    Raises:
        ConfigError: as `load_unit_key`, or it can't be made.
    """
    made = False
    if not os.path.lexists(path):
        made = _make(path)
    return load_unit_key(path), made


def _make(path: Path) -> bool:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write_file(beside, SigningKey(Ed25519PrivateKey.generate()).to_pem(), mode=PRIVATE)
        try:
            os.link(beside, path)  # unlike a rename, it replaces nothing
        except FileExistsError:
            return False
        finally:
            beside.unlink()
        sync_directory(path.parent)
    except OSError as error:
        step = "its directory must exist and be writable for gate"
        raise _fault(path, f"can't be made: {error.strerror}; {step}") from error
    return True


def _fault(path: Path, fault: str) -> ConfigError:
    return ConfigError(str(path), [f"unit key {fault}"])
