"""What the record of a scan lets be said of other rules, and what it doesn't. A table."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.model import Direction
from gate.access.presence import Passage
from gate.errors import Outcome, Reason
from gate.hub.policy.questions import QUESTIONS
from gate.hub.policy.replay import MAX_LISTED, trial_of, try_day, try_scan
from gate.hub.policy.scans import Scan
from tests.hub.policy.policies import BASE, NOON, later, policy, scan

KEY: Final = bytes(range(32))

ALL_ASKED: Final = """
[hours]
fri = "06:00-18:00"
[passback]
mode = "refuse"
[induction]
mode = "refer"
valid_days = 365
[[work]]
name = "electrical"
occupations = ["electrician"]
[[limit]]
area = "roof"
limits = ["provisional"]
[[endorsement]]
area = "roof"
any_of = ["high"]
[[occupancy]]
most = 40
[supervision]
mode = "note"
[young]
mode = "refer"
[health_safety]
mode = "refuse"
[rams]
mode = "note"
[site_supervisor]
mode = "note"
[first_aid]
mode = "note"
[rest]
mode = "note"
[working_week]
mode = "note"
[search]
percent = 5
[visitors]
mode = "refer"
"""

HOURS: Final = '[hours]\nfri = "06:00-18:00"\n'
SHORT: Final = '[hours]\nfri = "06:00-11:00"\n'
NO_PASSBACK: Final = '[passback]\nmode = "off"\n'
REFUSE_PASSBACK: Final = '[passback]\nmode = "refuse"\n'
FREE_EXIT: Final = "[exit]\nfree = true\nstay_h = 4\n"
NOTE_INDUCTION: Final = '[induction]\nmode = "note"\n'
REFER_INDUCTION: Final = '[induction]\nmode = "refer"\n'
ONLY_CSCS: Final = BASE.replace('types = ["gold", "apprentice"]', 'types = ["apprentice"]')
ONE_SCHEME: Final = BASE[: BASE.rindex("[[accept]]")]
ONE_TYPE: Final = ONE_SCHEME.replace('["gold", "apprentice"]', '["apprentice"]')


def ends(before: str | None, after: str, recorded: Scan, **given: Any) -> str:  # noqa: ANN401 - how the rules are made, where the person was
    """Return how a scan would have ended; "?" if that can't be said."""
    old = None if before is None else policy(before, base=given.get("old", BASE))
    trial = trial_of(old, policy(after, 2, base=given.get("new", BASE)), KEY)
    decision, _ = try_scan(recorded, trial, given.get("last"))
    return "?" if decision is None else decision.outcome.value


def passage(direction: Direction, hour: int = 8) -> Passage:
    at = NOON.replace(hour=hour)
    return Passage(person=bytes(16), direction=direction, at=at, access_point="Gate A", area="site")


INSIDE: Final = passage(Direction.IN)
REVOKED: Final = scan(Reason.REVOKED, outcome="refuse")
HEALTH: Final = '[health_safety]\nmode = "note"\n'
AGEING: Final = scan(Reason.LIST_AGEING, outcome="note")
UNINDUCTED: Final = scan(Reason.NOT_INDUCTED, outcome="refer")


