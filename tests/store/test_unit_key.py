"""The key a hub knows a unit by."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from gate.errors import ConfigError
from gate.signing.keys import SigningKey
from gate.store.unit_key import load_unit_key, unit_key


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "unit.key"
    key, made = unit_key(path)
    again, made_again = unit_key(path)
    assert (made, made_again) == (True, False)
    assert again.verifying_key == key.verifying_key
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["unit.key"]


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "unit.key"
    unit_key(path)
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="mode 0640, must be 0600"):
        unit_key(path)


def test_a_damaged_key_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "unit.key"
    path.touch(mode=0o600)
    with pytest.raises(ConfigError, match="damaged"):
        unit_key(path)
    assert path.read_bytes() == b""


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "unit.key"
    path.touch(mode=0o600)
    path.write_bytes(SigningKey(ec.generate_private_key(ec.SECP256R1())).to_pem())
    with pytest.raises(ConfigError, match="not an Ed25519 key"):
        load_unit_key(path)


def test_a_directory_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be made: No such file"):
        unit_key(tmp_path / "none" / "unit.key")


def test_a_missing_key_is_not_made_for_somebody_who_only_reads(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        load_unit_key(tmp_path / "unit.key")
    assert list(tmp_path.iterdir()) == []
