"""The authority that vouches for this hub's TLS: its own, or the site's (`ca` of hub.toml)."""

from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gate.errors import ConfigError
from gate.hub.config import HubConfig


def authority_of(config: HubConfig) -> x509.Certificate | None:
    """Return the certificate; None if public authorities vouch for the hub.

    Raises:
        ConfigError: the file can't be read, or holds none.
    """
    if config.authority_file is None:
        return None
    return certificate_in(config.authority_file)


def certificate_in(file: Path) -> x509.Certificate:
    """Return the certificate in a file.

    Raises:
        ConfigError: the file can't be read, or holds none.
    """
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except OSError as error:
        step = "let the hub's user read it; its own one is made by `gate hub serve --https`"
        raise ConfigError(str(file), [f"can't be read: {error.strerror}; next: {step}"]) from error
    except ValueError as error:
        fault = "no certificate in PEM; next: name the authority's certificate, not its key"
        raise ConfigError(str(file), [fault]) from error


def pin_of(config: HubConfig) -> bytes | None:
    """Return the SHA-256 of the authority's certificate, which set-up codes carry.

    Raises:
        ConfigError: as `authority_of`.
    """
    authority = authority_of(config)
    return None if authority is None else sha256(authority.public_bytes(Encoding.DER)).digest()
