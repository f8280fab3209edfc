"""What is now, ages, faults, and the record by day: told in words, with what to do."""

from datetime import datetime, timedelta
from gzip import decompress

import pytest

from gate.errors import Reason
from gate.events.lane_state import Shown
from gate.events.model import EventKind
from gate.sim.issuer import NOW
from gate.status.day import PAGE_ENTRIES
from gate.status.layout import SHEET_PATH
from gate.status.words import shown_words
from tests.status.status_unit import HOUR, MINUTE, Browser, StatusUnit, gate_heard, text_of
from tests.store.trust_files import POLICY

DAY = timedelta(days=1)


def shown(unit: StatusUnit, browser: Browser, path: str = "/") -> str:
    unit.clock.advance(1)
    return text_of(browser.get(path))


@pytest.mark.parametrize("state", list(Shown))
def test_what_a_lane_shows_is_said(unit: StatusUnit, manager: Browser, state: Shown) -> None:
    unit.clock.advance(1)
    unit.shows(state)
    assert f"Gate A in in {_mark(state)} {shown_words(state)[0]}" in text_of(manager.get())


def _mark(state: Shown) -> str:
    return {"admit": "✓", "note": "!", "refuse": "✗"}[shown_words(state)[1]]


def test_what_is_live_asks_again_by_itself_and_the_roll_call_never(
    unit: StatusUnit, manager: Browser
) -> None:
    assert b'http-equiv="refresh" content="5"' in manager.get("/").body
    assert b"refresh" not in manager.get("/roll-call").body
    assert b"refresh" not in manager.get("/record").body
    assert b"refresh" not in unit.browser().get("/").body


@pytest.mark.parametrize("path", ["/", "/roll-call", "/record", "/lists", "/faults", "/none"])
def test_every_page_forbids_scripts_and_is_kept_nowhere(manager: Browser, path: str) -> None:
    head = manager.get(path).encode(with_body=False).decode()
    assert "Content-Security-Policy: default-src 'none'; style-src 'self';" in head
    assert "frame-ancestors 'none'" in head
    assert "Cache-Control: no-store" in head
    body = manager.get(path).body.decode()
    assert "<script" not in body
    assert " style=" not in body
    assert "http:" not in body


def test_the_sheet_of_style_is_everybodys(unit: StatusUnit) -> None:
    reply = unit.browser().get(SHEET_PATH)
    assert reply.status == 200
    assert "immutable" in reply.headers["Cache-Control"]
    assert b"prefers-color-scheme: dark" in reply.body
    assert b"@media print" in reply.body


def test_a_long_page_is_packed_for_who_takes_it(unit: StatusUnit, manager: Browser) -> None:
    for number in range(60):
        unit.passes(f"P{number} Lee")
    unit.clock.advance(1)
    plain = manager.get("/roll-call")
    packed = plain.packed("deflate, gzip")
    assert decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 4
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.packed("br") is plain
    assert manager.get("/none").packed("gzip").body == manager.get("/none").body


def test_ages_are_told_with_what_is_left(unit: StatusUnit, manager: Browser) -> None:
    unit.carries_list(NOW - 30 * HOUR)
    told = shown(unit, manager, "/lists")
    assert "Altogether: ! Getting old" in told
    assert "! Getting old 19 Nov 2026, 01:00 30 h 0 min red in" in told
    assert "✓ Young enough 20 Nov 2026, 07:00 less than a minute amber in 23 h 59 min" in told
    unit.clock.advance(70 * 3600)
    manager.signs_in()
    assert "✗ Too old" in shown(unit, manager, "/lists")


def test_the_sites_gates_are_told_with_when_they_were_heard(
    unit: StatusUnit, manager: Browser
) -> None:
    gates = (gate_heard("Gate B", NOW - HOUR, NOW - MINUTE), gate_heard("Gate C", NOW))
    unit.trust.see(NOW, gates=gates)
    told = shown(unit, manager, "/lists")
    unheard = "Gate B ! Unheard: the list may be wrong"
    assert f"{unheard} 20 Nov 2026, 06:59 20 Nov 2026, 06:00" in told
    assert "Gate C ✓ Known 20 Nov 2026, 07:00 20 Nov 2026, 07:00" in told


def test_nothing_wrong_is_said_too(unit: StatusUnit, manager: Browser) -> None:
    unit.carries_list()
    unit.later()
    assert "Nothing is wrong" in text_of(manager.get("/faults"))


@pytest.mark.parametrize(
    ("part", "what", "step"),
    [
        ("camera", "The camera gives no picture", "Look at its cable"),
        ("journal", "The record can't be written", "Call your contractor"),
        ("mains", "The mains have failed", "Bring the mains back"),
        ("fire_release", "A relay did not obey", "mended and tested"),
        ("flux", "A part does not work: flux", "Call your contractor"),
    ],
)
def test_a_fault_is_told_with_its_next_step(
    unit: StatusUnit, manager: Browser, part: str, what: str, step: str
) -> None:
    unit.clock.advance(1)
    unit.shows(Shown.READY, faults=(part,))
    told = text_of(manager.get("/faults"))
    assert what in told
    assert step in told
    front = text_of(Browser(manager.site).get())
    is_bad = part not in {"mains", "fire_release"}
    assert ("This gate has a fault" in front) == is_bad
    assert what not in front


