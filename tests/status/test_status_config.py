"""The page's table in the unit's file: what it means, and what it may not say."""

from pathlib import Path

import pytest

from gate.config import load_config
from gate.config_lanes import lanes_of
from gate.errors import ConfigError

UNIT = (
    '[unit]\nname = "Gate A"\nsite = "riverside"\n[[access_point]]\nname = "A"\ndirection = "in"\n'
    '[outputs]\nfactory = "mock"\nentry_relay = 17\n'
)


def written(path: Path, *lines: str) -> Path:
    (path / "unit.toml").write_text("\n".join((UNIT, *lines)), "utf-8")
    return path / "unit.toml"


def test_a_unit_without_screen_and_page_tells_nobody_what_its_lane_shows(tmp_path: Path) -> None:
    config = load_config(written(tmp_path))
    assert config.status is None
    assert lanes_of(config)[0].state is None


def test_a_page_alone_is_told_what_the_lane_shows(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, "[status]"))
    assert config.status is not None
    assert (config.status.address, config.status.port, config.status.names) == ("0.0.0.0", 8080, ())  # noqa: S104 - what is documented
    assert lanes_of(config)[0].state == Path("/run/gate/lane.json")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('address = "everywhere"', 'status.address = "everywhere"; allowed: an address of this'),
        ('address = "fe80::1%eth0"', "status.address"),
        ("port = 0", "status.port = 0; allowed: a whole number from 1 to 65535"),
        ('names = ["Gate A"]', "status.names"),
        ('names = ["http://gate-a"]', "a host's name in lower case"),
        ("names = []", "status.names"),
        ('password = "x"', "password"),
    ],
)
def test_what_it_may_not_say_is_named(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(ConfigError, match="status") as fault:
        load_config(written(tmp_path, "[status]", line))
    assert told in str(fault.value)
