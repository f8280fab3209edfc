"""What answers at the hub's address on the site's network (network/lay).

door.py hub PORT       hands every connection on to that port of the host, where the hub is
door.py portal         answers by TLS of its own, with a page to sign in at
"""

import os
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DOOR = ("10.7.0.1", 8443)
HOST = os.environ["HUB_HOST"]


class SignIn(BaseHTTPRequestHandler):
    """A guest network's page to sign in at, whatever was asked for."""

    def do_GET(self) -> None:
        page = b"<html><title>Guest Wi-Fi</title><form>Accept the terms</form></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


def be_portal(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = ThreadingHTTPServer(DOOR, SignIn)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    server.serve_forever()


def hand_on(port: int) -> None:
    with socket.create_server(DOOR, reuse_port=True) as door:
        while True:
            one, _ = door.accept()
            other = socket.create_connection((HOST, port))
            for pair in ((one, other), (other, one)):
                threading.Thread(target=_pour, args=pair, daemon=True).start()


def _pour(one: socket.socket, other: socket.socket) -> None:
    try:
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        one.close()
        other.close()


if __name__ == "__main__":
    if sys.argv[1] == "hub":
        hand_on(int(sys.argv[2]))
    else:
        be_portal(Path(__file__).parent.parent / "portal")
