"""One GET over real sockets: a whole answer within its bounds, or an error that says why not."""

from __future__ import annotations

import socket
from contextlib import closing, contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from gate.devices.clock import SystemClock
from gate.errors import UplinkError
from gate.sim.devices import ManualClock
from gate.sim.issuer import NOW
from gate.sim.loopback import DRIP_S
from gate.sim.static_server import StaticServer, StaticTrouble
from gate.uplink.fetch import MAX_REFUSAL_BYTES, MAX_WATCHED_S, WATCHED, Fetched, Fetcher

if TYPE_CHECKING:
    from collections.abc import Iterator

LIST = b"a signed list of some length " * 10
CLOCK = SystemClock()


@pytest.fixture
def server() -> Iterator[StaticServer]:
    with StaticServer({"/list": LIST}) as running:
        yield running


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(ca=None, monotonic=CLOCK.monotonic) as opened:
        yield opened


def get(
    fetcher: Fetcher,
    url: str,
    *,
    within_s: float = 30,
    max_bytes: int = 1000,
    etag: str | None = None,
) -> Fetched:
    deadline_s = CLOCK.monotonic() + within_s
    return fetcher.get(url, max_bytes=max_bytes, deadline_s=deadline_s, etag=etag)


def test_what_is_held_is_not_sent_again(server: StaticServer, fetcher: Fetcher) -> None:
    first = get(fetcher, f"{server.url}/list")
    again = get(fetcher, f"{server.url}/list", etag=first.etag)
    assert (first.status, first.body) == (200, LIST)
    assert again == Fetched(status=304, body=b"", etag=first.etag)
    assert [asked.body_bytes for asked in server.asked] == [len(LIST), 0]


def test_what_changed_is_sent_though_an_older_one_is_held(
    server: StaticServer, fetcher: Fetcher
) -> None:
    etag = get(fetcher, f"{server.url}/list").etag
    server.files = {"/list": b"newer"}
    assert get(fetcher, f"{server.url}/list", etag=etag).body == b"newer"


def test_what_is_not_there_is_an_answer(server: StaticServer, fetcher: Fetcher) -> None:
    answer = get(fetcher, f"{server.url}/another")
    assert (answer.status, answer.body, answer.etag) == (404, b"not found\n", None)


def test_one_connection_serves_for_many(server: StaticServer, fetcher: Fetcher) -> None:
    for path in ("list", "another", "list"):
        get(fetcher, f"{server.url}/{path}")
    assert server.connections == 1


def test_more_headers_are_sent_and_no_compression_asked_for(
    server: StaticServer, fetcher: Fetcher
) -> None:
    deadline_s = CLOCK.monotonic() + 30
    token = {"Authorization": "CWT abc"}
    fetcher.get(f"{server.url}/list", max_bytes=1000, deadline_s=deadline_s, headers=token)
    (sent,) = server.headers
    assert (sent["Authorization"], sent["Accept-Encoding"]) == ("CWT abc", "identity")
    assert "If-None-Match" not in sent


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (StaticTrouble.LOST, "RemoteDisconnected"),
        (StaticTrouble.TRUNCATED, "cut short"),
        (StaticTrouble.ENDLESS, "an answer of over 1000 bytes"),
        (StaticTrouble.LONG, "an answer of over 1000 bytes"),
        (StaticTrouble.COMPRESSED, "captive portal\\? its answer is compressed"),
        (StaticTrouble.PORTAL_PAGE, "captive portal\\? it answers with a page"),
        (StaticTrouble.PORTAL_REDIRECT, "captive portal\\? it answers 302"),
        (StaticTrouble.PARTIAL, "captive portal\\? it answers 206"),
        (StaticTrouble.UNASKED_304, "captive portal\\? it answers 304"),
        (StaticTrouble.BUSY, "the server says 503"),
    ],
)
def test_what_is_no_whole_answer_is_refused_and_the_next_is_heard(
    server: StaticServer, fetcher: Fetcher, trouble: StaticTrouble, words: str
) -> None:
    server.troubles.append(trouble)
    with pytest.raises(UplinkError, match=words):
        get(fetcher, f"{server.url}/list")
    assert get(fetcher, f"{server.url}/list").body == LIST


def test_no_cookie_is_kept(server: StaticServer, fetcher: Fetcher) -> None:
    server.troubles.append(StaticTrouble.PORTAL_PAGE)
    with pytest.raises(UplinkError):
        get(fetcher, f"{server.url}/list")
    get(fetcher, f"{server.url}/list")
    assert "Cookie" not in server.headers[-1]


