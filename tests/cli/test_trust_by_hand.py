"""`gate trust import` and `export`, as the shell of somebody with a stick hears them."""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gate.cli.main import gate, run
from gate.cli.trust_export import see_that_it_is_a_file
from gate.cli.trust_import import check_owner
from gate.devices.clock import SystemClock
from gate.errors import TrustError
from gate.sim.fleet import FleetRepository
from gate.store.fleet import RELEASES
from gate.store.generations import current
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.hubs import SiteHub
from gate.trust.manifest import sign_manifest
from gate.trust.releases import format_releases
from gate.trust.update_file import format_update
from tests.store.trust_files import HUB, POLICY, TrustFiles, manifest
from tests.uplink.fleet_unit import release

NOW = SystemClock().now().replace(microsecond=0)
UNIT = """
[unit]
name = "Gate A"
site = "riverside"
journal = "journal.db"
trust = "trust"
[[access_point]]
name = "Gate A in"
direction = "in"
[camera]
source = "dir:pictures"
[outputs]
factory = "mock"
entry_relay = 17
"""
HUB_TABLE = f"""
[hub]
url = "https://hub.example.org"
key = "{HUB.verifying_key.public.hex()}"
"""

Told = tuple[int, str, str]
Shell = Callable[..., Told]


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    def invoke(*arguments: str | Path) -> Told:
        code = run(gate, [str(argument) for argument in arguments])
        told = capfd.readouterr()
        return code, told.out, told.err

    return invoke


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    TrustFiles(tmp_path / "trust")
    path = tmp_path / "unit.toml"
    path.write_text(UNIT + HUB_TABLE)
    return path


def update(unit: Path, version: int, **parts: bytes) -> Path:
    path = unit.parent / f"{version}.gateupdate"
    signed = sign_manifest(manifest(version, NOW - timedelta(minutes=1)), HUB)
    path.write_bytes(format_update({"manifest.cose": signed} | parts))
    return path


def test_what_is_newer_is_taken_and_told(unit: Path, shell: Shell) -> None:
    code, out, err = shell("trust", "import", update(unit, 8), "--config", unit)
    assert (code, err) == (0, "")
    none, taken, presence = out.splitlines()
    assert none == "list https://ecs-jib.invalid/1: not in this file"
    assert taken.startswith("manifest: taken: version 8, signed ")
    assert presence == "presence: not in this file"


def test_nothing_new_is_well_too_and_what_is_older_is_not(unit: Path, shell: Shell) -> None:
    shell("trust", "import", update(unit, 8), "--config", unit)
    code, out, _ = shell("trust", "import", update(unit, 8), "--config", unit)
    assert code == 0
    assert "manifest: held already: version 8" in out
    code, out, _ = shell("trust", "import", update(unit, 7), "--config", unit, "--json")
    assert code == 1
    part = json.loads(out)["parts"][1]
    assert (part["part"], part["fate"]) == ("manifest", "refused")
    assert "version 7, held is 8" in part["words"]


def test_a_part_that_the_unit_has_no_use_for_is_told(unit: Path, shell: Shell) -> None:
    file = update(
        unit, 8, **{"lists/0123456789abcdef.cwt": b"x", "fleet/metadata/1.root.json": b"x"}
    )
    code, out, _ = shell("trust", "import", file, "--config", unit)
    assert code == 0
    assert "lists/0123456789abcdef.cwt: left; this unit has no use for it" in out
    assert "fleet/metadata/1.root.json: left" in out


def test_fleet_trust_that_is_not_whole_is_no_success(unit: Path, shell: Shell) -> None:
    files = TrustFiles(unit.parent / "other")
    key = TrustedKey(key=HUB.verifying_key, uses=frozenset({KeyUse.SITE}))
    hub = SiteHub(site="riverside", keys=(key,))
    fleet = FleetRepository(NOW, [files.issuer.issuer()], [hub])
    files.pin(fleet)
    unit.write_text((UNIT + HUB_TABLE).replace('"trust"', '"other"'))
    code, out, _ = shell("trust", "import", update(unit, 8), "--config", unit)
    assert (code, out.splitlines()[0]) == (
        0,
        "fleet: fleet trust: timestamp.json: not in this file",
    )

    fleet.publish_all()
    part = "fleet/metadata/timestamp.json"
    file = update(unit, 9, **{part: fleet.files[f"/{part}"]})
    code, out, _ = shell("trust", "import", file, "--config", unit)
    assert (code, "manifest: taken: version 9" in out) == (1, True)


def test_a_file_that_is_none_is_named_and_nothing_is_taken(unit: Path, shell: Shell) -> None:
    code, out, err = shell("trust", "import", unit, "--config", unit)
    assert (code, out) == (2, "")
    assert f"{unit}: update: " in err
    code, _, err = shell("trust", "import", unit.parent / "gone", "--config", unit)
    assert (code, "can't be opened" in err) == (2, True)
    assert current(unit.parent / "trust") is None


