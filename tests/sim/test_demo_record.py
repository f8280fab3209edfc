"""A morning that was judged is told again from its file; any other text is refused.

Invariant: `parse_record(record_text(record))` is the record; any other text gives ConfigError.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.errors import ConfigError
from gate.sim.demo_kinds import Kind
from gate.sim.demo_record import (
    RECORD,
    CardRecord,
    MorningRecord,
    load_record,
    parse_record,
    record_text,
    save_record,
)

CARD = CardRecord(card=1, kind=Kind.GOOD, expected="admit", got="admit", ms=3.5, faults=())
MORNING = MorningRecord(cards=(CARD,), faults=("the gate process died",))

CARDS = st.builds(
    CardRecord,
    card=st.integers(),
    kind=st.sampled_from(Kind),
    expected=st.text(),
    got=st.text(),
    ms=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    faults=st.lists(st.text()).map(tuple),
)


@given(st.builds(MorningRecord, cards=st.lists(CARDS).map(tuple), faults=st.just(("a", "b"))))
def test_what_was_written_is_what_is_read(record: MorningRecord) -> None:
    assert parse_record(record_text(record), "demo.json") == record


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_record(text, "demo.json")


def _card(**changed: object) -> dict[str, Any]:
    card: dict[str, Any] = json.loads(record_text(MORNING))["cards"][0]
    return card | changed


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"version": 2}, id="another version"),
        pytest.param({"more": 1}, id="a key that is not known"),
        pytest.param({"cards": 1}, id="no list of cards"),
        pytest.param({"cards": [1]}, id="a card that is a number"),
        pytest.param({"cards": [{}]}, id="a card without fields"),
        pytest.param({"cards": [_card(kind="bad")]}, id="an unknown kind"),
        pytest.param({"cards": [_card(card="1")]}, id="a number that is text"),
        pytest.param({"cards": [_card(ms="1")]}, id="a time that is text"),
        pytest.param({"cards": [_card(ms=float("nan"))]}, id="a time that is none"),
        pytest.param({"cards": [_card(faults="abc")]}, id="faults that are no list"),
        pytest.param({"cards": [_card(got=None)]}, id="no verdict"),
        pytest.param({"cards": [_card(more=1)]}, id="a card with more"),
        pytest.param({"faults": [1]}, id="a fault that is a number"),
    ],
)
def test_a_damaged_record_is_refused(changed: dict[str, Any]) -> None:
    text = json.dumps(json.loads(record_text(MORNING)) | changed)
    with pytest.raises(ConfigError, match=r"demo\.json.*name a new directory"):
        parse_record(text, "demo.json")


def test_it_is_kept_in_a_directory(tmp_path: Path) -> None:
    save_record(tmp_path, MORNING)
    assert load_record(tmp_path) == MORNING


def test_a_directory_without_one_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=RECORD):
        load_record(tmp_path)
