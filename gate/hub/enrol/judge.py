"""What a token is worth to whoever asks with it; pure.

    what is known of the code          asked by              answer
    nothing                            anybody               UNKNOWN
    cancelled                          anybody               CANCELLED
    open, past its day                 anybody               EXPIRED
    open                               anybody               FRESH: it is theirs from now on
    used, its unit retired             anybody               USED
    used                               the same key          AGAIN: the same answer as before
    used, nothing came from its unit   another key           TAKEN
    used                               another key           USED

A unit whose power was cut between the hub's answer and its own commit has kept its key, and asks
again. The last two rows are told as an alarm: a code was copied, or the wrong one was held up.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What a token is worth."""

    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FRESH = "fresh"
    AGAIN = "again"
    TAKEN = "taken"
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCode:
    """What is known of a code; `user` is the key that used it, `heard` whether it sent anything."""

    until: datetime
    cancelled: bool = False
    user: bytes | None = None
    retired: bool = False
    heard: bool = False


def judge(code: KnownCode | None, key: bytes, now: datetime) -> Verdict:
    """Return what a code is worth to the unit of `key` at `now`."""
    if code is None:
        return Verdict.UNKNOWN
    if code.cancelled:
        return Verdict.CANCELLED
    if code.user is None:
        return Verdict.FRESH if now < code.until else Verdict.EXPIRED
    if code.retired:
        return Verdict.USED
    if code.user == key:
        return Verdict.AGAIN
    return Verdict.USED if code.heard else Verdict.TAKEN
