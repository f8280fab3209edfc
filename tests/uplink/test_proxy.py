"""A proxy between unit and hub: TLS goes through it to the hub, and it learns the hub's name."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from hashlib import sha256
from pathlib import Path
from ssl import PEM_cert_to_DER_cert
from threading import Event, Thread

import pytest

from gate.devices.clock import SystemClock
from gate.errors import UplinkError
from gate.sim.loopback import DRIP_S, LoopbackServer, Misbehaving
from gate.uplink.anchor import fetch_authority
from gate.uplink.client import HubClient
from gate.uplink.fetch import Fetcher
from tests.uplink.test_tls import certificate

NOBODY = "127.0.0.1:9"
DRIP_BYTES = 1024
MAX_HEAD_BYTES = 65_536
"""Where http.client itself gives a head up: after three seconds of such drips."""


class Hub(LoopbackServer):
    """Answers everything with its authority's certificate, by TLS."""

    def __init__(self, directory: Path) -> None:
        super().__init__(_Handler, tls=certificate(directory, "127.0.0.1"))
        self.ca = directory / "cert.pem"
        self.says = PEM_cert_to_DER_cert(self.ca.read_text("ascii"))


class _Handler(Misbehaving):
    def do_GET(self) -> None:  # noqa: N802 - http.server's name
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.told.says)))
        self.end_headers()
        self.wfile.write(self.told.says)

    def do_POST(self) -> None:  # noqa: N802 - as above
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()


class Proxy:
    """Lets out who asks by CONNECT, or says `refusal`; with `drips` it never ends its answer."""

    def __init__(
        self,
        refusal: bytes = b"",
        *,
        drips: bool = False,
        address: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.asked: list[bytes] = []
        self.dripped_bytes = 0
        self._refusal, self._drips, self._over = refusal, drips, Event()
        self._door = socket.create_server((address, port))
        self.place = f"{address}:{self._door.getsockname()[1]}"
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                one, _ = self._door.accept()
            except OSError:
                return
            Thread(target=self._let_out, args=(one,), daemon=True).start()

    def _let_out(self, one: socket.socket) -> None:
        with one:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += one.recv(1)
            self.asked.append(head)
            if self._refusal:
                one.sendall(self._refusal)
                return
            if self._drips:
                one.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                with suppress(OSError):  # whoever listened has gone
                    while not self._over.wait(DRIP_S):
                        one.sendall(bytes(DRIP_BYTES))
                        self.dripped_bytes += DRIP_BYTES
                return
            host, _, port = head.split()[1].decode("ascii").rpartition(":")
            with socket.create_connection((host, int(port))) as other:
                one.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = Thread(target=_pour, args=(other, one), daemon=True)
                back.start()
                _pour(one, other)
                back.join()


def _pour(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        return  # whoever was there has gone


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def hub(opened: ExitStack, tmp_path: Path) -> Hub:
    return opened.enter_context(Hub(tmp_path))


def proxy_of(opened: ExitStack, refusal: bytes = b"", *, drips: bool = False) -> Proxy:
    proxy = Proxy(refusal, drips=drips)
    opened.callback(proxy.close)
    return proxy


def client_of(opened: ExitStack, hub: Hub, proxy: str) -> HubClient:
    clock = SystemClock()
    return opened.enter_context(
        HubClient(hub.url, ca=hub.ca, proxy=proxy, now=clock.now, monotonic=clock.monotonic)
    )


def soon(seconds: float = 20.0) -> float:
    return SystemClock().monotonic() + seconds


def test_what_is_sent_goes_through_the_proxy_to_the_hub_itself(opened: ExitStack, hub: Hub) -> None:
    proxy = proxy_of(opened)
    reply = client_of(opened, hub, proxy.place).post("/api/x", b"secret words", deadline_s=soon())
    assert (reply.status, reply.body) == (200, hub.says)
    [asked] = proxy.asked
    assert asked.startswith(f"CONNECT {hub.url.removeprefix('https://')} HTTP/1.".encode())
    assert b"secret" not in asked
    assert b"/api/x" not in asked


def test_files_and_the_authority_come_through_it_too(opened: ExitStack, hub: Hub) -> None:
    proxy, monotonic = proxy_of(opened), SystemClock().monotonic
    fetcher = opened.enter_context(Fetcher(ca=hub.ca, proxy=proxy.place, monotonic=monotonic))
    assert fetcher.get(f"{hub.url}/a", max_bytes=9999, deadline_s=soon()).body == hub.says
    pem = fetch_authority(
        hub.url,
        sha256(hub.says).digest(),
        proxy=proxy.place,
        deadline_s=soon(),
        monotonic=monotonic,
    )
    assert PEM_cert_to_DER_cert(pem) == hub.says
    assert len(proxy.asked) == 2


def test_a_hub_of_another_certificate_is_not_believed_through_it(
    opened: ExitStack, hub: Hub, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    certificate(tmp_path / "other", "127.0.0.1")
    hub.ca = tmp_path / "other" / "cert.pem"
    with pytest.raises(UplinkError, match="certificate"):
        client_of(opened, hub, proxy_of(opened).place).post("/", b"", deadline_s=soon())


def test_a_proxy_that_refuses_is_said_so(opened: ExitStack, hub: Hub) -> None:
    proxy = proxy_of(opened, b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    with pytest.raises(UplinkError, match="407"):
        client_of(opened, hub, proxy.place).post("/", b"", deadline_s=soon())


def test_a_proxy_that_is_not_there_is_not_gone_around(opened: ExitStack, hub: Hub) -> None:
    with pytest.raises(UplinkError):
        client_of(opened, hub, NOBODY).post("/", b"", deadline_s=soon())
    assert hub.connections == 0


def test_a_proxy_that_never_ends_its_answer_is_cut_off(opened: ExitStack, hub: Hub) -> None:
    proxy = proxy_of(opened, drips=True)
    with pytest.raises(UplinkError, match="cut off"):
        client_of(opened, hub, proxy.place).post("/", b"", deadline_s=soon(0.5))
    assert proxy.dripped_bytes < MAX_HEAD_BYTES
