"""The fleet's keys and its beginning: what is made, where, and what is gone again after a fault."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from gate.errors import TrustError
from gate.hub.fleet import ceremony
from gate.hub.fleet.directory import sign
from gate.hub.fleet.keys import make_key, read_key, read_keyring
from gate.hub.fleet.publish import publish
from gate.hub.fleet.repository import KEYS, STAGED, open_fleet
from gate.hub.fleet.roles import Role
from gate.hub.fleet.staged import Staged, still_needed
from tests.hub.fleet.fleets import NOW, begin, nobody


def _init(folder: Path, root: Sequence[Path], targets: Sequence[Path], threshold: int) -> Staged:
    return ceremony.init(
        folder, root=root, targets=targets, threshold=threshold, now=NOW, before=nobody
    )


def test_a_private_key_is_its_owner_s_alone(tmp_path: Path) -> None:
    made = make_key(tmp_path, "root-anna")
    assert made.source.stat().st_mode & 0o777 == 0o600
    assert made.source.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert read_key(made.source).key == made.key == read_key(tmp_path / "root-anna.pub").key
    assert b"PRIVATE" not in (tmp_path / "root-anna.pub").read_bytes()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o755])
def test_a_private_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = make_key(tmp_path, "root-anna").source
    path.chmod(mode)
    with pytest.raises(TrustError, match=rf"{path}: mode {mode:04o} .*0600 .*chmod 600"):
        read_key(path)
    with pytest.raises(TrustError, match="chmod 600"):
        read_keyring(tmp_path)


def test_a_public_file_leads_to_no_private_one_that_others_may_read(tmp_path: Path) -> None:
    path = make_key(tmp_path, "root-anna").source
    public = json.loads(path.with_suffix(".pub").read_text("utf-8"))
    card = tmp_path / "card.json"
    card.write_text(json.dumps(public | {"uri": f"file2:{path}"}), "utf-8")
    assert read_key(card).signer is not None
    path.chmod(0o644)
    with pytest.raises(TrustError, match=r"root-anna\.pem: mode 0644"):
        read_key(card)


def test_a_key_is_never_written_over_another(tmp_path: Path) -> None:
    made = make_key(tmp_path, "root-anna")
    with pytest.raises(TrustError, match="a key already"):
        make_key(tmp_path, "root-anna")
    assert read_key(made.source).key == made.key


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"\0" * 9000,
    ],
    ids=["empty", "text", "a damaged key", "too long"],
)
def test_what_is_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "root.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(TrustError, match=r"root\.pem: "):
        read_key(path)


@pytest.mark.parametrize(
    "change",
    [
        {"keyid": "00" * 32},
        {"keyval": {"public": "00" * 32}},
        {"keytype": "none"},
        {"keyval": {}},
        {"uri": "nothing:at-all"},
        {"uri": "file2:/nowhere/at/all"},
    ],
    ids=["another id", "another key", "another kind", "no key", "no scheme", "nothing there"],
)
def test_a_public_file_that_is_not_its_key_s_is_refused(
    tmp_path: Path, change: dict[str, object]
) -> None:
    path = make_key(tmp_path, "root-anna").source.with_suffix(".pub")
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
    with pytest.raises(TrustError, match=r"root-anna\.pub: "):
        read_key(path)


def test_a_site_of_its_own_begins_in_one_step(tmp_path: Path) -> None:
    folder = tmp_path / "fleet"
    staged = _init(folder, [folder / KEYS], [folder / KEYS], 1)
    assert still_needed(staged) == ()
    assert publish(folder, NOW).timestamp == 1
    assert len(read_keyring(folder / KEYS)) == 4
    assert (folder / KEYS).stat().st_mode & 0o777 == 0o700


def test_a_fleet_s_offline_keys_are_on_their_sticks_and_nowhere_else(tmp_path: Path) -> None:
    held = begin(tmp_path)
    at_hand = {key.source.name for key in read_keyring(held.folder / KEYS)}
    assert at_hand == {"snapshot-1.pem", "timestamp-1.pem"}
    for stick, name in (("anna", "root-1"), ("ben", "root-2"), ("cleo", "root-3")):
        assert [path.name for path in held.stick(stick).glob("*.pem")] == [f"{name}.pem"]
    private = [
        path
        for path in held.folder.rglob("*")
        if path.is_file() and b"PRIVATE" in path.read_bytes()
    ]
    assert {path.parent.name for path in private} == {KEYS}
    root = open_fleet(held.folder).in_force.vouched.root.signed
    assert (root.roles[Role.ROOT].threshold, len(root.roles[Role.ROOT].keyids)) == (2, 3)
    assert root.consistent_snapshot


def test_a_key_made_elsewhere_signs_the_beginning_later(tmp_path: Path) -> None:
    for name in ("anna", "ben", "cleo"):
        (tmp_path / name).mkdir()
    keys = [make_key(tmp_path / name, f"root-{name}").source for name in ("anna", "ben", "cleo")]
    publics = [key.with_suffix(".pub") for key in keys]
    staged = _init(tmp_path / "fleet", publics, [tmp_path / "cleo"], 2)
    (needed,) = still_needed(staged)
    assert str(needed).startswith("root: 0 of 2 signatures: still needed: 2 of root-anna (")
    with pytest.raises(TrustError, match="0 of 2 signatures"):
        publish(tmp_path / "fleet", NOW)
    for key in keys[:2]:
        sign(tmp_path / "fleet" / STAGED, [read_key(key)])
    assert publish(tmp_path / "fleet", NOW).root == 1


def test_keys_made_one_by_one_ask_for_each_stick(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []
    names = ("1", "2", "3")
    for name in names:
        (tmp_path / name).mkdir()
    ceremony.init(
        tmp_path / "fleet",
        root=[tmp_path / name for name in names],
        targets=[tmp_path / "1"],
        threshold=2,
        now=NOW,
        before=lambda role, place: asked.append((role, place.name)),
    )
    assert asked == [("root", "1"), ("root", "2"), ("root", "3"), ("targets", "1")]


@pytest.mark.parametrize("threshold", [0, 4])
def test_a_threshold_that_can_not_be_met_is_refused(tmp_path: Path, threshold: int) -> None:
    with pytest.raises(TrustError, match=f"threshold {threshold} of 3 root keys"):
        _init(tmp_path / "fleet", [tmp_path] * 3, [tmp_path], threshold)


def test_a_beginning_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "anna").mkdir()
    with pytest.raises(TrustError, match="no-stick: no directory"):
        _init(
            tmp_path / "fleet", [tmp_path / "anna", tmp_path / "no-stick"], [tmp_path / "anna"], 1
        )
    assert list((tmp_path / "anna").iterdir()) == []
    assert not (tmp_path / "fleet").exists()


def test_the_same_key_twice_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    key = make_key(tmp_path, "root-anna").source
    with pytest.raises(TrustError, match="is a key of the fleet already"):
        _init(tmp_path / "fleet", [key, key], [key], 1)
    assert not (tmp_path / "fleet").exists()
    assert key.exists()


def test_a_directory_in_use_is_no_place_for_a_fleet(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me", "utf-8")
    with pytest.raises(TrustError, match="not empty"):
        _init(tmp_path, [tmp_path], [tmp_path], 1)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_directory_that_is_no_fleet_s_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrustError, match="gate hub fleet init"):
        open_fleet(tmp_path)
    with pytest.raises(TrustError, match="nowhere"):
        publish(tmp_path / "nowhere", NOW)
