"""What a page's script sends: one list of objects of the same keys, read whole or refused whole."""

import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from gate.errors import EventError
from gate.events.codec import from_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A list under the name `all_`, of which each is called `one`, and its bounds."""

    one: str
    all_: str
    keys: AbstractSet[str]
    most: int
    most_bytes: int

    def read(self, body: bytes) -> list[dict[str, Any]]:
        """Return the objects of a message; what their keys hold is not judged.

        Raises:
            EventError: it is none; says what is wrong with it.
        """
        if len(body) > self.most_bytes:
            size = f"{len(body)} bytes, at most {self.most_bytes}"
            raise EventError(f"{self.all_}: {size}; next: send fewer")
        try:
            said = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise EventError(f"{self.all_}: not JSON; next: load the page anew") from error
        found = said.get(self.all_) if isinstance(said, dict) else None
        if not isinstance(found, list) or len(found) > self.most:
            raise EventError(f"{self.all_}: not a list of at most {self.most}; next: send fewer")
        for one in found:
            if not isinstance(one, dict) or set(one) != self.keys:
                raise EventError(f"{self.one}: not an object of {', '.join(sorted(self.keys))}")
        return found


def read_uid(value: object, name: str) -> UUID:
    """Return the name that a phone gave to something; raises EventError if it is none."""
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError as error:
        raise EventError(f"{name}: not a UUID") from error


def read_ms(value: object, name: str) -> datetime:
    """Return a time by a phone's clock; raises EventError if it is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise EventError(f"{name}: not milliseconds since 1970")
    try:
        return from_ms(value)
    except EventError as error:
        raise EventError(f"{name}: not a time that a phone can show") from error
