"""The time zone of a site, by the name the IANA database gives it.

The database is data, like the table of Unicode: looking a name up is reading a constant, and what
comes out is a value. The rules are handed that value.
"""

import re
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

_NAME: Final = re.compile(r"[A-Za-z0-9_+-]{1,20}(?:/[A-Za-z0-9_+-]{1,20}){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeZone:
    """The name of a zone that this machine knows."""

    @property
    def allowed(self) -> str:
        """Say what may be written."""
        return 'an IANA time zone this machine knows, such as "Europe/London"'

    def read(self, value: object) -> ZoneInfo | None:
        """Return the value if it fits."""
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            return None
        try:
            return ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            return None  # no such zone; or one of the database's other files and folders
