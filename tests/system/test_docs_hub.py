"""The pages about the hub, done as they stand: made, filled, read, and restored."""

import http.cookiejar
import re
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest

from tests.system.page_commands import (
    blocks,
    commands,
    first_gate,
    is_told,
    reader_environment,
    run,
)

pytestmark = pytest.mark.system

PAGES_PORT: Final = "127.0.0.1:8000"
"""As the pages have it; a test takes a free one."""
STOP_S: Final = 20


class Reader:
    """Somebody who does what the pages say, with a second terminal for the hub."""

    def __init__(self, here: Path, environment: dict[str, str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.here = here
        self.environment = environment
        self.said: dict[str, str] = {}
        self.before: dict[str, str] = {}
        self._hub: subprocess.Popen[str] | None = None

    def follow(self, page: str) -> None:
        """Do every step of a page; what is said must be what the page shows."""
        for kind, name, body in blocks(page):
            text = body.replace(PAGES_PORT, self.address)
            if name:
                (self.here / name).write_text(text)
            if kind == "console":
                for command, told in commands(text):
                    output = self._do(command)
                    self.said[command] = output
                    assert is_told(told, output), f"{command}\n{output}"

    def type(self, command: str) -> str:
        """Do something that stands on no page."""
        return run(["bash", "-c", command], self.here, self.environment)

    def stop_hub(self) -> None:
        """Press Ctrl-C in the second terminal."""
        if self._hub is not None:
            self._hub.terminate()
            self._hub.communicate(timeout=STOP_S)
            self._hub = None

    def _do(self, command: str) -> str:
        for begins, other in self.before.items():
            if command.startswith(begins):
                self.type(other)
        if not command.startswith("gate hub serve"):
            if command.startswith("gate hub restore"):
                self.stop_hub()
            return self.type(command)
        words = ["bash", "-c", f"exec {command}"]
        self._hub = subprocess.Popen(
            words, cwd=self.here, env=self.environment, stderr=subprocess.PIPE, text=True
        )
        assert self._hub.stderr is not None
        return self._hub.stderr.readline()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    environment = reader_environment(tmp_path / "bin")
    here = tmp_path / "first-gate"
    here.mkdir()
    reader = Reader(here, environment)
    first_gate(here, environment)
    reader.type("gate run --config unit.toml")
    yield reader
    reader.stop_hub()


def test_the_hub_can_be_made_used_and_restored_by_the_pages(reader: Reader) -> None:
    # when
    reader.follow("tutorial/first-hub.md")
    # then
    password = next(
        said.strip() for command, said in reader.said.items() if "createuser" in command
    )
    assert "Jane Example" in _log_page(reader.address, "sam", password)
    # when a backup is made, more is recorded and uploaded, and the hub goes back to its backup
    gate_runs, uploads = "gate run --config unit.toml", "gate sync --config unit.toml"
    reader.before = {"gate hub restore": f"{gate_runs}; {uploads}", "gate sync": gate_runs}
    reader.follow("how-to/back-up-and-restore-a-hub.md")
    # then
    stored = reader.type('sqlite3 hub/hub.db "SELECT count(*), max(seq) FROM ingest_entry"')
    kept = reader.type('sqlite3 journal.db "SELECT count(*), max(seq) FROM entries"')
    assert stored == kept


def _log_page(address: str, name: str, password: str) -> str:
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"http://{address}/sign-in/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    form = {"username": name, "password": password, "csrfmiddlewaretoken": token[1]}
    with browser.open(f"http://{address}/sign-in/", urlencode(form).encode()) as answer:
        shown: str = answer.read().decode()
    return shown