@pytest.mark.parametrize("trouble", [StaticTrouble.DRIP, StaticTrouble.DRIP_HEADERS])
def test_a_drip_is_cut_off_at_the_deadline_and_the_next_is_heard(
    server: StaticServer, fetcher: Fetcher, trouble: StaticTrouble
) -> None:
    server.troubles.append(trouble)
    with pytest.raises(UplinkError, match="cut off: no whole answer"):
        get(fetcher, f"{server.url}/list", within_s=0.3)
    assert get(fetcher, f"{server.url}/list").body == LIST


@contextmanager
def dripping_handshake() -> Iterator[str]:
    """Give the address of a server that sends a TLS record of 16 kB, a byte at a time."""
    enough = Event()

    def drip() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            for byte in b"\x16\x03\x03\x3f\xff" + bytes(0x3FFF):
                connection.send(bytes((byte,)))
                if enough.wait(DRIP_S):
                    return

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = Thread(target=drip)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}/list"
        enough.set()
        thread.join()


def test_a_tls_handshake_that_drips_ends_at_the_deadline(fetcher: Fetcher) -> None:
    with dripping_handshake() as url, pytest.raises(UplinkError, match=r"cut off|TimeoutError"):
        get(fetcher, url, within_s=0.3)  # whichever of the two looks at its watch first


def test_nothing_is_sent_after_the_deadline(server: StaticServer, fetcher: Fetcher) -> None:
    with pytest.raises(UplinkError, match="out of time before the request"):
        get(fetcher, f"{server.url}/list", within_s=0)
    assert server.asked == []


@pytest.mark.parametrize("more", [0, 1])
def test_a_file_is_read_to_its_limit_and_no_further(
    server: StaticServer, fetcher: Fetcher, more: int
) -> None:
    server.files = {"/list": bytes(1000 + more)}
    if more:
        with pytest.raises(UplinkError, match="over 1000 bytes, which is the most"):
            get(fetcher, f"{server.url}/list")
    else:
        assert len(get(fetcher, f"{server.url}/list").body) == 1000


def test_what_comes_with_a_refusal_is_bounded_by_itself(
    server: StaticServer, fetcher: Fetcher
) -> None:
    server.missing = bytes(MAX_REFUSAL_BYTES + 1)
    with pytest.raises(UplinkError, match=f"over {MAX_REFUSAL_BYTES} bytes"):
        get(fetcher, f"{server.url}/another", max_bytes=1 << 20)


@pytest.mark.parametrize("etag", ["x" * 500, "caf\u00e9\u0085"])
def test_an_etag_that_cannot_be_sent_back_is_not_kept(
    server: StaticServer, fetcher: Fetcher, etag: str
) -> None:
    server.etag = etag
    assert get(fetcher, f"{server.url}/list").etag is None


@pytest.mark.parametrize(
    ("told", "for_s"),
    [("60", 60), ("9999", MAX_WATCHED_S), ("0", 0), ("-1", 0), ("99999", 0), ("1.5", 0), ("", 0)],
)
def test_a_hub_says_for_how_long_somebody_watches(
    server: StaticServer, told: str, for_s: int
) -> None:
    clock = ManualClock(NOW)
    server.more = {WATCHED: told}
    with Fetcher(ca=None, monotonic=clock.monotonic) as fetcher:
        assert not fetcher.is_watched()
        fetcher.get(f"{server.url}/list", max_bytes=1000, deadline_s=clock.monotonic() + 30)
        server.more = {}
        fetcher.get(f"{server.url}/list", max_bytes=1000, deadline_s=clock.monotonic() + 30)
        assert fetcher.is_watched() == (for_s > 0)
        clock.advance(max(0, for_s - 1))
        assert fetcher.is_watched() == (for_s > 0)
        clock.advance(1)
        assert not fetcher.is_watched()


def test_told_to_stop_it_asks_for_nothing_more(server: StaticServer, fetcher: Fetcher) -> None:
    fetcher.cut()
    with pytest.raises(UplinkError, match="told to stop"):
        get(fetcher, f"{server.url}/list")
    assert server.asked == []


def test_a_server_that_is_not_there_is_told(fetcher: Fetcher) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/list"
    with pytest.raises(UplinkError, match="ConnectionRefusedError"):
        get(fetcher, url)
