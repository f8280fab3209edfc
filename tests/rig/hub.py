"""The hub that the rig's machine joins: a real one on the host, by TLS of an authority of its own.

The machine finds the host at one address of its emulated network; the authority's certificate is
for that address, and the set-up code pins it.
"""

import http.client
import json
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

from tests.system.site_of_gates import SITE, SiteHub
from tests.uplink.test_tls import certificate

ADDRESS: Final = "10.0.2.2"
"""The host's, as QEMU's own network shows it."""

REPLY_S: Final = 60.0
OF_A_HOP: Final = {"connection", "content-length", "date", "keep-alive", "server"}
"""What is between two machines; all else is handed on as the hub said it."""

MAKE_CODES: Final = """
import json, sys
from datetime import timedelta
from pathlib import Path
from gate.hub.config import load_config
from gate.hub.wsgi import start_django
config = load_config(Path(sys.argv[1]))
start_django(config)
from django.utils import timezone
from gate.hub.enrol.authority import pin_of
from gate.hub.enrol.codes import Wish, cancel_code, make_codes
from gate.hub.keys import load_hub_key
from gate.hub.manifest.authors import Author
from gate.hub.sites.services import find_site
from gate.trust.network import Network, WiFi, Wired
site, texts = find_site(sys.argv[3]), {}
for wish in json.loads(sys.argv[4]):
    link = WiFi(ssid=wish["ssid"], passphrase=wish["passphrase"]) if wish["ssid"] else Wired()
    asked = Wish(names=[wish["name"]], directions="in", days=1, url=sys.argv[2],
                 pin=pin_of(config), network=Network(link=link, proxy=wish["proxy"]))
    now = timezone.now() - timedelta(days=wish["days_ago"])
    [made] = make_codes(site, asked, load_hub_key(config), by=Author(name="Rig"), now=now)
    if wish["cancelled"]:
        cancel_code(site, made.code.pk, timezone.now())
    texts[wish["name"]] = made.text
print(json.dumps(texts))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWish:
    """A set-up code that is good for a day: of which unit, by which network, made when."""

    name: str
    ssid: str = ""
    passphrase: str = ""
    days_ago: int = 0
    cancelled: bool = False
    proxy: str = ""


class RigHub:
    """A hub behind TLS, as `folder` has it; `address` is where the machine finds it."""

    def __init__(
        self, folder: Path, opened: ExitStack, address: str = ADDRESS, ca: Path | None = None
    ) -> None:
        """Make it; `ca`: the authority that its codes pin, if not its own."""
        folder.mkdir(parents=True, exist_ok=True)
        self._hub = SiteHub(folder / "hub", opened, SITE)
        self._folder, self._opened, self._address = folder, opened, address
        self.front = self.front_with(folder)
        with self._hub.config.open("a", encoding="utf-8") as file:
            pinned = ca or folder / "cert.pem"
            file.write(f'hosts = ["{address}"]\nhttps = true\nca = "{pinned}"\n')
        self._hub.give_rules(SITE)

    def front_with(self, folder: Path) -> int:
        """Answer for the hub by TLS of another certificate, made in `folder`; return the port."""
        folder.mkdir(parents=True, exist_ok=True)
        return self._opened.enter_context(_tls_front(folder, self._hub.port, self._address))

    def codes(self, wishes: Sequence[CodeWish], port: int | None = None) -> dict[str, str]:
        """Return a set-up code's text for each name; `port`: where the machine finds the hub."""
        url = f"https://{self._address}:{port or self.front}"
        asked = json.dumps([asdict(wish) for wish in wishes])
        made: dict[str, str] = json.loads(self.run(MAKE_CODES, url, SITE, asked))
        return made

    def run(self, program: str, *words: str) -> str:
        """Return what a program prints that is given the hub's file and some words."""
        command = [sys.executable, "-c", program, str(self._hub.config), *words]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def start(self) -> None:
        """Serve, until it answers."""
        self._hub.start()

    def alarms(self) -> list[str]:
        """Return the kinds of the alarms that the hub has raised."""
        return [row[0] for row in self._rows("SELECT kind FROM ingest_alarm")]

    def entries(self, kind: str = "%", column: str = "outcome") -> list[str]:
        """Return the outcomes of the entries that the hub has, or of those of a kind."""
        query = f"SELECT {column} FROM ingest_entry WHERE kind LIKE ? ORDER BY seq"  # noqa: S608  a column's name
        return [row[0] for row in self._rows(query, kind)]

    def _rows(self, query: str, *values: str) -> list[tuple[str, ...]]:
        file = self._hub.directory / "data" / "hub.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return list(database.execute(query, values))


class _Front(BaseHTTPRequestHandler):
    """Hands each request on to the hub, and says by which way it came."""

    port = 0

    def do_GET(self) -> None:
        """Hand it on."""
        self._hand_on()

    def do_POST(self) -> None:
        """Hand it on."""
        self._hand_on()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing: the hub keeps a log."""

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        came = {"X-Forwarded-Proto": "https", "X-Forwarded-For": self.client_address[0]}
        hub = http.client.HTTPConnection("127.0.0.1", self.port, timeout=REPLY_S)
        with closing(hub):
            hub.request(self.command, self.path, body, {**dict(self.headers), **came})
            reply = hub.getresponse()
            content = reply.read()
        self.send_response(reply.status)
        for name, value in reply.getheaders():
            if name.lower() not in OF_A_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of one who believes the certificate not, and hangs up."""


@contextmanager
def _tls_front(folder: Path, hub_port: int, address: str) -> Iterator[int]:
    """Answer by TLS for the hub; yield the port."""
    context: ssl.SSLContext = certificate(folder, address)
    handler = type("Front", (_Front,), {"port": hub_port})
    with _Server(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()
