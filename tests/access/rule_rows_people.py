"""Rules 9, 10, 12, 13 and 17, as rows: what a site knows of a person."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from gate.access.persons import CountedHours, Inducted, PersonRecord, SignedRams, WorkedTime
from gate.access.presence import Presence, SiteWide
from gate.access.site_rules import SitePersons
from gate.trust.site_hours import Hours
from tests.access.rule_table import (
    ANNA,
    BEN,
    CARA,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    PASS,
    PERSON,
    SECOND,
    Row,
    RuleTable,
    card,
    cut_off,
    entry,
    inside,
    left,
    row,
    way_out,
)

NOBODY: Final = Presence()
TODAY: Final = NOW.date()
DARK: Final = "while nothing vouches for the clock"


def plain(given: str, at: str, answer: str, /, **changed: object) -> Row:
    return row(given, at, answer, entry(**changed), NOBODY)


def by_day(given: str, at: str, answer: str, /, **facts: object) -> Row:
    return plain(given, at, answer, record=replace(PERSON, **facts))  # type: ignore[arg-type]  # fields by name


def worked(day_min: int = 0, week_min: int = 0, average: int = 0, days_ago: int = 0) -> WorkedTime:
    return WorkedTime(
        day=TODAY - timedelta(days=days_ago),
        day_min=day_min,
        week_min=week_min,
        average_week_min=average,
    )


def counted(
    day_min: int = 0,
    week_min: int = 0,
    average: int = 0,
    *,
    who: bytes = ANNA,
    misses: str = "",
    whole: bool = True,
    ago: timedelta = MINUTE,
) -> CountedHours:
    """Return what the hub counted of one person."""
    row = Hours(who, day_min, week_min, average, misses != "week", misses != "average")
    return CountedHours(counted_at=NOW - ago, day=TODAY, is_whole=whole, rows={who: row})


def by_hub(presence: Presence, hours: CountedHours) -> Presence:
    return presence.with_site(SiteWide(as_of=NOW, hours=hours))


APPRENTICE: Final = card(card_type="electrical-apprentice", disciplines=("electrical",))
QUALIFIED: Final = replace(PERSON, qualified=frozenset({"electrical"}))

SUPERVISION: Final = RuleTable(
    number=9,
    asks="Are there people inside who may supervise a supervised card?",
    policy='[supervision]\nmode = "refer"\nqualified = 2',
    records={
        ANNA: QUALIFIED,
        BEN: QUALIFIED,
        CARA: QUALIFIED,
        b"D" * 16: replace(PERSON, qualified=frozenset({"plumbing"})),
    },
    rows=(
        row("an apprentice, two electricians inside", "", "admit",
            entry(card=APPRENTICE), inside(BEN, CARA)),
        row("an apprentice, one electrician inside", "", "refer supervision",
            entry(card=APPRENTICE), inside(BEN)),
        row("an apprentice, an electrician and a plumber inside", "", "refer supervision",
            entry(card=APPRENTICE), inside(BEN, b"D" * 16)),
        row("an apprentice who counts as qualified and is inside, one electrician more", "",
            "refer supervision", entry(card=APPRENTICE), inside(ANNA, BEN)),
        row("an apprentice, nobody inside", "on the way out", "admit",
            way_out(card=APPRENTICE), NOBODY),
        row("a provisional card by its limit, nobody inside", "", "refer supervision",
            entry(card=card(limits=("provisional",), occupations=("electrical",))), NOBODY),
        row("an electrician, nobody inside", "", "admit", entry(), NOBODY),
        row("an apprentice without a discipline", "", "refer not_on_record",
            entry(card=card(card_type="electrical-apprentice")), inside(BEN, CARA)),
        row("an apprentice, one electrician inside", "the gate cut off for 3 minutes",
            "note supervision", entry(card=APPRENTICE), cut_off(inside(BEN), 3 * MINUTE)),
        row("an apprentice, two electricians inside", "the gate cut off for 3 minutes",
            "note list_ageing", entry(card=APPRENTICE), cut_off(inside(BEN, CARA), 3 * MINUTE)),
    ),
)  # fmt: skip

CHILD: Final = PersonRecord(under_18=True, supervisor=BEN, worked=worked())
GUARDED: Final = inside(BEN)


def young(
    given: str, at: str, answer: str, record: PersonRecord = CHILD, /, **changed: object
) -> Row:
    return row(given, at, answer, entry(record=record, **changed), GUARDED)


def at_clock(hour: int, minute: int = 0, second: int = 0) -> dict[str, object]:
    return {"at": NOW.replace(hour=hour, minute=minute, second=second)}


YOUNG: Final = RuleTable(
    number=10,
    asks="Are the limits kept for somebody under 18?",
    policy='[young]\nmode = "refer"\nnight = "22:00-06:00"',
    rows=(
        young("17 years old, the supervisor inside, nothing worked", "", "admit"),
        young("the same", "21:59:59", "admit", **at_clock(21, 59, 59)),
        young("the same", "22:00", "refer hours", **at_clock(22)),
        young("the same", "05:59:59", "refer hours", **at_clock(5, 59, 59)),
        young("the same", "06:00", "admit", **at_clock(6)),
        young("the same", DARK, "refer clock_untrusted", clock_trusted=False),
        young("8 hours short of a minute today", "", "admit",
              replace(CHILD, worked=worked(479, 479))),
        young("8 hours today", "", "refer hours", replace(CHILD, worked=worked(480, 480))),
        young("40 hours short of a minute this week", "", "admit",
              replace(CHILD, worked=worked(0, 2399))),
        young("40 hours this week", "", "refer hours", replace(CHILD, worked=worked(0, 2400))),
        young("40 hours this week, opted out", "", "refer hours",
              replace(CHILD, worked=worked(0, 2400), opted_out=True)),
        young("hours that were counted yesterday", "", "refer not_on_record",
              replace(CHILD, worked=worked(days_ago=1))),
        young("hours that nobody counts", "", "refer not_on_record",
              replace(CHILD, worked=None)),
        row("8 hours short of a minute today, by the hub's count", "", "admit",
            entry(record=CHILD), by_hub(GUARDED, counted(479, 479))),
        row("8 hours today, by the hub's count", "", "refer hours",
            entry(record=CHILD), by_hub(GUARDED, counted(480, 480))),
        row("8 hours today, by the hub's count, and an exit not seen", "", "refer hours",
            entry(record=CHILD), by_hub(GUARDED, counted(480, 480, misses="week"))),
        row("an hour today, by the hub's count, and an exit not seen", "", "refer not_on_record",
            entry(record=CHILD), by_hub(GUARDED, counted(60, 60, misses="week"))),
        row("an hour today, by the hub's count, which lacks a gate", "", "refer not_on_record",
            entry(record=CHILD), by_hub(GUARDED, counted(60, 60, whole=False))),
        row("an hour today, counted half an hour ago", "", "admit",
            entry(record=CHILD), by_hub(GUARDED, counted(60, 60, ago=30 * MINUTE))),
        row("an hour today, counted half an hour and a second ago", "", "refer not_on_record",
            entry(record=CHILD), by_hub(GUARDED, counted(60, 60, ago=30 * MINUTE + SECOND))),
        row("never here before, by the hub's count", "", "admit",
            entry(record=CHILD), by_hub(GUARDED, counted(480, 480, who=BEN))),
        row("8 hours today by the card beneath the pass", "", "refer hours",
            entry(record=CHILD, stands_on=CARA), by_hub(GUARDED, counted(480, 480, who=CARA))),
        row("11:59:59 of rest", "", "refer rest",
            entry(record=CHILD), inside(BEN).after(*left(ANNA, 12 * HOUR - SECOND).left.values())),
        row("12 hours of rest", "", "admit",
            entry(record=CHILD), inside(BEN).after(*left(ANNA, 12 * HOUR).left.values())),
        row("the supervisor has not come yet", "", "refer supervision",
            entry(record=CHILD), NOBODY),
        young("nobody is named as supervisor", "", "refer supervision",
              replace(CHILD, supervisor=None)),
        row("named as their own supervisor, and inside", "", "refer supervision",
            entry(record=replace(CHILD, supervisor=ANNA)), inside(ANNA, ago=HOUR)),
        row("18 years old, at night, no supervisor", "", "admit",
            entry(record=replace(PERSON, under_18=False), **at_clock(23)), NOBODY),
        row("nobody told how old", "", "refer not_on_record", entry(record=PERSON), GUARDED),
        row("not known to the site", "", "refer not_on_record", entry(), GUARDED),
        row("17 years old, no supervisor", "22:00, on the way out", "admit",
            way_out(record=CHILD, **at_clock(22)), NOBODY),
        row("17 years old, the supervisor inside", "the gate cut off for 3 minutes",
            "note list_ageing", entry(record=CHILD), cut_off(GUARDED, 3 * MINUTE)),
    ),
)  # fmt: skip

IN_SUMMER: Final = NOW.replace(month=7, hour=23, minute=30)
"""Half past midnight of the 24th in London."""

INDUCTION: Final = RuleTable(
    number=12,
    asks="Was the person inducted here, in the current version, and not too long ago?",
    policy='[induction]\nmode = "refer"\nversion = 3\nvalid_days = 365',
    persons=SitePersons(
        inducted=frozenset({ANNA, CARA, b"D" * 16}),
        inductions={
            CARA: Inducted(on=TODAY - 364 * DAY, version=3),
            b"D" * 16: Inducted(on=TODAY, version=2),
        },
    ),
    rows=(
        by_day("inducted today in version 3", "", "admit",
               inducted=Inducted(on=TODAY, version=3)),
        by_day("inducted 364 days ago", "", "admit",
               inducted=Inducted(on=TODAY - 364 * DAY, version=3)),
        by_day("inducted 365 days ago", "", "refer induction_expired",
               inducted=Inducted(on=TODAY - 365 * DAY, version=3)),
        by_day("inducted today in version 4", "", "admit",
               inducted=Inducted(on=TODAY, version=4)),
        by_day("inducted today in version 2", "", "refer induction_expired",
               inducted=Inducted(on=TODAY, version=2)),
        by_day("inducted today, nobody told in which version", "", "refer not_on_record",
               inducted=Inducted(on=TODAY)),
        plain("named as inducted by the hub, no day told", "", "refer not_on_record"),
        row("inducted 364 days ago in version 3, by the hub", "", "admit",
            entry(person=CARA), NOBODY),
        row("inducted today in version 2, by the hub", "", "refer induction_expired",
            entry(person=b"D" * 16), NOBODY),
        row("in version 3 by the hub, in version 2 by the rules' own table", "", "admit",
            entry(person=CARA, record=replace(PERSON, inducted=Inducted(on=TODAY, version=2))),
            NOBODY),
        row("a pass of this site on a card inducted in version 3, by the hub", "", "admit",
            entry(person=BEN, card=PASS, stands_on=CARA), NOBODY),
        row("not inducted", "", "refer not_inducted", entry(person=BEN), NOBODY),
        row("not inducted", "on the way out", "admit", way_out(person=BEN), NOBODY),
        plain("a pass of this site, issued 100 days ago, the version not told", "",
              "refer not_on_record", card=PASS),
        plain("inducted today", DARK, "refer clock_untrusted", clock_trusted=False,
              record=replace(PERSON, inducted=Inducted(on=TODAY, version=3))),
        plain("inducted 364 days before in London", "23:30 UTC in summer", "admit", at=IN_SUMMER,
              record=replace(PERSON, inducted=Inducted(
                  on=IN_SUMMER.date() - 363 * DAY, version=3))),
        plain("inducted 365 days before in London", "the same hour", "refer induction_expired",
              at=IN_SUMMER, record=replace(PERSON, inducted=Inducted(
                  on=IN_SUMMER.date() - 364 * DAY, version=3))),
    ),
)  # fmt: skip

PERIOD_ALONE: Final = RuleTable(
    number=12,
    asks="The same, where any version counts",
    policy='[induction]\nmode = "note"\nvalid_days = 100',
    rows=(
        plain("a pass of this site, issued 99 days ago", "", "admit",
              card=replace(PASS, issued_at=NOW - 99 * DAY)),
        plain("a pass of this site, issued 100 days ago", "", "note induction_expired",
              card=PASS),
        plain("another site's pass", "", "refuse scheme_not_trusted",
              card=card(scheme="site:hilltop", card_type="worker")),
    ),
)  # fmt: skip

RAMS: Final = RuleTable(
    number=13,
    asks="Did the person sign the method statement of today's work?",
    policy='[rams]\nmode = "note"\n[people]\nunknown = "note"',
    rows=(
        by_day("signed to the end of today", "", "admit", rams=SignedRams(last_day=TODAY)),
        by_day("signed to the end of yesterday", "", "note rams",
               rams=SignedRams(last_day=TODAY - DAY)),
        by_day("signed for this work", "", "admit", work="roofing",
               rams=SignedRams(last_day=TODAY, work="roofing")),
        by_day("signed for other work", "", "note rams", work="roofing",
               rams=SignedRams(last_day=TODAY, work="cladding")),
        by_day("signed for one work, declared for none", "", "note rams",
               rams=SignedRams(last_day=TODAY, work="cladding")),
        by_day("signed none", "", "note rams"),
        plain("not known to the site", "", "note not_on_record"),
        plain("signed to the end of today", DARK, "note clock_untrusted", clock_trusted=False,
              record=replace(PERSON, rams=SignedRams(last_day=TODAY))),
        plain("signed to the end of yesterday in London", "23:30 UTC in summer", "note rams",
              at=IN_SUMMER,
              record=replace(PERSON, rams=SignedRams(last_day=IN_SUMMER.date()))),
        row("signed none", "on the way out", "admit", way_out(record=PERSON), NOBODY),
    ),
)  # fmt: skip


def rested(given: str, at: str, answer: str, ago: timedelta, /, **changed: object) -> Row:
    return row(given, at, answer, entry(**changed), left(ANNA, ago))


REST: Final = RuleTable(
    number=17,
    asks="Were there 11 hours between two shifts?",
    policy='[rest]\nmode = "note"\nends_shift_h = 5',
    rows=(
        rested("left a second less than 5 hours ago", "", "admit", 5 * HOUR - SECOND),
        rested("left 5 hours ago", "", "note rest", 5 * HOUR),
        rested("left a second less than 11 hours ago", "", "note rest", 11 * HOUR - SECOND),
        rested("left 11 hours ago", "", "admit", 11 * HOUR),
        row("not seen before", "", "admit", entry(), NOBODY),
        row("came in 4 hours ago, not seen to leave", "", "admit", entry(),
            inside(ANNA, ago=4 * HOUR)),
        row("came in 20 hours ago, not seen to leave", "", "refer not_on_record", entry(),
            inside(ANNA, ago=20 * HOUR)),
        rested("left 8 hours ago", DARK, "refer clock_untrusted", 8 * HOUR, clock_trusted=False),
        row("left 11 hours ago", "the gate cut off for 3 minutes", "note list_ageing", entry(),
            cut_off(left(ANNA, 11 * HOUR), 3 * MINUTE)),
        row("left 8 hours ago", "on the way out", "admit", way_out(), left(ANNA, 8 * HOUR)),
    ),
)  # fmt: skip


WEEK: Final = RuleTable(
    number=17,
    asks="Is the weekly average no more than 48 hours, or did the person opt out?",
    policy='[working_week]\nmode = "note"',
    rows=(
        by_day("48 hours on average", "", "admit", worked=worked(average=2880)),
        by_day("48 hours and a minute", "", "note hours", worked=worked(average=2881)),
        by_day("48 hours and a minute, opted out", "", "admit",
               worked=worked(average=2881), opted_out=True),
        by_day("48 hours and a minute, said not to have opted out", "", "note hours",
               worked=worked(average=2881), opted_out=False),
        by_day("under 18, said to have opted out", "", "note hours",
               worked=worked(average=2881), opted_out=True, under_18=True),
        by_day("hours that nobody counts", "", "refer not_on_record"),
        row("48 hours on average, by the hub's count", "", "admit", entry(),
            by_hub(NOBODY, counted(average=2880))),
        row("48 hours and a minute, by the hub's count", "", "note hours", entry(),
            by_hub(NOBODY, counted(average=2881, misses="average"))),
        row("48 hours, by the hub's count, and an exit not seen", "", "refer not_on_record",
            entry(), by_hub(NOBODY, counted(average=2880, misses="average"))),
        row("48 hours, by the hub's count, which lacks a gate", "", "refer not_on_record",
            entry(), by_hub(NOBODY, counted(average=2880, whole=False))),
        row("never here before, by the hub's count", "", "admit", entry(),
            by_hub(NOBODY, counted(average=2881, who=BEN))),
        by_day("counted 6 days ago", "", "admit", worked=worked(average=2880, days_ago=6)),
        by_day("counted 7 days ago", "", "refer not_on_record",
               worked=worked(average=2880, days_ago=7)),
        plain("not known to the site", "", "refer not_on_record"),
        plain("48 hours on average", DARK, "refer clock_untrusted", clock_trusted=False,
              record=replace(PERSON, worked=worked(average=2880))),
        row("48 hours and a minute", "on the way out", "admit",
            way_out(record=replace(PERSON, worked=worked(average=2881))), NOBODY),
    ),
)  # fmt: skip

TABLES: Final = (SUPERVISION, YOUNG, INDUCTION, PERIOD_ALONE, RAMS, REST, WEEK)
