"""What a hub writes on a stick is what it would serve, and what the site's units believe."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from gate.errors import ConfigError
from gate.hub.config import HubConfig
from gate.hub.manifest.update import gather
from gate.hub.sites.models import Site
from gate.trust.manifest import open_manifest
from gate.trust.site_presence import open_presence
from gate.trust.update_file import format_update
from tests.hub.fleet.fleets import begin
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
    (config.data / "fleet" / "published" / "lists").rmdir()
    (config.data / "fleet" / "published").rmdir()
    (config.data / "fleet").rmdir()
    held.folder.rename(config.data / "fleet")

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


def test_a_site_without_rules_gets_what_is_for_everybody(config: HubConfig, site: Site) -> None:
    with pytest.raises(ConfigError, match="nothing to carry"):
        gather(config, site, timezone.now(), with_presence=True)
    (config.published / TOKEN).write_bytes(b"token")
    gathered = gather(config, site, timezone.now(), with_presence=True)
    assert (gathered.parts, gathered.version) == ({TOKEN: b"token"}, None)
