"""NetworkManager, which has the network on Raspberry Pi OS, by its own command `nmcli`.

A profile that is tried lies under /run, so it is gone when the machine starts anew; one that is
kept lies under /etc. Both are whole files (gate.store.files). What nmcli says when a profile does
not come up is turned into a setback by its words, in English: the reasons have no codes there.
"""

import logging
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gate.enrol.profile import write_profile
from gate.errors import EnrolError, Setback
from gate.store.files import write_file
from gate.trust.network import Modem, Network, WiFi

TRIED: Final = "gate-setup"
KEPT: Final = "gate"

TRIED_DIRECTORY: Final = Path("/run/NetworkManager/system-connections")
KEPT_DIRECTORY: Final = Path("/etc/NetworkManager/system-connections")

UP_S: Final = 90.0
"""A modem registers within 60 s or so; DHCP is given up by NetworkManager after 45 s."""

SHORT_S: Final = 20.0
"""For a command that waits for nobody."""

_PRIVATE: Final = 0o600

_SAID: Final = (
    ("secrets were required", Setback.WIFI_PASSWORD),
    ("802.1x supplicant", Setback.WIFI_PASSWORD),
    ("wi-fi network could not be found", Setback.WIFI_MISSING),
    ("no network with ssid", Setback.WIFI_MISSING),
    ("ip configuration", Setback.NO_ADDRESS),
    ("dhcp", Setback.NO_ADDRESS),
    ("carrier", Setback.NO_CABLE),
    ("modem", Setback.NO_MODEM),
    ("sim ", Setback.NO_MODEM),
    ("apn", Setback.NO_MODEM),
)
"""What nmcli 1.42 to 1.52 say (libnm-client-aux-extern, nm-libnm-aux.c), in lower case."""

_INTERRUPTED: Final = "base network connection was interrupted"
"""What it says where a profile was to come up on a device whose cable is out, seen with 1.42."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended; `code` is None if it did not in time."""

    code: int | None
    said: str


Run = Callable[[Sequence[str], float], Done]
"""Runs a command for at most so many seconds."""


def run_command(command: Sequence[str], most_s: float) -> Done:
    """Run a command in the one language that its words are known in."""
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - the commands are spelt out below
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=most_s,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return Done(code=None, said="")
    except OSError as error:
        return Done(code=127, said=f"{command[0]}: {error.strerror}")
    said = (done.stderr or done.stdout).strip()
    if done.returncode and not said:
        said = f"{command[0]}: ended with code {done.returncode} and without a word"
    return Done(code=done.returncode, said=said)


class NetworkManager:
    """The machine's network; whoever uses it is root."""

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        run: Run = run_command,
        tried: Path = TRIED_DIRECTORY,
        kept: Path = KEPT_DIRECTORY,
    ) -> None:
        self._monotonic = monotonic
        self._run = run
        self._tried = tried / f"{TRIED}.nmconnection"
        self._kept = kept / f"{KEPT}.nmconnection"

    def connect(self, network: Network, deadline_s: float) -> None:
        """Bring `network` up until the machine starts anew; see gate.enrol.network_service."""
        left_s = deadline_s - self._monotonic()
        if left_s <= 0:
            raise EnrolError(Setback.OUT_OF_TIME, "before the network was tried")
        self._write(self._tried, network, TRIED)
        most_s = min(UP_S, left_s)
        command = ["nmcli", "--wait", f"{most_s:.0f}", "connection", "up", "id", TRIED]
        done = self._run(command, most_s + SHORT_S)
        if done.code != 0:
            self.forget()
            raise EnrolError(setback_of(done, network), done.said[:200])

    def keep(self, network: Network) -> None:
        """Have `network` come up at each start."""
        self._write(self._kept, network, KEPT)
        done = self._run(["nmcli", "--wait", "60", "connection", "up", "id", KEPT], UP_S)
        if done.code != 0:  # it is kept, and comes up when it can
            _log.warning("the network is kept, and not up yet", extra={"said": done.said[:200]})
        self.forget()

    def forget(self, *, even_kept: bool = False) -> None:
        """Take away what was tried; what is kept comes up in its place by itself, unless told."""
        profiles = [self._tried, self._kept] if even_kept else [self._tried]
        there = [profile for profile in profiles if profile.exists()]
        for profile in there:
            profile.unlink()
        if there:
            self._run(["nmcli", "connection", "reload"], SHORT_S)

    def _write(self, path: Path, network: Network, name: str) -> None:
        try:
            path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            write_file(path, write_profile(network, name).encode(), mode=_PRIVATE)
        except OSError as error:
            detail = f"{path}: {error.strerror}; run as root"
            raise EnrolError(Setback.NO_NETWORK, detail) from error
        done = self._run(["nmcli", "connection", "load", str(path)], SHORT_S)
        if done.code != 0:
            path.unlink()
            raise EnrolError(Setback.NO_NETWORK, done.said[:200] or "nmcli took no profile")


def setback_of(done: Done, network: Network) -> Setback:
    """Return why a network did not come up."""
    said = done.said.lower()
    if "no suitable device" in said or _INTERRUPTED in said:
        return _without_device(network)
    found = next((setback for words, setback in _SAID if words in said), Setback.NO_NETWORK)
    if isinstance(network.link, Modem) and found is not Setback.NO_ADDRESS:
        return Setback.NO_MODEM
    return found


def _without_device(network: Network) -> Setback:
    """Return what it is that no device can be had for the link: unplugged, or out of reach."""
    match network.link:
        case WiFi():
            return Setback.WIFI_MISSING
        case Modem():
            return Setback.NO_MODEM
        case _:
            return Setback.NO_CABLE
