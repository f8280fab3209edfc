"""A whole TLS hand-shake in memory: a server's context, and a visitor who trusts an authority."""

import ssl
from pathlib import Path


def shake_hands(serving: ssl.SSLContext, authority: Path | None, name: str) -> None:
    """Let a visitor come to `name`.

    Raises:
        ssl.SSLError: the visitor doesn't take the certificate.
    """
    visitor = ssl.create_default_context(cafile=None if authority is None else str(authority))
    visitor.verify_flags |= ssl.VERIFY_X509_STRICT  # Python's own from 3.13 on
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = visitor.wrap_bio(back, there, server_hostname=name)
    server = serving.wrap_bio(there, back, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
