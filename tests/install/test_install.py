"""A stock machine becomes a unit, stays one when asked again, and is given back."""

import sys
from pathlib import Path
from typing import Final

import pytest

from gate.errors import InstallError
from gate.install.__main__ import main
from gate.install.command import COMMAND
from gate.install.machine import run_here
from gate.install.plan import read_plan
from gate.install.system import CONFIG_TXT
from tests.install.pretended import CONFIG_TXT as STOCK
from tests.install.pretended import PowerCutError, PretendedPi, lay_out_project

UNIT: Final = "etc/systemd/system/gate-unit.service"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return lay_out_project(tmp_path / "stick")


@pytest.fixture
def pi(tmp_path: Path) -> PretendedPi:
    return PretendedPi(tmp_path / "pi")


def _install(pi: PretendedPi, project: Path, *words: str) -> int:
    return main([*words, "--project", str(project)], pi.machine)


def test_a_stock_machine_becomes_a_unit(pi: PretendedPi, project: Path) -> None:
    assert _install(pi, project) == 0
    found = pi.files()
    assert found[UNIT].endswith((project / "systemd" / "gate-unit.service").read_text("utf-8"))
    wanted = "etc/systemd/system/multi-user.target.wants/gate-support.path"
    assert found[wanted] == "-> /etc/systemd/system/gate-support.path"
    assert found["opt/gate"].startswith("-> /opt/gate.d/")
    assert found["boot/firmware/config.txt"].partition(" ")[2].startswith(STOCK)
    assert "gpio=17,18=op,pd,dl" in found["boot/firmware/config.txt"]
    assert not [name for name in found if "gate-hub" in name or "gate-screen" in name]


