"""The machine's network: one suite for NetworkManager's command and for the fake of it."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gate.enrol.nmcli import Done, NetworkManager, run_command, setback_of
from gate.enrol.profile import write_profile
from gate.errors import EnrolError, Setback
from gate.sim.network import SimulatedNetwork
from gate.trust.network import Modem, Network, WiFi, Wired
from tests.trust.set_up_codes import STATIC

WIRED = Network(link=Wired())
WIFI = Network(link=WiFi(ssid="Site Ö;1", passphrase=' pass\\word "1"'))
MODEM = Network(link=Modem(apn="internet", user="u", password="p w", pin="1234"))


class Command:
    """An nmcli that says what it is told to say to `connection up`."""

    def __init__(self, said: str = "", code: int = 0) -> None:
        self.up = Done(code=code, said=said)
        self.asked: list[str] = []

    def __call__(self, command: Sequence[str], most_s: float) -> Done:
        assert most_s > 0
        self.asked.append(" ".join(command))
        return self.up if "up" in command else Done(code=0, said="")


class Managed:
    """NetworkManager over folders of a test's own."""

    def __init__(self, path: Path, command: Command) -> None:
        self.path = path
        self.command = command
        self.service = NetworkManager(
            monotonic=lambda: 0.0, run=command, tried=path / "run", kept=path / "etc"
        )

    def is_tried(self) -> bool:
        return (self.path / "run" / "gate-setup.nmconnection").exists()

    def is_kept(self) -> bool:
        return (self.path / "etc" / "gate.nmconnection").exists()


class Simulated:
    """The fake."""

    def __init__(self, trouble: Setback | None) -> None:
        self.service = SimulatedNetwork(trouble=trouble)

    def is_tried(self) -> bool:
        return self.service.tried is not None

    def is_kept(self) -> bool:
        return self.service.kept is not None


def made(kind: str, path: Path, trouble: Setback | None = None) -> Any:  # noqa: ANN401 - one of the two
    if kind == "simulated":
        return Simulated(trouble)
    words = "Error: Connection activation failed: The Wi-Fi network could not be found."
    return Managed(path, Command(words, 4) if trouble else Command())


