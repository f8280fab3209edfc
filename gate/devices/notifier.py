"""What the process tells its supervisor: systemd's datagram protocol, sd_notify(3).

systemd names its socket in NOTIFY_SOCKET; that variable is systemd's own protocol, no setting of
ours. A process that nobody supervises (a bench test, a container) gets `Unsupervised`.
How often `alive` is called, and so how long the watchdog may be, is the daemon's business.
"""

import os
import socket
from collections.abc import Mapping
from typing import Final

from gate.devices.ports import Notifier
from gate.errors import DeviceError

SEND_TIMEOUT_S: Final = 1.0
"""A supervisor too busy to take a line for this long is a fault, not a reason to stand still."""


class SystemdNotifier:
    """The `Notifier` port on a socket of systemd's; `address` as NOTIFY_SOCKET gives it.

    Every method raises `DeviceError` when the supervisor does not take the message.
    """

    def __init__(self, address: str) -> None:
        if not address.startswith(("/", "@")):
            raise DeviceError(
                f"NOTIFY_SOCKET is {address!r}; allowed: a path from / or an abstract name from @"
            )
        # A leading @ stands for the zero byte of Linux's abstract names (unix(7)).
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._described = address

    def ready(self) -> None:
        """The gate works."""
        self._send("READY=1")

    def alive(self, status: str) -> None:
        """The main loop turned; line breaks in `status` become spaces, each would be a command."""
        self._send(f"WATCHDOG=1\nSTATUS={' '.join(status.split())}")

    def stopping(self) -> None:
        """The gate is locking."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
                supervisor.settimeout(SEND_TIMEOUT_S)
                supervisor.connect(self._address)
                supervisor.send(message.encode())
        except OSError as error:
            raise DeviceError(f"supervisor at {self._described}: {error}") from error


class Unsupervised:
    """The `Notifier` of a process that nobody supervises: there is nobody to tell."""

    def ready(self) -> None:
        """Tell nobody."""

    def alive(self, status: str) -> None:
        """Tell nobody."""

    def stopping(self) -> None:
        """Tell nobody."""


def open_notifier(environ: Mapping[str, str] = os.environ) -> Notifier:
    """Return the supervisor that started this process, if one did.

    Raises:
        DeviceError: NOTIFY_SOCKET names something this process cannot speak to.
    """
    address = environ.get("NOTIFY_SOCKET", "")
    return SystemdNotifier(address) if address else Unsupervised()
