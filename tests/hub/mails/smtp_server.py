"""A mail server on loopback that takes letters, and refuses one reader for good."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

NOBODY = "nobody@example.org"
"""Refused for good."""


@dataclass
class Mailbox:
    """What the server took."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)

    @property
    def subjects(self) -> list[str]:
        """Return the subjects, in the order in which they came."""
        return [str(one["Subject"]) for one in self.taken]


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Serve SMTP (RFC 5321) until the block ends, as far as a sender needs it."""
    box = Mailbox()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            while line := self.rfile.readline():
                verb = line.split()[0].upper() if line.split() else b""
                if verb == b"DATA":
                    self._say("354 go on")
                    box.taken.append(self._letter())
                    self._say("250 taken")
                elif verb == b"QUIT":
                    self._say("221 bye")
                    return
                elif verb == b"RCPT" and NOBODY.encode() in line:
                    self._say("550 no such mailbox")
                else:
                    self._say("250 ok")

        def _letter(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line.removeprefix(b"."))
            letter = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(letter, EmailMessage)
            return letter

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Session) as server:
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
