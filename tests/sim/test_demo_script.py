"""A morning: the same for a seed, possible in its order, and every code what its kind says."""

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from gate.access.model import Direction
from gate.card.verify import authenticate, standing
from gate.errors import CardError, ConfigError, TrustError
from gate.sim.demo_kinds import ON_THE_WAY_OUT, Kind, passes
from gate.sim.demo_script import Morning, morning
from gate.sim.presentation import Presentation, lasts_s
from gate.sim.site import STARTS_AT, TRUST, open_site
from gate.sim.site_files import OPENS_AT_S
from gate.store.trust_store import load_trust, refuse_for_a_gate


@pytest.fixture(scope="module")
def site_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "site"


@pytest.fixture(scope="module")
def sixty(site_path: Path) -> Morning:
    return morning(open_site(site_path), cards=60, seed=1)


def _told(script: Morning) -> list[tuple[Kind, str | None, str, object]]:
    """Return all that a seed decides: everything but the codes."""
    return [
        (turn.kind, turn.held.number, turn.shown.things[0].name, (turn.shown.at_s, turn.shown.look))
        for turn in script.turns
    ]


def test_the_same_seed_gives_the_same_morning_and_another_another(tmp_path: Path) -> None:
    first, again, other = (
        _told(morning(open_site(tmp_path / name), cards=12, seed=seed))
        for name, seed in (("a", 5), ("b", 5), ("c", 6))
    )

    assert first == again
    assert first != other


def test_the_cards_come_one_after_the_other_with_time_between(sixty: Morning) -> None:
    times = [turn.shown.at_s for turn in sixty.turns]

    assert [turn.shown.number for turn in sixty.turns] == list(range(1, 61))
    assert all(later - earlier > 8 for earlier, later in pairwise(times))


def test_early_birds_come_before_the_site_opens_and_all_others_after(sixty: Morning) -> None:
    for turn in sixty.turns:
        assert (turn.kind is Kind.OUT_OF_HOURS) == (turn.shown.at_s < OPENS_AT_S)


def test_only_a_second_entry_and_who_is_back_hold_up_a_card_of_somebody_who_came_before(
    sixty: Morning,
) -> None:
    seen: set[str] = set()
    for turn in sixty.turns:
        text = turn.shown.things[0].text
        assert (text in seen) == (turn.kind in {Kind.SECOND_ENTRY, Kind.BACK})
        seen.add(text)


def test_a_fire_comes_after_all_others_and_then_those_who_are_back(sixty: Morning) -> None:
    kinds = [turn.kind for turn in sixty.turns]
    place = kinds.index(Kind.FIRE)

    assert set(kinds[place:]) == {Kind.FIRE, Kind.BACK}
    assert Kind.BACK not in kinds[:place]


def test_who_goes_out_came_in_and_who_returns_went_out(tmp_path: Path) -> None:
    script = morning(open_site(tmp_path / "site", lanes=2), cards=34, seed=3)
    inside: set[str] = set()
    outside: set[str] = set()
    for turn in script.turns:
        number = turn.held.number or ""
        assert (turn.shown.way is Direction.OUT) == (turn.kind in ON_THE_WAY_OUT)
        match turn.kind:
            case Kind.LEAVES:
                inside.remove(number)
                outside.add(number)
            case Kind.RETURNS:
                outside.remove(number)
                inside.add(number)
            case Kind.STAYS:
                assert number in inside
            case kind if passes(kind) and kind is not Kind.LEAVES_EXPIRED:
                inside.add(number)
    assert turn.kind is Kind.BACK  # who is inside already
    assert outside
    assert script.turns[-1].inside == len(inside)


def test_a_turn_knows_how_many_are_inside_each_person_once(sixty: Morning) -> None:
    inside: set[str | None] = set()
    for turn in sixty.turns:
        assert turn.inside == len(inside)
        if passes(turn.kind):
            inside.add(turn.held.number)
    assert None not in inside
    assert sixty.turns[-1].inside > 10


def test_nobody_comes_while_something_still_goes_on_at_the_portal(sixty: Morning) -> None:
    for earlier, later in pairwise(sixty.turns):
        assert later.shown.at_s - earlier.shown.at_s > lasts_s(earlier.shown) + 8


def test_two_cards_at_once_are_a_minute_from_the_next_two(tmp_path: Path) -> None:
    script = morning(open_site(tmp_path / "site"), cards=150, seed=3)

    times = [turn.shown.at_s for turn in script.turns if turn.kind is Kind.TWO_CARDS]

    assert len(times) > 1
    assert all(later - earlier >= 61 for earlier, later in pairwise(times))


CARD_CHECK = {
    Kind.GOOD: "",
    Kind.GOOD_P256: "",
    Kind.BLOCKED: "",
    Kind.EXPIRING_SOON: "",
    Kind.EXPIRED: "expired",
    Kind.NOT_YET_VALID: "not_yet_valid",
    Kind.REVOKED: "revoked",
    Kind.SUSPENDED: "suspended",
    Kind.NO_LIST: "status_unknown",
    Kind.UNKNOWN_ISSUER: "unknown_issuer",
    Kind.FORGED: "bad_signature",
    Kind.ALTERED: "bad_signature",
    Kind.FOREIGN_SCHEME: "scheme_not_trusted",
    Kind.WEB_CODE: "web_code",
    Kind.WIFI_CODE: "wifi_code",
    Kind.LIVE_CARD: "malformed",
    Kind.TOO_LONG: "malformed",
}


@pytest.mark.parametrize(("kind", "finding"), CARD_CHECK.items())
def test_a_code_is_what_its_kind_says(
    sixty: Morning, site_path: Path, kind: Kind, finding: str
) -> None:
    trust = load_trust(site_path / TRUST)
    (text, at) = next(_text_and_time(turn.shown) for turn in sixty.turns if turn.kind is kind)

    try:
        found = ",".join(standing(authenticate(text, trust), trust, at))
    except CardError as error:
        found = error.reason

    assert found == finding


def _text_and_time(shown: Presentation) -> tuple[str, datetime]:
    return shown.things[0].text, STARTS_AT + timedelta(seconds=shown.at_s)


def test_no_gate_opens_for_the_demos_issuers(sixty: Morning, site_path: Path) -> None:
    assert sixty.turns
    with pytest.raises(TrustError, match=r"demo:.* opens no gate"):
        refuse_for_a_gate(site_path / TRUST, load_trust(site_path / TRUST))


def test_the_gates_part_holds_no_private_key(sixty: Morning, site_path: Path) -> None:
    assert sixty.turns
    kept = [path.read_bytes() for path in (site_path / TRUST).rglob("*") if path.is_file()]

    assert kept
    assert not any(b"PRIVATE" in content for content in kept)


def test_people_go_on_coming_after_the_morning(tmp_path: Path) -> None:
    script = morning(open_site(tmp_path / "site"), cards=1, seed=1)

    later = script.later()
    turns = [next(later) for _ in range(3)]

    assert [turn.shown.number for turn in turns] == [2, 3, 4]
    assert turns[0].shown.at_s > script.turns[-1].shown.at_s


def test_a_site_is_never_made_in_a_directory_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").touch()

    with pytest.raises(ConfigError, match=r"letter\.txt.*new directory"):
        open_site(tmp_path)
