"""The certificate of the authority that vouches for a hub, fetched before anybody does.

The line is encrypted and believed by nobody: what comes counts only if its SHA-256 is the one that
a set-up code names. So this is asked for that one file, and everything else goes through
`gate.uplink.line`, by the certificate that was found.
"""

import ssl
from collections.abc import Callable
from hashlib import sha256
from http.client import HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from gate.errors import UplinkError
from gate.uplink.line import CONNECT_S, READ_S, Line

AUTHORITY_PATH: Final = "/api/authority"

MAX_CERTIFICATE_BYTES: Final = 16 << 10
"""An RSA certificate of 4096 bits with many names takes 3,000."""


def fetch_authority(
    url: str,
    pin: bytes,
    *,
    proxy: str | None = None,
    deadline_s: float,
    monotonic: Callable[[], float],
) -> str:
    """Return the certificate (PEM) of the authority that has `pin`, from the hub at `url`.

    Raises:
        UplinkError: no answer in time; OtherAuthorityError: one of another certificate.
    """
    left_s = deadline_s - monotonic()
    if left_s <= 0:
        raise UplinkError("out of time before the request")
    line = Line()
    with line.bounded(left_s):
        data = _get((url, proxy), line, min(left_s, CONNECT_S), min(left_s, READ_S))
    if sha256(data).digest() != pin:
        raise OtherAuthorityError("the hub's authority is another than the code names")
    return ssl.DER_cert_to_PEM_cert(data)


class OtherAuthorityError(UplinkError):
    """What came is not what a code names."""


def _get(place: tuple[str, str | None], line: Line, connect_s: float, read_s: float) -> bytes:
    url, proxy = place
    parts = urlsplit(url)
    unbelieved = ssl.create_default_context()
    unbelieved.check_hostname = False
    unbelieved.verify_mode = ssl.CERT_NONE
    first = urlsplit(f"//{proxy}") if proxy else parts
    connection = HTTPSConnection(
        first.hostname or "", first.port, timeout=connect_s, context=unbelieved
    )
    if proxy:
        connection.set_tunnel(parts.hostname or "", parts.port)
    try:
        connection.connect()
        line.use(connection.sock)
        connection.sock.settimeout(read_s)
        connection.request("GET", f"{parts.path}{AUTHORITY_PATH}")
        answer = connection.getresponse()
        if answer.status == 429 or answer.status >= 500:
            raise UplinkError(f"the hub is in trouble: it answers {answer.status}")
        if answer.status != 200:
            raise UplinkError(f"captive portal? it answers {answer.status}, not a certificate")
        if answer.headers.get_content_type() == "text/html":
            raise UplinkError("captive portal? it answers with a page, not a certificate")
        data = answer.read(MAX_CERTIFICATE_BYTES + 1)
        line.check()
    except HTTPException as error:
        raise UplinkError(f"no whole answer: {type(error).__name__}") from error
    finally:
        connection.close()
    if len(data) > MAX_CERTIFICATE_BYTES:
        raise UplinkError(f"captive portal? over {MAX_CERTIFICATE_BYTES} bytes, no certificate")
    return data
