"""A machine in its namespace: it is shown codes by `gate enrol`, and killed in the middle of it."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from gate.enrol.steps import Step
from tests.rig.joining.place import Place
from tests.store.trust_files import TrustFiles
from tests.system.hub_process import GATE

TRIED: Final = Path("/run/NetworkManager/system-connections/gate-setup.nmconnection")
KEPT: Final = Path("/etc/NetworkManager/system-connections/gate.nmconnection")
ATTEMPT_S: Final = 360.0


class UnexpectedError(Exception):
    """What `gate enrol` never says."""


class Machine:
    """A blank machine whose issuers a hand laid out, in `directory`."""

    def __init__(self, directory: Path, place: Place) -> None:
        self.place = place
        self.took_s = 0.0
        self.config = directory / "etc" / "unit.toml"
        self._state = directory / "var"
        self.config.parent.mkdir(parents=True)
        self._state.mkdir()
        TrustFiles(self._state / "trust")

    def shown(self, code: str, *, is_1970: bool = False) -> dict[str, Any]:
        """Show it a code, to the end; return the last thing that it says."""
        began_s = time.monotonic()
        lost = ["env", f"LD_PRELOAD={self.place.lost_clock}"]
        command = [*(lost if is_1970 else []), *self._command(self.place.codes[code])]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=ATTEMPT_S, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise UnexpectedError(f"no end within {ATTEMPT_S:.0f} s") from error
        self.took_s = time.monotonic() - began_s
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        if not lines:
            raise UnexpectedError(f"exit code {done.returncode}: {done.stderr[-600:]}")
        said: dict[str, Any] = json.loads(lines[-1])
        return said

    def cut_at(self, code: str, step: Step) -> None:
        """Show it a code, and kill it as soon as it says that a step begins."""
        process = subprocess.Popen(
            self._command(self.place.codes[code]),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout is not None
        with process:
            for line in process.stdout:
                said = json.loads(line)
                if said.get("step") == step and not said.get("done"):
                    process.send_signal(signal.SIGKILL)
                    return
        raise UnexpectedError(f"it never came to {step}")

    def starts_anew(self) -> bool:
        """See to what the cut left, as at the next start; tell whether it is a unit then."""
        TRIED.unlink(missing_ok=True)  # it lies under /run, which a start empties
        subprocess.run(["nmcli", "connection", "reload"], check=True)
        recover = self._command("--recover")
        subprocess.run(recover, check=True, capture_output=True, timeout=ATTEMPT_S)
        return self.config.exists()

    def left_behind(self) -> list[str]:
        """Return what is there of an attempt that must not be."""
        looked = [
            self.config,
            TRIED,
            KEPT,
            self._state / "enrol/new.json",
            self._state / "enrol/new",
        ]
        looked.append(self._state / "journal.db")
        return [path.name for path in looked if path.exists()]

    def network(self) -> list[str]:
        """Return the names of the connections that are up on the cable."""
        look = ["nmcli", "-t", "-f", "NAME,DEVICE", "connection", "show", "--active"]
        said = subprocess.run(look, check=True, capture_output=True, text=True).stdout
        return [line.partition(":")[0] for line in said.splitlines() if line.endswith(":cable")]

    def leaves(self) -> None:
        """Be wiped; its record is at the hub."""
        leave = self._command("--leave")
        done = subprocess.run(leave, capture_output=True, text=True, check=False)
        if done.returncode:
            raise UnexpectedError(f"exit code {done.returncode}: {done.stderr[-600:]}")

    def is_blank(self) -> bool:
        """Tell whether nothing of a unit is left."""
        return not (self.config.exists() or KEPT.exists() or any(self._state.iterdir()))

    def _command(self, *words: str) -> list[str]:
        where = ["--config", str(self.config), "--state", str(self._state), "--json"]
        within = ["ip", "netns", "exec", "unit"]
        return [*within, sys.executable, "-c", GATE, "enrol", *where, *words]
