"""An issuer's desk: cards that gates accept, places never shared, revocations that hold."""

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gate.card.model import Card, StatusRef
from gate.card.verify import standing, verify_card
from gate.errors import CardError, Reason, TrustError
from gate.signing.keys import Algorithm
from gate.sim.issuer import NOW, SimIssuer
from gate.store.desk import (
    KEY,
    REGISTER,
    Desk,
    create_desk,
    issue,
    open_desk,
    renew_list,
    set_status,
)
from gate.store.trust_store import load_trust
from gate.trust.status_list import Status


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path / "desk")


def new_desk(
    directory: Path, algorithm: Algorithm = Algorithm.ED25519, capacity: int = 1000
) -> Desk:
    return create_desk(
        directory,
        iss="ecs-jib",
        schemes=frozenset({"ecs-jib"}),
        algorithm=algorithm,
        now=NOW,
        capacity=capacity,
    )


def draft(number: str = "10000007", **changed: Any) -> Callable[[StatusRef], Card]:  # noqa: ANN401 - fields of Card
    return lambda ref: SimIssuer().card(number=number, status=ref, **changed)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_card_of_a_new_desk_is_good(tmp_path: Path, algorithm: Algorithm) -> None:
    desk = new_desk(tmp_path / "desk", algorithm)

    text, card = issue(open_desk(desk.directory), draft())

    assert verify_card(text, load_trust(desk.directory), NOW) == card


def test_the_key_is_its_owners_only(desk: Desk) -> None:
    assert stat.S_IMODE((desk.directory / KEY).stat().st_mode) == 0o600


def test_a_directory_in_use_is_not_overwritten(desk: Desk) -> None:
    with pytest.raises(TrustError, match="not empty"):
        new_desk(desk.directory)

    assert open_desk(desk.directory).issuer == desk.issuer


def test_a_directory_without_a_key_is_no_desk(desk: Desk) -> None:
    (desk.directory / KEY).unlink()

    with pytest.raises(TrustError, match=r"issuer-key\.pem: missing; .* `gate trust new`"):
        open_desk(desk.directory)


def test_a_key_that_the_issuers_do_not_name_is_refused(desk: Desk, tmp_path: Path) -> None:
    other = new_desk(tmp_path / "other")
    (desk.directory / KEY).write_bytes(other.key.to_pem())

    with pytest.raises(TrustError, match="this key is none of those"):
        open_desk(desk.directory)


def test_no_two_cards_share_a_place_until_the_list_is_full(tmp_path: Path) -> None:
    desk = new_desk(tmp_path / "desk", capacity=8)

    places = {issue(desk, draft(f"{number}"))[1].status.index for number in range(8)}

    assert places == set(range(8))
    with pytest.raises(TrustError, match="all 8 places are taken"):
        issue(desk, draft("9"))


def test_a_card_that_no_gate_would_accept_takes_no_place(desk: Desk) -> None:
    with pytest.raises(CardError):
        issue(desk, draft(name="=1+1"))

    assert (desk.directory / REGISTER).read_text() == ""


@pytest.mark.parametrize(
    ("status", "reasons"),
    [
        (Status.INVALID, (Reason.REVOKED,)),
        (Status.SUSPENDED, (Reason.SUSPENDED,)),
        (Status.VALID, ()),
    ],
)
def test_a_status_reaches_all_cards_of_a_number_and_no_other(
    desk: Desk, status: Status, reasons: tuple[Reason, ...]
) -> None:
    cards = [issue(desk, draft(number))[1] for number in ("1", "1", "2")]

    assert set_status(desk, ["1"], status, NOW) == 2

    trust = load_trust(desk.directory)
    assert [standing(card, trust, NOW) for card in cards] == [reasons, reasons, ()]


def test_a_number_never_issued_changes_nothing(desk: Desk) -> None:
    card = issue(desk, draft("1"))[1]

    with pytest.raises(TrustError, match="card 2: not issued at this desk"):
        set_status(desk, ["1", "2"], Status.INVALID, NOW)

    assert standing(card, load_trust(desk.directory), NOW) == ()


def test_each_list_is_later_than_the_one_before_even_if_the_clock_is_not(desk: Desk) -> None:
    first = renew_list(desk, NOW + timedelta(hours=1))

    second = renew_list(desk, NOW - timedelta(days=1))

    assert second.issued_at == first.issued_at + timedelta(seconds=1)


def test_a_register_line_cut_short_by_a_power_cut_is_forgotten(desk: Desk) -> None:
    issue(desk, draft("1"))
    register = desk.directory / REGISTER
    with register.open("a") as file:
        file.write('{"index": 4, "num')

    issue(desk, draft("2"))

    assert [line.split('"')[5] for line in register.read_text().splitlines()] == ["1", "2"]


def test_a_damaged_register_is_named(desk: Desk) -> None:
    (desk.directory / REGISTER).write_text("cards\n")

    with pytest.raises(TrustError, match=r"register\.jsonl: the register cannot be read"):
        issue(desk, draft())


@pytest.mark.parametrize("capacity", [0, -1, 1 << 26])
def test_a_capacity_out_of_bounds_is_refused(tmp_path: Path, capacity: int) -> None:
    with pytest.raises(TrustError, match="a list holds 1 to"):
        new_desk(tmp_path / "desk", capacity=capacity)
