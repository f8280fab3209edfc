"""What is published, as the hub answers it: to anybody, once, and nothing beside it."""

import logging
import os
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from gate.devices.clock import SystemClock
from gate.hub.fleet import ceremony, directory
from gate.hub.fleet.repository import KEYS, PUBLISHED
from gate.hub.fleet.roles import Role
from gate.trust.releases import parse_releases
from tests.hub.fleet.client import HubFetcher, pinned, refreshed
from tests.hub.fleet.fleets import NOW, Held, an_issuer, begin, exported

DAY = timedelta(days=1)


@pytest.fixture
def held(tmp_path: Path, settings: Settings) -> Held:
    """Return a fleet that the hub serves, published this very moment."""
    settings.HUB = replace(settings.HUB, data=tmp_path)
    return begin(tmp_path, SystemClock().now())


def _target(held: Held) -> str:
    (path,) = (held.folder / PUBLISHED / "fleet" / "targets").glob("*.issuers.json")
    return f"/fleet/targets/{path.name}"


def test_files_are_answered_as_they_lie_there(held: Held) -> None:
    for path in (held.folder / PUBLISHED).rglob("*.json"):
        answer = Client().get(f"/{path.relative_to(held.folder / PUBLISHED)}")
        assert (answer.status_code, answer.content) == (200, path.read_bytes())
        assert answer["Content-Type"] == "application/json"
        assert int(answer["Content-Length"]) == len(answer.content)
        assert "Set-Cookie" not in answer
        assert "Vary" not in answer


def test_a_file_that_the_asker_has_is_not_sent_again(held: Held) -> None:
    for address in ("/fleet/metadata/timestamp.json", "/fleet/metadata/1.root.json", _target(held)):
        etag = Client().get(address)["ETag"]
        assert etag.startswith('"')  # a strong one
        again = Client().get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
        assert "public" in again["Cache-Control"]
        other = Client().get(address, headers={"If-None-Match": '"another"'})
        assert other.status_code == 200


def test_what_never_changes_is_kept_for_a_year_and_the_rest_for_a_minute(held: Held) -> None:
    year, minute = "public, max-age=31536000, immutable", "public, max-age=60"
    for address, keep in (
        ("/fleet/metadata/1.root.json", year),
        ("/fleet/metadata/1.snapshot.json", year),
        (_target(held), year),
        ("/fleet/metadata/timestamp.json", minute),
        ("/fleet/metadata/2.root.json", minute),  # not there yet: nobody must keep that for long
    ):
        assert Client().get(address)["Cache-Control"] == keep


@pytest.mark.django_db
def test_a_status_list_is_answered_to_anybody(held: Held) -> None:
    (held.folder / PUBLISHED / "lists" / "0123456789abcdef.cwt").write_bytes(b"signed")
    answer = Client().get("/lists/0123456789abcdef.cwt")
    assert (answer.status_code, answer.content) == (200, b"signed")
    assert answer["Content-Type"] == "application/statuslist+cwt"


@pytest.mark.parametrize(
    "address",
    [
        "/fleet/",
        "/fleet/metadata/",
        "/fleet/metadata",
        "/fleet/targets/",
        "/lists/",
        "/fleet/metadata/../../staged.json",
        "/fleet/metadata/..%2f..%2fstaged.json",
        "/fleet/metadata/%2e%2e/%2e%2e/keys/snapshot-1.pem",
        "/fleet/metadata/1.root.json%00",
        "/fleet/metadata/1.root.json%0a",
        "/fleet/metadata/01.root.json",
        "/fleet/metadata/-1.root.json",
        "/fleet/metadata/1.timestamp.json",
        "/fleet/metadata/root.json",
        "/fleet/metadata/.timestamp.json.part",
        "/fleet/keys/snapshot-1.pem",
        "/fleet/published/fleet/metadata/timestamp.json",
        "/fleet/targets/issuers.json",
        "/lists/../fleet/metadata/timestamp.json",
        "/lists/..cwt",
        f"/lists/{'a' * 65}.cwt",
        "/keys/snapshot-1.pem",
    ],
)
def test_nothing_else_is_answered(held: Held, address: str) -> None:
    assert (held.folder / KEYS / "snapshot-1.pem").exists()
    assert Client().get(address).status_code == 404


