"""The simulated morning's hub: the real one, a process of its own, to which the time is told."""

import json
import os
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from gate.sim.free_port import free_port
from gate.sim.site_process import SiteProcess

_PROGRAM: Final = "import sys; from gate.hub.told_time import main; sys.exit(main(sys.argv[1:]))"
_DIGITS: Final = 16
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

MANAGER: Final = "morgan"
"""Who signs in at the hub and forgives forgotten exits."""


class ToldHub(AbstractContextManager["ToldHub"]):
    """The hub in `directory`: it answers once it is made, and goes by the time it is told.

    Its sites' keys follow from a seed, and so who is drawn for a search.
    """

    def __init__(
        self,
        directory: Path,
        *,
        site: str,
        rules: str,
        units: dict[str, str],
        now: datetime,
        seed: int,
    ) -> None:
        """Furnish and start it; `units` are names and public keys, in hexadecimal.

        Raises:
            UplinkError: it can't be started.
        """
        directory.mkdir(parents=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.password = os.urandom(12).hex()
        self._clock = os.open(directory / "clock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.tell(now)
        file = directory / "hub.toml"
        file.write_text(
            f'[hub]\ndata = "data"\nlisten = "127.0.0.1:{self.port}"\nworkers = 1\n', "utf-8"
        )
        furnishing = directory / "furnishing.json"
        furnishing.write_text(
            json.dumps(
                {
                    "clock": str(directory / "clock"),
                    "secret": sha256(b"morning %d" % seed).hexdigest(),
                    "site": site,
                    "rules": rules,
                    "site_key": str(directory / "site.key"),
                    "units": units,
                    "manager": {"name": MANAGER, "password": self.password},
                }
            ),
            "utf-8",
        )
        log = directory / "hub.log"
        words = (str(file), str(furnishing))
        self._process = SiteProcess("the hub", log, *words, program=_PROGRAM)
        try:
            self._process.wait_for("answers")
        except BaseException:
            self._process.end()
            raise
        self.site_key = (directory / "site.key").read_bytes()
        self.key = next(line for line in self._process.said().splitlines() if len(line) == 64)

    def tell(self, now: datetime) -> None:
        """Tell it what time it is."""
        milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
        os.pwrite(self._clock, b"%0*d" % (_DIGITS, milliseconds), 0)

    def __exit__(self, *_: object) -> None:
        """Leave nothing running."""
        self._process.end()
        os.close(self._clock)
