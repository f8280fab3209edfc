"""Who was let through at a lane so close upon each other that a contact can't tell them apart.

What a gate may be in doubt about, as somebody sees it who stands beside it: kept apart from how the
gate itself pairs turns with grants (`gate.unit.open_grants`).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from gate.unit.open_grants import PROMPT_S, TURN_GRACE_S

RELEASE_S: Final = 5.0
OPEN: Final = timedelta(seconds=RELEASE_S + TURN_GRACE_S)
"""As long as a turn may be that of somebody who was let through."""

PROMPT: Final = timedelta(seconds=PROMPT_S)
_NOTICED: Final = OPEN + timedelta(seconds=6)
"""And as long as until a gate has noticed that: its loop turns every 4 seconds at least."""


@dataclass(slots=True, kw_only=True, eq=False)
class Together:
    """People let through together; `waiting` has until when the turns of those left may be.

    Attributes:
        last_at: when the last of them was let through.
        has_turned: one of them turned.
        has_stayed: one of them did not.
        place_taken: somebody who was not let through turned in the place of one who stayed.
    """

    last_at: datetime
    waiting: dict[bytes, datetime] = field(default_factory=dict)
    stays: dict[bytes, datetime] = field(default_factory=dict)
    has_turned: bool = False
    has_stayed: bool = False
    place_taken: bool = False

    @property
    def settled_at(self) -> datetime:
        """When a gate has told all that it ever will."""
        return self.last_at + _NOTICED

    @property
    def is_doubtful(self) -> bool:
        """Whether fewer turned than were let through, or somebody else did."""
        return self.has_stayed and self.has_turned

    def is_joined(self, at: datetime) -> bool:
        """Tell whether who is let through now can't be told apart from these."""
        others = (*self.waiting.values(), *self.stays.values())
        return at - self.last_at < PROMPT or any(until > at for until in others)

    def let_through(self, person: bytes, at: datetime) -> None:
        """Take note of one more."""
        self.last_at = at
        self.waiting[person] = at + OPEN

    def turned(self, person: bytes) -> None:
        """Take note that somebody turned."""
        self.waiting.pop(person, None)
        self.has_turned = True

    def stayed(self, person: bytes, at: datetime) -> None:
        """Take note that somebody didn't and won't, though a gate may take a turn for theirs."""
        self.stays[person] = self.waiting.pop(person, at)
        self.has_stayed = True

    def has_place(self, at: datetime) -> bool:
        """Tell whether a turn by somebody else would be taken for one who stayed."""
        return any(until > at for until in self.stays.values())
