"""The roll call of a unit: who is inside, when that was true, and all that it can't know."""

from datetime import timedelta

from gate.events.attendance import fold_people
from gate.events.model import EventKind
from gate.sim.issuer import NOW
from gate.status.record_watch import RecordWatch
from gate.store.journal_reader import JournalReader
from gate.trust.gates_heard import NEVER_HEARD, GateHeard
from tests.status.status_unit import (
    HOUR,
    MINUTE,
    Browser,
    StatusUnit,
    gate_heard,
    passage,
    person,
    text_of,
)
from tests.store.trust_files import POLICY

ALWAYS = (
    "Who came in or went out behind somebody else, in their place or not by a gate, is not known."
)


def called(unit: StatusUnit, browser: Browser) -> str:
    unit.later()
    reply = browser.get("/roll-call")
    assert reply.status == 200
    return text_of(reply)


def test_who_came_in_is_on_it_and_who_left_is_not(unit: StatusUnit, manager: Browser) -> None:
    unit.passes("Ann Lee")
    unit.passes("Bob Roe")
    unit.passes("Bob Roe", way="out")
    unit.passes("Cy Poe", outcome="refuse", reasons=("expired",))
    unit.passes("Di Fox", outcome="refer", reasons=("list_too_old",))
    told = called(unit, manager)
    assert "1 known inside on 20 November 2026 at 07:00:01 (UTC)" in told
    assert "Ann Lee ECS-ANN 07:00 Gate A in" in told
    assert not any(name in told for name in ("Bob", "Cy Poe", "Di Fox"))


def test_a_grant_that_was_not_taken_brings_nobody_in(unit: StatusUnit, manager: Browser) -> None:
    unit.passes("Ann Lee")
    unit.passes("Ann Lee", kind=EventKind.NOT_TURNED, detail="grant 2")
    assert "Nobody is known to be inside" in called(unit, manager)


def test_other_gates_count_and_the_newer_passage_wins(unit: StatusUnit, manager: Browser) -> None:
    unit.passes("Ann Lee", at=NOW - HOUR)
    unit.passes("Bob Roe", at=NOW - MINUTE)
    unit.trust.see(
        NOW,
        passage("Ann Lee", "out", NOW - 30 * MINUTE),
        passage("Bob Roe", "out", NOW - 2 * HOUR),
        passage("Cy Poe", "in", NOW - HOUR, company="Oak Groundworks"),
        gates=(gate_heard("Gate B", NOW),),
    )
    told = called(unit, manager)
    assert "2 inside on" in told
    assert "Oak Groundworks 1" in told
    assert told.index("Oak Groundworks") < told.index("Company not known")
    assert "Cy Poe 06:00 Gate B" in told
    assert "Ann Lee" not in told
    assert "What this list can't know" not in told
    assert ALWAYS in told


def test_two_gates_that_are_cut_off_are_named_with_since_when(
    unit: StatusUnit, manager: Browser
) -> None:
    gates = (
        gate_heard("Gate B", NOW - 31 * MINUTE),
        gate_heard("Gate C", NOW - 4 * MINUTE, NOW),
        gate_heard("Gate D", NOW),
    )
    unit.trust.see(NOW, passage("Ann Lee", "in", NOW - HOUR), gates=gates)
    told = called(unit, manager)
    assert "1 known inside" in told
    assert "Gate B unheard since 2026-11-20 06:29 UTC; the list may be wrong either way." in told
    assert "Gate C unheard since 2026-11-20 06:56 UTC" in told
    assert "Gate D" not in told


