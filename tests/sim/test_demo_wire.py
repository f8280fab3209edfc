"""What goes between the demo and its gate process survives the way; garbage is one error."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.model import Direction
from gate.devices.ports import Contact
from gate.devices.signals import Signal
from gate.errors import DeviceError
from gate.sim.look import Glare, Look
from gate.sim.presentation import Medium, Presentation, Thing, Touch, from_line, to_line
from gate.sim.reports import AnswerReport, EndReport, parse_report, report_line
from gate.unit.read_filter import Sighting

THINGS = st.builds(
    Thing,
    medium=st.sampled_from(Medium),
    text=st.text(max_size=60),
    name=st.text(max_size=20),
    lines=st.lists(st.text(max_size=10), max_size=3).map(tuple),
    web_text=st.none() | st.text(max_size=20),
    gloved=st.booleans(),
)
TOUCHES = st.builds(
    Touch, contact=st.sampled_from(Contact), active=st.booleans(), at_s=st.floats(0, 60)
)
PRESENTATIONS = st.builds(
    Presentation,
    number=st.integers(1, 10**6),
    at_s=st.floats(0, 1e6),
    things=st.lists(THINGS, min_size=1, max_size=2).map(tuple),
    look=st.builds(
        Look, px_per_module=st.floats(1, 20), glare=st.builds(Glare, strength=st.floats(0, 2))
    ),
    way=st.sampled_from(Direction),
    before_s=st.floats(0, 60),
    touches=st.lists(TOUCHES, max_size=4).map(tuple),
    watched_s=st.floats(0, 60),
    seed=st.integers(0, 2**32),
    picture=st.none() | st.text(max_size=20),
)
REPORTS = st.builds(
    AnswerReport,
    card=st.integers(0, 10**6),
    sighting=st.sampled_from(Sighting),
    signal=st.sampled_from(Signal),
    ms=st.floats(0, 1e6),
) | st.builds(EndReport, **{one.name: st.integers(0, 10**6) for one in fields(EndReport)})


# Invariant: what is told is what is heard.
@given(PRESENTATIONS)
def test_a_presentation_survives_its_line(shown: Presentation) -> None:
    line = to_line(shown)

    assert "\n" not in line
    assert from_line(line) == shown


# Invariant: what is told is what is heard.
@given(REPORTS)
def test_a_report_survives_its_line(report: AnswerReport | EndReport) -> None:
    assert parse_report(report_line(report)) == report


GARBAGE = st.one_of(
    st.text(),
    st.sampled_from(["[]", "null", "{}", '{"card": []}', '{"look": 1}', '{"look": {"glare": {}}}']),
    st.just("[" * 5000),
)


# Invariant: any text gives a value or DeviceError, nothing else.
@given(GARBAGE)
def test_garbage_gives_one_error(line: str) -> None:
    for parse in (from_line, parse_report):
        with pytest.raises(DeviceError):
            parse(line)


def test_a_line_without_end_is_refused_before_it_is_read() -> None:
    with pytest.raises(DeviceError, match="at most 16384"):
        from_line("{" * 20_000)