@pytest.mark.parametrize(
    ("before", "after", "recorded", "expected"),
    [
        ("", SHORT, scan(), "refer"),
        ("", HOURS, scan(), "admit"),
        (SHORT, HOURS, scan(Reason.OUT_OF_HOURS, outcome="refer"), "admit"),
        (None, HOURS, scan(), "?"),
        # What the card itself is, and what the hub orders, no rules change.
        ("", HOURS, REVOKED, "refuse"),
        ("", SHORT, scan(Reason.LOCKDOWN, outcome="refuse"), "refuse"),
        # The same question asked more or less strictly: the record tells whom it meets.
        (REFER_INDUCTION, NOTE_INDUCTION, UNINDUCTED, "note"),
        (NOTE_INDUCTION, REFER_INDUCTION, scan(Reason.NOT_INDUCTED, outcome="note"), "refer"),
        (NOTE_INDUCTION, REFER_INDUCTION, scan(), "admit"),
        (REFER_INDUCTION, "", UNINDUCTED, "admit"),
        # A question that was not asked, or asked otherwise: it can't be said, unless another says.
        ("", REFER_INDUCTION, scan(), "?"),
        ("", REFER_INDUCTION, REVOKED, "refuse"),
        ("", "[[occupancy]]\nmost = 4\n", scan(), "?"),
        ("", '[[endorsement]]\narea = "roof"\nany_of = ["high"]\n', scan(), "?"),
        ("", HEALTH, AGEING, "?"),
        ("", '[people]\nunknown = "note"\n' + HEALTH, AGEING, "note"),
        (REFER_INDUCTION, REFER_INDUCTION + "valid_days = 90\n", UNINDUCTED, "refer"),
        (REFER_INDUCTION, REFER_INDUCTION + "valid_days = 90\n", scan(), "?"),
        # Cards that expire: other days tell it only one way.
        ("[expiry]\nwarn_days = 28\n", "[expiry]\nwarn_days = 60\n", scan(), "?"),
        ("[expiry]\nwarn_days = 28\n", "[expiry]\nwarn_days = 7\n", scan(), "admit"),
        ("", "[expiry]\nwarn_days = 60\n", scan(Reason.EXPIRING_SOON, outcome="note"), "note"),
        ("", "[expiry]\nwarn_days = 7\n", scan(Reason.EXPIRING_SOON, outcome="note"), "?"),
        ("", "[expiry]\nwarn_days = 0\n", scan(Reason.EXPIRING_SOON, outcome="note"), "admit"),
        # Lists: their age is on record, that of the rules is not.
        ("", "[freshness]\namber_h = 48\n", scan(), "admit"),
        ("", "[freshness]\namber_h = 1\n", scan(), "note"),
        ("", "[freshness]\namber_h = 4\n", scan(), "?"),
        ("", "[freshness]\namber_h = 1\nred_h = 2\n", scan(list_age_s=9000), "refer"),
        ("", "[freshness]\nred_h = 80\n", scan(Reason.LIST_TOO_OLD, outcome="refer"), "refer"),
        ("", "[freshness]\nred_h = 200\n", scan(Reason.LIST_TOO_OLD, outcome="refer"), "?"),
        # A guard's word stands for what is referred, not for what is refused.
        ("", SHORT, scan(Reason.OVERRIDE, Reason.STATUS_UNKNOWN, outcome="note"), "note"),
        (None, SHORT, scan(Reason.EMERGENCY, outcome="note"), "note"),
        (None, SHORT, scan(Reason.EMERGENCY, Reason.REVOKED, outcome="note"), "note"),
        # A gate that answered what its rules don't ask had others than the hub thinks.
        ("", HOURS, scan(Reason.OCCUPANCY, outcome="refuse"), "?"),
        ("", HOURS, scan(outcome="refuse", strange=True), "?"),
        # Nobody knows when that was.
        ("", HOURS, scan(clock_trusted=False), "?"),
        ("", HOURS, scan(Reason.REVOKED, outcome="refuse", clock_trusted=False), "refuse"),
    ],
)
def test_a_scan_ends_as_the_record_lets_be_said(
    before: str | None, after: str, recorded: Scan, expected: str
) -> None:
    assert ends(before, after, recorded) == expected


@pytest.mark.parametrize(
    ("before", "after", "last", "at_h", "expected"),
    [
        (NO_PASSBACK, '[passback]\nmode = "refuse"\n', None, 12, "admit"),
        (NO_PASSBACK, '[passback]\nmode = "refuse"\n', INSIDE, 12, "refuse"),
        (NO_PASSBACK, '[passback]\nmode = "refuse"\n', passage(Direction.OUT), 12, "admit"),
        (NO_PASSBACK, '[passback]\nmode = "note"\n', INSIDE, 12, "note"),
        (NO_PASSBACK, '[passback]\nmode = "timed"\ntimed_min = 60\n', INSIDE, 12, "note"),
        (NO_PASSBACK, '[passback]\nmode = "timed"\ntimed_min = 300\n', INSIDE, 12, "refuse"),
        (NO_PASSBACK, f'{FREE_EXIT}[passback]\nmode = "refuse"\n', INSIDE, 12, "note"),
        (NO_PASSBACK, f'{FREE_EXIT}[passback]\nmode = "timed"\n', INSIDE, 8, "refuse"),
        (REFUSE_PASSBACK, FREE_EXIT + REFUSE_PASSBACK, INSIDE, 12, "note"),
        (REFUSE_PASSBACK, FREE_EXIT + REFUSE_PASSBACK, INSIDE, 13, "admit"),
    ],
)
def test_a_second_entry_is_told_by_the_passages_before(
    before: str, after: str, last: Passage | None, at_h: int, expected: str
) -> None:
    assert ends(before, after, scan(at=NOON.replace(hour=at_h)), last=last) == expected


def test_of_somebody_erased_a_second_entry_cannot_be_told() -> None:
    after = '[passback]\nmode = "refuse"\n'
    assert ends(NO_PASSBACK, after, scan(person=None)) == "?"
    assert ends(NO_PASSBACK, after, scan(Reason.MALFORMED, outcome="refuse", person=None)) == (
        "refuse"
    )


