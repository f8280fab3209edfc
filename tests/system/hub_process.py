"""A real hub in a process of its own, on loopback, which knows a number of units."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.signing.keys import Algorithm, SigningKey, VerifyingKey

GATE: Final = "import sys; from gate.cli.main import main; sys.exit(main())"
ADD_UNITS: Final = """
import sys
from pathlib import Path
from gate.hub.config import load_config
from gate.hub.wsgi import start_django
start_django(load_config(Path(sys.argv[1])))
from gate.hub.sites.services import add_site, add_unit
add_site(slug="site", name="Site", time_zone="Europe/London", organisation="Organisation")
for key in sys.argv[2:]:
    add_unit(site="site", name=key[:8], public_key=bytes.fromhex(key))
"""
START_S: Final = 60
STOP_S: Final = 30


class HubProcess:
    """A hub that answers at `url`, and the keys of units it knows; each unit is given once."""

    def __init__(self, url: str, key: VerifyingKey, units: list[SigningKey]) -> None:
        self.url = url
        self.key = key
        self._units = units

    def unit(self) -> SigningKey:
        """Return the key of a unit that nobody has used yet."""
        return self._units.pop()


@contextmanager
def hub_process(directory: Path, units: int, *under: str) -> Iterator[HubProcess]:
    """Make a hub in `directory`, let it know so many units, and run it under another program."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = directory / "hub.toml"
    config.write_text(f'[hub]\ndata = "data"\nlisten = "127.0.0.1:{port}"\n')
    keys = [SigningKey(Ed25519PrivateKey.generate()) for _ in range(units)]
    public = bytes.fromhex(_run(GATE, "hub", "migrate", "--config", str(config)))
    _run(ADD_UNITS, str(config), *[key.verifying_key.public.hex() for key in keys])
    command = [*under, sys.executable, "-c", GATE, "hub", "serve", "--config", str(config)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any("answers" in line for line in process.stderr)
        try:
            yield HubProcess(
                f"http://127.0.0.1:{port}", VerifyingKey(Algorithm.ED25519, public), keys
            )
        finally:
            process.terminate()
            process.communicate(timeout=STOP_S)


def _run(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=START_S, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
