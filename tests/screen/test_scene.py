"""What stands on the screen: a table of states in plain words."""

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import given

from gate.access.languages import Language
from gate.access.model import Direction
from gate.errors import Reason
from gate.events.lane_state import STALE_S, Hint, LaneState, Shown
from gate.screen import catalogues
from gate.screen.scene import Paint, Scene, Symbol, language_of, scene_of
from tests.events.test_lane_state import STATES

speaker = cache(catalogues.speaker)
READY: Final = LaneState(at_s=10.0, lane="Gate A", direction=Direction.IN, shown=Shown.READY)
OUT: Final = {"direction": Direction.OUT}
RENEW: Final = {"reason": Reason.EXPIRING_SOON, "expires_on": date(2026, 12, 6)}


def seen(now_s: float = 10.0, **changes: Any) -> Scene:  # noqa: ANN401 - a state's fields
    state = replace(READY, **changes)
    return scene_of(state, now_s, speaker(language_of(state)))


Row = tuple[dict[str, Any], Symbol, Paint, str, str]

ROWS: Final[dict[str, Row]] = {
    "nothing to do": ({}, Symbol.CARD, Paint.CALM, "Show your card", ""),
    "a list grows old": (
        {"shown": Shown.AGEING},
        Symbol.CARD,
        Paint.CALM,
        "Show your card",
        "",
    ),
    "a list is too old": ({"shown": Shown.STALE}, Symbol.CARD, Paint.CALM, "Show your card", ""),
    "admitted": (
        {"shown": Shown.ADMITTED, "first_name": "Ann"},
        Symbol.TICK,
        Paint.GREEN,
        "Ann",
        "In",
    ),
    "admitted without a name": ({"shown": Shown.ADMITTED}, Symbol.TICK, Paint.GREEN, "In", ""),
    "out": ({"shown": Shown.ADMITTED, **OUT}, Symbol.TICK, Paint.GREEN, "Out", ""),
    "admitted with a note": (
        {"shown": Shown.NOTED, **RENEW},
        Symbol.NOTE,
        Paint.GREEN,
        "Renew by 6 Dec",
        "Renew with your card scheme",
    ),
    "let in by the guard's key": ({"shown": Shown.NOTED}, Symbol.NOTE, Paint.GREEN, "In", ""),
    "referred": (
        {"shown": Shown.REFERRED, "reason": Reason.NOT_INDUCTED},
        Symbol.HAND,
        Paint.AMBER,
        "See the guard",
        "Induction needed",
    ),
    "referred, why is forgotten": (
        {"shown": Shown.REFERRED},
        Symbol.HAND,
        Paint.AMBER,
        "See the guard",
        "",
    ),
    "refused": (
        {"shown": Shown.REFUSED, "reason": Reason.REVOKED},
        Symbol.CROSS,
        Paint.RED,
        "Card cancelled",
        "See the site office",
    ),
    "refused, why is forgotten": (
        {"shown": Shown.REFUSED},
        Symbol.CROSS,
        Paint.RED,
        "See the guard",
        "",
    ),
    "not readable": (
        {"shown": Shown.UNREADABLE},
        Symbol.CODE,
        Paint.AMBER,
        "Can't read the code",
        "Closer\u00a0\u00b7 Brighter\u00a0\u00b7 Wipe the screen",
    ),
    "not readable, and why was measured": (
        {"shown": Shown.UNREADABLE, "hints": (Hint.BRIGHTER, Hint.STILL)},
        Symbol.CODE,
        Paint.AMBER,
        "Can't read the code",
        "Brighter\u00a0\u00b7 Hold still",
    ),
    "a fault": (
        {"shown": Shown.FAULT},
        Symbol.BARRED,
        Paint.AMBER,
        "Out of order",
        "Use another gate",
    ),
    "a fault, on the way out": (
        {"shown": Shown.FAULT, **OUT},
        Symbol.BARRED,
        Paint.AMBER,
        "Out of order",
        "Push the exit button",
    ),
    "stopped, on the way out": (
        {"shown": Shown.OFF, **OUT},
        Symbol.BARRED,
        Paint.AMBER,
        "Gate not running",
        "Push the exit button",
    ),
    "maintenance": (
        {"shown": Shown.MAINTENANCE},
        Symbol.SPANNER,
        Paint.AMBER,
        "Being worked on",
        "Use another gate",
    ),
    "locked down": (
        {"shown": Shown.LOCK_DOWN},
        Symbol.BARRED,
        Paint.RED,
        "Closed now",
        "Wait for the all-clear",
    ),
    "fire, on the way in": (
        {"shown": Shown.FIRE_ENTRY},
        Symbol.BARRED,
        Paint.RED,
        "DO NOT ENTER",
        "Fire alarm",
    ),
    "fire, on the way out": (
        {"shown": Shown.FIRE_EXIT, **OUT},
        Symbol.ARROW,
        Paint.GREEN,
        "EXIT",
        "Fire alarm",
    ),
    "stopped": (
        {"shown": Shown.OFF},
        Symbol.BARRED,
        Paint.AMBER,
        "Gate not running",
        "Use another gate",
    ),
}


