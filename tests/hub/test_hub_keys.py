"""The hub's three secrets: made once, kept for its user alone, never replaced."""

from pathlib import Path

import pytest

from gate.errors import ConfigError, TrustError
from gate.hub.config import HubConfig
from gate.hub.keys import load_hub_key, load_secret, make_missing, site_key


def test_secrets_are_made_once_and_stay(tmp_path: Path) -> None:
    config = HubConfig(data=tmp_path / "data")
    sites = config.data / "sites.key"
    assert make_missing(config) == (config.secret_file, config.key_file, sites)
    before = load_secret(config), load_hub_key(config).verifying_key, site_key(config, "quay")
    assert make_missing(config) == ()
    after = load_secret(config), load_hub_key(config).verifying_key, site_key(config, "quay")
    assert after == before


def test_each_site_of_each_hub_has_a_key_of_its_own(tmp_path: Path) -> None:
    configs = [HubConfig(data=tmp_path / name) for name in "ab"]
    for config in configs:
        make_missing(config)
    keys = {site_key(config, slug) for config in configs for slug in ("quay", "kings-wharf")}
    assert {len(key) for key in keys} == {32}
    assert len(keys) == 4


@pytest.mark.parametrize("content", [None, b"", bytes(31), bytes(33)])
def test_a_damaged_secret_of_the_sites_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "sites.key").write_bytes(content)
    with pytest.raises(ConfigError, match=r"sites\.key"):
        site_key(HubConfig(data=tmp_path), "quay")


def test_secrets_are_for_the_hub_s_user_alone(tmp_path: Path) -> None:
    config = HubConfig(data=tmp_path / "data")
    for path in make_missing(config):
        assert path.stat().st_mode & 0o777 == 0o600
    assert config.data.stat().st_mode & 0o007 == 0


def test_two_hubs_have_different_secrets(tmp_path: Path) -> None:
    configs = [HubConfig(data=tmp_path / name) for name in "ab"]
    for config in configs:
        make_missing(config)
    assert len({load_secret(config) for config in configs}) == 2
    assert len({load_hub_key(config).verifying_key.public for config in configs}) == 2


def test_a_missing_secret_is_named_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="gate hub migrate"):
        load_secret(HubConfig(data=tmp_path))


@pytest.mark.parametrize("content", [b"", b"short", "ß".encode() * 64])
def test_a_damaged_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    with pytest.raises(ConfigError, match=r"secret\.key"):
        load_secret(HubConfig(data=tmp_path))


def test_a_damaged_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hub.key").write_bytes(b"no key")
    with pytest.raises(TrustError, match=r"hub\.key"):
        load_hub_key(HubConfig(data=tmp_path))


def test_a_directory_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ConfigError, match="can't be written"):
        make_missing(HubConfig(data=tmp_path / "file" / "data"))
