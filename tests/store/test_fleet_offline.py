"""Fleet trust on the disk, verified without a network.

Invariant: whatever the files hold, `verify_chain` gives a chain that the pinned root vouches for,
or a TrustError; never another error.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tuf.api.metadata import MetaFile

from gate.errors import TrustError
from gate.sim.fleet import FleetRepository
from gate.store.fleet import (
    HUBS,
    ISSUERS,
    MAX_TARGET_BYTES,
    RELEASES,
    Versions,
    best_known,
    read_pinned_root,
    verify_chain,
    verify_fleet,
)
from gate.trust.releases import format_releases
from tests.uplink.fleet_unit import release

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 12, 6, 7, 15, tzinfo=UTC)
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def held(repository: FleetRepository) -> dict[str, bytes]:
    """Return the metadata that a unit holds after a refresh, by its names."""
    named = {path.rpartition("/")[2]: data for path, data in repository.files.items()}
    roots = {name: data for name, data in named.items() if name.endswith(".root.json")}
    return roots | {
        "timestamp.json": named["timestamp.json"],
        "snapshot.json": named[f"{repository.snapshot.version}.snapshot.json"],
        "targets.json": named[f"{repository.targets.version}.targets.json"],
    }


def laid_out(directory: Path, repository: FleetRepository) -> Path:
    """Write what a unit holds after a refresh."""
    files = {f"metadata/{name}": data for name, data in held(repository).items()}
    files |= {f"targets/{name}": repository.target(name) for name in (ISSUERS, HUBS)}
    for name, data in files.items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_bytes(data)
    return directory


@pytest.fixture
def repository() -> FleetRepository:
    made = FleetRepository(NOW)
    made.replace_keys("root")
    made.replace_keys("timestamp")
    made.publish_all()
    return made


def test_a_chain_holds_from_the_first_root_to_the_targets(
    tmp_path: Path, repository: FleetRepository
) -> None:
    fleet = verify_fleet(laid_out(tmp_path, repository), repository.pinned_root)
    assert fleet.versions == Versions(root=3, timestamp=2, snapshot=2, targets=2)
    assert (fleet.issuers, fleet.hubs) == ((), ())
    assert fleet.expires_at == NOW + timedelta(days=7)


def test_a_root_pinned_later_needs_none_before_it(
    tmp_path: Path, repository: FleetRepository
) -> None:
    later = held(repository)["2.root.json"]
    assert verify_fleet(laid_out(tmp_path, repository), later).versions.root == 3


def test_what_expired_long_ago_still_holds(tmp_path: Path) -> None:
    repository = FleetRepository(LONG_AGO)
    fleet = verify_fleet(laid_out(tmp_path, repository), repository.pinned_root)
    assert fleet.expires_at == LONG_AGO + timedelta(days=7)


def test_another_fleets_root_vouches_for_nothing(
    tmp_path: Path, repository: FleetRepository
) -> None:
    stranger = FleetRepository(NOW).pinned_root
    with pytest.raises(TrustError, match=r"fleet trust: 2.root.json: root was signed by 0/2 keys"):
        verify_fleet(laid_out(tmp_path, repository), stranger)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("metadata/2.root.json", "timestamp.json: timestamp was signed by 0/1"),
        ("metadata/3.root.json", "timestamp.json: timestamp was signed by 0/1"),
        ("metadata/timestamp.json", "timestamp.json: missing"),
        ("metadata/snapshot.json", "snapshot.json: missing"),
        ("metadata/targets.json", "targets.json: missing"),
        ("targets/issuers.json", "issuers.json: missing"),
        ("targets/hubs.json", "hubs.json: missing"),
    ],
)
def test_a_file_that_is_missing_is_named(
    tmp_path: Path, repository: FleetRepository, name: str, words: str
) -> None:
    (laid_out(tmp_path, repository) / name).unlink()
    with pytest.raises(TrustError, match=f"fleet trust: {words}"):
        verify_fleet(tmp_path, repository.pinned_root)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("metadata/2.root.json", "root was signed by 0/2"),
        ("metadata/timestamp.json", "timestamp was signed by 0/1"),
        ("metadata/snapshot.json", "Observed hash"),
        ("metadata/targets.json", "Observed hash"),
        ("targets/issuers.json", "Observed hash"),
        ("targets/hubs.json", "Observed hash"),
    ],
)
def test_a_file_that_was_altered_is_named(
    tmp_path: Path, repository: FleetRepository, name: str, words: str
) -> None:
    path = laid_out(tmp_path, repository) / name
    path.write_bytes(
        path.read_bytes().replace(b'"expires":"20', b'"expires":"21').replace(b"[]", b"{}")
    )
    file = name.rpartition("/")[2]
    with pytest.raises(TrustError, match=f"fleet trust: {file}: .*{words}"):
        verify_fleet(tmp_path, repository.pinned_root)


def test_a_snapshot_of_an_older_timestamp_is_refused(repository: FleetRepository) -> None:
    older = held(repository)
    repository.publish_all()
    mixed = held(repository) | {"snapshot.json": older["snapshot.json"]}
    with pytest.raises(TrustError, match=r"fleet trust: snapshot.json: Observed hash"):
        verify_chain(mixed, repository.pinned_root)


def test_a_root_that_its_own_keys_did_not_sign_is_refused(repository: FleetRepository) -> None:
    old = repository.signers["root"]
    repository.replace_keys("root")
    repository.signers["root"] = old
    repository.sign("root")
    with pytest.raises(TrustError, match=r"fleet trust: 4.root.json: root was signed by 0/2"):
        verify_chain(held(repository), repository.pinned_root)


def test_a_root_that_jumps_is_refused(repository: FleetRepository) -> None:
    repository.root.version = 7
    repository.sign("root")
    jumped = held(repository) | {"4.root.json": held(repository)["7.root.json"]}
    with pytest.raises(TrustError, match=r"4.root.json: version 7, where 4 is named"):
        verify_chain(jumped, repository.pinned_root)


def test_one_part_in_the_place_of_another_is_refused(repository: FleetRepository) -> None:
    files = held(repository)
    swapped = files | {"timestamp.json": files["snapshot.json"]}
    with pytest.raises(TrustError, match=r"fleet trust: timestamp.json: it is snapshot metadata"):
        verify_chain(swapped, repository.pinned_root)


def test_where_no_hash_is_given_the_version_tells_an_older_part(
    repository: FleetRepository,
) -> None:
    older = held(repository)
    repository.publish("targets", "snapshot")
    repository.snapshot.meta["targets.json"] = MetaFile(version=3)
    repository.publish("snapshot")
    repository.timestamp.snapshot_meta = MetaFile(version=4)
    repository.publish("timestamp")
    for name, words in (("snapshot.json", "version 2, where 4"), ("targets.json", "2, where 3")):
        with pytest.raises(TrustError, match=f"fleet trust: {name}: .*{words} is named"):
            verify_chain(held(repository) | {name: older[name]}, repository.pinned_root)


def test_a_target_too_large_is_not_read(tmp_path: Path, repository: FleetRepository) -> None:
    path = laid_out(tmp_path, repository) / "targets" / HUBS
    path.write_bytes(bytes(MAX_TARGET_BYTES + 1))
    with pytest.raises(TrustError, match=f"over {MAX_TARGET_BYTES} bytes"):
        verify_fleet(tmp_path, repository.pinned_root)


def test_what_no_target_names_vouches_for_no_release(
    tmp_path: Path, repository: FleetRepository
) -> None:
    (laid_out(tmp_path, repository) / "targets" / RELEASES).write_text(
        format_releases([release("0.2.0")])
    )
    assert verify_fleet(tmp_path, repository.pinned_root).releases == ()


def test_releases_that_are_named_must_be_there_as_they_were_signed(
    tmp_path: Path, repository: FleetRepository
) -> None:
    data = format_releases([release("0.1.0"), release("0.2.0")]).encode()
    repository.put(RELEASES, data)
    repository.publish_all()
    path = laid_out(tmp_path, repository) / "targets" / RELEASES
    with pytest.raises(TrustError, match=r"fleet trust: releases.json: missing"):
        verify_fleet(tmp_path, repository.pinned_root)
    path.write_bytes(data.replace(b"0.2.0", b"0.3.0"))
    with pytest.raises(TrustError, match=r"fleet trust: releases.json: .*Observed hash"):
        verify_fleet(tmp_path, repository.pinned_root)
    path.write_bytes(data)
    fleet = verify_fleet(tmp_path, repository.pinned_root)
    assert fleet.releases == (release("0.1.0"), release("0.2.0"))


def test_the_pinned_root_lies_in_the_trust_directory(
    tmp_path: Path, repository: FleetRepository
) -> None:
    assert read_pinned_root(tmp_path) is None
    (tmp_path / "root.json").write_bytes(repository.pinned_root)
    assert read_pinned_root(tmp_path) == repository.pinned_root


def test_of_two_sources_the_newest_that_holds_is_known(repository: FleetRepository) -> None:
    older = held(repository)
    repository.publish("timestamp")
    newer = held(repository)
    rotten = newer | {"snapshot.json": b"rot", "2.root.json": b"rot"}
    for sources in ((older, rotten), (rotten, older)):
        assert best_known(repository.pinned_root, *sources) == newer


def test_roots_of_two_sources_make_one_chain(repository: FleetRepository) -> None:
    files = held(repository)
    known = best_known(
        repository.pinned_root,
        {"3.root.json": files["3.root.json"]},
        {"2.root.json": files["2.root.json"]},
    )
    assert sorted(known) == ["1.root.json", "2.root.json", "3.root.json"]


def test_what_replaced_keys_signed_is_not_known_any_more(repository: FleetRepository) -> None:
    repository.timestamp.version = 1000
    repository.publish("timestamp")
    before = held(repository)
    repository.replace_keys("timestamp")
    known = best_known(
        repository.pinned_root, before, {"4.root.json": held(repository)["4.root.json"]}
    )
    assert set(known) == set(before) - {"timestamp.json"} | {"4.root.json"}


WHOLE = FleetRepository(NOW)
WHOLE.replace_keys("root")
NAMES = sorted(held(WHOLE))


@given(
    name=st.sampled_from(NAMES),
    start=st.integers(0, 3000),
    length=st.integers(0, 40),
    put=st.binary(max_size=40) | st.sampled_from([b"{", b"}", b"[", b"null", b'"', b"0", b"-1"]),
)
def test_a_chain_of_any_bytes_holds_as_it_was_signed_or_is_a_trust_error(
    name: str, start: int, length: int, put: bytes
) -> None:
    files = held(WHOLE)
    data = files[name]
    files[name] = data[:start] + put + data[start + length :]
    try:
        chain = verify_chain(files, WHOLE.pinned_root)
    except TrustError:
        return
    assert chain.versions == Versions(root=2, timestamp=1, snapshot=1, targets=1)
    assert chain.targets.targets == WHOLE.targets.targets