@pytest.mark.parametrize(("given_", "symbol", "paint", "headline", "step"), ROWS.values(), ids=ROWS)
def test_each_state_has_its_shape_its_colour_and_its_words(
    given_: dict[str, Any], symbol: Symbol, paint: Paint, headline: str, step: str
) -> None:
    scene = seen(**given_)
    assert (scene.symbol, scene.paint) == (symbol, paint)
    assert (scene.headline, scene.step) == (headline, step)
    assert scene.english == ""


def test_every_state_stands_in_the_table() -> None:
    assert {row[0].get("shown", Shown.READY) for row in ROWS.values()} == set(Shown)


def test_an_old_green_is_never_shown_as_of_now() -> None:
    late = seen(10.1 + STALE_S, shown=Shown.ADMITTED, first_name="Ann")
    assert (late.symbol, late.headline) == (Symbol.BARRED, "Gate not running")


def test_what_was_told_before_the_machine_started_anew_is_not_of_now() -> None:
    assert seen(9.0, shown=Shown.ADMITTED).headline == "Gate not running"


def test_without_any_word_the_screen_says_so_in_english() -> None:
    assert scene_of(None, 10.0, speaker(language_of(None))).headline == "Gate not running"


def test_a_silent_gate_says_so_in_the_language_of_its_site() -> None:
    late = seen(99.0, language=Language.POLISH)
    assert late.headline == "Bramka nie dzia\u0142a"
    assert late.english == "Gate not running: Use another gate"


def test_the_sites_language_is_large_and_english_stands_below() -> None:
    scene = seen(shown=Shown.REFUSED, reason=Reason.REVOKED, language=Language.LITHUANIAN)
    assert scene.headline == "Kortel\u0117 panaikinta"
    assert scene.step == "Kreipkit\u0117s \u012f statybviet\u0117s biur\u0105"
    assert scene.english == "Card cancelled: See the site office"


def test_growing_old_is_told_in_words_and_by_a_shape_of_its_own() -> None:
    warned = {shown: seen(shown=shown).warning for shown in Shown if seen(shown=shown).warning}
    assert warned == {
        Shown.AGEING: "Gate needs an update",
        Shown.STALE: "Gate needs an update\u00a0\u00b7 See the guard",
    }


def test_a_broken_part_that_holds_nobody_up_is_not_taken_for_age() -> None:
    assert seen(shown=Shown.AGEING, faults=("mains",)).warning == "Gate needs attention"


def test_a_warning_stands_in_english_too() -> None:
    scene = seen(shown=Shown.AGEING, language=Language.POLISH)
    assert scene.warning == "Bramka wymaga aktualizacji"
    assert scene.english == "Show your card\u00a0\u00b7 Gate needs an update"


def test_a_silent_gate_sends_nobody_who_leaves_to_another_gate() -> None:
    assert seen(99.0, **OUT).step == "Push the exit button"


def test_the_night_dims_everything_but_a_fire() -> None:
    bright = {shown for shown in Shown if not seen(shown=shown, is_night=True).is_night}
    assert bright == {Shown.FIRE_ENTRY, Shown.FIRE_EXIT}


@given(STATES)
def test_every_picture_has_words(state: LaneState) -> None:
    scene = scene_of(state, state.at_s, speaker(language_of(state)))
    assert scene.headline


@given(STATES)
def test_a_name_is_shown_to_whom_it_admits_alone(state: LaneState) -> None:
    marked = replace(state, first_name="Xq-zv")
    scene = scene_of(marked, marked.at_s, speaker(language_of(marked)))
    if marked.shown not in {Shown.ADMITTED, Shown.NOTED}:
        assert "Xq-zv" not in scene.headline + scene.step + scene.english