@pytest.mark.parametrize(
    ("old", "new", "card_type", "outcome", "expected"),
    [
        (ONE_SCHEME, BASE, "gold", "admit", "admit"),  # a scheme more
        (ONE_SCHEME, ONE_TYPE, "gold", "admit", "refuse"),  # a type less
        (ONE_SCHEME, ONE_TYPE, "apprentice", "admit", "admit"),
        (BASE, ONLY_CSCS, "gold", "admit", "?"),  # a gold card of which of the two?
        (BASE, ONE_SCHEME, "gold", "admit", "?"),
        (BASE, ONE_SCHEME, "black", "admit", "refuse"),  # only the other scheme took it
        (ONE_TYPE, ONE_SCHEME, "gold", "refuse", "?"),  # a type more; of this scheme?
        (ONE_SCHEME, ONE_TYPE, "gold", "refuse", "refuse"),  # nothing more
        (ONE_SCHEME, ONE_TYPE, "3", "admit", "?"),  # spelt by number on the card
        (ONE_SCHEME, ONE_SCHEME.replace('"ecs-jib"', "1"), "gold", "admit", "?"),
        (ONE_SCHEME, BASE, "", "admit", "?"),
    ],
)
def test_a_card_is_accepted_as_far_as_its_type_tells(
    old: str, new: str, card_type: str, outcome: str, expected: str
) -> None:
    reasons = (Reason.CARD_TYPE,) if outcome == "refuse" else ()
    recorded = scan(*reasons, outcome=outcome, card_type=card_type)
    assert ends("", "", recorded, old=old, new=new) == expected


def test_a_search_is_drawn_again_by_the_same_lot() -> None:
    assert ends("", "[search]\npercent = 100\n", scan()) == "note"
    assert ends("", '[search]\npercent = 100\nmode = "refer"\n', scan()) == "refer"
    assert ends("", "[search]\npercent = 100\n", scan(person=None)) == "?"


def test_going_out_never_changes() -> None:
    trial = trial_of(None, policy(ALL_ASKED), KEY)
    out = scan(Reason.PASSBACK, outcome="admit", direction="out")
    tried = try_day([(out, None)], lambda _: trial)
    assert (tried.scans, tried.changed, tried.unsaid) == (1, 0, 0)


_ASKED = sorted(reason for question in QUESTIONS for reason in question.reasons)
_CARDS = [Reason.REVOKED, Reason.EXPIRED, Reason.BLOCKED, Reason.CLOCK_UNTRUSTED]


# The rules in force end every scan as it ended, whatever the record says; none "can't be said".
@given(
    reasons=st.lists(st.sampled_from([*_ASKED, *_CARDS]), max_size=4, unique=True),
    outcome=st.sampled_from([Outcome.NOTE, Outcome.REFER, Outcome.REFUSE]),
    clock=st.sampled_from([{}, {"clock_trusted": False}]),
    person=st.sampled_from([None, bytes(16)]),
    last=st.sampled_from([None, INSIDE]),
)
def test_the_rules_in_force_end_every_scan_as_it_ended(
    reasons: list[Reason],
    outcome: Outcome,
    clock: dict[str, bool],
    person: bytes | None,
    last: Passage | None,
) -> None:
    recorded = scan(
        *reasons,
        outcome=outcome.value if reasons else "admit",
        **clock,
        person=person,
    )
    assert ends(ALL_ASKED, ALL_ASKED, recorded, last=last) == recorded.outcome


# A change can only be announced where the mildest and the strictest reading agree on it.
@given(
    reasons=st.lists(st.sampled_from([*_ASKED, *_CARDS]), max_size=3, unique=True),
    before=st.sampled_from([None, "", ALL_ASKED, HOURS, REFER_INDUCTION]),
    after=st.sampled_from(["", ALL_ASKED, SHORT, NOTE_INDUCTION]),
)
def test_any_rules_can_be_tried_on_any_record(
    reasons: list[Reason], before: str | None, after: str
) -> None:
    recorded = scan(*reasons, outcome="refuse" if reasons else "admit")
    assert ends(before, after, recorded) in {"?", *Outcome}


def test_a_day_is_counted_and_its_list_bounded() -> None:
    trial = trial_of(policy(), policy(SHORT, 2), KEY)
    scans = [(scan(at=later(seconds=one)), None) for one in range(MAX_LISTED + 5)]
    tried = try_day([*scans, (REVOKED, None)], lambda _: trial)
    assert (tried.scans, tried.changed, len(tried.listed)) == (
        MAX_LISTED + 6,
        MAX_LISTED + 5,
        MAX_LISTED,
    )
    assert tried.turns == {("admit", Outcome.REFER): MAX_LISTED + 5}
    assert tried.listed[0].reason is Reason.OUT_OF_HOURS


def test_what_cannot_be_said_is_named() -> None:
    trial = trial_of(policy(), policy(REFER_INDUCTION, 2), KEY)
    tried = try_day([(scan(), None), (REVOKED, None)], lambda _: trial)
    assert (tried.unsaid, tried.changed) == (1, 0)
    assert tried.for_want_of == {"inductions": 1}
    assert [question.words for question in trial.lost] == ["inductions"]


def test_the_reason_told_is_one_that_is_certain() -> None:
    roof = '[[endorsement]]\narea = "roof"\nany_of = ["high"]\n[passback]\nmode = "refuse"\n'
    trial = trial_of(policy(NO_PASSBACK), policy(roof, 2), KEY)
    decision, _ = try_scan(scan(), trial, INSIDE)
    assert decision is not None
    assert (decision.outcome, decision.reason) == (Outcome.REFUSE, Reason.PASSBACK)


def test_every_reason_belongs_to_one_question() -> None:
    assert len(_ASKED) == len(set(_ASKED))
