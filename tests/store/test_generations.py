"""Generations: whole, one in force, switched in one rename, and nothing left over."""

from __future__ import annotations

import os
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from gate.errors import TrustError
from gate.store.generations import Builder, begin, current
from tests.attack_table import attack
from tests.store.full_disk import no_file_over

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.attack_table import Refusal

OLD = {"issuers": b"old", "lists/a": b"a", "lists/b": b"b"}
WAITED_S = 0.3
"""In which one that doesn't wait has long been refused."""

NEW = {"issuers": b"new and longer", "lists/a": b"a", "deep/er/c": b"c"}


def anything(_: Path) -> None:
    """Accept every generation."""


def let_be(builder: Builder, files: Mapping[str, bytes]) -> None:
    """Let the next generation have these files and no others."""
    for name in builder.names() - files.keys():
        builder.drop(name)
    for name, data in files.items():
        builder.put(name, data)


def commit(trust: Path, files: Mapping[str, bytes]) -> Path:
    with begin(trust) as builder:
        let_be(builder, files)
        return builder.commit(anything)


def files_of(generation: Path | None) -> dict[str, bytes]:
    assert generation is not None
    return {
        path.relative_to(generation).as_posix(): path.read_bytes()
        for path in generation.rglob("*")
        if path.is_file()
    }


def names_in(trust: Path) -> list[str]:
    return sorted(path.name for path in (trust / "generations").iterdir())


def test_where_nothing_was_ever_committed_nothing_is_in_force(tmp_path: Path) -> None:
    with begin(tmp_path) as builder:
        assert current(tmp_path) is None
        assert builder.names() == set()
        assert builder.get("issuers") is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_committed_is_in_force(tmp_path: Path) -> None:
    made = commit(tmp_path, OLD)
    assert current(tmp_path) == made == tmp_path / "generations" / "000001"
    assert files_of(made) == OLD
    assert (tmp_path / "current").readlink().as_posix() == "generations/000001"


def test_a_change_makes_a_new_file_and_leaves_the_old_generation_alone(tmp_path: Path) -> None:
    before = commit(tmp_path, OLD)
    after = commit(tmp_path, NEW)
    assert (files_of(before), files_of(after)) == (OLD, NEW)
    assert (after / "lists/a").samefile(before / "lists/a")
    assert not (after / "issuers").samefile(before / "issuers")


def test_the_last_two_are_kept(tmp_path: Path) -> None:
    for number in range(5):
        commit(tmp_path, {"number": b"%d" % number})
    assert names_in(tmp_path) == ["000004", "000005"]


def test_a_builder_shows_what_the_next_generation_would_have(tmp_path: Path) -> None:
    commit(tmp_path, OLD)
    with begin(tmp_path) as builder:
        builder.put("issuers", b"new")
        builder.drop("lists/a")
        assert builder.names() == {"issuers", "lists/b"}
        seen = [builder.get(name) for name in ("issuers", "lists/a", "lists/b")]
    assert seen == [b"new", None, b"b"]
    assert files_of(current(tmp_path)) == OLD


def test_putting_what_is_there_already_changes_nothing(tmp_path: Path) -> None:
    commit(tmp_path, OLD)
    with begin(tmp_path) as builder:
        builder.put("issuers", b"other")
        builder.put("issuers", b"old")
        builder.drop("never there")
        assert not builder.is_changed


def test_a_builder_goes_on_from_what_it_committed(tmp_path: Path) -> None:
    with begin(tmp_path) as builder:
        let_be(builder, OLD)
        builder.commit(anything)
        assert not builder.is_changed
        let_be(builder, NEW)
        builder.commit(anything)
    assert files_of(current(tmp_path)) == NEW
    assert names_in(tmp_path) == ["000001", "000002"]


def test_what_is_verified_is_whole_and_not_yet_in_force(tmp_path: Path) -> None:
    before = commit(tmp_path, OLD)
    seen = []

    def verify(directory: Path) -> None:
        seen.append((files_of(directory), current(tmp_path)))

    with begin(tmp_path) as builder:
        let_be(builder, NEW)
        builder.commit(verify)
    assert seen == [(NEW, before)]


def test_a_generation_that_does_not_verify_is_gone_again(tmp_path: Path) -> None:
    commit(tmp_path, OLD)

    def refuse(_: Path) -> None:
        raise TrustError("issuers: not signed")

    with begin(tmp_path) as builder:
        let_be(builder, NEW)
        with pytest.raises(TrustError, match="issuers: not signed"):
            builder.commit(refuse)
    assert files_of(current(tmp_path)) == OLD
    assert names_in(tmp_path) == ["000001"]


def steps(trust: Path) -> list[str]:
    """Commit OLD twice in different words and then NEW; return the steps of the last."""
    commit(trust, {"first": b""})
    commit(trust, OLD)
    with begin(trust) as builder:
        let_be(builder, NEW)
        return list(builder.steps(anything))


