"""Where the hub's own authority lies, and that it is made once.

Made with another one, every phone and every unit would have to be told anew: so it is never
replaced by itself. It lies in `data`/authority, and is in each backup.
"""

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from gate.errors import ConfigError
from gate.hub.fleet.files import PRIVATE, PUBLIC, create, sync_directory
from gate.hub.https.certificates import BACKDATED, Authority, new_authority, pem_of
from gate.hub.https.names import read_name

CERTIFICATE_NAME: Final = "ca.crt"
KEY_NAME: Final = "ca.key"

NO_EARLIER: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""Before this was written: a machine without a clock cell begins in the past."""

_ANEW: Final = "remove the directory: another is made, and every phone and unit must be told anew"


def authority_in(folder: Path, hosts: Iterable[str], host_name: str, now: datetime) -> Authority:
    """Return the authority that lies in `folder`; made there if there is none.

    Raises:
        ConfigError: it can't be read or written, is past its end, or doesn't vouch for `hosts`.
    """
    names = [read_name(host) for host in hosts]
    try:
        if not folder.exists():
            _see_the_clock(now)
            _put(folder, new_authority([*names, host_name], host_name, now))
        authority = _read(folder)
    except OSError as error:
        fault = f"can't be written or read: {error.strerror}; next: let the hub's user own it"
        raise ConfigError(str(folder), [fault]) from error
    if authority.certificate.not_valid_after_utc - BACKDATED <= now:
        raise ConfigError(str(folder), [f"the authority is past its end; next: {_ANEW}"])
    others = [str(name) for name in names if not authority.vouches_for(name)]
    if others:
        told = f"made when `hosts` was another: it can't vouch for {', '.join(others)}"
        step = f"next: take a name that ends in .local or .lan, or {_ANEW}"
        raise ConfigError(str(folder), [f"{told}; {step}"])
    return authority


def _see_the_clock(now: datetime) -> None:
    if now < NO_EARLIER:
        step = "next: set it, then start the hub again"
        raise ConfigError("clock", [f"says {now:%d %B %Y}, which is past; {step}"])


def _put(folder: Path, authority: Authority) -> None:
    """Write both files, or neither."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    beside = Path(mkdtemp(prefix=".authority-", dir=folder.parent))
    try:
        create(beside / KEY_NAME, pem_of(authority.key), mode=PRIVATE)
        told = authority.certificate.public_bytes(Encoding.PEM)
        create(beside / CERTIFICATE_NAME, told, mode=PUBLIC)
        sync_directory(beside)
        beside.rename(folder)
        sync_directory(folder.parent)
    except OSError:
        if not folder.exists():  # else another hub of these files was first, and its counts
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _read(folder: Path) -> Authority:
    key_file, file = folder / KEY_NAME, folder / CERTIFICATE_NAME
    try:
        key = load_pem_private_key(key_file.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        certificate.extensions.get_extension_for_class(x509.NameConstraints)
    except (ValueError, TypeError, x509.ExtensionNotFound) as error:
        raise ConfigError(str(folder), [f"{_DAMAGED}: {error}; {_BACK}"]) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ConfigError(str(folder), [f"{_DAMAGED}: no such key; {_BACK}"])
    if key.public_key() != certificate.public_key():
        raise ConfigError(str(folder), [f"{_DAMAGED}: one isn't the other's; {_BACK}"])
    return Authority(certificate=certificate, key=key)


_DAMAGED: Final = f"{KEY_NAME} or {CERTIFICATE_NAME} is damaged"
_BACK: Final = f"next: restore both from a backup, or {_ANEW}"