@pytest.fixture(params=["nmcli", "simulated"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_what_is_tried_is_not_kept_and_can_be_forgotten(kind: str, tmp_path: Path) -> None:
    one = made(kind, tmp_path)
    one.service.connect(WIFI, 300.0)
    assert (one.is_tried(), one.is_kept()) == (True, False)
    one.service.forget()
    assert (one.is_tried(), one.is_kept()) == (False, False)


def test_what_is_kept_is_not_forgotten_unless_told(kind: str, tmp_path: Path) -> None:
    one = made(kind, tmp_path)
    one.service.connect(WIFI, 300.0)
    one.service.keep(WIFI)
    one.service.forget()
    assert (one.is_tried(), one.is_kept()) == (False, True)
    one.service.forget(even_kept=True)
    assert (one.is_tried(), one.is_kept()) == (False, False)


def test_a_network_is_kept_after_a_cut_too(kind: str, tmp_path: Path) -> None:
    one = made(kind, tmp_path)
    one.service.keep(WIRED)
    assert one.is_kept()


def test_a_network_that_does_not_come_up_is_gone(kind: str, tmp_path: Path) -> None:
    one = made(kind, tmp_path, Setback.WIFI_MISSING)
    with pytest.raises(EnrolError) as caught:
        one.service.connect(WIFI, 300.0)
    assert caught.value.setback is Setback.WIFI_MISSING
    assert (one.is_tried(), one.is_kept()) == (False, False)


@pytest.mark.parametrize(
    ("said", "network", "setback"),
    [
        ("Secrets were required, but not provided.", WIFI, Setback.WIFI_PASSWORD),
        ("802.1X supplicant took too long to authenticate", WIFI, Setback.WIFI_PASSWORD),
        ("The Wi-Fi network could not be found", WIFI, Setback.WIFI_MISSING),
        ("Error: No suitable device found for this connection.", WIFI, Setback.WIFI_MISSING),
        ("Error: No suitable device found for this connection.", WIRED, Setback.NO_CABLE),
        ("Error: No suitable device found for this connection.", MODEM, Setback.NO_MODEM),
        ("The base network connection was interrupted", WIRED, Setback.NO_CABLE),
        ("The base network connection was interrupted", WIFI, Setback.WIFI_MISSING),
        ("Carrier/link changed", WIRED, Setback.NO_CABLE),
        (
            "IP configuration could not be reserved (no available address)",
            WIRED,
            Setback.NO_ADDRESS,
        ),
        ("DHCP client failed", WIFI, Setback.NO_ADDRESS),
        ("GSM Modem's SIM Card not inserted", MODEM, Setback.NO_MODEM),
        ("Secrets were required, but not provided.", MODEM, Setback.NO_MODEM),
        ("Error: NetworkManager is not running.", WIRED, Setback.NO_NETWORK),
        ("", WIRED, Setback.NO_NETWORK),
    ],
)
def test_what_nmcli_says_is_a_setback(said: str, network: Network, setback: Setback) -> None:
    assert setback_of(Done(code=4, said=said), network) is setback


def test_passwords_are_in_a_file_that_root_alone_reads_and_in_no_command(tmp_path: Path) -> None:
    one = Managed(tmp_path, Command())
    one.service.connect(WIFI, 300.0)
    one.service.keep(MODEM)
    assert not any('word "1"' in asked or "p w" in asked for asked in one.command.asked)
    modes = {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*.nmconnection")}
    assert modes == {0o600}


def test_a_command_that_is_not_there_is_a_setback(tmp_path: Path) -> None:
    command = str(tmp_path / "nmcli")
    done = run_command([command], 5.0)
    assert done.code == 127
    assert done.said.startswith(f"{command}: ")


def test_a_command_that_fails_without_a_word_is_named() -> None:
    assert run_command(["false"], 5.0).said == "false: ended with code 1 and without a word"
    assert run_command(["true"], 5.0).said == ""


def test_a_network_is_not_tried_once_time_is_up(tmp_path: Path) -> None:
    one = Managed(tmp_path, Command())
    with pytest.raises(EnrolError) as caught:
        one.service.connect(WIFI, 0.0)
    assert caught.value.setback is Setback.OUT_OF_TIME
    assert one.command.asked == []


def test_a_wifi_profile_is_as_the_manual_has_it() -> None:
    assert write_profile(WIFI, "gate").splitlines() == [
        *("[connection]", "id=gate", "type=wifi", "autoconnect=true", "autoconnect-priority=100"),
        *("", "[wifi]", "mode=infrastructure"),
        *("ssid=83;105;116;101;32;195;150;59;49;", "hidden=false", ""),
        *("[wifi-security]", "key-mgmt=wpa-psk", 'psk=\\spass\\\\word "1"', ""),
        *("[ipv4]", "method=auto", "", "[ipv6]", "method=auto"),
    ]


def test_a_static_address_and_a_modem_are_as_the_manual_has_them() -> None:
    fixed = write_profile(Network(link=Wired(), static=STATIC), "gate")
    assert "method=manual\naddress1=192.0.2.20/24,192.0.2.1\ndns=192.0.2.53;198.51.100.53;" in fixed
    modem = write_profile(MODEM, "gate")
    assert "[gsm]\napn=internet\nusername=u\npassword=p w\npin=1234\n" in modem


@pytest.mark.skipif(
    shutil.which("nmcli") is None, reason="no device: NetworkManager's nmcli on this machine"
)
def test_networkmanager_itself_refuses_what_it_can_not_bring_up(tmp_path: Path) -> None:
    done = run_command(["nmcli", "connection", "up", "id", "gate-no-such-profile"], 30.0)
    assert done.code != 0
    assert setback_of(done, WIRED) is Setback.NO_NETWORK
    assert not list(tmp_path.iterdir())
