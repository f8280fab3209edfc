"""The authority that vouches for this hub's TLS, if it is the site's own (`ca` of hub.toml)."""

from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gate.errors import ConfigError
from gate.hub.config import HubConfig


def authority_of(config: HubConfig) -> x509.Certificate | None:
    """Return the certificate; None if public authorities vouch for the hub.

    Raises:
        ConfigError: the file can't be read, or holds none.
    """
    if config.ca is None:
        return None
    try:
        return x509.load_pem_x509_certificate(config.ca.read_bytes())
    except OSError as error:
        fault = f"can't be read: {error.strerror}; next: let the hub's user read it"
        raise ConfigError(str(config.ca), [fault]) from error
    except ValueError as error:
        fault = "no certificate in PEM; next: name the authority's certificate, not its key"
        raise ConfigError(str(config.ca), [fault]) from error


def pin_of(config: HubConfig) -> bytes | None:
    """Return the SHA-256 of the authority's certificate, which set-up codes carry.

    Raises:
        ConfigError: as `authority_of`.
    """
    authority = authority_of(config)
    return None if authority is None else sha256(authority.public_bytes(Encoding.DER)).digest()