@pytest.mark.django_db
def test_a_link_or_a_pipe_or_a_directory_is_not_followed(held: Held) -> None:
    lists = held.folder / PUBLISHED / "lists"
    (lists / "link.cwt").symlink_to(held.folder / KEYS / "snapshot-1.pem")
    (lists / "folder.cwt").mkdir()
    os.mkfifo(lists / "pipe.cwt")
    for name in ("link", "folder", "pipe"):
        assert Client().get(f"/lists/{name}.cwt").status_code == 404


@pytest.mark.django_db
def test_a_file_longer_than_a_unit_takes_is_not_sent_and_said_in_the_log(
    held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    path = held.folder / PUBLISHED / "lists" / "long.cwt"
    path.write_bytes(b"")
    os.truncate(path, 5 << 20)
    with caplog.at_level(logging.ERROR, "gate.hub.fleet"):
        assert Client().get("/lists/long.cwt").status_code == 404
    assert "too large" in caplog.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_written_there(held: Held, method: str) -> None:
    assert held.folder.exists()
    assert Client().generic(method, "/fleet/metadata/timestamp.json").status_code == 405


def test_a_unit_that_pinned_the_first_root_believes_what_is_published(
    held: Held, tmp_path: Path
) -> None:
    first = pinned(held)
    directory.add_issuers(held.folder, exported(tmp_path / "public", an_issuer()), NOW + 400 * DAY)
    held.sign("targets-1")
    held.publish(SystemClock().now())
    assert b'"ecs-jib"' in refreshed(tmp_path / "unit", first, HubFetcher())["issuers.json"]


def test_a_unit_gets_the_releases_and_one_that_knows_of_none_goes_on(
    held: Held, tmp_path: Path
) -> None:
    wheel = tmp_path / "site_gate-0.2.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    directory.add_release(held.folder, "0.2.0", [wheel], SystemClock().now())
    held.sign("targets-1")
    held.publish(SystemClock().now())
    assert refreshed(tmp_path / "old unit", pinned(held), HubFetcher()).keys() == {
        "issuers.json",
        "hubs.json",
    }
    (path,) = (held.folder / PUBLISHED / "fleet" / "targets").glob("*.releases.json")
    answer = Client().get(f"/fleet/targets/{path.name}")
    (release,) = parse_releases(answer.content.decode(), "releases.json")
    (file,) = release.files
    assert (release.version, file.name, file.length_bytes) == ("0.2.0", wheel.name, 5)
    assert file.sha256 == sha256(b"wheel").digest()


def test_a_unit_that_pinned_the_first_root_follows_it_through_every_rotation(
    held: Held, tmp_path: Path
) -> None:
    first, now = pinned(held), SystemClock().now()
    refreshed(tmp_path / "unit", first, HubFetcher())
    for old in ("root-1", "root-2", "root-3"):  # in the end none of the first three is left
        held.rotate(Role.ROOT, old, now)
        standing = [f"root-{n}" for n in range(1, 7) if list(held.sticks.glob(f"*/root-{n}.pem"))]
        held.sign(*standing[-3:])
        held.publish(now)
    for role in (Role.TARGETS, Role.SNAPSHOT, Role.TIMESTAMP):
        held.rotate(role, None, now)
    ceremony.extend(held.folder, Role.TARGETS, now)
    held.sign("root-5", "root-6", "targets-2")
    assert held.publish(now).root == 5
    for folder in ("unit", "unit that was off"):
        got = refreshed(tmp_path / folder, first, HubFetcher())
        assert got.keys() == {"issuers.json", "hubs.json"}
