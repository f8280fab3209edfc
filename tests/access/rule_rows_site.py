"""Rules 14 to 16 and 18 to 20, as rows: who is inside, who is drawn, who is let in by hand."""

from dataclasses import replace
from typing import Final

from gate.access.model import Override, OverrideKind
from gate.access.persons import Role
from gate.access.presence import Presence
from gate.access.visits import is_drawn, search_key
from gate.errors import Reason
from tests.access.rule_table import (
    ANNA,
    BEN,
    CARA,
    HOUR,
    MINUTE,
    NOW,
    PERSON,
    SECOND,
    SITE_KEY,
    RuleTable,
    crowd,
    cut_off,
    elsewhere,
    entry,
    inside,
    left,
    let_through,
    row,
    way_out,
)

NOBODY: Final = Presence()
CUT: Final = "the gate cut off for 2 minutes and a second"
SINCE: Final = 2 * MINUTE + SECOND


SUPERVISOR: Final = RuleTable(
    number=14,
    asks="Is a site supervisor inside?",
    policy='[site_supervisor]\nmode = "note"',
    records={BEN: replace(PERSON, roles=frozenset({Role.SITE_SUPERVISOR}))},
    rows=(
        row("a supervisor inside", "", "admit", entry(), inside(BEN)),
        row("nobody inside", "", "note supervisor_missing", entry(), NOBODY),
        row("the supervisor has left", "", "note supervisor_missing", entry(), left(BEN, HOUR)),
        row("the supervisor is the first to come", "", "admit", entry(person=BEN), NOBODY),
        row("a supervisor inside", "the gate cut off for 2 minutes", "admit", entry(),
            cut_off(inside(BEN), 2 * MINUTE)),
        row("a supervisor inside", CUT, "note list_ageing", entry(), cut_off(inside(BEN), SINCE)),
        row("nobody inside", "on the way out", "admit", way_out(), NOBODY),
    ),
)  # fmt: skip

DAN: Final = b"D" * 16
FIRST_AID: Final = RuleTable(
    number=15,
    asks="Are there first aiders enough for the people inside?",
    policy='[first_aid]\nmode = "note"',
    records={
        BEN: replace(PERSON, roles=frozenset({Role.APPOINTED_PERSON})),
        CARA: replace(PERSON, roles=frozenset({Role.EMERGENCY_FIRST_AIDER})),
        DAN: replace(PERSON, roles=frozenset({Role.FIRST_AIDER})),
        b"E" * 16: replace(PERSON, roles=frozenset({Role.FIRST_AIDER})),
    },
    rows=(
        row("the 4th person, an appointed person inside", "", "admit", entry(),
            inside(BEN, *crowd(2))),
        row("the 4th person, nobody appointed", "", "note first_aid", entry(), inside(*crowd(3))),
        row("the 5th person, only an appointed person inside", "", "note first_aid", entry(),
            inside(BEN, *crowd(3))),
        row("the 5th person, an emergency first aider inside", "", "admit", entry(),
            inside(CARA, *crowd(3))),
        row("the 50th person, an emergency first aider inside", "", "admit", entry(),
            inside(CARA, *crowd(48))),
        row("the 51st person, an emergency first aider inside", "", "note first_aid", entry(),
            inside(CARA, *crowd(49))),
        row("the 51st person, one first aider inside", "", "note first_aid", entry(),
            inside(DAN, *crowd(49))),
        row("the 51st person, two first aiders inside", "", "admit", entry(),
            inside(DAN, b"E" * 16, *crowd(48))),
        row("the 100th person, two first aiders inside", "", "admit", entry(),
            inside(DAN, b"E" * 16, *crowd(97))),
        row("the 101st person, two first aiders inside", "", "note first_aid", entry(),
            inside(DAN, b"E" * 16, *crowd(98))),
        row("one of 50 who are inside comes in again, an emergency first aider inside", "",
            "admit", entry(), inside(ANNA, CARA, *crowd(48))),
        row("the first aider is the first to come", "", "admit", entry(person=DAN), NOBODY),
        row("the 4th person, nobody appointed", CUT, "note first_aid", entry(),
            cut_off(inside(*crowd(3)), SINCE)),
        row("the 51st person, one first aider inside", "on the way out", "admit", way_out(),
            inside(DAN, *crowd(49))),
    ),
)  # fmt: skip