def test_a_gate_process_that_is_gone_is_a_fault_for_everybody_to_see(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.clock.advance(60)
    assert "has said nothing for 60 s. Next: systemctl status gate-unit" in text_of(
        manager.get("/faults")
    )
    assert "This gate has a fault" in text_of(Browser(manager.site).get())
    (unit.path / "lane.json").write_text("{}")
    assert "not of version" in shown(unit, manager, "/faults")
    (unit.path / "lane.json").unlink()
    assert "has said nothing." in shown(unit, manager, "/faults")


def test_what_was_brought_and_does_not_count_is_a_fault(unit: StatusUnit, manager: Browser) -> None:
    unit.trust.carry_list(b"no list")
    (unit.path / "trust" / "presence.cose").write_bytes(b"no presence")
    told = shown(unit, manager, "/faults")
    assert "Does not count: lists/carried.cwt" in told
    assert "Does not count: presence" in told


def test_trust_that_is_gone_leaves_the_page_and_who_is_signed_in(
    unit: StatusUnit, manager: Browser
) -> None:
    (unit.path / "trust" / "issuers.json").unlink()
    told = shown(unit, manager, "/faults")
    assert "issuers.json" in told
    assert shown(unit, manager, "/roll-call")


def test_entries_that_wait_for_the_hub_are_told(unit: StatusUnit, manager: Browser) -> None:
    for _ in range(1001):
        unit.records(EventKind.TURNED)
    assert "1002 entries wait to be sent to the hub; nothing is lost" in shown(
        unit, manager, "/faults"
    )


def test_the_record_of_today_is_told_in_figures_and_sentences(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.passes("Ann Lee")
    unit.passes("Bob Roe", outcome="refuse", reasons=(Reason.EXPIRED.value,), count=3)
    unit.passes("Ann Lee", way="out", clock_trusted=False)
    unit.records(EventKind.FAULT, detail="camera")
    told = shown(unit, manager, "/record")
    assert "Friday, 20 November 2026, UTC time" in told
    assert "in ✓ Admitted 1 in ✗ Refused 3 out ✓ Admitted 1" in told
    assert "✗ Refused: Card expired (3 times) The card is past its expiry date." in told
    assert "Bob Roe Card ECS-BOB" in told
    assert "07:00:00 or later out ✓ Admitted Ann Lee" in told
    assert "Fault: camera" in told


def test_the_day_is_the_sites_own(unit: StatusUnit, manager: Browser) -> None:
    unit.told(policy=POLICY.replace('"UTC"', '"Pacific/Auckland"'))
    unit.passes("Ann Lee", at=NOW - HOUR)
    unit.passes("Bob Roe", at=datetime(2026, 11, 20, 11, 30, tzinfo=NOW.tzinfo))
    unit.clock.advance(6 * 3600)
    told = shown(unit, manager, "/record")
    assert "Saturday, 21 November 2026, Pacific/Auckland time" in told
    assert "00:30:00" in told
    assert "Ann" not in told
    assert "19:00:00 in ✓ Admitted Ann Lee" in text_of(manager.get("/record?day=2026-11-20"))


def test_a_long_day_is_paged_and_every_entry_is_on_one_page(
    unit: StatusUnit, manager: Browser
) -> None:
    for number in range(2 * PAGE_ENTRIES + 5):
        unit.passes(f"P{number:03d} Lee")
    unit.clock.advance(1)
    pages: list[str] = []
    path = "/record?day=2026-11-20"
    while path and len(pages) < 9:
        body = manager.get(path).body.decode()
        pages.append(body)
        path = body.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert len(pages) == 3
    whole = "".join(pages)
    assert all(whole.count(f"P{number:03d} Lee") == 1 for number in range(2 * PAGE_ENTRIES + 5))
    assert "Newest" in pages[1]


def test_another_day_is_a_link_away_as_far_as_the_record_reaches(
    unit: StatusUnit, manager: Browser
) -> None:
    unit.clock.advance(86_400)
    unit.told()
    manager.signs_in()
    today = manager.get("/record").body.decode()
    assert 'href="/record?day=2026-11-20"' in today
    assert "2026-11-22" not in today
    before = manager.get("/record?day=2026-11-20").body.decode()
    assert 'href="/record?day=2026-11-21"' in before
    assert "2026-11-19" not in before


@pytest.mark.parametrize(
    "query",
    ["day=2026-11-21", "day=2026-02-31", "day=x", "day=", "before=0", "before=x", "before=-1"],
)
def test_a_day_that_can_not_be_is_said_to_be_none(manager: Browser, query: str) -> None:
    reply = manager.get(f"/record?{query}")
    assert reply.status == 400
    assert "There is no such day" in text_of(reply)


def test_a_record_that_is_not_there_is_told_on_its_page(unit: StatusUnit, manager: Browser) -> None:
    for path in unit.path.glob("journal.db*"):
        path.unlink()
    told = shown(unit, manager, "/record")
    assert "The record can't be read" in told
    assert "there is no journal here" in told


def test_nothing_that_the_page_does_changes_a_file(unit: StatusUnit, manager: Browser) -> None:
    unit.passes("Ann Lee")
    unit.clock.advance(1)
    before = {path: path.stat().st_mtime_ns for path in unit.path.rglob("*") if path.is_file()}
    for path in ("/", "/roll-call", "/record", "/lists", "/faults"):
        assert manager.get(path).status == 200
    after = {path: path.stat().st_mtime_ns for path in unit.path.rglob("*") if path.is_file()}
    shared = {path for path in before if path.name == "journal.db-shm"}
    assert {path: at for path, at in after.items() if path not in shared} == {
        path: at for path, at in before.items() if path not in shared
    }
