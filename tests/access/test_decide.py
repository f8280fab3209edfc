"""The decision over all findings: the strictest wins, exit always admits."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.decide import decide, weigh
from gate.access.model import (
    AccessDecision,
    AccessPoint,
    AccessRequest,
    Direction,
    Finding,
    Override,
    OverrideKind,
)
from gate.access.presence import Presence
from gate.card.model import Card, Competence, StatusRef
from gate.errors import EventError, Outcome, Reason, usual_outcome

NOW = datetime(2026, 11, 23, 7, 2, tzinfo=UTC)
NOBODY = Presence()
CARD = Card(
    issuer="jib.example",
    number="10000001",
    holder_id="h-1",
    name="Anna Smith",
    not_before=NOW,
    issued_at=NOW,
    expires_at=NOW + timedelta(days=400),
    competence=Competence(scheme="ecs-jib", card_type="installation-electrician"),
    status=StatusRef(uri="https://jib.example/lists/1", index=7),
)
ENTRY = AccessRequest(
    access_point=AccessPoint(name="Gate A in", direction=Direction.IN, area="site"),
    at=NOW,
    card=CARD,
    person=b"A" * 16,
)
EXIT = replace(ENTRY, access_point=replace(ENTRY.access_point, direction=Direction.OUT))
STRICTNESS = [Outcome.ADMIT, Outcome.NOTE, Outcome.REFER, Outcome.REFUSE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """A rule that always answers the same."""

    name: ClassVar[str] = "says"
    finding: Finding | None

    def judge(self, _request: AccessRequest, _presence: Presence) -> Finding | None:
        return self.finding


def says(outcome: Outcome, reason: Reason) -> Says:
    return Says(finding=Finding(outcome=outcome, reason=reason))


CONTENT = Says(finding=None)
AGEING = says(Outcome.NOTE, Reason.LIST_AGEING)
CLOSED = says(Outcome.REFER, Reason.OUT_OF_HOURS)
OLD_LIST = says(Outcome.REFER, Reason.LIST_TOO_OLD)
BLOCKED = says(Outcome.REFUSE, Reason.BLOCKED)
SOFT_PASSBACK = says(Outcome.NOTE, Reason.PASSBACK)


def with_findings(*findings: Reason, request: AccessRequest = ENTRY) -> AccessRequest:
    return replace(request, findings=findings)


def answer(outcome: Outcome, *reasons: Reason) -> AccessDecision:
    return AccessDecision(
        outcome=outcome, reason=reasons[0] if reasons else None, reasons=tuple(reasons)
    )


ENTRIES = {
    "nothing against it: admit": (ENTRY, [CONTENT], answer(Outcome.ADMIT)),
    "a note still admits": (ENTRY, [AGEING], answer(Outcome.NOTE, Reason.LIST_AGEING)),
    "a referral is stricter than a note": (
        ENTRY,
        [AGEING, CLOSED],
        answer(Outcome.REFER, Reason.OUT_OF_HOURS, Reason.LIST_AGEING),
    ),
    "an old list never softens a block": (
        ENTRY,
        [OLD_LIST, BLOCKED],
        answer(Outcome.REFUSE, Reason.BLOCKED, Reason.LIST_TOO_OLD),
    ),
    "a block never softens a revocation, which is shown first": (
        with_findings(Reason.REVOKED),
        [BLOCKED],
        answer(Outcome.REFUSE, Reason.REVOKED, Reason.BLOCKED),
    ),
    "among equals the first of the table is shown": (
        ENTRY,
        [CLOSED, OLD_LIST],
        answer(Outcome.REFER, Reason.LIST_TOO_OLD, Reason.OUT_OF_HOURS),
    ),
    "a reason found twice is told once": (
        ENTRY,
        [BLOCKED, BLOCKED],
        answer(Outcome.REFUSE, Reason.BLOCKED),
    ),
    "the site's outcome for a reason counts, not the usual one": (
        ENTRY,
        [SOFT_PASSBACK],
        answer(Outcome.NOTE, Reason.PASSBACK),
    ),
    "an expired card is refused by its check alone": (
        with_findings(Reason.EXPIRED),
        [CONTENT],
        answer(Outcome.REFUSE, Reason.EXPIRED),
    ),
    "a card whose list was never had is referred": (
        with_findings(Reason.STATUS_UNKNOWN),
        [CONTENT],
        answer(Outcome.REFER, Reason.STATUS_UNKNOWN),
    ),
    "no rules refuse": (ENTRY, [], answer(Outcome.REFUSE, Reason.NO_RULES)),
    "no rules add to what the card's check found": (
        with_findings(Reason.REVOKED),
        [],
        answer(Outcome.REFUSE, Reason.REVOKED, Reason.NO_RULES),
    ),
    "neither card nor finding is no card": (
        replace(ENTRY, card=None, person=None),
        [CONTENT],
        answer(Outcome.REFUSE, Reason.MALFORMED),
    ),
    "no card, with its finding, is refused for that": (
        replace(ENTRY, card=None, person=None, findings=(Reason.UNKNOWN_ISSUER,)),
        [CONTENT],
        answer(Outcome.REFUSE, Reason.UNKNOWN_ISSUER),
    ),
}


@pytest.mark.parametrize(("request_", "rules", "expected"), ENTRIES.values(), ids=ENTRIES.keys())
def test_an_entry_is_decided(
    request_: AccessRequest, rules: list[Says], expected: AccessDecision
) -> None:
    assert decide(request_, rules, NOBODY) == expected


EXITS = {
    "a clean exit has nothing to tell": (EXIT, [CONTENT], ()),
    "a blocked person leaves, and the record knows": (EXIT, [BLOCKED], (Reason.BLOCKED,)),
    "a revoked card leaves": (with_findings(Reason.REVOKED, request=EXIT), [], None),
    "no rules hold nobody": (EXIT, [], (Reason.NO_RULES,)),
    "a code that is no card leaves": (replace(EXIT, card=None), [CONTENT], (Reason.MALFORMED,)),
}


@pytest.mark.parametrize(("request_", "rules", "kept"), EXITS.values(), ids=EXITS.keys())
def test_an_exit_is_admitted(
    request_: AccessRequest, rules: list[Says], kept: tuple[Reason, ...] | None
) -> None:
    decision = decide(request_, rules, NOBODY)
    assert (decision.outcome, decision.reason, decision.admits) == (Outcome.ADMIT, None, True)
    assert decision.reasons == (kept if kept is not None else (Reason.REVOKED, Reason.NO_RULES))


def test_only_admit_and_note_release_the_portal() -> None:
    released = {outcome for outcome in Outcome if answer(outcome).admits}
    assert released == {Outcome.ADMIT, Outcome.NOTE}


def test_the_working_names_who_found_what_strictest_first() -> None:
    judgements = weigh(with_findings(Reason.STATUS_UNKNOWN), [BLOCKED], NOBODY)
    assert [(one.by, one.finding.reason) for one in judgements] == [
        ("says", Reason.BLOCKED),
        ("card check", Reason.STATUS_UNKNOWN),
    ]


findings = st.builds(
    Finding, outcome=st.sampled_from(list(Outcome)), reason=st.sampled_from(list(Reason))
)
rule_sets = st.lists(st.builds(Says, finding=st.none() | findings), max_size=6)
requests = st.builds(
    AccessRequest,
    access_point=st.sampled_from([ENTRY.access_point, EXIT.access_point]),
    at=st.just(NOW),
    card=st.sampled_from([None, CARD]),
    person=st.sampled_from([None, b"A" * 16]),
    findings=st.lists(st.sampled_from(list(Reason)), max_size=4).map(tuple),
    list_age_s=st.none() | st.integers(0, 10**9),
    clock_trusted=st.booleans(),
)


# Any request under any rules gets an answer; what is shown is the first of what is kept.
@given(request_=requests, rules=rule_sets)
def test_every_request_is_answered(request_: AccessRequest, rules: list[Says]) -> None:
    decision = decide(request_, rules, NOBODY)
    assert decision.reason in {None, *decision.reasons[:1]}
    assert len(set(decision.reasons)) == len(decision.reasons)


# No request and no rule holds anybody in.
@given(request_=requests, rules=rule_sets)
def test_exit_is_admitted_whatever_the_rules(request_: AccessRequest, rules: list[Says]) -> None:
    leaving = replace(request_, access_point=EXIT.access_point)
    assert decide(leaving, rules, NOBODY).outcome is Outcome.ADMIT


# Rules can only add strictness. The empty set is no rule set but a refusal.
@given(request_=requests, rules=rule_sets.filter(bool), more=findings)
def test_a_rule_more_never_softens_the_outcome(
    request_: AccessRequest, rules: list[Says], more: Finding
) -> None:
    before = decide(request_, rules, NOBODY)
    after = decide(request_, [*rules, Says(finding=more)], NOBODY)
    assert STRICTNESS.index(after.outcome) >= STRICTNESS.index(before.outcome)
    assert set(before.reasons) <= set(after.reasons)


# The outcome of an entry is the strictest of all findings; the order of rules tells nothing.
@given(found=st.lists(findings, min_size=1, max_size=6), codes=st.lists(st.sampled_from(Reason)))
def test_the_strictest_finding_is_the_outcome(found: list[Finding], codes: list[Reason]) -> None:
    rules = [Says(finding=finding) for finding in found]
    decision = decide(with_findings(*codes), rules, NOBODY)
    outcomes = [finding.outcome for finding in found] + [usual_outcome(code) for code in codes]
    assert decision.outcome is max(outcomes, key=STRICTNESS.index)
    assert decision == decide(with_findings(*reversed(codes)), rules[::-1], NOBODY)


@pytest.mark.parametrize(("by", "why"), [("", "known"), ("Sam", ""), (" ", "known"), ("Sam", " ")])
def test_an_override_that_nobody_answers_for_is_none(by: str, why: str) -> None:
    with pytest.raises(EventError, match="it needs who decided, and a reason"):
        Override(kind=OverrideKind.GUARD, by=by, why=why)