OCCUPANCY: Final = RuleTable(
    number=16,
    asks="Is there room in the area and on the site?",
    policy='[[occupancy]]\nmost = 10\n[[occupancy]]\narea = "basement"\nmost = 3',
    rows=(
        row("9 people inside", "", "admit", entry(), inside(*crowd(9))),
        row("10 people inside", "", "refuse occupancy", entry(), inside(*crowd(10))),
        row("10 people inside, one of them comes in again", "", "admit", entry(),
            inside(ANNA, *crowd(9))),
        row("10 people inside, one has left", "", "admit", entry(),
            inside(*crowd(10)).after(*left(crowd(1)[0], SECOND).left.values())),
        row("2 people in the basement", "basement", "admit", entry(area="basement"),
            inside(*crowd(2), area="basement")),
        row("3 people in the basement", "basement", "refuse occupancy", entry(area="basement"),
            inside(*crowd(3), area="basement")),
        row("3 people in the basement", "another area", "admit", entry(),
            inside(*crowd(3), area="basement")),
        row("3 people in the basement, somebody comes from another area", "basement",
            "refuse occupancy", entry(area="basement"),
            inside(*crowd(3), area="basement").after(*inside(ANNA).inside.values())),
        row("10 people inside, one of them goes to the basement", "basement", "admit",
            entry(area="basement"), inside(ANNA, *crowd(9))),
        row("3 people came into the basement by another gate", "basement", "refuse occupancy",
            entry(area="basement"), elsewhere(*crowd(3), area="basement")),
        row("3 people came into another area by another gate", "basement", "admit",
            entry(area="basement"), elsewhere(*crowd(3), area="tower")),
        row("3 people came in by a gate that doesn't tell where it leads", "basement",
            "note occupancy", entry(area="basement"), elsewhere(*crowd(3), area="")),
        row("2 people came in by a gate that doesn't tell where it leads", "basement", "admit",
            entry(area="basement"), elsewhere(*crowd(2), area="")),
        row("3 people came in by such a gate, one of them goes to the basement", "basement",
            "admit", entry(area="basement"), elsewhere(ANNA, *crowd(2), area="")),
        row("10 people inside", CUT, "note occupancy", entry(),
            cut_off(inside(*crowd(10)), SINCE)),
        row("9 people inside", CUT, "note list_ageing", entry(), cut_off(inside(*crowd(9)), SINCE)),
        row("10 people inside", "on the way out", "admit", way_out(), inside(*crowd(10))),
    ),
)  # fmt: skip

HARD: Final = RuleTable(
    number=18,
    asks="Did the person leave since they came in? Hard: refused",
    policy='[passback]\nmode = "refuse"',
    rows=(
        row("not seen before", "", "admit", entry(), NOBODY),
        row("inside", "", "refuse passback", entry(), inside(ANNA)),
        row("left a second ago", "", "admit", entry(), left(ANNA, SECOND)),
        row("somebody else inside", "", "admit", entry(), inside(BEN)),
        row("inside another area of the site", "basement", "refuse passback",
            entry(area="basement"), inside(ANNA)),
        row("inside", "the gate cut off for 2 minutes", "refuse passback", entry(),
            cut_off(inside(ANNA), 2 * MINUTE)),
        row("inside", CUT, "note passback", entry(), cut_off(inside(ANNA), SINCE)),
        row("left an hour ago", CUT, "admit", entry(), cut_off(left(ANNA, HOUR), SINCE)),
        row("let through, not known whether they turned", "", "note passback", entry(),
            let_through(ANNA)),
        row("inside", "on the way out", "admit", way_out(), inside(ANNA)),
    ),
)  # fmt: skip

