"""The hub that the rig's machine joins: a real one on the host, by TLS of an authority of its own.

The machine finds the host at one address of its emulated network; the authority's certificate is
for that address, and the set-up code pins it.
"""

import http.client
import sqlite3
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

from tests.system.site_of_gates import SITE, SiteHub
from tests.uplink.test_tls import certificate

ADDRESS: Final = "10.0.2.2"
"""The host's, as QEMU's own network shows it."""

REPLY_S: Final = 60.0
KEPT: Final = ("Content-Type", "Retry-After")

MAKE_CODE: Final = """
import sys
from pathlib import Path
from gate.hub.config import load_config
from gate.hub.wsgi import start_django
config = load_config(Path(sys.argv[1]))
start_django(config)
from django.utils import timezone
from gate.hub.enrol.authority import pin_of
from gate.hub.enrol.codes import Wish, make_codes
from gate.hub.keys import load_hub_key
from gate.hub.manifest.authors import Author
from gate.hub.sites.services import find_site
from gate.trust.network import Network, Wired
wish = Wish(names=["Rig"], directions="in", days=1, url=sys.argv[2], pin=pin_of(config),
            network=Network(link=Wired()))
[made] = make_codes(find_site(sys.argv[3]), wish, load_hub_key(config), by=Author(name="Rig"),
                    now=timezone.now())
print(made.text)
"""


class RigHub:
    """A hub behind TLS, and the set-up code of one unit of its site."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self._hub = SiteHub(folder / "hub", opened, SITE)
        front = opened.enter_context(_tls_front(folder, self._hub.port))
        with self._hub.config.open("a", encoding="utf-8") as file:
            file.write(f'hosts = ["{ADDRESS}"]\nhttps = true\nca = "{folder / "cert.pem"}"\n')
        self._hub.give_rules(SITE)
        command = [sys.executable, "-c", MAKE_CODE, str(self._hub.config)]
        url = f"https://{ADDRESS}:{front}"
        done = subprocess.run([*command, url, SITE], check=True, stdout=subprocess.PIPE, text=True)
        self.code = done.stdout.strip()
        self._hub.start()

    def entries(self, kind: str = "%") -> list[str]:
        """Return the outcomes of the entries that the hub has, or of those of a kind."""
        file = self._hub.directory / "data" / "hub.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            query = "SELECT outcome FROM ingest_entry WHERE kind LIKE ? ORDER BY seq"
            return [row[0] for row in database.execute(query, (kind,))]


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
        for name in KEPT:
            if reply.headers[name]:
                self.send_header(name, reply.headers[name])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def _tls_front(folder: Path, hub_port: int) -> Iterator[int]:
    """Answer by TLS for the hub; yield the port."""
    context: ssl.SSLContext = certificate(folder, ADDRESS)
    handler = type("Front", (_Front,), {"port": hub_port})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()
