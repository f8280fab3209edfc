"""A day judged again by other rules: which scans would have ended otherwise. Pure.

Every scan is put to `gate.access.decide` twice: with the mildest and with the strictest answers
that its rules may have given. Where the two end alike, the end is known; where they don't, it can't
be said, and is never taken for unchanged. The rules that were in force end every scan as it ended.

Each scan is judged as if the day had otherwise gone as it did, and as if every gate had heard the
others.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from gate.access.decide import Rule, decide
from gate.access.hours import OpeningHours
from gate.access.model import AccessDecision, AccessPoint, AccessRequest, Direction
from gate.access.policy import rules_of
from gate.access.presence import Passage, Presence
from gate.access.rules import AntiPassback
from gate.access.site_policy import SitePolicy
from gate.access.visits import RandomSearch
from gate.card.model import Card, Competence, StatusRef
from gate.errors import Outcome, Reason, usual_outcome
from gate.hub.policy.questions import HOURS, PASSBACK, QUESTIONS, SEARCH, Question, milder
from gate.hub.policy.scans import Scan, Span, answered, between, known
from gate.hub.policy.tables import CHANGED

MAX_LISTED: Final = 200
"""A page of about 30 kB compressed; a manager who sees more than this has seen enough."""

NO_TIME: Final = "the time, which the gate didn't know"
OTHER_RULES: Final = "which rules the gate had: other ones than this hub's"
STRANGE: Final = "a reason or outcome that this hub doesn't know"

_JUDGED: Final[Mapping[Question, type[Rule]]] = {
    HOURS: OpeningHours,
    PASSBACK: AntiPassback,
    SEARCH: RandomSearch,
}
"""What the record holds whole: these rules are asked again themselves."""

_OF_RULES: Final = frozenset(
    {Reason.NO_RULES, *(reason for question in QUESTIONS for reason in question.reasons)}
)
_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)
_SHOWN: Final = Card(
    issuer="",
    number="",
    holder_id="",
    name="",
    not_before=_DAY,
    issued_at=_DAY,
    expires_at=_DAY,
    competence=Competence(scheme="", card_type=""),
    status=StatusRef(uri="", index=0),
)
"""Stands for whatever was shown; no rule that is asked here looks at a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Rules to be tried, the ones the gates had (None: not known), and what follows from both.

    Attributes:
        before, after: the two policies.
        kept: questions that ask the same of everybody; how strictly may have changed.
        changed: questions of which the record tells something though they were changed.
        lost: questions that can't be tried on the past.
        rules: those that are asked again.
    """

    before: SitePolicy | None
    after: SitePolicy
    kept: Mapping[Reason, Question]
    changed: tuple[Question, ...]
    lost: tuple[Question, ...]
    rules: tuple[Rule, ...]
    judged: frozenset[Question]

    @property
    def is_other(self) -> bool:
        """Whether anything is asked otherwise than before."""
        if self.before is None:
            return True
        return replace(self.before, version=self.after.version) != self.after

    def is_contradicted(self, scan: Scan) -> bool:
        """Whether a gate answered what the rules don't ask that it is thought to have had."""
        return self.before is not None and any(
            question.reasons.intersection(scan.against) and not question.outcomes(self.before)
            for question in QUESTIONS
        )

    def asked(self, scan: Scan) -> Iterator[tuple[str, Span]]:
        """Yield what each question may have answered, with its words."""
        for reason in scan.against:
            question = self.kept.get(reason)
            if question is not None:
                yield from self._kept(scan, reason, question)
            elif reason not in _OF_RULES:
                yield "", _stays(scan, reason)
        for question in self.changed:
            yield question.words, CHANGED[question](scan, self.before, self.after)
        for question in self.lost:
            yield question.words, _perhaps(question, self.after)
        if scan.person is None:
            for question in self.judged - {HOURS}:
                yield question.words, _perhaps(question, self.after)
        if self.is_other and not scan.clock_trusted:
            yield NO_TIME, between(Outcome.ADMIT, Outcome.REFUSE, Reason.CLOCK_UNTRUSTED)

    def _kept(self, scan: Scan, reason: Reason, question: Question) -> Iterator[tuple[str, Span]]:
        now = question.outcomes(self.after)
        if not now or self.before is None:
            return
        is_alike = now == question.outcomes(self.before)
        if is_alike and reason is scan.against[0]:
            yield question.words, known(scan.stood, reason)
            return
        least, most = _range(reason, now)
        if is_alike:
            least, most = milder(least, scan.stood), milder(most, scan.stood)
        yield question.words, between(least, most, reason) if least != most else known(most, reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A scan and how it would have ended."""

    scan: Scan
    would_be: Outcome
    reason: Reason | None


@dataclass(slots=True, kw_only=True)
class Tried:
    """What a day came to. `listed` are the first MAX_LISTED of the `changed`."""

    scans: int = 0
    changed: int = 0
    unsaid: int = 0
    listed: list[Ended] = field(default_factory=list)
    turns: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    for_want_of: Counter[str] = field(default_factory=Counter)


def trial_of(before: SitePolicy | None, after: SitePolicy, site_key: bytes) -> Trial:
    """Compare two policies."""
    kept: dict[Reason, Question] = {}
    changed: list[Question] = []
    lost: list[Question] = []
    judged: list[Question] = []
    for question in QUESTIONS:
        asks = bool(question.outcomes(after))
        if before is not None and question.evidence(before) == question.evidence(after):
            kept |= dict.fromkeys(question.reasons, question)
        elif not asks:
            continue
        elif question in _JUDGED:
            judged.append(question)
        else:
            (changed if question in CHANGED else lost).append(question)
    types = tuple(_JUDGED[question] for question in judged)
    return Trial(
        before=before,
        after=after,
        kept=MappingProxyType(kept),
        changed=tuple(changed),
        lost=tuple(lost),
        rules=tuple(rule for rule in rules_of(after, site_key) if isinstance(rule, types)),
        judged=frozenset(judged),
    )


def try_scan(
    scan: Scan, trial: Trial, last: Passage | None
) -> tuple[AccessDecision | None, tuple[str, ...]]:
    """Return how a scan would have ended, or None and for want of what that can't be said.

    Args:
        scan: the scan.
        trial: the rules.
        last: where the person had passed before.
    """
    if scan.strange:
        return None, (STRANGE,)
    if trial.is_contradicted(scan):
        return None, (OTHER_RULES,)
    spans = list(trial.asked(scan))
    request, presence = _request(scan), trial.after.exits.about(_presence(last), scan.at)
    mild = [*answered([span.least for _, span in spans]), *trial.rules]
    strict = [*answered([span.most for _, span in spans]), *trial.rules]
    least, most = decide(request, mild, presence), decide(request, strict, presence)
    if least.outcome == most.outcome:
        return least, ()  # its reasons are certain
    return None, tuple(dict.fromkeys(words for words, span in spans if not span.is_known))


def try_day(
    scans: Iterable[tuple[Scan, Passage | None]], trial_of_scan: Callable[[Scan], Trial]
) -> Tried:
    """Judge a day again; `trial_of_scan` tells which rules the gate had."""
    tried = Tried()
    for scan, last in scans:
        tried.scans += 1
        if scan.is_exit:
            continue
        decision, want = try_scan(scan, trial_of_scan(scan), last)
        if decision is None:
            tried.unsaid += 1
            tried.for_want_of.update(want)
        elif decision.outcome != scan.outcome:
            tried.changed += 1
            tried.turns[scan.outcome, decision.outcome] += 1
            if len(tried.listed) < MAX_LISTED:
                ended = Ended(scan=scan, would_be=decision.outcome, reason=decision.reason)
                tried.listed.append(ended)
    return tried


def _request(scan: Scan) -> AccessRequest:
    return AccessRequest(
        access_point=AccessPoint(name=scan.access_point, direction=Direction.IN, area=""),
        at=scan.at,
        card=_SHOWN,
        person=scan.person,
        clock_trusted=scan.clock_trusted,
        override=scan.override,
    )


def _presence(last: Passage | None) -> Presence:
    """Return what the rules asked here need of who is inside: one person's last passage."""
    if last is None:
        return Presence()
    there = MappingProxyType({last.person: last})
    return Presence(inside=there) if last.direction is Direction.IN else Presence(left=there)


def _stays(scan: Scan, reason: Reason) -> Span:
    """Return what no question of the rules answers: the card's own state, an order of the hub's."""
    if reason is scan.against[0]:
        return known(scan.stood, reason)
    return known(milder(usual_outcome(reason), scan.stood), reason)


def _perhaps(question: Question, after: SitePolicy) -> Span:
    reason = min(question.reasons)
    return between(Outcome.ADMIT, question.outcomes(after)[-1], reason)


def _range(reason: Reason, now: tuple[Outcome, ...]) -> tuple[Outcome, Outcome]:
    if reason is Reason.LIST_AGEING:
        return Outcome.NOTE, Outcome.NOTE
    if reason is Reason.LIST_TOO_OLD:
        return now[-1], now[-1]
    return now[0], now[-1]
