"""The site's network in this process's own namespace, its hub, and NetworkManager in the machine's.

What is mounted and brought up here is this process's alone (unshare), and goes with it.
"""

import os
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.rig.hub import CodeWish, RigHub
from tests.rig.join_codes import DOOR, codes_of

LAY: Final = Path(__file__).parent.parent / "network"
BUS: Final = "unix:path=/run/dbus/system_bus_socket"
PROXY: Final = ("10.7.0.1", 3128)
MINE: Final = ("/run", "/etc/NetworkManager", "/var/lib/NetworkManager")
"""What NetworkManager writes; the host's own is never touched."""

CONFIGURED: Final = """\
[main]
plugins=keyfile
dns=none
rc-manager=unmanaged
[device]
match-device=*
managed=1
"""

READY_S: Final = 30.0


class Place:
    """The site's network, with a hub; `codes` are its set-up codes by name."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.folder, self._opened = folder, opened
        for path in MINE:
            subprocess.run(["mount", "-t", "tmpfs", "tmpfs", path], check=True)
        for path in ("/run/netns", "/run/dbus", "/etc/NetworkManager/system-connections"):
            Path(path).mkdir()
        self.share = folder / "share"
        shutil.copytree(LAY, self.share / "network")
        self.lost_clock = folder / "lost_clock.so"
        source = Path(__file__).with_name("lost_clock.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", self.lost_clock, source], check=True)
        _ip("link", "set", "lo", "up")
        self.hub = RigHub(folder / "hub", opened, DOOR[0])
        stranger = RigHub(folder / "stranger", opened, DOOR[0], folder / "hub" / "cert.pem")
        self.other_front = self.hub.front_with(self.share / "portal")
        more = [CodeWish(name="cut"), CodeWish(name="proxy", proxy=f"{PROXY[0]}:{PROXY[1]}")]
        self.codes = codes_of(self.hub, stranger) | self.hub.codes(more, DOOR[1])
        self.hub.start()
        self._bring_up()

    def lay(self, command: str) -> None:
        """Do something to the network or the machine (rig/network/lay)."""
        words = {"IN_SITE": "", "HUB_HOST": "127.0.0.1", "PYTHON": sys.executable}
        state = str(self.folder / "unit" / "var")
        subprocess.run(
            ["sh", str(self.share / "network" / "lay"), *command.split()],
            check=True,
            env={**os.environ, **words, "STATE": state},
        )

    def _bring_up(self) -> None:
        _ip("netns", "add", "unit")
        _ip("-n", "unit", "link", "set", "lo", "up")
        # Numbers of their own: a pair's other end is known to NetworkManager by its number alone.
        end, other = ("index", "98", "netns", "unit"), ("index", "99")
        _ip("link", "add", "cable", *end, "type", "veth", "peer", "name", "switch", *other)
        _ip("address", "add", "10.7.0.1/24", "dev", "switch")
        Path("/etc/NetworkManager/NetworkManager.conf").write_text(CONFIGURED, "utf-8")
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = BUS
        self._start("dbus-daemon", "--system", "--nofork", "--nopidfile")
        # With /sys read-only it takes the devices as they are, and waits for no udev.
        serve = "mount -o remount,ro /sys; exec NetworkManager --no-daemon"
        self._start("ip", "netns", "exec", "unit", "sh", "-c", serve)
        until_s = time.monotonic() + READY_S
        while subprocess.run(["nmcli", "general"], capture_output=True, check=False).returncode:
            assert time.monotonic() < until_s, "NetworkManager does not answer"
            time.sleep(0.2)

    def _start(self, *command: str) -> None:
        log = (self.folder / f"{command[-1][-14:].replace('/', '-')}.log").open("wb")
        process = subprocess.Popen(command, stdout=log, stderr=log)
        self._opened.callback(process.wait)
        self._opened.callback(process.terminate)
        self._opened.callback(log.close)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
