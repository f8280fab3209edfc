"""A filled hub of its own, and Debian's chromium in front of it, as somebody sees it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.system.hub_process import GATE, STOP_S

SITE: Final = "/sites/bench"
PASSWORD: Final = "four gates and a hut"
WIDE: Final = {"width": 1280, "height": 900}
PHONE: Final = {"width": 390, "height": 844}
NARROW: Final = {"width": 320, "height": 640}
"""WCAG 2.2, 1.4.10: 1280 px at 400 %."""

_AXE: Final = Path(__file__).parent / "axe" / "axe.min.js"
_TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_MAKE_S: Final = 300
_WAIT_MS: Final = 15_000
_ENTRIES: Final = 2_000
_FILL: Final = f"""
import sys
from pathlib import Path
from gate.hub.config import load_config
from gate.hub.wsgi import start_django
start_django(load_config(Path(sys.argv[1])))
from django.utils import timezone
from gate.hub.pages.filled import fill
from gate.hub.sites.models import Role
from gate.hub.sites.services import add_user
fill({_ENTRIES}, timezone.now())
add_user(name="sam", password="{PASSWORD}", roles={{"bench": Role.MANAGER}})
add_user(name="guard", password="{PASSWORD}", roles={{"bench": Role.GUARD}})
"""
_FLAGS: Final = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_LOCKED: Final = "() => document.documentElement.scrollWidth - window.innerWidth"


class EmptyHub:
    """A hub that can be killed and served again, with what it had."""

    def __init__(self, directory: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.url = f"http://localhost:{free.getsockname()[1]}"
        self._config = directory / "hub.toml"
        listen = f"127.0.0.1:{self.url.rpartition(':')[2]}"
        self._config.write_text(
            f'[hub]\ndata = "data"\nlisten = "{listen}"\nhosts = ["localhost"]\nworkers = 1\n'
        )
        self.key = _run(GATE, "hub", "migrate", "--config", str(self._config)).strip()
        self._process: subprocess.Popen[str] | None = None

    def run(self, command: str, *words: str) -> str:
        """Run `gate hub COMMAND` to its end; return what it said on stdout."""
        return _run(GATE, "hub", command, "--config", str(self._config), *words)

    def serve(self) -> None:
        """Answer from now on."""
        command = [sys.executable, "-c", GATE, "hub", "serve", "--config", str(self._config)]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        assert any("answers" in line for line in self._process.stderr)

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Take what is sent, and answer once the block is over."""
        assert self._process is not None
        pid = self._process.pid
        answering = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in answering:
            os.kill(int(one), signal.SIGSTOP)
        try:
            yield
        finally:
            for one in answering:
                os.kill(int(one), signal.SIGCONT)

    def stop(self) -> None:
        """Answer nobody any more."""
        assert self._process is not None
        self._process.terminate()
        self._process.communicate(timeout=STOP_S)


class ServedHub(EmptyHub):
    """A hub with a day's entries, people, and somebody of each part."""

    def __init__(self, directory: Path, add: str = "") -> None:
        """Make it; `add` is what its filling goes on with."""
        super().__init__(directory)
        _run(_FILL + add, str(self._config))


@contextmanager
def browser(*flags: str) -> Iterator[Browser]:
    """Yield the machine's own chromium, with `flags` beside those it always has."""
    path = which("chromium")
    assert path is not None, "chromium is not installed; run scripts/setup test"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=[*_FLAGS, *flags])
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def visitor(chromium: Browser, hub: EmptyHub, **options: Any) -> Iterator[BrowserContext]:  # noqa: ANN401 - playwright's own options
    """Yield somebody's browser, with nothing in it."""
    context = chromium.new_context(base_url=hub.url, viewport=options.pop("size", WIDE), **options)
    context.set_default_timeout(_WAIT_MS)
    try:
        yield context
    finally:
        context.close()


def sign_in(context: BrowserContext, name: str = "sam") -> Page:
    """Sign in as a person does, and return the page that it leads to."""
    page = context.new_page()
    page.goto(f"{SITE}/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Today at the gate").wait_for()
    return page


def violations(page: Page) -> list[str]:
    """Return what axe-core holds against the page that is shown: rule, and where."""
    page.evaluate(_AXE.read_text())
    found = page.evaluate("tags => axe.run({runOnly: tags})", _TAGS)
    return [
        f"{one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]
    ]


def sideways_px(page: Page) -> int:
    """Return how far the page scrolls sideways."""
    px: int = page.evaluate(_LOCKED)
    return px


def _run(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_MAKE_S, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
