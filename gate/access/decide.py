"""The decision: every finding against a request, and the strictest one as the answer. Pure.

Its rules, before any site's rules:
- the strictest outcome wins, so an old list never softens a block; among equals the first in
  `Reason`'s order is shown; all are kept;
- a finding that would admit is a doubt: it is no reason, and is kept beside them;
- an empty set of rules refuses entry, and so does a request with neither card nor finding;
- on the way out every answer becomes admit. The reasons are kept, none is shown;
- the guard lets in the emergency services whatever stands against it, and others whom the rules
  refer; the override is the reason shown, and what stood against it is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol, assert_never

from gate.access.model import (
    AccessDecision,
    AccessRequest,
    Direction,
    Finding,
    OverrideKind,
)
from gate.access.presence import Presence
from gate.errors import Outcome, Reason, usual_outcome

_STRICTNESS: Final = {outcome: rank for rank, outcome in enumerate(Outcome)}
_PRECEDENCE: Final = {reason: place for place, reason in enumerate(Reason)}


class Rule(Protocol):
    """One rule of a site: one question, one answer. A frozen value that remembers nothing.

    A rule that needs the card answers nothing when there is none: the finding that took the card
    away refuses already.
    """

    name: ClassVar[str]

    def judge(self, request: AccessRequest, presence: Presence, /) -> Finding | None:
        """Return what stands against the request, None if nothing does."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One finding and who made it: a rule's name, or the check that comes before all rules."""

    by: str
    finding: Finding


def decide(request: AccessRequest, rules: Sequence[Rule], presence: Presence) -> AccessDecision:
    """Return the gate's answer to one presentation."""
    judgements = weigh(request, rules, presence)
    against = [one.finding for one in judgements if one.finding.outcome is not Outcome.ADMIT]
    reasons = tuple(dict.fromkeys(finding.reason for finding in against))
    if request.access_point.direction is Direction.OUT:
        return AccessDecision(outcome=Outcome.ADMIT, reason=None, reasons=reasons)
    override = _override(request, judgements)
    if override is not None:
        return AccessDecision(outcome=Outcome.NOTE, reason=override, reasons=(override, *reasons))
    doubt = next((one.finding.doubt for one in judgements if one.finding.doubt), "")
    if not against:
        return AccessDecision(outcome=Outcome.ADMIT, reason=None, doubt=doubt)
    decisive = against[0]
    return AccessDecision(
        outcome=decisive.outcome, reason=decisive.reason, reasons=reasons, doubt=doubt
    )


def weigh(
    request: AccessRequest, rules: Sequence[Rule], presence: Presence
) -> tuple[Judgement, ...]:
    """Return everything that stands against a request, strictest first, whatever its direction."""
    judgements = [
        Judgement(by="card check", finding=Finding(outcome=usual_outcome(reason), reason=reason))
        for reason in request.findings
    ]
    if request.card is None and not request.findings and not request.is_emergency:
        judgements.append(_refusal("card check", Reason.MALFORMED))
    if not rules:
        judgements.append(_refusal("no rules", Reason.NO_RULES))
    for rule in rules:
        finding = rule.judge(request, presence)
        if finding is not None:
            judgements.append(Judgement(by=rule.name, finding=finding))
    return tuple(sorted(judgements, key=_strictest_first))


def _override(request: AccessRequest, judgements: Sequence[Judgement]) -> Reason | None:
    """Return what the guard's decision makes of what stands against a request."""
    if request.override is None:
        return None
    match request.override.kind:
        case OverrideKind.EMERGENCY:
            return Reason.EMERGENCY
        case OverrideKind.GUARD:
            is_referred = judgements and judgements[0].finding.outcome is Outcome.REFER
            return Reason.OVERRIDE if is_referred else None
        case _ as never:
            assert_never(never)


def _refusal(by: str, reason: Reason) -> Judgement:
    return Judgement(by=by, finding=Finding(outcome=Outcome.REFUSE, reason=reason))


def _strictest_first(judgement: Judgement) -> tuple[int, int]:
    finding = judgement.finding
    return -_STRICTNESS[finding.outcome], _PRECEDENCE[finding.reason]
