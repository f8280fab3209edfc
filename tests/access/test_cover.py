"""How a site stands against what its rules ask of who is there."""

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

import pytest

from gate.access.cover import Cover, covers
from gate.access.presence import Presence, SiteWide
from gate.access.site_state import FirstAiders, Occupancy, SupervisorOnSite
from gate.errors import Outcome
from gate.trust.site_presence import LastPassage

NOON: Final = datetime(2026, 11, 20, 12, tzinfo=UTC)
BOSS, AIDER, OTHER, TRAINED, APPOINTED = (bytes([number]) * 16 for number in range(1, 6))
SUPERVISOR: Final = SupervisorOnSite(supervisors=frozenset({BOSS}), outcome=Outcome.NOTE)
AID: Final = FirstAiders(
    first_aiders=frozenset({AIDER, OTHER}),
    emergency=frozenset({AIDER, OTHER, TRAINED}),
    appointed=frozenset({AIDER, OTHER, TRAINED, APPOINTED}),
    outcome=Outcome.NOTE,
)


def inside(*persons: bytes, workers: int = 0, area: str = "site") -> Presence:
    """Return a presence of these and of so many workers."""
    everybody = [*persons, *(bytes([9]) * 14 + number.to_bytes(2) for number in range(workers))]
    passages = {
        one: LastPassage(one, "in", NOON, "Gate A", area, name="", company="") for one in everybody
    }
    return Presence().with_site(SiteWide(as_of=NOON, passages=passages))


@pytest.mark.parametrize(
    ("who", "workers", "told"),
    [
        pytest.param((), 0, (0, 0, False), id="nobody is there, so nobody is missing"),
        pytest.param((), 1, (0, 1, True), id="somebody is there without a supervisor"),
        pytest.param((BOSS,), 9, (1, 1, False), id="the supervisor is there"),
    ],
)
def test_somebody_supervises_who_is_there(
    who: tuple[bytes, ...], workers: int, told: tuple[int, int, bool]
) -> None:
    (found,) = covers([SUPERVISOR], inside(*who, workers=workers))
    assert (found.have, found.least, found.is_short) == told


@pytest.mark.parametrize(
    ("who", "heads", "told"),
    [
        pytest.param((), 0, (0, 0, False), id="nobody"),
        pytest.param((APPOINTED,), 4, (1, 1, False), id="four, one of them appointed"),
        pytest.param((APPOINTED,), 5, (0, 1, True), id="five: appointed is not enough"),
        pytest.param((TRAINED,), 50, (1, 1, False), id="fifty: trained in emergency first aid"),
        pytest.param((TRAINED,), 51, (0, 2, True), id="fifty-one: not any more"),
        pytest.param((AIDER, TRAINED), 51, (1, 2, True), id="fifty-one: one of two"),
        pytest.param((AIDER, OTHER), 100, (2, 2, False), id="a hundred: two"),
        pytest.param((AIDER, OTHER), 101, (2, 3, True), id="a hundred and one: two of three"),
    ],
)
def test_first_aiders_are_as_many_as_people_ask(
    who: tuple[bytes, ...], heads: int, told: tuple[int, int, bool]
) -> None:
    (found,) = covers([AID], inside(*who, workers=heads - len(who)))
    assert (found.have, found.least, found.is_short) == told


@pytest.mark.parametrize(
    ("heads", "stands"), [(9, (False, False)), (10, (True, False)), (11, (True, True))]
)
def test_a_site_is_full_and_then_over(heads: int, stands: tuple[bool, bool]) -> None:
    rule = Occupancy(most=MappingProxyType({"": 10, "roof": 3}))
    site, roof = covers([rule], inside(workers=heads))
    assert (site.what, site.have, site.most) == ("People on site", heads, 10)
    assert (site.is_full, site.is_over) == stands
    assert roof == Cover(what="People in roof", have=0, most=3)
    assert (roof.is_full, roof.is_over, roof.is_short) == (False, False, False)


def test_who_left_counts_for_nothing() -> None:
    gone = inside(BOSS, workers=3)
    assert gone.site is not None
    passages = {one: row._replace(direction="out") for one, row in gone.site.passages.items()}
    left = Presence().with_site(SiteWide(as_of=NOON, passages=passages))
    assert [one.have for one in covers([SUPERVISOR, AID], left)] == [0, 0]
