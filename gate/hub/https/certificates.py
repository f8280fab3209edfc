"""What a hub's own authority is and signs, as X.509 has it. Knows no file.

Phones and computers are told to trust the authority, so it can vouch for little: private addresses,
names that nobody can own on the internet, and the names of the hub's file when it was made (RFC
5280, 4.2.1.10, name constraints). Whoever steals its key speaks for this hub, and for no bank.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from gate.hub.https.names import Name

AUTHORITY_LIFE: Final = timedelta(days=3650)
"""Longer than any building site; phones set no limit to an authority that a person trusts."""

CERTIFICATE_LIFE: Final = timedelta(days=397)
"""398 days are the most that browsers take (CA/Browser Forum, ballot SC31)."""

BACKDATED: Final = timedelta(days=1)
"""For a phone whose clock is behind."""

MOST_NAME_CHARS: Final = 24
"""Of a machine's name in an authority's, which has 64 (RFC 5280, ub-common-name)."""

_PRIVATE_NETWORKS: Final = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
)
"""RFC 1918, 3927, 4193, and the machine itself."""

_PRIVATE_NAMES: Final = ("localhost", "local", "lan", "internal", "home.arpa")
"""No public authority may vouch for one (RFC 6761, 6762, 8375; ICANN, 29 July 2024: .internal)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What vouches for a hub.

    Attributes:
        certificate: for whoever is to trust it.
    """

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)

    def vouches_for(self, name: Name) -> bool:
        """Tell whether its name constraints let it."""
        constraints = self.certificate.extensions.get_extension_for_class(x509.NameConstraints)
        return any(
            _is_within(name, one.value) for one in constraints.value.permitted_subtrees or ()
        )

    def end_of_one_made(self, now: datetime) -> datetime:
        """Return the end of a certificate that is made now: the authority's own at the latest."""
        return min(now + CERTIFICATE_LIFE - BACKDATED, self.certificate.not_valid_after_utc)

    def issue(self, names: Iterable[Name], now: datetime) -> bytes:
        """Return a key of its own and a certificate for these names, as one file of PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = (
            _begun("Site gate hub", key.public_key(), now)
            .issuer_name(self.certificate.subject)
            .not_valid_after(self.end_of_one_made(now))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
            .sign(self.key, SHA256())
        )
        return pem_of(key) + made.public_bytes(Encoding.PEM)


def digest_of(certificate: x509.Certificate) -> bytes:
    """Return its SHA-256, by which devices and set-up codes know it."""
    return sha256(certificate.public_bytes(Encoding.DER)).digest()


def spelled(digest: bytes) -> str:
    """Spell a fingerprint as devices show it: pairs of capitals."""
    return digest.hex(" ").upper()


def is_for(certificate: x509.Certificate, names: Iterable[Name]) -> bool:
    """Tell whether a certificate is for these names, and no others."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    return set(found) == set(_general(names))


def new_authority(names: Iterable[Name], host_name: str, now: datetime) -> Authority:
    """Make one that vouches for `names`, besides what is private anywhere."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certified(key, names, host_name, now)
    return Authority(certificate=certificate, key=key)


def _certified(
    key: ec.EllipticCurvePrivateKey, names: Iterable[Name], host_name: str, now: datetime
) -> x509.Certificate:
    called = f"Site gate hub {host_name[:MOST_NAME_CHARS]}, {now:%d %b %Y}"
    networks = [ipaddress.ip_network(one) for one in _PRIVATE_NETWORKS]
    own = {name for name in names if not _is_private(name)}
    permitted: list[x509.GeneralName] = [x509.DNSName(one) for one in _PRIVATE_NAMES]
    permitted += [x509.IPAddress(one) for one in networks]
    permitted += [
        x509.DNSName(name.removeprefix("."))
        if isinstance(name, str)
        else x509.IPAddress(ipaddress.ip_network(name))
        for name in sorted(own, key=str)
    ]
    return (
        _begun(called, key.public_key(), now)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)]))
        .not_valid_after(now + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(
            x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None),
            critical=True,
        )
        .sign(key, SHA256())
    )


def _begun(called: str, key: ec.EllipticCurvePublicKey, now: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _general(names: Iterable[Name]) -> list[x509.GeneralName]:
    found: list[x509.GeneralName] = []
    for name in sorted(names, key=str):
        if not isinstance(name, str):
            found.append(x509.IPAddress(name))
        elif name.startswith("."):
            found += [x509.DNSName(name[1:]), x509.DNSName(f"*{name}")]
        else:
            found.append(x509.DNSName(name))
    return list(dict.fromkeys(found))


def _is_private(name: Name) -> bool:
    if isinstance(name, str):
        return any(_is_within(name, one) for one in _PRIVATE_NAMES)
    return any(_is_within(name, ipaddress.ip_network(one)) for one in _PRIVATE_NETWORKS)


def _is_within(name: Name, subtree: object) -> bool:
    if isinstance(name, str):
        return isinstance(subtree, str) and f".{name}".endswith(f".{subtree}")
    if isinstance(subtree, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return name in subtree
    return False


def pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Spell a key, unencrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
