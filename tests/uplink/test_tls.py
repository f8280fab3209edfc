"""A hub on the site's own network, with a certificate of the site's own."""

from __future__ import annotations

import ipaddress
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gate.devices.clock import SystemClock
from gate.errors import UplinkError
from gate.sim.hub import SimulatedHub, Trouble
from gate.uplink.client import HubClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def certificate(directory: Path, address: str, begins: timedelta = timedelta(-1)) -> SSLContext:
    """Write a certificate for `address` to cert.pem; return a server's context that has it.

    It is good from `begins` after today on, for two days.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a site's hub")])
    today = datetime.now(UTC)  # noqa: TID251 - TLS judges certificates by the machine's clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today + begins)
        .not_valid_after(today + begins + timedelta(days=2))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (directory / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (directory / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(directory / "cert.pem", directory / "key.pem")
    return context


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def hub_and_client(
    opened: ExitStack, directory: Path, *, address: str = "127.0.0.1", ca: Path | None
) -> tuple[SimulatedHub, HubClient]:
    clock = SystemClock()
    hub = opened.enter_context(SimulatedHub(clock, tls=certificate(directory, address)))
    client = HubClient(hub.url, ca=ca, now=clock.now, monotonic=clock.monotonic)
    return hub, opened.enter_context(client)


def post(client: HubClient, seconds: float = 30) -> int:
    deadline_s = SystemClock().monotonic() + seconds
    return client.post("/api/units/none/heartbeats", b"x", deadline_s=deadline_s).status


def test_a_hub_that_the_sites_authority_vouches_for_is_spoken_to(
    opened: ExitStack, tmp_path: Path
) -> None:
    _, client = hub_and_client(opened, tmp_path, ca=tmp_path / "cert.pem")
    assert post(client) == 404


def test_a_hub_that_nobody_vouches_for_is_sent_nothing(opened: ExitStack, tmp_path: Path) -> None:
    hub, client = hub_and_client(opened, tmp_path, ca=None)
    with pytest.raises(UplinkError, match="self-signed certificate"):
        post(client)
    assert hub.requests == 0


def test_a_certificate_for_another_address_is_not_taken(opened: ExitStack, tmp_path: Path) -> None:
    hub, client = hub_and_client(opened, tmp_path, address="127.0.0.2", ca=tmp_path / "cert.pem")
    with pytest.raises(UplinkError, match="IP address mismatch"):
        post(client)
    assert hub.requests == 0


@pytest.mark.parametrize("trouble", [Trouble.DRIP, Trouble.DRIP_HEADERS])
def test_a_drip_under_tls_is_cut_off_too(
    opened: ExitStack, tmp_path: Path, trouble: Trouble
) -> None:
    hub, client = hub_and_client(opened, tmp_path, ca=tmp_path / "cert.pem")
    hub.troubles.append(trouble)
    with pytest.raises(UplinkError, match="cut off"):
        post(client, seconds=0.5)
    assert post(client) == 404
