"""A desk's lists beside the fleet's trust: neither is in the other's way."""

from pathlib import Path

import pytest
from django.test import Client

from gate.errors import TrustError
from gate.hub.desk.keys import issuer_of
from gate.hub.desk.models import Desk
from gate.hub.fleet import ceremony
from gate.hub.fleet.directory import add_issuers
from gate.hub.fleet.publish import publish
from gate.hub.fleet.repository import KEYS, open_fleet
from gate.trust.issuers import format_issuers, parse_issuers
from gate.trust.status_list import list_name
from tests.hub.desk.conftest import NOW, hub_config, list_file

URI = "https://ecs.invalid/1"


def begin(root: Path) -> None:
    """Begin a fleet for one site where the hub publishes, the root key in `root`."""
    ceremony.init(
        hub_config().data / "fleet",
        root=[root],
        targets=[hub_config().data / "fleet" / KEYS],
        threshold=1,
        now=NOW,
        before=lambda *_: None,
    )


def test_a_fleet_begins_where_a_desk_has_published_and_both_are_served(
    desk: Desk, tmp_path: Path
) -> None:
    begin(tmp_path)
    publish(hub_config().data / "fleet", NOW)
    assert Client().get(f"/lists/{list_name(URI)}").status_code == 200
    assert Client().get("/fleet/metadata/1.root.json").status_code == 200
    (tmp_path / "public").mkdir()
    (tmp_path / "public" / "issuers.json").write_text(desk.issuer)
    staged = add_issuers(hub_config().data / "fleet", tmp_path / "public", NOW)
    issuers = parse_issuers(staged.next.files["issuers.json"].decode(), "staged")
    assert format_issuers(issuers) == format_issuers((issuer_of(desk),))
    assert open_fleet(hub_config().data / "fleet").published is not None


def test_a_fleet_that_can_not_begin_leaves_the_lists_and_nothing_else(
    desk: Desk, tmp_path: Path
) -> None:
    assert desk.slug == "ecs"
    with pytest.raises(TrustError):
        begin(tmp_path / "no-such-stick")
    assert list_file(URI).exists()
    there = {path.name for path in (hub_config().data / "fleet").rglob("*")}
    assert there == {"published", "lists", list_file(URI).name}
    begin(tmp_path)


def test_a_fleet_never_begins_in_another_s_place(desk: Desk, tmp_path: Path) -> None:
    assert desk.slug == "ecs"
    (hub_config().published / "fleet").mkdir()
    with pytest.raises(TrustError, match="not empty"):
        begin(tmp_path)
