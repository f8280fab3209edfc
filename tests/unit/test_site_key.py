"""The key that keeps persons nameless."""

from pathlib import Path

import pytest

from gate.errors import ConfigError
from gate.unit.site_key import SITE_KEY_BYTES, site_key


def test_a_unit_that_stands_alone_makes_its_key_once(tmp_path: Path) -> None:
    path = tmp_path / "site.key"
    key = site_key(path)

    assert len(key) == SITE_KEY_BYTES
    assert path.stat().st_mode & 0o777 == 0o600
    assert site_key(path) == key


def test_two_units_make_different_keys(tmp_path: Path) -> None:
    assert site_key(tmp_path / "a") != site_key(tmp_path / "b")


@pytest.mark.parametrize("length", [0, SITE_KEY_BYTES - 1, SITE_KEY_BYTES + 1])
def test_a_damaged_key_is_named_and_never_replaced(tmp_path: Path, length: int) -> None:
    path = tmp_path / "site.key"
    path.write_bytes(bytes(length))
    path.chmod(0o600)

    with pytest.raises(ConfigError, match=f"{length} bytes, must be 32"):
        site_key(path)
    assert path.read_bytes() == bytes(length)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "site.key"
    site_key(path)
    path.chmod(0o640)

    with pytest.raises(ConfigError, match="mode 0640, must be 0600"):
        site_key(path)


def test_a_directory_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be made"):
        site_key(tmp_path / "none" / "site.key")
