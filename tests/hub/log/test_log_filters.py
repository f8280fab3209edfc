"""What is asked for stands in the address: read, made, and read again."""

from datetime import date
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.access.model import Direction
from gate.errors import Reason
from gate.hub.log.day import FIRST, LAST
from gate.hub.log.filters import Filter, Place, Shown, read_filter

NAMES = ("day", "show", "gate", "direction", "reason", "q", "older", "newer")
_text = st.text(st.characters(categories=("L", "N", "P", "S")), max_size=64)
_place = st.builds(
    Place,
    at_ms=st.integers(-(10**14), 10**15 - 1),
    journal=st.integers(0, 10**18 - 1),
    seq=st.integers(0, 10**18 - 1),
)


def _query(address: str) -> dict[str, str]:
    return dict(parse_qsl(address.removeprefix("?"), strict_parsing=len(address) > 1))


# Whatever a page can show, its address says: reading it gives the same again.
@given(
    chosen=st.builds(
        Filter,
        day=st.none() | st.dates(FIRST, LAST),
        show=st.none() | st.sampled_from(Shown),
        gate=_text,
        direction=st.none() | st.sampled_from(Direction),
        reason=st.none() | st.sampled_from(Reason),
        q=_text,
    ),
    older=st.none() | _place,
)
def test_an_address_is_read_as_what_it_was_made_of(chosen: Filter, older: Place | None) -> None:
    asked, faults = read_filter(_query(chosen.address(older=older)))
    assert faults == {}
    assert asked.address(older=older) == chosen.address(older=older)
    assert asked.older == older


# Any address gives a filter whose every value was fit, and a fault for each that was not.
@given(query=st.dictionaries(st.sampled_from(NAMES) | st.text(), st.text(), max_size=8))
def test_any_address_is_understood_or_its_faults_named(query: dict[str, str]) -> None:
    chosen, faults = read_filter(query)
    given_names = {name for name, value in query.items() if value.strip()}
    assert set(faults) <= given_names
    for name in given_names - set(faults):
        assert getattr(chosen, name)


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"day": "2026-02-30"}, "day"),
        ({"day": "20261120"}, "day"),
        ({"day": "1969-12-31"}, "day"),
        ({"day": "2026-11-2\N{ARABIC-INDIC DIGIT TWO}"}, "day"),
        ({"show": "refused"}, "show"),
        ({"direction": "up"}, "direction"),
        ({"reason": "because"}, "reason"),
        ({"q": "x" * 65}, "q"),
        ({"gate": "a\nb"}, "gate"),
        ({"older": "1.2"}, "older"),
        ({"older": "1.2.3", "newer": "1.2.3"}, "newer"),
        ({"sort": "name"}, "sort"),
    ],
)
def test_a_value_that_can_not_be_is_named(query: dict[str, str], wrong: str) -> None:
    _, faults = read_filter(query)
    assert list(faults) == [wrong]


def test_a_changed_filter_begins_on_its_first_page() -> None:
    place = Place(at_ms=1, journal=2, seq=3)
    chosen = Filter(day=date(2026, 11, 20), q="sam", older=place)
    assert chosen.address(show=Shown.REFUSE) == "?day=2026-11-20&show=refuse&q=sam"
    assert chosen.address(older=place).endswith("&older=1.2.3")
