"""What the lane's screen is told: what the lamps show, and what was said to whom."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from gate.access.languages import Language
from gate.access.model import Direction
from gate.access.policy import parse_policy, rules_of
from gate.devices.ports import Contact
from gate.devices.signals import Signal
from gate.errors import Reason
from gate.events.lane_state import LaneState, Shown
from gate.store.lane_state_file import read_lane_state
from gate.unit.lane_teller import LaneTeller
from gate.unit.read_filter import News, Sighting, payload_key
from gate.unit.stamp import StampClock
from tests.unit.conftest import NOW, POLICY, SITE_KEY, Lane, refers_everybody

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.conftest import Desk

FIRE: Final = (Contact.FIRE, Contact.GUARD_KEY)


class Watched:
    """A lane that tells, as the daemon lets it."""

    def __init__(
        self, desk: Desk, path: Path, policy: str = "", direction: Direction = Direction.IN
    ) -> None:
        self.lane = Lane(desk, direction, wired=FIRE)
        self.path = path / "lane.json"
        self.teller = LaneTeller(
            self.path,
            access_point=self.lane.upkeep.judge().access_point,
            clock=StampClock(self.lane.clock),
            policy=lambda: parse_policy(POLICY + policy, "policy"),
        )
        self.teller.turn(self.lane.controller)

    def present(self, payload: str, sighting: Sighting = Sighting.PRESENTED) -> LaneState:
        """Hold a code up; return what is told of it."""
        news = News(sighting=sighting, key=payload_key(payload), payload=payload)
        self.teller.answered(news.key, self.lane.controller.handle(news))
        return self.after(0)

    def after(self, seconds: float) -> LaneState:
        """Let time pass, and the loop turn; return what is told then."""
        self.lane.clock.advance(seconds)
        self.lane.turn()
        self.teller.turn(self.lane.controller)
        state = read_lane_state(self.path)
        assert state is not None
        return state


@pytest.fixture
def watched(desk: Desk, tmp_path: Path) -> Watched:
    return Watched(desk, tmp_path)


def test_a_gate_at_rest_tells_that_it_is_ready(watched: Watched) -> None:
    state = watched.after(0)
    assert (state.shown, state.lane, state.direction) == (Shown.READY, "Gate A", Direction.IN)
    assert (state.reason, state.first_name, state.faults) == (None, "", ())


def test_who_is_admitted_is_told_by_the_first_name_for_a_second_and_a_half(
    watched: Watched, desk: Desk
) -> None:
    state = watched.present(desk.card())
    assert (state.shown, state.first_name, state.reason) == (Shown.ADMITTED, "Holder", None)
    assert watched.after(1.4).shown is Shown.ADMITTED
    over = watched.after(0.2)
    assert (over.shown, over.first_name) == (Shown.READY, "")


def test_a_refusal_is_told_with_its_reason_and_no_name(watched: Watched, desk: Desk) -> None:
    state = watched.present(desk.card(index=1))
    assert (state.shown, state.reason) == (Shown.REFUSED, Reason.REVOKED)
    assert state.first_name == ""
    assert watched.after(3.9).shown is Shown.REFUSED
    assert watched.after(0.2).shown is Shown.READY
    assert watched.after(1.1).shown is Shown.READY


def test_the_same_refusal_twice_is_told_for_its_whole_time_again(
    watched: Watched, desk: Desk
) -> None:
    watched.present(desk.card(index=1))
    watched.after(3.0)
    watched.present(desk.card(index=1))
    assert watched.after(3.0).shown is Shown.REFUSED


def test_a_card_shown_again_is_told_its_own_reason_not_the_last_ones(
    watched: Watched, desk: Desk
) -> None:
    watched.present(desk.card(index=1))
    watched.present(desk.card("2002", index=2))
    state = watched.present(desk.card(index=1), Sighting.AGAIN)
    assert (state.shown, state.reason) == (Shown.REFUSED, Reason.REVOKED)


def test_a_referral_is_told_until_the_guard_acts(desk: Desk, tmp_path: Path) -> None:
    watched = Watched(desk, tmp_path)
    refers_everybody(watched.lane)
    assert watched.present(desk.card()).reason is Reason.NOT_INDUCTED
    later = watched.after(120)
    assert (later.shown, later.reason) == (Shown.REFERRED, Reason.NOT_INDUCTED)


def test_on_the_way_out_no_reason_is_ever_told(desk: Desk, tmp_path: Path) -> None:
    watched = Watched(desk, tmp_path, direction=Direction.OUT)
    state = watched.present(desk.card(index=1))
    assert (state.shown, state.reason) == (Shown.ADMITTED, None)


def test_a_fault_is_told_with_its_part_and_its_end(watched: Watched) -> None:
    watched.lane.controller.fault("camera")
    state = watched.after(0.1)
    assert (state.shown, state.faults) == (Shown.FAULT, ("camera",))
    watched.lane.controller.clear("camera")
    assert watched.after(0.1).shown is Shown.READY


def test_a_fire_is_told_over_whatever_was_shown(watched: Watched, desk: Desk) -> None:
    watched.present(desk.card())
    watched.lane.set(Contact.FIRE, active=True)
    state = watched.after(0)
    assert (state.shown, state.first_name) == (Shown.FIRE_ENTRY, "")


def test_a_lock_down_is_told_where_nothing_else_is(watched: Watched) -> None:
    watched.lane.controller.lock_down()
    assert watched.after(0).shown is Shown.LOCK_DOWN
    watched.lane.controller.lift()
    assert watched.after(0).shown is Shown.READY


def test_maintenance_is_told_apart_from_a_fault(watched: Watched) -> None:
    watched.lane.set(Contact.GUARD_KEY, active=True)
    watched.lane.wait(11)
    assert watched.after(0).shown is Shown.MAINTENANCE


def test_what_has_not_changed_is_told_again_within_a_second(watched: Watched) -> None:
    first = watched.after(0)
    assert watched.after(0.9).at_s == first.at_s
    assert watched.after(0.2).at_s > first.at_s + 1


LANGUAGE: Final = '[screen]\nlanguage = "pl"\n'


def test_an_answer_is_in_the_language_of_its_card_and_all_else_in_the_sites(
    desk: Desk, tmp_path: Path
) -> None:
    watched = Watched(desk, tmp_path, LANGUAGE)

    answered = watched.present(desk.card_in("pa", days=-1))
    assert (answered.shown, answered.language) == (Shown.REFUSED, Language.PUNJABI)
    assert watched.after(10).language is Language.POLISH
    again = watched.present(desk.card_in("pa", days=-1), Sighting.AGAIN)
    assert again.language is Language.PUNJABI
    assert watched.present(desk.card("2")).language is Language.POLISH


def test_a_language_that_nobody_translated_leaves_the_sites(desk: Desk, tmp_path: Path) -> None:
    watched = Watched(desk, tmp_path, LANGUAGE)

    state = watched.present(desk.card_in("bg"))

    assert (state.shown, state.language) == (Shown.ADMITTED, Language.POLISH)


def test_a_card_that_is_not_genuine_chooses_no_language(desk: Desk, tmp_path: Path) -> None:
    watched = Watched(desk, tmp_path, LANGUAGE)
    text = desk.card_in("pa")

    state = watched.present(text[:-1] + ("0" if text[-1] != "0" else "1"))

    assert (state.shown, state.language) == (Shown.REFUSED, Language.POLISH)


def test_two_cards_held_up_together_are_answered_in_the_site_s_language(
    desk: Desk, tmp_path: Path
) -> None:
    watched = Watched(desk, tmp_path, LANGUAGE)
    watched.present(desk.card_in("pa", days=-1))

    state = watched.present("", Sighting.SEVERAL)

    assert (state.reason, state.language) == (Reason.SEVERAL_CODES, Language.POLISH)


def test_the_language_is_the_sites(desk: Desk, tmp_path: Path) -> None:
    assert Watched(desk, tmp_path).after(0).language is Language.ENGLISH
    assert Watched(desk, tmp_path, LANGUAGE).after(0).language is Language.POLISH


NIGHTS: Final = {
    "left out": ("closed", False),
    "it is seven, and the night is over at seven": ("20:00-07:00", False),
    "it is seven, and the night is over a minute later": ("20:00-07:01", True),
    "over midnight, it begins in the morning": ("07:00-06:00", True),
    "all day": ("00:00-24:00", True),
    "in the evening only": ("19:00-23:00", False),
}


@pytest.mark.parametrize(("night", "is_night"), NIGHTS.values(), ids=NIGHTS)
def test_the_night_is_the_sites(desk: Desk, tmp_path: Path, night: str, *, is_night: bool) -> None:
    watched = Watched(desk, tmp_path, f'[screen]\nnight = "{night}"\n')
    assert watched.after(0).is_night is is_night


def test_a_coming_expiry_is_told_with_its_day(desk: Desk, tmp_path: Path) -> None:
    watched = Watched(desk, tmp_path)
    watched.lane.trust.change(
        manifest=None, rules=rules_of(parse_policy(POLICY, "policy"), SITE_KEY)
    )
    watched.lane.upkeep.turn(watched.lane.clock.monotonic())
    state = watched.present(desk.card(days=10))
    assert (state.shown, state.reason) == (Shown.NOTED, Reason.EXPIRING_SOON)
    assert state.expires_on == (NOW + timedelta(days=10)).date()
    assert isinstance(state.expires_on, date)


def test_a_screen_that_cannot_be_told_stops_nothing_and_is_logged_once(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        watched = Watched(desk, tmp_path)
        watched.path.unlink()
        watched.path.mkdir()
        for _ in range(3):
            watched.lane.clock.advance(2)
            watched.teller.turn(watched.lane.controller)
    assert [one.message for one in caplog.records] == ["screen not told"]
    assert watched.lane.present(desk.card()).signal is Signal.ADMITTED
