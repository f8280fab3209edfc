"""The table of the unit's own page in its file, and the kinds of value it alone has."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from gate.access.kinds import ListOf, Whole
from gate.access.settings import setting

MAX_NAMES: Final = 8

_NAME: Final = re.compile(r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,7}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class IpAddress:
    """An address of this machine, or all of them."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return 'an address of this machine; "0.0.0.0" is all of IPv4, "::" all of both'

    def read(self, value: object) -> str | None:
        """Return the address if it is one."""
        if not isinstance(value, str) or "%" in value:
            return None
        try:
            return str(ip_address(value))
        except ValueError:
            return None  # the fault is named by the key, with what is allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class HostName:
    """A name that people type into a browser."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return 'a host\'s name in lower case, such as "gate-a.site.example"'

    def read(self, value: object) -> str | None:
        """Return the name if it is one."""
        return value if isinstance(value, str) and _NAME.fullmatch(value) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusConfig:
    """The unit's own page, for browsers on the site's network."""

    address: str = setting(
        IpAddress(),
        "where it listens",
        default="0.0.0.0",  # noqa: S104 - the site's network is whom the page is for
    )
    port: int = setting(Whole(low=1, high=65_535), "of TCP; under 1024 needs a right", default=8080)
    names: tuple[str, ...] = setting(
        ListOf(item=HostName(), most=MAX_NAMES),
        "by which it is asked for, beside its addresses, its host name and that with .local",
        default=(),
    )
