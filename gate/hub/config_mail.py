"""Who takes the hub's e-mail, as one address in the hub's file, and whom that e-mail is from."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

MAX_ADDRESS_CHARS: Final = 254
"""Of an e-mail address in an SMTP command (RFC 5321, section 4.5.3.1.3, less the brackets)."""

MAX_SERVER_CHARS: Final = 1024
"""A host's 253 characters, a name and a long password with room for what must be escaped."""

_PORTS: Final = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}
"""RFC 8314 (implicit TLS), RFC 6409 (submission), RFC 5321 (relay)."""

_SENDER: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A server that takes e-mail: with TLS from the start, after STARTTLS, or without."""

    host: str
    port: int
    user: str
    password: str
    is_tls: bool
    is_starttls: bool

    @classmethod
    def of(cls, address: str) -> "MailServer":
        """Return what an address says; raises ValueError if it is none."""
        parts = urlsplit(address)
        if parts.scheme not in _PORTS or not parts.hostname or parts.path or parts.query:
            raise ValueError("not the address of a mail server")
        if parts.fragment or (parts.password is None) != (parts.username is None):
            raise ValueError("a name without a password, or more than an address")
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            is_tls=parts.scheme == "smtps",
            is_starttls=parts.scheme == "smtp+starttls",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAddress:
    """The address of a mail server; empty for none."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return (
            '"" or "smtp+starttls://USER:PASSWORD@HOST:587", "smtps://USER:PASSWORD@HOST:465",'
            ' "smtp://HOST:25" (a sign such as @ or / in a password as %40, %2F)'
        )

    def read(self, value: object) -> str | None:
        """Return the address if it is one."""
        if not isinstance(value, str) or len(value) > MAX_SERVER_CHARS or not value.isprintable():
            return None
        try:
            return value if not value or MailServer.of(value) else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """An e-mail address; empty for none."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return 'an e-mail address, such as "gates@example.org"'

    def read(self, value: object) -> str | None:
        """Return the address if it is one."""
        if not isinstance(value, str) or len(value) > MAX_ADDRESS_CHARS:
            return None
        return value if not value or _SENDER.fullmatch(value) else None
