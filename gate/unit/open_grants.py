"""Whose turn it was: the grants of one way that wait for theirs, oldest first. Pure.

A contact counts turns and sees nobody. So those who were let through one after the other are held
to turn one after the other, in that order; if all of them turn, the order doesn't matter. If fewer
turned than were let through, any of them may be the one who did not, and each is in doubt: everyone
of whom a turn was told while another waited, and everyone who waits. A grant during which nobody
turned is in no doubt: it was not taken.

Doubt ends where it can be told apart again. Once the last who was let through has not turned for
`PROMPT_S`, whoever shows a card next begins anew, and is not taken for somebody who stayed away.
Times are seconds on the unit's steady line.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gate.events.model import Holder

TURN_GRACE_S: Final = 2.0
"""A full-height turnstile takes about two seconds from the first push to the end of its turn."""

PROMPT_S: Final = 4.0
"""Two seconds to take the card down and step in, and `TURN_GRACE_S` for the turn: who takes longer
and is overtaken by the next card has most likely walked away, and is named as not known."""


@dataclass(slots=True, kw_only=True)
class Grant:
    """Somebody may pass. Who, is filled in once it is known: exit is released before that is asked.

    Attributes:
        key: stands for the code they showed; empty if they showed none.
        holder: who they are; None for a test, a button, or somebody with no card.
        at: when they were let through.
        number: of the record of it.
    """

    key: bytes = b""
    holder: Holder | None = field(default=None, repr=False)
    at: datetime | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Grants of which nothing more is to come: not taken, or nobody knows who of them turned."""

    not_taken: tuple[Grant, ...] = ()
    in_doubt: tuple[Grant, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Waiting:
    grant: Grant
    given_s: float
    over_s: float


class OpenGrants:
    """The grants of one way; false when none waits."""

    def __init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()
        self._turned: list[Grant] = []

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def released_until_s(self) -> float:
        """Until when the way is released for whoever waits; only while somebody does."""
        return self.until_s - TURN_GRACE_S

    @property
    def until_s(self) -> float:
        """Until when a turn may be one of theirs; only while somebody waits."""
        return max(one.over_s for one in self._waiting)

    def waits(self, key: bytes) -> bool:
        """Tell whether a grant to the code of `key` waits."""
        return any(one.grant.key == key for one in self._waiting)

    def give(self, grant: Grant, at_s: float, release_s: float) -> Settled:
        """Let one more wait; return what is settled by that."""
        settled = self.expire(at_s)
        if self._turned and at_s - max(one.given_s for one in self._waiting) >= PROMPT_S:
            settled = Settled(not_taken=settled.not_taken, in_doubt=self.close().in_doubt)
        over_s = at_s + release_s + TURN_GRACE_S
        self._waiting.append(_Waiting(grant=grant, given_s=at_s, over_s=over_s))
        return settled

    def renew(self, key: bytes, at_s: float, release_s: float) -> None:
        """Take note that the code of `key` was shown again: its holder has not turned yet.

        If they alone wait, all who were let through with them are known to have turned.
        """
        for one in self._waiting:
            if one.grant.key == key:
                one.given_s, one.over_s = at_s, at_s + release_s + TURN_GRACE_S
                if len(self._waiting) == 1:
                    self._turned.clear()

    def turn(self) -> Grant | None:
        """Return whose turn it is taken for; None if nobody waits."""
        if not self._waiting:
            return None
        whose = self._waiting.popleft().grant
        if self._waiting:
            self._turned.append(whose)
        else:
            self._turned.clear()
        return whose

    def expire(self, at_s: float) -> Settled:
        """Return what is settled because its time is over at `at_s`."""
        if self._turned:
            return self.close() if at_s >= self.until_s else Settled()
        late = tuple(one.grant for one in self._waiting if at_s >= one.over_s)
        if late:
            self._waiting = deque(one for one in self._waiting if at_s < one.over_s)
        return Settled(not_taken=late)

    def close(self) -> Settled:
        """Let nobody wait any more; return what that settles."""
        waiting, turned = self.take_all()
        if not turned:
            return Settled(not_taken=waiting)
        return Settled(in_doubt=(*turned, *waiting))

    def take_all(self) -> tuple[tuple[Grant, ...], tuple[Grant, ...]]:
        """Forget everything; return who waited, and who of those let through with them turned."""
        found = tuple(one.grant for one in self._waiting), tuple(self._turned)
        self._waiting.clear()
        self._turned.clear()
        return found
