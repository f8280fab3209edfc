"""Publishing: all of a version or the one before, whatever cuts it off; and renewing by a timer."""

import json
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from gate.errors import TrustError
from gate.hub.fleet import ceremony, directory
from gate.hub.fleet.describe import describe, issuers_of, lines, role_states
from gate.hub.fleet.metadata import load_published
from gate.hub.fleet.publish import publish, renew
from gate.hub.fleet.repository import KEYS, PUBLISHED, STAGED, open_fleet
from gate.hub.fleet.roles import LIFE, Role
from gate.hub.fleet.staged import Staged
from tests.hub.fleet.fleets import NOW, Held, an_issuer, begin, exported, nobody

DAY = timedelta(days=1)


@pytest.fixture
def held(tmp_path: Path) -> Held:
    """Return a fleet with a signed change of everything, not published."""
    held = begin(tmp_path)
    directory.add_issuers(held.folder, exported(tmp_path / "public", an_issuer()), NOW)
    for role in (Role.TARGETS, Role.SNAPSHOT, Role.TIMESTAMP):
        held.rotate(role)
    held.sign("root-1", "root-2", "targets-2")
    return held


def _content(folder: Path) -> dict[Path, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_bytes() for path in files}


@contextmanager
def _no_room(most_bytes: int) -> Iterator[None]:
    """Let no file grow beyond that: the disk is full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("placed", range(6))
def test_a_publication_cut_off_after_any_file_is_done_by_doing_it_again(
    held: Held, tmp_path: Path, placed: int
) -> None:
    before = _content(held.folder / PUBLISHED)
    shutil.copytree(held.folder, tmp_path / "whole")
    publish(tmp_path / "whole", NOW)
    whole = _content(tmp_path / "whole" / PUBLISHED)
    order = ("hubs.json", "issuers.json", "targets.json", "snapshot.json", "root.json", "timestamp")
    fresh = [path for path, data in whole.items() if before.get(path) != data]
    fresh.sort(key=lambda path: next(n for n, name in enumerate(order) if name in path.name))
    for path in fresh[:placed]:
        (held.folder / PUBLISHED / path).write_bytes(whole[path])
    if placed < len(fresh):
        held.publish()
    assert _content(held.folder / PUBLISHED).keys() == whole.keys()
    assert issuers_of(open_fleet(held.folder).in_force.vouched) == (an_issuer(),)
    assert open_fleet(held.folder).staged is None


def test_what_was_cut_off_with_a_new_root_is_neither_renewed_nor_dropped(
    held: Held, tmp_path: Path
) -> None:
    shutil.copytree(held.folder, tmp_path / "whole")
    publish(tmp_path / "whole", NOW)
    root = Path(PUBLISHED, "fleet", "metadata", "2.root.json")
    shutil.copy(tmp_path / "whole" / root, held.folder / root)
    for command in (lambda: renew(held.folder, NOW), lambda: directory.drop(held.folder)):
        with pytest.raises(TrustError, match="cut off; next: `gate hub fleet publish` once more"):
            command()
    held.publish()
    assert load_published(held.folder / PUBLISHED) is not None


@pytest.mark.parametrize("most_bytes", [0, 300, 1000])
def test_a_full_disk_changes_nothing(held: Held, most_bytes: int) -> None:
    before = _content(held.folder)
    with _no_room(most_bytes), pytest.raises(TrustError, match="nothing was changed"):
        held.publish()
    assert _content(held.folder) == before
    held.publish()


@pytest.mark.parametrize("most_bytes", [0, 100, 400])
def test_a_beginning_on_a_full_disk_leaves_nothing(tmp_path: Path, most_bytes: int) -> None:
    (tmp_path / "anna").mkdir()
    with _no_room(most_bytes), pytest.raises(TrustError):
        ceremony.init(
            tmp_path / "fleet",
            root=[tmp_path / "anna"],
            targets=[tmp_path / "anna"],
            threshold=1,
            now=NOW,
            before=nobody,
        )
    assert [path.name for path in tmp_path.rglob("*")] == ["anna"]


def test_what_is_published_once_is_never_written_again(held: Held) -> None:
    place = held.folder / PUBLISHED / "fleet"
    before = {path: path.stat().st_ino for path in place.rglob("*.json")}
    held.publish()
    changed = [path.name for path, inode in before.items() if path.stat().st_ino != inode]
    assert changed == ["timestamp.json"]


def test_a_renewal_changes_the_timestamp_and_a_snapshot_that_is_half_way(held: Held) -> None:
    held.publish()
    early, late = (renew(held.folder, NOW + days * DAY) for days in (14, 16))
    assert (early.snapshot, early.timestamp) == (2, 3)
    assert (late.snapshot, late.timestamp) == (3, 4)
    assert late.expires == NOW + 16 * DAY + LIFE[Role.TIMESTAMP]
    assert (late.root, late.targets) == (2, 2)


def test_a_renewal_after_a_restore_passes_every_version_that_was_counted(held: Held) -> None:
    held.publish()
    backup = held.folder.with_name("backup")
    shutil.copytree(held.folder, backup)
    lost = [renew(held.folder, NOW + days * DAY) for days in range(1, 30)][-1]
    put_back = renew(backup, NOW + 30 * DAY, after_restore=True)
    assert (lost.snapshot, lost.timestamp) == (3, 31)
    assert put_back.snapshot == put_back.timestamp == int((NOW + 30 * DAY).timestamp())
    assert open_fleet(backup).in_force.snapshot.signed.version == put_back.snapshot
    assert renew(backup, NOW + 31 * DAY).timestamp == put_back.timestamp + 1


def test_a_renewal_leaves_what_is_staged_alone(held: Held) -> None:
    staged = (held.folder / STAGED).read_bytes()
    assert renew(held.folder, NOW).timestamp == 2
    assert (held.folder / STAGED).read_bytes() == staged
    held.publish()


def test_a_clock_that_went_back_signs_nothing(held: Held) -> None:
    held.publish()
    with pytest.raises(TrustError, match=r"clock says 2026-11-21 .*set the clock right"):
        renew(held.folder, NOW - DAY)


def test_a_missing_online_key_is_named_and_nothing_is_published(held: Held) -> None:
    (held.folder / KEYS / "timestamp-2.pem").unlink()
    before = _content(held.folder)
    with pytest.raises(
        TrustError, match=r"timestamp: 1 of timestamp-2 .* must sign, and keys/ has"
    ):
        held.publish()
    assert _content(held.folder) == before


def test_nothing_staged_is_nothing_to_publish(held: Held) -> None:
    held.publish()
    with pytest.raises(TrustError, match="nothing is staged"):
        held.publish()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("1.root.json", r"1\.root\.json: not signed"),
        ("1.targets.json", r"1\.targets\.json: not the file"),
        ("1.snapshot.json", r"1\.snapshot\.json: not the file"),
        ("timestamp.json", r"timestamp\.json: not signed"),
    ],
)
def test_a_published_file_that_was_changed_is_named(tmp_path: Path, file: str, words: str) -> None:
    held = begin(tmp_path)
    path = held.folder / PUBLISHED / "fleet" / "metadata" / file
    path.write_text(path.read_text("utf-8").replace('"version":1', '"version":3', 1), "utf-8")
    with pytest.raises(TrustError, match=words):
        open_fleet(held.folder)


@pytest.mark.parametrize("role", [Role.TARGETS, Role.SNAPSHOT, Role.TIMESTAMP])
def test_a_file_that_the_newest_root_gives_to_another_key_is_named(
    tmp_path: Path, role: Role
) -> None:
    held = begin(tmp_path)
    _place_root(held, held.rotate(role))
    with pytest.raises(TrustError, match=rf"{role}\.json: not signed as root 2 asks"):
        open_fleet(held.folder)


@pytest.mark.parametrize(
    ("signers", "holds"),
    [
        ({"root-1", "root-2"}, False),  # enough of the keys as they were, one of those that follow
        ({"root-2", "root-4"}, False),  # the other way round
        ({"root-1", "root-2", "root-4"}, True),
        ({"root-2", "root-3"}, True),
    ],
    ids=["by the old keys", "by the new keys", "by both", "by two that stay"],
)
def test_a_root_needs_the_keys_before_it_and_its_own(
    tmp_path: Path, signers: set[str], *, holds: bool
) -> None:
    held = begin(tmp_path)
    held.rotate(Role.ROOT, "root-1")
    _place_root(held, held.sign(*signers))
    if holds:
        assert open_fleet(held.folder).in_force.vouched.root.signed.version == 2
    else:
        with pytest.raises(TrustError, match=r"2\.root\.json: not signed as root \d asks"):
            open_fleet(held.folder)


def test_a_root_under_the_number_of_another_is_named(tmp_path: Path) -> None:
    held = begin(tmp_path)
    place = held.folder / PUBLISHED / "fleet" / "metadata"
    shutil.copy(place / "1.root.json", place / "2.root.json")
    with pytest.raises(TrustError, match=r"2\.root\.json: holds version 1"):
        open_fleet(held.folder)


def test_another_root_than_the_staged_one_is_nothing_to_go_on_with(
    held: Held, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    other = begin(tmp_path / "other")
    other.rotate(Role.ROOT, "root-1")
    there = other.sign("root-2", "root-3").next.root
    place = held.folder / PUBLISHED / "fleet" / "metadata"
    (place / "2.root.json").write_bytes(there.to_bytes())
    with pytest.raises(TrustError, match=r"2\.root\.json: not signed as root 1 asks"):
        held.publish()


def test_what_a_publication_of_something_else_left_is_written_over(held: Held) -> None:
    left = held.folder / PUBLISHED / "fleet" / "metadata" / "2.targets.json"
    left.write_bytes(b"cut off before it was dropped")
    held.publish()
    assert open_fleet(held.folder).in_force.vouched.targets.signed.version == 2


def _place_root(held: Held, staged: Staged) -> None:
    """Let a staged root be published, and nothing else of it."""
    place = held.folder / PUBLISHED / "fleet" / "metadata"
    root = staged.next.root
    if not root.signatures:
        root = held.sign("root-1", "root-2").next.root
    (place / "2.root.json").write_bytes(root.to_bytes())
    (held.folder / STAGED).unlink()


def test_a_published_file_that_is_gone_or_cut_is_named(tmp_path: Path) -> None:
    held = begin(tmp_path)
    (target,) = (held.folder / PUBLISHED / "fleet" / "targets").glob("*.issuers.json")
    target.write_bytes(target.read_bytes()[:-1])
    with pytest.raises(TrustError, match=r"issuers\.json: not the file"):
        open_fleet(held.folder)
    target.unlink()
    with pytest.raises(TrustError, match="can't be read"):
        open_fleet(held.folder)


@pytest.mark.parametrize(
    ("at", "warned"),
    [
        (NOW, set()),
        (NOW + 3 * DAY, {Role.TIMESTAMP}),
        (NOW + 25 * DAY, {Role.TIMESTAMP, Role.SNAPSHOT}),
        (NOW + 310 * DAY, set(Role)),
        (NOW + 366 * DAY, set(Role)),
    ],
    ids=["today", "the timer stands", "for weeks", "root ends soon", "all is over"],
)
def test_what_expires_soon_is_warned_of_with_what_to_do(
    held: Held, at: datetime, warned: set[Role]
) -> None:
    held.publish()
    states = role_states(open_fleet(held.folder).in_force, at)
    assert {state.role for state in states if state.warning} == warned
    assert all("next: `gate hub fleet" in state.warning for state in states if state.warning)


def test_what_is_in_force_and_what_is_staged_is_told_to_people_and_to_programs(held: Held) -> None:
    fleet = open_fleet(held.folder)
    text = "\n".join(lines(fleet, NOW))
    assert "root      version 1, 2 of root-1 (" in text
    assert "365.0 days left" in text
    assert "+ issuer ecs-jib for ecs-jib" in text
    assert "- timestamp key timestamp-1 (" in text
    assert "signed by: root-1 (" in text
    told = json.loads(json.dumps(describe(fleet, NOW)))
    assert [role["days_left"] for role in told["roles"]] == [365, 365, 30, 4]
    assert (told["staged"]["root"], told["staged"]["targets"], told["staged"]["needed"]) == (
        2,
        2,
        [],
    )
    assert told["issuers"] == []
