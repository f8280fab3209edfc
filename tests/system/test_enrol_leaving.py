"""Units that move, are replaced and retire: a real hub of two sites, real gates on pictures."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from html import unescape
from pathlib import Path
from typing import Final

import pytest

from gate.config import load_config
from gate.store.unit_key import load_unit_key
from gate.trust.status_token import issue_status_token
from tests.store.trust_files import TrustFiles
from tests.system.hub_process import GATE
from tests.system.site_of_gates import LONG_S, SITE, SiteHub, draw_card, now

pytestmark = pytest.mark.system

ELSEWHERE: Final = "hillside"
ANN, BEN = 0, 1
WIRING: Final = """\
[camera]
source = "dir:{}"
[outputs]
factory = "mock"
entry_relay = 17
"""
_SCANS: Final = """
SELECT unit.uid, entry.access_point, entry.outcome, entry.reason FROM ingest_entry entry
JOIN ingest_journal journal ON journal.id = entry.journal_id
JOIN sites_unit unit ON unit.id = journal.unit_id
JOIN sites_site site ON site.id = entry.site_id
WHERE site.slug = ? AND entry.kind = 'access' ORDER BY entry.received_ms, entry.seq
"""
FORM: Final = {"count": "1", "directions": "in", "days": "1", "link": "wired"}


class Office:
    """A hub of two sites, and the browser of who manages both."""

    def __init__(self, directory: Path, opened: ExitStack) -> None:
        self.hub = SiteHub(directory, opened, SITE, ELSEWHERE)
        for site in (SITE, ELSEWHERE):
            self.hub.give_rules(site, passback="refuse")
        self.hub.start()
        self._browser = opened.enter_context(self.hub.browser(SITE, ELSEWHERE))

    def page(self, site: str, end: str = "") -> str:
        """Return a page of a site's units."""
        return self._browser.get(self._address(site, end), timeout=LONG_S).text

    def words(self, site: str) -> str:
        """Return what that page says."""
        return " ".join(re.sub(r"<[^>]*>", " ", unescape(self.page(site))).split())

    def press(self, site: str, end: str, **fields: str) -> str:
        """Send a form of that page; return what is answered."""
        mark = self._browser.cookies.get("csrftoken", "")
        answer = self._browser.post(
            self._address(site, end),
            data=fields | {"csrfmiddlewaretoken": mark},
            headers={"Referer": self.hub.url},
            timeout=LONG_S,
        )
        assert answer.ok, answer.text
        return answer.text

    def code(self, site: str, name: str, **more: str) -> str:
        """Make a set-up code; return its text."""
        page = self.press(site, "add/", **FORM, name=name, url=self.hub.url, **more)
        found = re.search(r"GE1:[0-9A-Z $%*+./:-]+", unescape(page))
        assert found is not None, page
        return found[0]

    def number(self, site: str, name: str) -> str:
        """Return the number by which the pages know a unit in use."""
        found = re.search(rf'\?replaces=(\d+)">Replace {name}<', self.page(site))
        assert found is not None
        return found[1]

    def scans(self, site: str) -> list[tuple[str, str, str, str]]:
        """Return unit, lane, outcome and reason of each card that was held up at a site."""
        file = self.hub.directory / "data" / "hub.db"
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
            return database.execute(_SCANS, (site,)).fetchall()

    def signs_presence_anew(self) -> None:
        """Let the five seconds pass in which a hub signs nobody's presence again."""
        file = self.hub.directory / "data" / "hub.db"
        with closing(sqlite3.connect(file, timeout=LONG_S)) as database, database:
            database.execute("UPDATE manifest_signedpresence SET issued_at = NULL")

    def _address(self, site: str, end: str) -> str:
        return f"{self.hub.url}/sites/{site}/units/{end}"


