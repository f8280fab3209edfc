"""What systemd receives, on a real socket."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gate.devices.notifier import SystemdNotifier, Unsupervised, open_notifier
from gate.errors import DeviceError

DEADLINE_S = 10.0


@contextmanager
def supervisor(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(DEADLINE_S)
        listening.bind(address)
        yield listening


def test_systemd_hears_that_the_gate_is_ready_alive_and_stopping(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with supervisor(address) as systemd:
        notifier = open_notifier({"NOTIFY_SOCKET": address})
        notifier.ready()
        notifier.alive("admitted 3, refused 1")
        notifier.stopping()
        heard = [systemd.recv(4096) for _ in range(3)]
    assert heard == [b"READY=1", b"WATCHDOG=1\nSTATUS=admitted 3, refused 1", b"STOPPING=1"]


def test_an_abstract_socket_is_spoken_to() -> None:
    name = f"site-gate-test-{os.getpid()}"
    with supervisor(f"\0{name}") as systemd:
        open_notifier({"NOTIFY_SOCKET": f"@{name}"}).ready()
        assert systemd.recv(4096) == b"READY=1"


def test_a_status_cannot_smuggle_in_a_command(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")
    with supervisor(address) as systemd:
        SystemdNotifier(address).alive("all is well\nSTOPPING=1\r\nMAINPID=1")
        heard = systemd.recv(4096)
    assert heard == b"WATCHDOG=1\nSTATUS=all is well STOPPING=1 MAINPID=1"


def test_a_supervisor_that_is_gone_is_a_device_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=str(tmp_path)):
        SystemdNotifier(str(tmp_path / "nobody")).ready()


@pytest.mark.parametrize("address", ["vsock:2:1234", "relative/path"])
def test_an_address_it_cannot_speak_to_is_refused(address: str) -> None:
    with pytest.raises(DeviceError, match="NOTIFY_SOCKET"):
        open_notifier({"NOTIFY_SOCKET": address})


def test_without_a_supervisor_nobody_is_told() -> None:
    notifier = open_notifier({})
    notifier.ready()
    notifier.alive("well")
    notifier.stopping()
    assert isinstance(notifier, Unsupervised)