def test_a_second_run_changes_nothing_and_says_so(
    pi: PretendedPi, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _install(pi, project)
    before, pi.ran = pi.files(), []
    capsys.readouterr()
    assert _install(pi, project) == 0
    assert pi.files() == before
    assert {command.split()[0] for command in pi.ran} == {"getconf", "dpkg-query"}
    said = capsys.readouterr().out
    assert said.endswith("Nothing changed: this machine is a unit already.\n")
    assert said.count("as it was") == len(said.splitlines()) - 1


@pytest.mark.parametrize("late", [False, True], ids=["before it", "after it"])
def test_a_power_cut_at_any_program_leaves_what_a_second_run_completes(
    tmp_path: Path, project: Path, *, late: bool
) -> None:
    whole = PretendedPi(tmp_path / "whole")
    _install(whole, project)
    for cut in range(1, len(whole.ran) + 1):
        pi = PretendedPi(tmp_path / f"cut-{cut}")
        pi.cut_at, pi.cut_late = cut, late
        with pytest.raises(PowerCutError):
            _install(pi, project)
        pi.cut_at = None
        assert _install(pi, project) == 0
        assert pi.files() == whole.files(), whole.ran[cut - 1]


def test_a_new_version_takes_the_old_ones_place_and_the_old_one_goes(
    pi: PretendedPi, project: Path
) -> None:
    _install(pi, project)
    old = pi.files()["opt/gate"]
    (project / "wheels" / "site_gate-0.1.0-py3-none-any.whl").write_bytes(b"another wheel")
    _install(pi, project)
    assert pi.files()["opt/gate"] != old
    assert len(list((pi.root / "opt/gate.d").iterdir())) == 1
    restarts = [command for command in pi.ran if "restart --no-block" in command]
    assert len(restarts) == 2


def test_a_version_that_does_not_run_is_never_linked(pi: PretendedPi, project: Path) -> None:
    _install(pi, project)
    before = pi.files()["opt/gate"]
    (project / "wheels" / "site_gate-0.1.0-py3-none-any.whl").write_bytes(b"a broken wheel")
    pi.broken = "import gate.cli.main"
    assert _install(pi, project) == 2
    assert pi.files()["opt/gate"] == before


def test_uninstalling_gives_the_machine_back_and_keeps_the_record(
    pi: PretendedPi, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stock = set(pi.files())
    _install(pi, project)
    (pi.root / "var/lib/gate/journal.db").write_text("the record", "utf-8")
    stamp = pi.root / "var/lib/systemd/timers/stamp-gate-doctor.timer"
    stamp.parent.mkdir(parents=True)
    stamp.touch()
    assert _install(pi, project, "--uninstall") == 0
    left = set(pi.files()) - stock - {"run/gate-install.lock", "etc/sysusers.d/gate.conf"}
    assert (pi.root / CONFIG_TXT.lstrip("/")).read_text("utf-8") == STOCK
    assert all(name.startswith(("var/lib/gate/", "etc/gate/")) for name in left)
    assert "var/lib/gate/journal.db" in left
    assert "Kept: /var/lib/gate, /etc/gate" in capsys.readouterr().out


def test_uninstalling_takes_the_record_when_told(pi: PretendedPi, project: Path) -> None:
    stock = set(pi.files())
    _install(pi, project)
    (pi.root / "var/lib/gate/journal.db").write_text("the record", "utf-8")
    network = pi.root / "etc/NetworkManager/system-connections/gate.nmconnection"
    network.parent.mkdir(parents=True)
    network.write_text("psk=correct horse", "utf-8")
    assert _install(pi, project, "--uninstall", "--wipe-record") == 0
    assert set(pi.files()) - stock == {"run/gate-install.lock"}
    assert "userdel gate" in pi.ran


@pytest.mark.parametrize("late", [False, True], ids=["before it", "after it"])
def test_uninstalling_cut_anywhere_goes_on_when_run_again(
    tmp_path: Path, project: Path, *, late: bool
) -> None:
    whole = PretendedPi(tmp_path / "whole")
    _install(whole, project)
    begin = len(whole.ran)
    _install(whole, project, "--uninstall")
    for cut in range(begin + 1, len(whole.ran) + 1):
        pi = PretendedPi(tmp_path / f"cut-{cut}")
        _install(pi, project)
        pi.cut_at, pi.cut_late = cut, late
        with pytest.raises(PowerCutError):
            _install(pi, project, "--uninstall")
        pi.cut_at = None
        assert _install(pi, project, "--uninstall") == 0
        assert pi.files() == whole.files(), whole.ran[cut - 1]


def test_the_command_is_where_every_login_looks_and_goes_with_the_unit(
    pi: PretendedPi, project: Path
) -> None:
    _install(pi, project)
    link = pi.root / COMMAND.lstrip("/")
    assert str(link.readlink()) == "/opt/gate/bin/gate"
    _install(pi, project, "--uninstall")
    assert not link.is_symlink()


@pytest.mark.parametrize("kind", ["file", "link", "broken link"])
def test_a_command_of_somebody_elses_is_left_as_it_is_and_told(
    pi: PretendedPi, project: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    place = pi.root / COMMAND.lstrip("/")
    place.parent.mkdir(parents=True)
    if kind == "file":
        place.write_text("#!/bin/sh\n", "utf-8")
    else:
        place.symlink_to(pi.root / "run/.there" if kind == "link" else "/nowhere")
    before = pi.files()["usr/local/bin/gate"]
    assert _install(pi, project) == 0
    told = f"Left as it is: {COMMAND}, which isn't ours.\n"
    assert told in capsys.readouterr().out
    assert _install(pi, project) == 0
    said = capsys.readouterr().out
    assert "Nothing changed" in said
    assert told in said
    assert _install(pi, project, "--uninstall") == 0
    assert pi.files()["usr/local/bin/gate"] == before


def test_what_somebody_wrote_is_never_touched(pi: PretendedPi, project: Path) -> None:
    _install(pi, project)
    own = pi.root / "etc/gate/unit.toml"
    own.write_text("[unit]\n", "utf-8")
    _install(pi, project)
    assert own.read_text("utf-8") == "[unit]\n"


def test_a_folder_whose_mode_was_changed_is_set_right(pi: PretendedPi, project: Path) -> None:
    _install(pi, project)
    (pi.root / "var/lib/gate").chmod(0o777)
    _install(pi, project)
    assert (pi.root / "var/lib/gate").stat().st_mode & 0o777 == 0o750


def test_a_screen_is_for_a_unit_that_has_one(pi: PretendedPi, project: Path) -> None:
    _install(pi, project, "--screen")
    assert "etc/systemd/system/gate-screen.service" in pi.files()
    assert "libgbm1" in pi.packages
    _install(pi, project)
    assert "etc/systemd/system/gate-screen.service" not in pi.files()


@pytest.mark.parametrize(
    ("words", "line", "other"),
    [
        ([], "gpio=17,18=op,pd,dl", "gpio=17,18=op,pu,dh"),
        (["--relays", "low"], "gpio=17,18=op,pu,dh", "gpio=17,18=op,pd,dl"),
        (["--charge-clock"], "dtparam=rtc_bbat_vchg=3000000", "gpio=17,18=op,pu,dh"),
        ([], "dtoverlay=i2c-rtc,ds3231", "dtparam=rtc_bbat_vchg=3000000"),
    ],
)
def test_the_boot_configuration_follows_the_answers(
    pi: PretendedPi, project: Path, words: list[str], line: str, other: str
) -> None:
    _install(pi, project, *words)
    text = (pi.root / CONFIG_TXT.lstrip("/")).read_text("utf-8").splitlines()
    assert line in text
    assert other not in text


def test_without_wheels_the_libraries_come_from_the_network_and_the_rest_from_here(
    tmp_path: Path, pi: PretendedPi
) -> None:
    project = lay_out_project(tmp_path / "checkout", wheels=False)
    assert _install(pi, project) == 0
    pips = [command for command in pi.ran if " pip " in command]
    assert "--require-hashes" in pips[0]
    assert "--no-index" not in pips[0]
    assert "--no-build-isolation" in pips[1]


def test_from_a_stick_nothing_is_asked_of_the_network(pi: PretendedPi, project: Path) -> None:
    (project / "debs").mkdir()
    wanted = (
        "python3-venv",
        "python3-av",
        "util-linux-extra",
        "python3-lgpio",
        "python3-picamera2",
    )
    for name in wanted:
        (project / "debs" / f"{name}_1_arm64.deb").write_bytes(b"deb")
    assert _install(pi, project) == 0
    assert not [command for command in pi.ran if "update" in command]
    assert all("--no-download" in command for command in pi.ran if "apt-get" in command)
    assert all("--no-index" in command for command in pi.ran if " pip " in command)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda pi, _: (pi.root / "etc/os-release").write_text('PRETTY_NAME="Ubuntu"\n'), "Ubuntu"),
        (lambda pi, _: (pi.root / "boot/firmware/config.txt").unlink(), "no Raspberry Pi"),
        (lambda pi, _: setattr(pi, "bits", "32"), "32 bits"),
        (lambda _, project: (project / "requirements/unit.txt").unlink(), "unit.txt"),
        (
            lambda _, project: (project / "wheels/site_gate-0.2.0-py3-none-any.whl").touch(),
            "2 of this project",
        ),
        (lambda pi, _: setattr(pi, "broken", "apt-get"), "apt-get"),
        (lambda pi, _: (pi.root / "opt/gate").mkdir(parents=True), "a folder stands"),
    ],
    ids=["another system", "no boot folder", "32 bits", "not whole", "two wheels", "apt", "folder"],
)
def test_what_can_not_be_stops_with_its_name_and_the_next_step(
    pi: PretendedPi, project: Path, capsys: pytest.CaptureFixture[str], spoil: object, said: str
) -> None:
    assert callable(spoil)
    spoil(pi, project)
    assert _install(pi, project) == 2
    complaint = capsys.readouterr().err
    assert "stopped: " in complaint
    assert said in complaint
    assert UNIT not in pi.files()


def test_two_runs_at_once_are_one(
    pi: PretendedPi, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inner: list[int] = []
    pretended = pi.run

    def run_meanwhile(command: list[str]) -> str:
        if not inner:
            inner.append(_install(pi, project))
        return pretended(command)

    outer = PretendedPi(pi.root)
    object.__setattr__(outer.machine, "run", run_meanwhile)
    assert _install(outer, project) == 0
    assert inner == [2]
    assert "another run is at work" in capsys.readouterr().err


def test_every_package_that_is_listed_says_for_whom_from_where_and_why() -> None:
    root = Path(__file__).parent.parent.parent
    lines = (root / "firmware" / "packages.txt").read_text("utf-8").splitlines()
    rows = [line.split(maxsplit=3) for line in lines if line and not line.startswith("#")]
    assert all(len(row) == 4 for row in rows)
    assert {row[1] for row in rows} == {"unit", "screen"}
    assert {row[2] for row in rows} == {"debian", "pi"}
    plan = read_plan(root, screen=True, relays="high", charge=True)
    assert len(plan.packages) == len(rows)


def test_a_program_does_not_see_the_modules_that_the_installer_runs_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "only_here.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(InstallError, match="only_here"):
        run_here([sys.executable, "-c", "import only_here"])
