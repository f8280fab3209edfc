"""The pin of a set-up code, against a real TLS server: who is in between is found out."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from ssl import PEM_cert_to_DER_cert

import pytest

from gate.devices.clock import SystemClock
from gate.enrol.hub_door import find_hub
from gate.errors import EnrolError, Setback
from gate.sim.free_port import free_port
from gate.sim.loopback import PORTAL_PAGE, LoopbackServer, Misbehaving
from gate.trust.enrolment import HubDoor
from gate.trust.network import Network, Wired
from gate.uplink.anchor import AUTHORITY_PATH
from tests.trust.set_up_codes import code
from tests.uplink.test_tls import certificate


@dataclass
class Authority:
    """A certificate of a site's own, good from `begins` after today on."""

    directory: Path
    begins: timedelta = timedelta(days=-1)

    def __post_init__(self) -> None:
        self.directory.mkdir()
        self.tls = certificate(self.directory, "127.0.0.1", self.begins)
        self.der = PEM_cert_to_DER_cert((self.directory / "cert.pem").read_text("ascii"))


class Hub(LoopbackServer):
    """Answers by one authority's certificate, and hands out `says` as its authority's."""

    def __init__(self, authority: Authority, says: bytes) -> None:
        super().__init__(_Handler, tls=authority.tls)
        self.says = says
        self.asked = 0
        self.refuses_by = 404
        self.content_type = "application/pkix-cert"


class _Handler(Misbehaving):
    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        self.told.asked += 1
        data = self.told.says if self.path == AUTHORITY_PATH else b""
        self.send_response(200 if data else self.told.refuses_by)
        self.send_header("Content-Type", self.told.content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("own") / "a")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("other") / "a")


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def found(hub: Hub, pin: bytes | None, ca: Path, proxy: str = "") -> Path | None:
    clock = SystemClock()
    door = HubDoor(url=hub.url, token=bytes(16), pin=pin)
    network = Network(link=Wired(), proxy=proxy)
    return find_hub(
        code(hub=door, network=network), ca, clock=clock, deadline_s=clock.monotonic() + 20
    )


def test_the_hub_that_the_code_names_is_believed(
    opened: ExitStack, own: Authority, tmp_path: Path
) -> None:
    hub = opened.enter_context(Hub(own, own.der))
    ca = tmp_path / "ca.pem"
    assert found(hub, sha256(own.der).digest(), ca) == ca
    assert PEM_cert_to_DER_cert(ca.read_text("ascii")) == own.der


def test_the_proxy_that_the_code_names_is_never_gone_around(
    opened: ExitStack, own: Authority, tmp_path: Path
) -> None:
    hub = opened.enter_context(Hub(own, own.der))
    nobody = f"127.0.0.1:{free_port()}"
    with pytest.raises(EnrolError) as caught:
        found(hub, sha256(own.der).digest(), tmp_path / "ca.pem", nobody)
    assert caught.value.setback is Setback.HUB_UNREACHABLE
    assert hub.asked == 0


def test_a_server_with_a_certificate_of_its_own_is_not(
    opened: ExitStack, own: Authority, other: Authority, tmp_path: Path
) -> None:
    hub = opened.enter_context(Hub(other, other.der))
    with pytest.raises(EnrolError) as caught:
        found(hub, sha256(own.der).digest(), tmp_path / "ca.pem")
    assert caught.value.setback is Setback.AUTHORITY_CHANGED
    assert not (tmp_path / "ca.pem").exists()


def test_one_that_hands_out_the_right_certificate_and_has_another_is_not(
    opened: ExitStack, own: Authority, other: Authority, tmp_path: Path
) -> None:
    hub = opened.enter_context(Hub(other, own.der))
    with pytest.raises(EnrolError) as caught:
        found(hub, sha256(own.der).digest(), tmp_path / "ca.pem")
    assert caught.value.setback is Setback.AUTHORITY_CHANGED
    assert hub.asked == 1  # the certificate; the request by which the line is tried never came


def test_a_code_without_a_pin_wants_a_public_authority(
    opened: ExitStack, own: Authority, tmp_path: Path
) -> None:
    hub = opened.enter_context(Hub(own, own.der))
    with pytest.raises(EnrolError) as caught:
        found(hub, None, tmp_path / "ca.pem")
    assert caught.value.setback is Setback.AUTHORITY_CHANGED
    assert hub.asked == 0


def test_a_certificate_that_begins_later_is_a_clock_that_is_wrong(
    opened: ExitStack, tmp_path: Path
) -> None:
    """Whoever is told of somebody in between goes home; the clock's cell was all that was wrong."""
    later = Authority(tmp_path / "later", timedelta(days=3))
    hub = opened.enter_context(Hub(later, later.der))
    with pytest.raises(EnrolError) as caught:
        found(hub, sha256(later.der).digest(), tmp_path / "ca.pem")
    assert caught.value.setback is Setback.CLOCK_WRONG


@pytest.mark.parametrize(
    ("status", "setback"), [(404, Setback.PORTAL), (500, Setback.HUB_UNREACHABLE)]
)
def test_a_hub_in_trouble_is_not_taken_for_somebody_in_its_place(
    opened: ExitStack, own: Authority, tmp_path: Path, status: int, setback: Setback
) -> None:
    hub = opened.enter_context(Hub(own, b""))
    hub.refuses_by = status
    with pytest.raises(EnrolError) as caught:
        found(hub, sha256(own.der).digest(), tmp_path / "ca.pem")
    assert caught.value.setback is setback


def test_a_page_to_sign_in_at_is_not_taken_for_a_certificate_that_was_changed(
    opened: ExitStack, own: Authority, tmp_path: Path
) -> None:
    portal = opened.enter_context(Hub(own, PORTAL_PAGE))
    portal.content_type = "text/html; charset=utf-8"
    with pytest.raises(EnrolError) as caught:
        found(portal, sha256(own.der).digest(), tmp_path / "ca.pem")
    assert caught.value.setback is Setback.PORTAL
