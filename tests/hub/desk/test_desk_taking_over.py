"""A desk that was kept in a directory, taken over whole or not at all."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from gate.errors import ConfigError, TrustError
from gate.hub.desk.keys import issuer_of, key_file, store_key
from gate.hub.desk.models import Desk, IssuedCard
from gate.hub.desk.selection import Selection
from gate.hub.desk.statuses import set_status
from gate.hub.desk.taking_over import is_taken_over, take_over
from gate.signing.keys import Algorithm
from gate.store import desk as directories
from gate.store.desk_handover import TAKEN_OVER, handing_over
from gate.trust.status_list import Status
from tests.hub.desk.conftest import NOW, SAM, card, issued, published

NUMBERS: Final = [f"J{number}" for number in range(12)]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A desk in a directory, with twelve cards, one cancelled and one on hold."""
    made = directories.create_desk(
        tmp_path / "desk",
        iss="ecs",
        schemes=frozenset({"ecs-jib"}),
        algorithm=Algorithm.ED25519,
        now=NOW,
        capacity=100,
    )
    for number in NUMBERS:
        directories.issue(made, partial(card, Desk(iss="ecs"), number))
    directories.set_status(made, ["J3"], Status.INVALID, NOW)
    directories.set_status(made, ["J4"], Status.SUSPENDED, NOW)
    return tmp_path / "desk"


def takes_over(directory: Path, slug: str = "ecs") -> Desk:
    with handing_over(directory) as handed:
        made = take_over(slug, handed.issuer, handed.key, handed.cards, handed.lists, NOW)
        handed.retire()
    return made


def test_every_card_keeps_its_place_and_its_status(directory: Path) -> None:
    register = dict(directories.read_register(directories.open_desk(directory)))
    desk = takes_over(directory)
    rows = IssuedCard.objects.filter(desk=desk)
    assert {one.number: one.index for one in rows} == register
    standing = {one.number: Status(one.status) for one in rows}
    assert {number for number in standing if standing[number] is not Status.VALID} == {"J3", "J4"}
    held = published(desk)
    assert {one.number: held.status(one.index) for one in rows} == standing
    assert len(held) == 100


def test_the_list_goes_on_above_the_one_that_units_have(directory: Path) -> None:
    with handing_over(directory) as handed:
        before = handed.lists[0].issued_at
    desk = takes_over(directory)
    assert before < published(desk).issued_at


def test_its_cards_are_cancelled_and_more_are_issued_at_the_hub(directory: Path) -> None:
    desk = takes_over(directory)
    set_status(desk, Selection(numbers=("J7",)), Status.INVALID, reason="x", by=SAM, now=NOW)
    row = IssuedCard.objects.get(number="J7")
    assert published(desk).status(row.index) is Status.INVALID
    fresh = {issued(desk, f"N{number}").status.index for number in range(30)}
    old = set(IssuedCard.objects.filter(number__in=NUMBERS).values_list("index", flat=True))
    assert not fresh & old


def test_nobody_issues_in_the_directory_afterwards_and_the_key_is_still_there(
    directory: Path,
) -> None:
    pem = (directory / directories.KEY).read_bytes()
    takes_over(directory)
    with pytest.raises(TrustError, match="missing"):
        directories.open_desk(directory)
    assert (directory / TAKEN_OVER).read_bytes() == pem == key_file("ecs").read_bytes()


def test_what_was_cut_short_after_the_key_was_written_is_done_again(directory: Path) -> None:
    with handing_over(directory) as handed:
        store_key("ecs", handed.key)
    assert takes_over(directory).iss == "ecs"


def test_what_was_cut_short_before_the_directory_was_retired_is_known(directory: Path) -> None:
    with handing_over(directory) as handed:
        take_over("ecs", handed.issuer, handed.key, handed.cards, handed.lists, NOW)
        assert is_taken_over("ecs", handed.issuer)
        assert not is_taken_over("other", handed.issuer)
        with pytest.raises(ConfigError, match="is called so already"):
            take_over("ecs", handed.issuer, handed.key, handed.cards, handed.lists, NOW)
    assert IssuedCard.objects.count() == 12


def test_a_register_that_lacks_a_cancelled_card_is_refused(directory: Path) -> None:
    path = directory / directories.REGISTER
    lines = [line for line in path.read_text().splitlines() if '"J3"' not in line]
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(ConfigError, match="is cancelled, and no card is registered there"):
        takes_over(directory)
    assert not Desk.objects.exists()
    assert not key_file("ecs").exists()


def test_every_fault_of_a_register_is_named(directory: Path) -> None:
    path = directory / directories.REGISTER
    first = json.loads(path.read_text().splitlines()[0])
    with path.open("a") as file:
        for row in (first | {"number": "twin"}, {"number": "far", "index": 100}):
            file.write(json.dumps(row) + "\n")
    with pytest.raises(ConfigError) as told:
        takes_over(directory)
    assert f"2 cards in place {first['index']}" in str(told.value)
    assert "card far: place 100 of a list of 100" in str(told.value)


@pytest.mark.parametrize("gone", ["lists", "register.jsonl", "issuers.json", "issuer-key.pem"])
def test_a_desk_that_lacks_a_part_is_refused(directory: Path, gone: str) -> None:
    path = directory / gone
    if path.is_dir():
        for file in path.iterdir():
            file.unlink()
    else:
        path.unlink()
    with pytest.raises((TrustError, ConfigError)):
        takes_over(directory)
    assert not Desk.objects.exists()


def test_a_list_of_another_number_is_not_where_units_look_and_is_refused(directory: Path) -> None:
    with handing_over(directory) as handed:
        lists = [replace(one, uri=f"{handed.issuer.status_base}7") for one in handed.lists]
        with pytest.raises(ConfigError, match="taken over is a desk with"):
            take_over("ecs", handed.issuer, handed.key, handed.cards, lists, NOW)


def test_what_units_are_told_of_it_is_what_they_were_told(directory: Path) -> None:
    with handing_over(directory) as handed:
        issuer = handed.issuer
    assert issuer_of(takes_over(directory)) == issuer
