"""What a gate answers when it doesn't know: never a silent admit. Pure.

- A fact of a person that the site hasn't told: what the site set for that, a note or the guard.
- The time, while nothing vouches for the clock: likewise.
- What other gates saw, while they aren't heard: at most a note, for nobody is stopped by what is
  old; and at least a note, for it may have changed.
"""

from dataclasses import replace
from typing import Final

from gate.access.model import AccessRequest, Finding
from gate.access.presence import Presence
from gate.errors import Outcome, Reason
from gate.trust.clock_floor import EARLIEST

_UNHEARD: Final = Finding(outcome=Outcome.NOTE, reason=Reason.LIST_AGEING)


def not_on_record(unknown: Outcome) -> Finding:
    """Answer that a rule asks for a fact which the site doesn't have of this person."""
    return Finding(outcome=unknown, reason=Reason.NOT_ON_RECORD)


def time_not_known(unknown: Outcome) -> Finding:
    """Answer that a rule asks for the time, which nothing vouches for."""
    return Finding(outcome=unknown, reason=Reason.CLOCK_UNTRUSTED)


def unheard(request: AccessRequest, presence: Presence) -> str:
    """Say how far the site's other gates are known, if that is not far enough; else nothing."""
    if presence.site is None or presence.is_current(request):
        return ""
    known_to = presence.site.as_of - presence.site.lag
    if known_to <= EARLIEST:
        return "other gates never heard"
    return f"other gates known to {known_to:%Y-%m-%d %H:%M} UTC"


def as_known(found: Finding | None, request: AccessRequest, presence: Presence) -> Finding | None:
    """Return a finding that rests on who is inside, as sure as that is known."""
    if presence.is_current(request):
        return found
    return _UNHEARD if found is None else replace(found, outcome=Outcome.NOTE)