SOFT: Final = RuleTable(
    number=18,
    asks="Soft: noted",
    policy='[passback]\nmode = "note"',
    rows=(
        row("inside", "", "note passback", entry(), inside(ANNA)),
        row("left", "", "admit", entry(), left(ANNA, HOUR)),
    ),
)  # fmt: skip

TIMED: Final = RuleTable(
    number=18,
    asks="Timed: refused for a while, noted afterwards",
    policy='[passback]\nmode = "timed"\ntimed_min = 30',
    rows=(
        row("came in 30 minutes ago", "", "refuse passback", entry(),
            inside(ANNA, ago=30 * MINUTE)),
        row("came in 30 minutes and a second ago", "", "note passback", entry(),
            inside(ANNA, ago=30 * MINUTE + SECOND)),
        row("came in a minute ago", "while nothing vouches for the clock", "note passback",
            entry(clock_trusted=False), inside(ANNA, ago=MINUTE)),
        row("left a minute ago", "", "admit", entry(), left(ANNA, MINUTE)),
    ),
)  # fmt: skip


FREE_EXIT: Final = RuleTable(
    number=18,
    asks="Hard, at a site with free exits: noted, for they may have left",
    policy='[exit]\nfree = true\nstay_h = 12\n[passback]\nmode = "refuse"',
    rows=(
        row("came in an hour ago", "", "note passback", entry(), inside(ANNA)),
        row("came in 12 hours ago", "", "note passback", entry(), inside(ANNA, ago=12 * HOUR)),
        row("came in 12 hours and a second ago", "", "admit", entry(),
            inside(ANNA, ago=12 * HOUR + SECOND)),
        row("came in an hour ago", "on the way out", "admit", way_out(), inside(ANNA)),
    ),
)  # fmt: skip

FREE_TIMED: Final = RuleTable(
    number=18,
    asks="Timed, at a site with free exits: refused for a while all the same",
    policy='[exit]\nfree = true\n[passback]\nmode = "timed"\ntimed_min = 30',
    rows=(
        row("came in 30 minutes ago", "", "refuse passback", entry(),
            inside(ANNA, ago=30 * MINUTE)),
        row("came in 30 minutes and a second ago", "", "note passback", entry(),
            inside(ANNA, ago=30 * MINUTE + SECOND)),
        row("came in 16 hours and a second ago", "", "admit", entry(),
            inside(ANNA, ago=16 * HOUR + SECOND)),
    ),
)  # fmt: skip

FREE_HEADS: Final = RuleTable(
    number=16,
    asks="Is there room, at a site with free exits? Noted, for some may have left",
    policy="[exit]\nfree = true\n[[occupancy]]\nmost = 10",
    rows=(
        row("9 people came in", "", "admit", entry(), inside(*crowd(9))),
        row("10 people came in", "", "note occupancy", entry(), inside(*crowd(10))),
        row("10 people came in 16 hours and a second ago", "", "admit", entry(),
            inside(*crowd(10), ago=16 * HOUR + SECOND)),
    ),
)  # fmt: skip

FREE_FIRST_AID: Final = RuleTable(
    number=15,
    asks="Are there first aiders enough, at a site with free exits? At most noted",
    policy='[exit]\nfree = true\n[first_aid]\nmode = "refer"',
    records={CARA: replace(PERSON, roles=frozenset({Role.EMERGENCY_FIRST_AIDER}))},
    rows=(
        row("the 5th person, nobody who came in is trained", "", "note first_aid", entry(),
            inside(*crowd(4))),
        row("the 5th person, an emergency first aider came in", "", "admit", entry(),
            inside(CARA, *crowd(3))),
    ),
)  # fmt: skip

FREE_SUPERVISOR: Final = RuleTable(
    number=14,
    asks="Is a site supervisor inside, at a site with free exits? Who came in counts",
    policy='[exit]\nfree = true\n[site_supervisor]\nmode = "refer"',
    records={BEN: replace(PERSON, roles=frozenset({Role.SITE_SUPERVISOR}))},
    rows=(
        row("a supervisor came in 16 hours ago", "", "admit", entry(), inside(BEN, ago=16 * HOUR)),
        row("a supervisor came in 16 hours and a second ago", "", "refer supervisor_missing",
            entry(), inside(BEN, ago=16 * HOUR + SECOND)),
    ),
)  # fmt: skip