def test_stopped_after_any_step_what_is_in_force_is_whole(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    done = steps(tmp_path / "whole")
    switch = done.index("switched to 000003")
    for stop in range(len(done)):
        trust = tmp_path / str(stop)
        trust.mkdir()
        commit(trust, {"first": b""})
        commit(trust, OLD)
        with begin(trust) as builder:
            let_be(builder, NEW)
            for at, _ in enumerate(builder.steps(anything)):
                if at == stop:
                    break
        assert files_of(current(trust)) == (OLD if stop < switch else NEW), done[stop]
        assert files_of(commit(trust, NEW | {"more": b"more"})) == NEW | {"more": b"more"}
        assert len(names_in(trust)) == 2, done[stop]
        assert sorted(path.name for path in trust.iterdir()) == ["current", "generations"]


def test_nothing_is_named_before_it_is_durable_nor_switched_before_it_is_named(
    tmp_path: Path,
) -> None:
    done = steps(tmp_path)
    named, switched = done.index("named 000003"), done.index("switched to 000003")
    before = ["synced issuers", "synced c", "synced er", "synced deep", "synced lists"]
    assert {*before, "synced 000003.part", "verified 000003.part"} <= set(done[:named])
    assert "synced generations" in done[named:switched]
    assert done[switched + 1] == "synced current"
    assert all(step.startswith(("took", "removed")) for step in done[switched + 2 :])


@attack(
    "disk full in mid-switch",
    "while the next generation is written",
    has="a way to fill the disk",
    says=".../generations/000002.part: File too large; what is in force is whole; make room on the"
    " disk, and let gate write here",
    stays="the generation in force, whole; nothing half is left behind",
)
def test_a_disk_that_is_full_leaves_what_is_in_force_and_says_so(
    tmp_path: Path, refusal: Refusal
) -> None:
    commit(tmp_path, OLD)
    with begin(tmp_path) as builder:
        let_be(builder, NEW | {"large": bytes(20_000)})
        with no_file_over(10_000), refusal.raised(TrustError):
            builder.commit(anything)
        assert files_of(current(tmp_path)) == OLD
        assert names_in(tmp_path) == ["000001"]
        builder.commit(anything)  # there is room again
    assert files_of(current(tmp_path)) == NEW | {"large": bytes(20_000)}


def test_one_at_a_time_builds(tmp_path: Path) -> None:
    with (
        begin(tmp_path),
        pytest.raises(TrustError, match="another process is changing it"),
    ):
        begin(tmp_path)
    begin(tmp_path).close()


def test_the_gate_can_read_it_whatever_the_umask_of_who_synced(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        made = commit(tmp_path, NEW)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in made.rglob("*") if path.is_dir()} == {0o755}
    assert {path.stat().st_mode & 0o777 for path in made.rglob("*") if path.is_file()} == {0o644}


@pytest.mark.parametrize("name", ["", ".", "..", "/etc/passwd", "../x", "a/../b", "a//b", "a/"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with begin(tmp_path) as builder, pytest.raises(TrustError, match="no name for a file"):
        builder.put(name, b"")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("generations/000002", "000002 is missing; let it name one that is there"),
        ("/etc", "'/etc', which is no generation"),
        ("generations/../..", "which is no generation"),
        ("generations/000001.part", "which is no generation"),
    ],
)
def test_a_damaged_switch_is_told_and_nothing_is_swept(
    tmp_path: Path, target: str, words: str
) -> None:
    made = commit(tmp_path, OLD)
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to(target)
    for look in (current, begin):
        with pytest.raises(TrustError, match=words):
            look(tmp_path)
    assert files_of(made) == OLD


def test_a_switch_that_was_removed_costs_no_generation(tmp_path: Path) -> None:
    made = commit(tmp_path, OLD)
    (tmp_path / "current").unlink()
    begin(tmp_path).close()
    assert files_of(made) == OLD
    assert commit(tmp_path, NEW).name == "000002"
    assert files_of(current(tmp_path)) == NEW


def test_a_file_where_the_switch_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "current").write_bytes(b"")
    with pytest.raises(TrustError, match="it must be a symlink"):
        current(tmp_path)


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrustError, match="it must be a directory"):
        begin(tmp_path / "trust")


def test_what_is_laid_out_is_what_a_commit_would_make_and_leaves_nothing(tmp_path: Path) -> None:
    commit(tmp_path, OLD)
    with begin(tmp_path) as builder:
        builder.put("issuers", b"newer")
        assert files_of(builder.lay_out()) == OLD | {"issuers": b"newer"}
        builder.drop("lists/a")
        laid_out = files_of(builder.lay_out())
        assert laid_out == {"issuers": b"newer", "lists/b": b"b"}
        assert files_of(current(tmp_path)) == OLD
    assert list(tmp_path.rglob("*.part")) == []
    assert files_of(current(tmp_path)) == OLD

    with begin(tmp_path) as builder:
        builder.put("issuers", b"newer")
        builder.lay_out()
        builder.drop("lists/a")
        assert files_of(builder.commit(anything)) == laid_out


def test_a_builder_that_waits_begins_once_the_other_is_done(tmp_path: Path) -> None:
    begun = Event()

    def wait() -> None:
        with suppress(TrustError), begin(tmp_path, waits=True):
            begun.set()

    waiting = Thread(target=wait)
    with begin(tmp_path):
        waiting.start()
        waiting.join(WAITED_S)
        assert waiting.is_alive()
    waiting.join()
    assert begun.is_set()