class Machine:
    """A machine in `directory` with a camera and pins; who issues cards is laid out by a hand."""

    def __init__(self, directory: Path) -> None:
        (directory / "etc").mkdir(parents=True)
        self.state = directory / "var"
        self.state.mkdir()
        self.config = directory / "etc" / "unit.toml"
        self._pictures = directory / "pictures"
        self._pictures.mkdir()
        self.config.with_name("wiring.toml").write_text(WIRING.format(self._pictures), "utf-8")
        self.is_told_who_issues()

    def is_told_who_issues(self) -> None:
        """Lay out an issuer, and its list that cancels nobody."""
        files = TrustFiles(self.state / "trust")
        held = files.issuer.status_list(issued_at=now())
        files.carry_list(issue_status_token(held, files.issuer.key))
        self.issuer = files.issuer

    def enrols(self, *words: str) -> tuple[int, str]:
        """Run `gate enrol`; return its exit code and all that it said."""
        where = ("--config", str(self.config), "--state", str(self.state))
        done = self._gate("enrol", *where, "--network", "left-alone", *words)
        return done.returncode, done.stdout + done.stderr

    def joins(self, code: str) -> str:
        """Show it a code; return the unit's uid."""
        ended, said = self.enrols(code)
        assert ended == 0, said
        return load_unit_key(self.state / "unit.key").verifying_key.kid.hex()

    def sees(self, card: int) -> None:
        """Hold a card up, and have the gate at work for so long."""
        draw_card(self.issuer, card, self._pictures / "card.png")
        done = self._gate("run", "--config", str(self.config))
        assert done.returncode == 0, done.stderr

    def syncs(self) -> tuple[int, str]:
        """Have it bring its record to the hub; return the exit code and what it said."""
        done = self._gate("sync", "--config", str(self.config))
        return done.returncode, done.stderr

    def _gate(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", GATE, *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=LONG_S, check=False)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with ExitStack() as opened:
        yield Office(tmp_path_factory.mktemp("office") / "hub", opened)


def test_a_unit_brings_its_record_home_and_is_another_at_the_next_site(
    office: Office, tmp_path: Path
) -> None:
    machine = Machine(tmp_path / "unit")
    before = machine.joins(office.code(SITE, "Gate M"))
    machine.sees(ANN)
    ended, said = machine.enrols("--leave")
    assert (ended, "is not all at its hub" in said) == (1, True)
    assert machine.syncs()[0] == 0

    assert machine.enrols("--leave")[0] == 0
    assert list(machine.state.iterdir()) == []
    assert [path.name for path in machine.config.parent.iterdir()] == ["wiring.toml"]
    number = office.number(SITE, "Gate M")
    machine.is_told_who_issues()
    after = machine.joins(office.code(ELSEWHERE, "Gate M", replaces=number))
    machine.sees(ANN)
    assert machine.syncs()[0] == 0

    assert after != before
    assert load_config(machine.config).unit.site == ELSEWHERE
    assert (before, "Gate M in", "admit", "") in office.scans(SITE)
    assert office.scans(ELSEWHERE) == [(after, "Gate M in", "admit", "")]
    assert "Retired Gate M" in office.words(SITE)


def test_a_machine_in_a_dead_unit_s_place_knows_who_it_let_in(
    office: Office, tmp_path: Path
) -> None:
    dead, other = Machine(tmp_path / "dead"), Machine(tmp_path / "other")
    first = dead.joins(office.code(SITE, "Gate D"))
    dead.sees(BEN)
    assert dead.syncs()[0] == 0

    office.signs_presence_anew()
    number = office.number(SITE, "Gate D")
    second = other.joins(office.code(SITE, "Gate D", replaces=number))
    other.sees(BEN)
    assert other.syncs()[0] == 0

    assert load_config(other.config).unit.name == "Gate D"
    seen = [scan for scan in office.scans(SITE) if scan[0] in {first, second}]
    assert [(uid, lane, reason) for uid, lane, _, reason in seen] == [
        (first, "Gate D in", ""),
        (second, "Gate D in", "passback"),
    ]
    dead.sees(ANN)
    ended, said = dead.syncs()
    assert (ended, "403 retired" in said) == (1, True)


def test_a_unit_that_was_retired_is_told_so_and_is_wiped_by_whoever_has_it(
    office: Office, tmp_path: Path
) -> None:
    machine = Machine(tmp_path / "unit")
    uid = machine.joins(office.code(SITE, "Gate R"))
    office.press(SITE, f"{office.number(SITE, 'Gate R')}/retire/")

    machine.sees(ANN)
    ended, said = machine.syncs()
    assert ended == 1
    assert "the hub takes nothing from this unit" in said
    assert "next: carry its record off (gate journal export)" in said
    assert uid not in {scan[0] for scan in office.scans(SITE)}
    assert machine.enrols("--leave")[0] == 1
    assert machine.enrols("--leave", "--even-unsent")[0] == 0
    assert list(machine.state.iterdir()) == []