def drawn(lot: bool, percent: int = 10) -> bytes:  # noqa: FBT001 - a lot falls or it doesn't
    key = search_key(SITE_KEY, NOW.date())
    return next(one for one in crowd(1_000) if is_drawn(key, one, NOW, percent) is lot)


SEARCH: Final = RuleTable(
    number=19,
    asks="Is the person drawn for a search this hour?",
    policy="[search]\npercent = 10",
    rows=(
        row("drawn", "", "note random_search", entry(person=drawn(lot=True)), NOBODY),
        row("not drawn", "", "admit", entry(person=drawn(lot=False)), NOBODY),
        row("drawn, tries again", "the last second of the hour", "note random_search",
            entry(person=drawn(lot=True), at=NOW + HOUR - SECOND), NOBODY),
        row("drawn", "on the way out", "admit", way_out(person=drawn(lot=True)), NOBODY),
    ),
)  # fmt: skip

VISITOR: Final = replace(PERSON, visitor=True, host=BEN)
ESCORT: Final = RuleTable(
    number=20,
    asks="Is a visitor's host inside?",
    policy='[visitors]\nmode = "refer"',
    rows=(
        row("a visitor, the host inside", "", "admit", entry(record=VISITOR), inside(BEN)),
        row("a visitor, the host not inside", "", "refer escort", entry(record=VISITOR), NOBODY),
        row("a visitor without a host", "", "refer escort",
            entry(record=replace(VISITOR, host=None)), inside(BEN)),
        row("a visitor named as their own host, and inside", "", "refer escort",
            entry(record=replace(VISITOR, host=ANNA)), inside(ANNA)),
        row("no visitor", "", "admit", entry(record=replace(PERSON, visitor=False)), NOBODY),
        row("nobody told whether a visitor", "", "refer not_on_record", entry(record=PERSON),
            inside(BEN)),
        row("not known to the site", "", "refer not_on_record", entry(), inside(BEN)),
        row("a visitor, the host not inside", CUT, "note escort", entry(record=VISITOR),
            cut_off(NOBODY, SINCE)),
        row("a visitor, the host not inside", "on the way out", "admit", way_out(record=VISITOR),
            NOBODY),
    ),
)  # fmt: skip

GUARD: Final = Override(kind=OverrideKind.GUARD, by="the guard's key", why="referred")
CREW: Final = Override(kind=OverrideKind.EMERGENCY, by="the guard's key", why="ambulance")
BY_HAND: Final = RuleTable(
    number=20,
    asks="Does the guard let somebody in? Whom the rules refer; the emergency services whatever "
    "stands against it",
    policy='[visitors]\nmode = "refer"',
    rows=(
        row("referred, the guard lets them in", "", "note override",
            entry(record=VISITOR, override=GUARD), NOBODY),
        row("not referred, the guard lets them in", "", "admit",
            entry(record=VISITOR, override=GUARD), inside(BEN)),
        row("revoked, the guard lets them in", "", "refuse revoked",
            entry(record=VISITOR, override=GUARD, findings=(Reason.REVOKED,)), inside(BEN)),
        row("an ambulance crew without a card", "", "note emergency",
            entry(card=None, person=None, override=CREW), NOBODY),
        row("a fireman with a revoked card", "", "note emergency",
            entry(override=CREW, findings=(Reason.REVOKED,)), NOBODY),
        row("an ambulance crew", "on the way out", "admit", way_out(override=CREW), NOBODY),
    ),
)  # fmt: skip

TABLES: Final = (
    SUPERVISOR,
    FREE_SUPERVISOR,
    FIRST_AID,
    FREE_FIRST_AID,
    OCCUPANCY,
    FREE_HEADS,
    HARD,
    SOFT,
    TIMED,
    FREE_EXIT,
    FREE_TIMED,
    SEARCH,
    ESCORT,
    BY_HAND,
)
