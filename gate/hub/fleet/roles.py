"""The four roles of the fleet's repository: how long each signs for, and when to worry.

Root and targets are signed by people, once a year or at a change. Snapshot and timestamp are signed
by the machine that publishes, by itself (`gate hub fleet renew`, each day).
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tuf.api.metadata import Key


class Role(StrEnum):
    """A role, by the name that TUF has for it."""

    ROOT = "root"
    TARGETS = "targets"
    SNAPSHOT = "snapshot"
    TIMESTAMP = "timestamp"


ONLINE: Final = (Role.SNAPSHOT, Role.TIMESTAMP)

LIFE: Final[Mapping[Role, timedelta]] = MappingProxyType(
    {
        Role.ROOT: timedelta(days=365),
        Role.TARGETS: timedelta(days=365),
        Role.SNAPSHOT: timedelta(days=30),
        # As long as a unit may be without news until it is red: who freezes a mirror gains no more.
        Role.TIMESTAMP: timedelta(days=4),
    }
)
"""How long a signature counts. After that units take nothing new; what they have, they keep."""

WARNING: Final[Mapping[Role, timedelta]] = MappingProxyType(
    {
        Role.ROOT: timedelta(days=60),  # three people must be found, and their keys
        Role.TARGETS: timedelta(days=60),
        Role.SNAPSHOT: timedelta(days=10),  # renewed when 15 are left: the timer does not run
        Role.TIMESTAMP: timedelta(days=2),  # renewed each day: likewise
    }
)
"""When `gate hub fleet show` begins to warn."""

NAME_FIELD: Final = "x-gate-name"
"""Where a key's name for people stands in root.json; TUF lets a key have fields of others."""


def name_of(key: Key) -> str:
    """Say which key that is: its name and the beginning of its id."""
    name = key.unrecognized_fields.get(NAME_FIELD)
    short = key.keyid[:8]
    return f"{name} ({short})" if isinstance(name, str) and name.isprintable() else short