def test_without_the_hub_it_says_up_to_when_other_gates_are_known(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.trust.see(NOW, passage("Ann Lee", "in", NOW - HOUR), gates=(gate_heard("Gate B", NOW),))
    unit.later(41 * 60)
    told = called(unit, manager)
    assert "Ann Lee" in told
    assert "known up to 20 Nov 2026, 07:00, 41 min ago" in told
    assert "Gate B unheard since 2026-11-20 07:00 UTC" in told


def test_this_gates_own_record_is_known_whatever_its_hub_has_of_it(unit: StatusUnit) -> None:
    unit.told()
    own = gate_heard("Gate A", NOW - HOUR)
    unit.trust.see(NOW, gates=(own,))
    browser = unit.browser(uid=own.uid)
    browser.signs_in()
    assert "unheard" not in called(unit, browser)


def test_a_gate_that_never_heard_of_others_says_so(unit: StatusUnit, manager: Browser) -> None:
    assert "Nothing is known of the site's other gates" in called(unit, manager)


def test_strangers_are_counted(unit: StatusUnit, manager: Browser) -> None:
    unit.records(EventKind.TURNS_UNIDENTIFIED, access_point="Gate A in", direction="in", count=3)
    unit.records(EventKind.EXIT_BUTTON, access_point="Gate A in", direction="out")
    unit.records(EventKind.EXITS_UNRECORDED, count=4)
    told = called(unit, manager)
    assert "3 came in and 5 went out of whom nobody knows who they are." in told


def test_a_fire_freezes_it_and_the_all_clear_awaits_everybody(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.passes("Ann Lee")
    unit.later(60)
    unit.records(EventKind.FIRE_ALARM, access_point="Gate A in")
    unit.records(EventKind.TURNS_UNIDENTIFIED, access_point="Gate A in", direction="out", count=7)
    unit.later(120)
    told = called(unit, manager)
    assert "Fire roll call 1 known inside on 20 November 2026 at 07:01:00 (UTC)" in told
    assert "Fire alarm: frozen as it was at 07:01:00 UTC." in told
    assert "Since the alarm 7 went out and 0 came in here" in told
    assert "FIRE ALARM, since 07:01:00" in text_of(manager.get("/"))

    unit.records(EventKind.ALL_CLEAR)
    told = called(unit, manager)
    assert "0 known inside" in told
    assert "Left with the last fire alarm, not seen to come back 1 Name Card" in told
    assert "FIRE" not in text_of(manager.get("/"))


def test_who_came_in_over_a_day_ago_stands_apart(unit: StatusUnit, manager: Browser) -> None:
    unit.trust.see(NOW, passage("Ann Lee", "in", NOW - timedelta(hours=30)))
    told = called(unit, manager)
    assert "they may have left unseen 1" in told
    assert "Ann Lee 19 Nov 01:00 Gate B" in told


def test_somebody_whose_name_is_not_known_is_told_by_the_card_or_as_unknown(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.passes("X", number="ECS-77")
    unit.journal.erase(person("X"))
    unit.trust.see(NOW, passage("", "in", NOW - HOUR))
    assert "Name not known 06:00 Gate B" in called(unit, manager)


def test_names_are_text_whatever_they_say(unit: StatusUnit, manager: Browser) -> None:
    unit.passes("<script>alert(1)</script>&\"'")
    unit.later()
    body = manager.get("/roll-call").body.decode()
    assert "<script" not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;\"'" in body


def test_a_gate_without_the_time_says_so_and_calls_the_roll(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.passes("Ann Lee")
    unit.clock.trusted = False
    told = called(unit, manager)
    assert "doesn't know what time it is: times are no earlier" in told
    assert "Ann Lee" in told


def test_the_time_is_no_earlier_than_what_is_known_to_have_passed(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.passes("Ann Lee", at=NOW + 5 * HOUR)
    unit.clock.trusted = False
    assert "1 known inside on 20 November 2026 at 12:00:00" in called(unit, manager)
    unit.clock.trusted = True
    assert "doesn't know what time it is" in called(unit, manager)


def test_a_record_that_was_set_aside_is_told(unit: StatusUnit, manager: Browser) -> None:
    unit.passes("Ann Lee")
    assert "Ann Lee" in called(unit, manager)
    unit.journal.close()
    (unit.path / "journal.db").write_bytes(b"rust" * 1000)
    for ending in ("-wal", "-shm"):
        (unit.path / f"journal.db{ending}").unlink(missing_ok=True)
    told = called(unit, manager)
    assert "This gate's own record can't be read now" in told
    assert "Ann Lee" in told

    unit.journal = unit.reopened()
    unit.passes("Bob Roe")
    told = called(unit, manager)
    assert "record begins on 20 Nov 2026, 07:00, for the one before it was damaged" in told
    assert "Bob Roe" in told
    assert "Ann Lee" not in told


def test_a_silent_gate_process_is_told(unit: StatusUnit, manager: Browser) -> None:
    unit.clock.advance(60)
    told = text_of(manager.get("/roll-call"))
    assert "The gate process is not heard" in told


def test_following_the_record_tells_what_the_gate_would_know_after_a_restart(
    unit: StatusUnit,
) -> None:
    watch = RecordWatch(unit.path / "journal.db", "")
    watch.look(NOW)
    for number in range(40):
        way = "in" if number % 3 else "out"
        outcome = ("admit", "note", "refer", "refuse")[number % 4]
        unit.passes(f"P{number % 7} X", way=way, outcome=outcome)
        if number % 9 == 4:
            unit.passes(f"P{number % 7} X", kind=EventKind.NOT_TURNED, way=way)
        if number == 20:
            unit.records(EventKind.FIRE_ALARM)
        if number == 25:
            unit.records(EventKind.ALL_CLEAR)
        followed = watch.look(NOW).people
        with JournalReader.open(unit.path / "journal.db") as reader:
            assert followed == fold_people(reader.movements(NOW - HOUR), "")
    assert RecordWatch(unit.path / "journal.db", "").look(NOW).people == followed


def test_a_printed_page_has_everybody_once(unit: StatusUnit, manager: Browser) -> None:
    count = 500
    rows = [passage(f"Person {n:03d}", "in", NOW - HOUR) for n in range(count)]
    unit.trust.see(NOW, *rows, gates=(gate_heard("Gate B", NOW),))
    told = called(unit, manager)
    assert f"{count} inside on" in told
    assert all(told.count(f"Person {n:03d} ") == 1 for n in range(count))


def test_where_exits_are_free_it_says_so_and_counts_the_most_there_can_be(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.told(policy=POLICY + "[exit]\nfree = true\nstay_h = 12\n")
    unit.passes("Ann Lee", at=NOW - 11 * HOUR)
    unit.passes("Bob Roe", at=NOW - 13 * HOUR)
    unit.trust.see(
        NOW,
        passage("Cy Poe", "in", NOW - HOUR),
        passage("Di Fox", "in", NOW - 13 * HOUR),
        gates=(gate_heard("Gate B", NOW),),
    )
    told = called(unit, manager)
    assert "2 came in and may have left on 20 November 2026" in told
    assert "Exits are not seen at this site" in told
    assert "over 12 hours before is taken to have left" in told
    assert "known inside" not in told
    assert not any(name in told for name in ("Bob", "Di Fox"))
    assert "2 came in and may have left, at" in text_of(manager.get("/"))


def test_where_exits_are_free_nobody_known_is_nobody_who_came_in(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.told(policy=POLICY + "[exit]\nfree = true\n")
    assert "Nobody is known to have come in." in called(unit, manager)


def test_a_gate_of_the_site_that_was_never_heard_is_named(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.trust.see(NOW, gates=(GateHeard(b"gate-b--", "Gate B", NEVER_HEARD, NEVER_HEARD),))
    told = called(unit, manager)
    assert "Gate B never heard; the list may be wrong either way." in told
    assert "0 known inside" in told
    unheard = "Gate B ! Unheard: the list may be wrong never not known"
    assert unheard in text_of(manager.get("/lists"))


def test_with_several_areas_it_is_counted_by_area_and_each_name_has_its_own(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.passes("Ann Lee")
    seen = passage("Bob Roe", "in", NOW)._replace(area="tower")
    unknown = passage("Cy Poe", "in", NOW)._replace(area="")
    unit.trust.see(NOW, seen, unknown, gates=(gate_heard("Gate B", NOW),))
    told = called(unit, manager)
    assert "By area: site 1, tower 1, area not known 1" in told
    assert "Bob Roe 07:00 Gate B (tower)" in told
    assert "Ann Lee ECS-ANN 07:00 Gate A in (site)" in told


def test_with_one_area_nothing_is_said_of_areas(unit: StatusUnit, manager: Browser) -> None:
    unit.passes("Ann Lee")
    told = called(unit, manager)
    assert "By area" not in told
    assert "(site)" not in told
