"""Whatever happens, in whatever order, the way out can be released, and the way in stays honest."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from gate.access.model import Direction
from gate.devices.ports import Contact
from gate.errors import DeviceError
from gate.unit.portal import State
from gate.unit.read_filter import News, Sighting
from tests.unit.conftest import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    from gate.unit.controller import Answer
    from tests.unit.conftest import Desk

CLOSED = {State.MAINTENANCE, State.LOCK_DOWN, State.FAULT, State.STOPPED}
PAYLOADS = ("good", "other good", "expired", "revoked", "foreign", "web")
parts = st.sampled_from(["camera", "outputs", "x"])
happenings = st.one_of(
    st.tuples(st.just("present"), st.sampled_from(PAYLOADS)),
    st.tuples(st.just("again"), st.sampled_from(PAYLOADS)),
    st.tuples(st.just("news"), st.sampled_from(["several", "unreadable", "gone"])),
    st.tuples(st.just("fault"), parts),
    st.tuples(st.just("clear"), parts),
    st.tuples(st.just("journal"), st.sampled_from(["refuses", "works"])),
    st.tuples(st.just("clock"), st.sampled_from(["set", "not set"])),
    st.tuples(st.just("wait"), st.sampled_from(["1", "7", "70"])),
    st.tuples(st.just("stop"), st.just("")),
    st.tuples(st.just("on"), st.sampled_from(Contact)),
    st.tuples(st.just("off"), st.sampled_from(Contact)),
    st.tuples(st.just("lock"), st.sampled_from(["down", "lifted"])),
    st.tuples(st.just("lamps"), st.sampled_from(["broken", "work"])),
)
WIRED = frozenset(Contact) - {Contact.DOOR}


def happen(lane: Lane, desk: Desk, what: str, which: str) -> Answer | None:
    texts = {
        "good": desk.card("1"),
        "other good": desk.card("2", index=3),
        "expired": desk.card("3", days=-1),
        "revoked": desk.card("4", index=1),
        "foreign": desk.foreign_card(),
        "web": "https://example.org",
    }
    match what:
        case "present":
            return lane.present(texts[which])
        case "again":
            return lane.present(texts[which], Sighting.AGAIN)
        case "news":
            return lane.controller.handle(News(sighting=Sighting(which)))
        case "fault":
            lane.controller.fault(which)
        case "clear":
            lane.controller.clear(which)
        case "journal":
            lane.journal.refuses = which == "refuses"
        case "clock":
            lane.clock.trusted = which == "set"
        case "wait":
            lane.wait(float(which))
        case "stop":
            lane.controller.stop()
        case _:
            move(lane, what, which)
    return None


def move(lane: Lane, what: str, which: str) -> None:
    """Let a contact change, or the site's hub lock down."""
    if what in {"on", "off"} and which in lane.inputs.wired:
        lane.set(Contact(which), active=what == "on")
    elif what == "lock":
        (lane.controller.lock_down if which == "down" else lane.controller.lift)()


def lamps(lane: Lane, what: str, which: str) -> None:
    """Break the lamps, or mend them; what they then keep from being done is the supervisor's."""
    if what == "lamps":
        lane.outputs.broken = "a lamp's wire is cut" if which == "broken" else None


# Invariant: after any sequence of scans, faults, refusing disks and ends, the next code held to a
# reader of the way out releases it, and the way in was never opened by any of it.
@given(st.lists(happenings, max_size=25), st.sampled_from(PAYLOADS))
def test_no_sequence_leaves_exit_unreleasable(
    lane_of: Callable[[Direction], Lane], desk: Desk, sequence: list[tuple[str, str]], last: str
) -> None:
    lane = lane_of(Direction.OUT)
    for what, which in sequence:
        happen(lane, desk, what, which)
        assert not lane.entry_is_released
    lane.clock.advance(60)

    happen(lane, desk, "present", last)

    assert lane.exit_is_released


# Invariant: whatever came before, with contacts, fires, lock-downs and broken lamps among it, the
# next code, and the exit button, release the way out; while a fire stands both ways are free, from
# the moment its input tells, and the entry is never released by anything but a grant or a fire.
@given(
    st.sampled_from(Direction),
    st.lists(happenings, max_size=25),
    st.sampled_from(["card", "button"]),
)
def test_no_sequence_of_contacts_leaves_exit_unreleasable_and_fire_outranks_all(
    desk: Desk, way: Direction, sequence: list[tuple[str, str]], by: str
) -> None:
    lane = Lane(desk, way, wired=WIRED)
    for what, which in sequence:
        lamps(lane, what, which)
        if (what, which) == ("on", Contact.FIRE):
            lane.inputs.set(Contact.FIRE, active=True)
            assert lane.entry_is_released
        with suppress(DeviceError):
            happen(lane, desk, what, which)
        if lane.controller.keeper.burns:
            assert lane.entry_is_released
            assert lane.exit_is_released
        elif lane.controller.state in CLOSED:
            assert not lane.entry_is_released
    lane.clock.advance(60)

    if by == "card" and way is Direction.OUT:
        with suppress(DeviceError):
            happen(lane, desk, "present", "good")
    else:
        with suppress(DeviceError):
            lane.set(Contact.EXIT_BUTTON, active=False)
        lane.inputs.set(Contact.EXIT_BUTTON, active=True)
    assert lane.exit_is_released


# Invariant: the way in is open only if a record that admits was durable before, and never while a
# fault is known or after the end; the counts of answers and unrecorded exits lose nothing.
@given(st.lists(happenings, max_size=25))
def test_no_sequence_opens_the_way_in_without_its_record(
    lane_of: Callable[[Direction], Lane], desk: Desk, sequence: list[tuple[str, str]]
) -> None:
    lane = lane_of(Direction.IN)
    for what, which in sequence:
        before = lane.journal.answers.count("admit")
        was_released = lane.entry_is_released
        happen(lane, desk, what, which)
        if lane.entry_is_released:
            assert not lane.controller.faults
            assert was_released or lane.journal.answers.count("admit") == before + 1
        if what == "stop":
            assert not lane.entry_is_released
        assert not lane.exit_is_released


# Invariant: every exit is recorded or counted, once.
@given(st.lists(happenings, max_size=25))
def test_no_exit_is_lost(
    lane_of: Callable[[Direction], Lane], desk: Desk, sequence: list[tuple[str, str]]
) -> None:
    lane, exits = lane_of(Direction.OUT), 0
    for what, which in sequence:
        if what == "stop":
            continue
        answer = happen(lane, desk, what, which)
        exits += answer is not None and answer.decision is not None
    lane.journal.refuses = False
    lane.wait(130)

    recorded = sum(
        event.count
        for event, _ in lane.journal.records
        if event.outcome or event.kind == "exits_unrecorded"
    )
    assert recorded == exits