def test_a_unit_that_knows_no_hub_is_told_what_it_needs(unit: Path, shell: Shell) -> None:
    unit.write_text(UNIT)
    code, _, err = shell("trust", "import", update(unit, 8), "--config", unit)
    assert code == 2
    assert "hub is missing; allowed: a table [hub]" in err
    assert "root.json" in err


def test_a_unit_s_own_file_shows_all_it_goes_by_and_how_fresh_it_is(
    unit: Path, shell: Shell
) -> None:
    shell("trust", "import", update(unit, 8), "--config", unit)
    code, out, err = shell("trust", "show", "--config", unit)
    assert (code, err) == (0, "")
    first, *_, last = out.splitlines()
    assert first.startswith("manifest of riverside, version 8  green, amber in ")
    assert last.startswith("clock  ")
    told = json.loads(shell("trust", "show", "--config", unit, "--json")[1])
    assert told["manifest"]["version"] == 8
    assert told["freshness"]["manifest"]["tier"] == "green"


def test_a_unit_shows_the_newest_release_that_its_fleet_vouches_for(
    unit: Path, shell: Shell
) -> None:
    shell("trust", "import", update(unit, 8), "--config", unit)
    assert "releases: none is vouched for" in shell("trust", "show", "--config", unit)[1]
    files = TrustFiles(unit.parent / "other")
    fleet = FleetRepository(NOW, [files.issuer.issuer()])
    fleet.put(RELEASES, format_releases([release("0.9.0"), release("0.10.0")]).encode())
    fleet.publish_all()
    files.pin(fleet)
    unit.write_text(unit.read_text().replace('trust = "trust"', 'trust = "other"'))
    (unit.parent / "rules.toml").write_text(POLICY)
    unit.write_text(unit.read_text().replace("[[access", 'policy = "rules.toml"\n[[access', 1))
    code, out, err = shell("trust", "show", "--config", unit)
    assert (code, err) == (0, "")
    assert "newest release vouched for: 0.10.0, 1 file" in out.splitlines()
    told = json.loads(shell("trust", "show", "--config", unit, "--json")[1])
    assert [one["version"] for one in told["releases"]] == ["0.9.0", "0.10.0"]


def test_what_does_not_count_at_a_unit_is_shown(unit: Path, shell: Shell) -> None:
    (unit.parent / "trust" / "lists" / "other.cwt").write_bytes(b"x")
    (unit.parent / "rules.toml").write_text(POLICY)
    unit.write_text(unit.read_text().replace("[[access", 'policy = "rules.toml"\n[[access', 1))
    code, out, err = shell("trust", "show", "--config", unit)
    assert (code, err) == (0, "")
    assert "manifest: none; the unit's own rules count" in out
    assert "does not count: lists/other.cwt: " in out


def test_a_directory_that_needs_the_unit_s_file_says_so(unit: Path, shell: Shell) -> None:
    shell("trust", "import", update(unit, 8), "--config", unit)
    (unit.parent / "trust" / "issuers.json").unlink()
    code, _, err = shell("trust", "show", unit.parent / "trust")
    assert (code, "`gate trust show --config FILE`" in err) == (2, True)
    for command in ("show", "check"):
        code, _, err = shell("card", command, "--trust", unit.parent / "trust", "SG1:X")
        assert (code, "`gate policy explain --config FILE CARDTEXT`" in err) == (2, True)
    for mixed in ((), (unit.parent / "trust", "--config", unit)):
        assert shell("trust", "show", *mixed)[0] == 2


def test_only_the_owner_of_the_directory_may_change_it(tmp_path: Path) -> None:
    check_owner(tmp_path, os.geteuid())
    with pytest.raises(TrustError, match="next: sudo -u"):
        check_owner(tmp_path, os.geteuid() + 1)
    with pytest.raises(TrustError, match="must be a directory"):
        check_owner(tmp_path / "gone", os.geteuid())


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        pytest.param(("hub.toml", "stick"), "name the units' --site", id="hub without a site"),
        pytest.param((".", "stick", "--site", "riverside"), "go with a hub.toml", id="desk"),
        pytest.param((".", "stick", "--with-presence"), "go with a hub.toml", id="presence"),
        pytest.param((".", "file"), "is a file", id="desk into a file"),
        pytest.param(("hub.toml", "stick", "--site", "riverside"), "can't be read", id="no hub"),
    ],
)
def test_an_export_says_what_goes_with_what(
    tmp_path: Path, shell: Shell, arguments: tuple[str, ...], why: str
) -> None:
    (tmp_path / "file").touch()
    source, target, *options = arguments
    code, _, err = shell("trust", "export", tmp_path / source, tmp_path / target, *options)
    assert (code, why in " ".join(err.split())) == (2, True), err


@pytest.mark.parametrize("name", ["stick", "riverside.tar", "taken.gateupdate"])
def test_an_update_replaces_no_stick_and_no_directory(tmp_path: Path, name: str) -> None:
    (tmp_path / "taken.gateupdate").mkdir()
    with pytest.raises(TrustError, match="next: put the stick in"):
        see_that_it_is_a_file(tmp_path / name)
    see_that_it_is_a_file(tmp_path / "riverside.gateupdate")
