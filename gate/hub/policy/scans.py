"""One scan as the record holds it, and what a rule may have answered to it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from gate.access.model import AccessRequest, Direction, Finding, Override, OverrideKind
from gate.access.presence import Presence
from gate.errors import Outcome, Reason

_DECIDED: Final = {Reason.OVERRIDE: OverrideKind.GUARD, Reason.EMERGENCY: OverrideKind.EMERGENCY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """An entry about access; `reasons` is strictest first, `strange` if this hub knows not all.

    The record holds who it was and the card's type as the card spells it, but neither the scheme
    nor what the card proves; the gate's name, but not its area. `journal` and `seq` are its place.
    """

    journal: int
    seq: int
    at_ms: int
    at: datetime
    clock_trusted: bool
    access_point: str
    direction: str
    outcome: str
    reasons: tuple[Reason, ...]
    strange: bool
    list_age_s: int | None
    person: bytes | None
    who: str
    card_type: str

    @property
    def is_exit(self) -> bool:
        """Whether somebody was leaving, which no rule stops."""
        return self.direction == Direction.OUT

    @property
    def override(self) -> Override | None:
        """What a named person decided; the record's words stand for theirs."""
        kind = next((_DECIDED[one] for one in self.reasons if one in _DECIDED), None)
        return None if kind is None else Override(kind=kind, by="the record", why="as it says")

    @property
    def against(self) -> tuple[Reason, ...]:
        """What stood against it, strictest first, whoever decided."""
        return tuple(one for one in self.reasons if one not in _DECIDED)

    @property
    def stood(self) -> Outcome:
        """How strict the strictest of `against` was at the most."""
        if Reason.OVERRIDE in self.reasons:
            return Outcome.REFER
        if Reason.EMERGENCY in self.reasons:
            return Outcome.REFUSE
        return Outcome(self.outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The mildest and the strictest that a rule may have answered; alike where it is known."""

    least: Finding | None
    most: Finding | None

    @property
    def is_known(self) -> bool:
        """Whether there is nothing to wonder about."""
        return self.least == self.most


NOTHING: Final = Span(least=None, most=None)


def known(outcome: Outcome, reason: Reason) -> Span:
    """Return an answer that is known."""
    found = Finding(outcome=outcome, reason=reason)
    return Span(least=found, most=found)


def between(least: Outcome, most: Outcome, reason: Reason) -> Span:
    """Return an answer of which only this much is known; the mildest outcome is no answer."""
    mild = None if least is Outcome.ADMIT else Finding(outcome=least, reason=reason)
    return Span(least=mild, most=Finding(outcome=most, reason=reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A rule that answers as it is known to; it stands among the others for `decide`."""

    name: ClassVar[str] = "as recorded"
    finding: Finding | None

    def judge(self, _request: AccessRequest, _presence: Presence) -> Finding | None:
        """Answer so."""
        return self.finding


def answered(findings: Sequence[Finding | None]) -> tuple[Answered, ...]:
    """Return rules that answer so; never none, for that would mean a gate without rules."""
    held = tuple(Answered(finding=one) for one in findings if one is not None)
    return held or (Answered(finding=None),)
