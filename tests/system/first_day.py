"""Day one at a site: from an empty hub to a printed sheet of passes, by the pages alone.

Run by hand (`scripts/first-day`), for it takes minutes. Whoever looks after the hub adds the site,
its rules and the manager at the console, as docs/how-to say; all else is done in the browser, by
what stands on the buttons.
"""

import csv
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image
from playwright.sync_api import Page

from gate.devices.clock import SystemClock
from tests.system.browsed import EmptyHub, browser, visitor

PEOPLE: Final = 400
A_SHEET: Final = 10
_COMPANIES: Final = 12
_PIXELS: Final = (1200, 1600)
_WAIT_MS: Final = 900_000
_COLUMNS: Final = ["name", "company", "scheme", "card_number", "card_type", "card_expires", "photo"]
_RULES: Final = """\
version = 1
site = "yard"
time_zone = "Europe/London"
[[accept]]
scheme = "cscs"
types = "any"
[[accept]]
scheme = "site:yard"
types = "any"
"""
_PAGE: Final = re.compile(rb"/Type /Page\b(?!s)")


class Day:
    """The manager's browser, and how long each step took."""

    def __init__(self, page: Page, kept: Path | None) -> None:
        self.page = page
        self.took_s: dict[str, float] = {}
        self._kept = kept

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Take the time of a step, and a picture at its end."""
        clock = SystemClock()
        begun_s = clock.monotonic()
        yield
        self.took_s[name] = clock.monotonic() - begun_s
        sys.stdout.write(f"{self.took_s[name] / 60:5.1f} min  {name}\n")
        sys.stdout.flush()
        if self._kept is not None:
            self.page.screenshot(path=self._kept / f"{len(self.took_s)}.png", full_page=True)

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press the first button that says so."""
        self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str) -> None:
        """Follow the first link that says so."""
        self.page.get_by_role("link", name=name).first.click()


def first_day(people: int, kept: Path | None) -> int:
    """Go through it; return the pages of the PDF."""
    with TemporaryDirectory() as directory, browser() as chromium:
        folder = Path(directory)
        hub = EmptyHub(folder)
        named = ("--slug", "yard", "--name", "Yard", "--organisation", "Hartwell")
        hub.run("manage", "addsite", *named, "--time-zone", "Europe/London")
        (folder / "rules.toml").write_text(_RULES, "utf-8")
        hub.run("policy", "yard", str(folder / "rules.toml"))
        role = ("--random-password", "--role", "yard:manager")
        password = hub.run("createuser", *role, "ann").strip()
        _list(folder / "people.zip", people)
        hub.serve()
        try:
            with visitor(chromium, hub, accept_downloads=True) as context:
                context.set_default_timeout(_WAIT_MS)
                day = Day(context.new_page(), kept)
                pdf = _worked(day, password, folder / "people.zip", people)
        finally:
            hub.stop()
    if kept is not None:
        (kept / "passes.pdf").write_bytes(pdf)
    return len(_PAGE.findall(pdf))


def _worked(day: Day, password: str, people_zip: Path, people: int) -> bytes:
    page = day.page
    with day.step("sign in"):
        page.goto("/")
        page.get_by_label("Name").fill("ann")
        page.get_by_label("Password").fill(password)
        day.press("Sign in")
        day.follow("People")
        page.get_by_role("heading", name="Nobody is here yet").wait_for()
    with day.step(f"import {people} people with photographs"):
        day.follow("Import a list")
        page.locator("input[type=file]").set_input_files(people_zip)
        day.press("Import")
        page.get_by_text(f"{people} people").first.wait_for()
    with day.step("record their inductions"):
        for _ in range(-(-people // 100)):
            day.follow("People")
            day.follow("Record an induction")
            day.press(re.compile("^Tick all"))
            day.press("Record the induction")
            page.locator(".notice, .card").first.wait_for()
    with day.step("issue their passes"):
        day.follow("People")
        day.follow("Issue passes")
        day.press(re.compile(f"^Issue {people} pass"))
        page.get_by_text("Everybody who is inducted").wait_for()
    with day.step("make the PDF"), page.expect_download() as coming:
        day.press(re.compile("^Make the PDF"))
    return Path(coming.value.path()).read_bytes()


def _list(target: Path, people: int) -> None:
    """Write a zip as a manager's computer makes it: a list, and a picture of each."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    grain = Image.effect_noise(_PIXELS, 20)
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(people):
            name, photo = f"Worker {number:03}", f"{number:03}.jpg"
            company, card = f"Company {number % _COMPANIES}", str(10_000_000 + number)
            writer.writerow([name, company, "cscs", card, "labourer", "2099-05-31", photo])
            face = io.BytesIO()
            tint = Image.new("L", _PIXELS, number % 256)
            Image.merge("RGB", (grain, tint, grain)).save(face, "JPEG")
            archive.writestr(photo, face.getvalue())
        archive.writestr("people.csv", out.getvalue())


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE
    left = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    sheets = first_day(count, left)
    sys.stdout.write(f"{sheets} sheets\n")
    sys.exit(sheets != -(-count // A_SHEET))
