"""What a hub writes on a stick is what it would serve, and what the site's units believe."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from gate.errors import ConfigError
from gate.hub.config import HubConfig
from gate.hub.desk.keys import key_file
from gate.hub.desk.making import create_desk
from gate.hub.fleet import directory
from gate.hub.manifest.update import gather
from gate.hub.sites.models import Site
from gate.trust.manifest import open_manifest
from gate.trust.releases import parse_releases
from gate.trust.site_presence import open_presence
from gate.trust.update_file import format_update
from tests.hub.desk.conftest import hub_config
from tests.hub.fleet.fleets import Held, begin
from tests.hub.ingest.conftest import SimulatedUnit
from tests.hub.manifest.conftest import Asker

TOKEN = "lists/0123456789abcdef.cwt"


@pytest.fixture
def config(tmp_path: Path) -> HubConfig:
    """The hub's own, with a data directory of the test's."""
    hub: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    data = tmp_path / "data"
    (data / "fleet" / "published" / "lists").mkdir(parents=True)
    (data / "hub.key").write_bytes(hub.key_file.read_bytes())
    return replace(hub, data=data)


def test_it_is_the_manifest_that_a_unit_would_be_served(
    config: HubConfig, ruled: Site, asker: Asker, unit: SimulatedUnit
) -> None:
    gathered = gather(config, ruled, timezone.now(), with_presence=False)
    assert list(gathered.parts) == ["manifest.cose"]
    found = open_manifest(gathered.parts["manifest.cose"], asker.trusted, ruled.slug)
    assert found == asker.manifest(unit)
    assert gathered.version == found.version
    assert gathered.good_until == found.expires_at


def test_the_presence_comes_only_if_it_is_wanted(
    config: HubConfig, ruled: Site, asker: Asker
) -> None:
    gathered = gather(config, ruled, timezone.now(), with_presence=True)
    assert open_presence(gathered.parts["presence.cose"], asker.trusted, ruled.slug)


def test_lists_and_fleet_trust_are_copied_as_they_are_served(
    config: HubConfig, ruled: Site, tmp_path: Path
) -> None:
    now = timezone.now()
    held = begin(tmp_path, now)
    (held.folder / "published" / TOKEN).write_bytes(b"token")
    (held.folder / "published" / "lists" / "link.cwt").symlink_to(config.key_file)
    _move_in(config, held)

    gathered = gather(config, ruled, now, with_presence=False)
    published = config.published
    on_disk = {
        path.relative_to(published).as_posix(): path.read_bytes()
        for path in published.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    own = {"manifest.cose": gathered.parts["manifest.cose"]}
    assert gathered.parts == on_disk | own
    assert gathered.lists == 1
    assert gathered.good_until is not None
    assert gathered.good_until < now + timedelta(days=5)
    assert format_update(gathered.parts) == format_update(dict(gathered.parts))


def test_releases_go_with_the_fleet_s_trust(config: HubConfig, ruled: Site, tmp_path: Path) -> None:
    now = timezone.now()
    held = begin(tmp_path, now)
    wheel = tmp_path / "site_gate-0.2.0-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    directory.add_release(held.folder, "0.2.0", [wheel], now)
    held.sign("targets-1")
    held.publish(now)
    _move_in(config, held)
    gathered = gather(config, ruled, now, with_presence=False)
    (text,) = (data for name, data in gathered.parts.items() if name.endswith(".releases.json"))
    assert [one.version for one in parse_releases(text.decode(), "x")] == ["0.2.0"]
    assert format_update(gathered.parts)


def _move_in(config: HubConfig, held: Held) -> None:
    """Make a fleet's directory the hub's."""
    (config.data / "fleet" / "published" / "lists").rmdir()
    (config.data / "fleet" / "published").rmdir()
    (config.data / "fleet").rmdir()
    held.folder.rename(config.data / "fleet")


def test_a_desk_that_can_not_sign_now_is_named_and_its_last_list_carried(ruled: Site) -> None:
    now = timezone.now()
    try:
        create_desk(slug="ecs", iss="ecs", schemes=frozenset({"ecs-jib"}), capacity=100, now=now)
        assert gather(hub_config(), ruled, now, with_presence=False).faults == ()
        key_file("ecs").unlink()
        gathered = gather(hub_config(), ruled, now + timedelta(hours=7), with_presence=False)
        (fault,) = gathered.faults
        assert fault.startswith("ecs: ")
        assert gathered.lists == 1
    finally:
        for name in ("desks", "fleet"):
            shutil.rmtree(hub_config().data / name, ignore_errors=True)


def test_a_site_without_rules_gets_what_is_for_everybody(config: HubConfig, site: Site) -> None:
    with pytest.raises(ConfigError, match="nothing to carry"):
        gather(config, site, timezone.now(), with_presence=True)
    (config.published / TOKEN).write_bytes(b"token")
    gathered = gather(config, site, timezone.now(), with_presence=True)
    assert (gathered.parts, gathered.version) == ({TOKEN: b"token"}, None)
