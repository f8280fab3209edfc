"""The trust directory: verified at every load, replaced whole, and no desk under a gate."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gate.errors import TrustError
from gate.signing.keys import SigningKey
from gate.sim.issuer import NOW, SimIssuer
from gate.store.trust_store import (
    ISSUERS,
    LISTS,
    list_tokens,
    load_trust,
    merge,
    refuse_for_a_gate,
    save_issuers,
    save_list,
)
from gate.trust.bundle import TrustBundle
from gate.trust.status_list import Status
from gate.trust.status_token import issue_status_token

ECS = SimIssuer()
CSCS = SimIssuer("cscs")


def token(issuer: SimIssuer = ECS, *, age_s: int = 0, revoked: int | None = None) -> bytes:
    statuses = {revoked: Status.INVALID} if revoked is not None else None
    held = issuer.status_list(statuses, issued_at=NOW - timedelta(seconds=age_s))
    return issue_status_token(held, issuer.key)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    (tmp_path / LISTS).mkdir()
    save_issuers(tmp_path, [ECS.issuer()])
    return tmp_path


def test_what_was_saved_is_loaded(store: Path) -> None:
    save_list(store, token(revoked=7), NOW)

    assert load_trust(store) == ECS.trust({7: Status.INVALID})


def test_a_directory_without_issuers_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(
        TrustError, match=r"issuers\.json: missing; next: .*`gate trust export`.*root\.json"
    ):
        load_trust(tmp_path)


def test_issuers_that_are_no_text_are_named(store: Path) -> None:
    (store / ISSUERS).write_bytes(b"\xff")

    with pytest.raises(TrustError, match=r"issuers\.json: cannot be read"):
        load_trust(store)


def test_a_list_changed_on_the_disk_is_noticed_at_the_next_load(store: Path) -> None:
    save_list(store, token(), NOW)
    (path,) = (store / LISTS).iterdir()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)

    with pytest.raises(TrustError, match=rf"{path.name}: status token: .* not signed"):
        load_trust(store)


def test_an_older_list_never_replaces_a_newer(store: Path) -> None:
    save_list(store, token(revoked=7), NOW)

    with pytest.raises(TrustError, match="older than the one held"):
        save_list(store, token(age_s=1), NOW)

    assert load_trust(store) == ECS.trust({7: Status.INVALID})


def test_a_newer_list_replaces_an_older(store: Path) -> None:
    save_list(store, token(age_s=60), NOW)
    save_list(store, token(revoked=7), NOW)

    assert load_trust(store) == ECS.trust({7: Status.INVALID})


def test_an_expired_list_is_not_accepted(store: Path) -> None:
    expired = replace(ECS.status_list(), expires_at=NOW)

    with pytest.raises(TrustError, match="it expired at 2026-11-20 07:00:00 UTC"):
        save_list(store, issue_status_token(expired, ECS.key), NOW)


def test_a_list_once_accepted_is_loaded_after_its_expiry(store: Path) -> None:
    held = replace(ECS.status_list(), expires_at=NOW)
    save_list(store, issue_status_token(held, ECS.key), NOW - timedelta(seconds=1))

    assert load_trust(store).status_lists == {held.uri: held}


def test_the_same_list_under_two_names_is_refused(store: Path) -> None:
    save_list(store, token(), NOW)
    (store / LISTS / "z.cwt").write_bytes(token(age_s=5))

    with pytest.raises(TrustError, match=r"z\.cwt: a second list for"):
        load_trust(store)


def test_half_written_files_of_a_crash_are_passed_over(store: Path) -> None:
    save_list(store, token(), NOW)
    (store / LISTS / ".half.cwt").write_bytes(b"half")

    assert load_trust(store) == ECS.trust()


def test_a_directory_trusts_two_issuers_after_two_merges(tmp_path: Path) -> None:
    for issuer in (ECS, CSCS):
        merge(tmp_path / "unit", issuer.trust(), [token(issuer)], NOW)

    assert {issuer.iss for issuer in load_trust(tmp_path / "unit").issuers} == {"ecs-jib", "cscs"}
    assert len(list_tokens(tmp_path / "unit")) == 2


def test_a_merge_with_a_foreign_list_changes_nothing(store: Path) -> None:
    with pytest.raises(TrustError, match="belongs to no trusted issuer"):
        merge(store, TrustBundle(issuers=(ECS.issuer(compromised=True),)), [token(CSCS)], NOW)

    assert load_trust(store).issuers == (ECS.issuer(),)


def test_a_gate_runs_on_the_public_part(store: Path) -> None:
    refuse_for_a_gate(store, load_trust(store))


def test_a_gate_refuses_a_private_key_wherever_it_lies(store: Path) -> None:
    hidden = store / LISTS / "notes.txt"
    hidden.write_bytes(b"my key:\n" + ECS.key.to_pem())

    with pytest.raises(TrustError, match=r"notes\.txt: a private key; .* `gate trust export`"):
        refuse_for_a_gate(store, load_trust(store))


def test_a_gate_refuses_a_demonstration_issuer(store: Path) -> None:
    save_issuers(store, [replace(ECS.issuer(), iss="demo:ecs")])

    with pytest.raises(TrustError, match="'demo:ecs' is for demonstrations"):
        refuse_for_a_gate(store, load_trust(store))


def test_a_gate_refuses_to_trust_nobody(store: Path) -> None:
    save_issuers(store, [replace(ECS.issuer(), keys=())])

    with pytest.raises(TrustError, match="no card can be verified"):
        refuse_for_a_gate(store, load_trust(store))


def test_a_pem_of_this_project_is_recognised_as_private() -> None:
    assert b"PRIVATE KEY" in SigningKey.from_pem(ECS.key.to_pem(), "key").to_pem()
