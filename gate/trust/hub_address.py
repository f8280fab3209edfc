"""Where a hub answers. A record names people, so it goes through a network by TLS only. Pure."""

import re
from typing import Final

ALLOWED: Final = 'such as "https://hub.example.org", with no slash at its end; http: loopback only'

MAX_ADDRESS_CHARS: Final = 300
"""A host's name of 253 (RFC 1035, 2.3.4), a port and a path."""

_URL: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])"
    r"(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*"
)
_LOOPBACK: Final = re.compile(r"localhost|\[::1\]|127(?:\.[0-9]{1,3}){3}")


def is_hub_address(text: str) -> bool:
    """Tell whether a unit may speak to a hub there."""
    match = _URL.fullmatch(text)
    if match is None or len(text) > MAX_ADDRESS_CHARS:
        return False
    return match["scheme"] == "https" or _LOOPBACK.fullmatch(match["host"]) is not None
