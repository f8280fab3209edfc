"""A hub put back from an older backup, and a unit with nothing new to send: real processes."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate.bench.chaos.books import Books, SqliteShelf, stored_through
from gate.bench.chaos.hub import Hub
from gate.bench.chaos.plan import draw_plan
from gate.bench.chaos.process import until
from gate.bench.chaos.unit import unit_config
from gate.bench.chaos.verdict import judge
from tests.system.journal_backlog import write_backlog

pytestmark = pytest.mark.system

GATE = "import sys; from gate.cli.main import main; sys.exit(main())"
BACKED_UP = 500
ALL = 800
STOP_S = 20
LONG_S = 60


class Site:
    """A hub that was backed up with a part of what it has now, and its unit, which is idle."""

    def __init__(self, hub: Hub, books: Books, unit: Path) -> None:
        self.hub = hub
        self.books = books
        self.unit = unit

    def start_sync(self, *options: str) -> subprocess.Popen[str]:
        """Start `gate sync`."""
        config = str(self.unit / "unit.toml")
        command = [sys.executable, "-c", GATE, "sync", "--config", config, *options]
        return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def sync(self) -> str:
        """Make a pass, which must end well; return its log."""
        with self.start_sync() as process:
            _, log = process.communicate()
        assert process.returncode == 0, log
        return log

    def stored(self) -> int:
        """Return how far the hub has the journal."""
        return stored_through(self.books.query)

    def assert_everything_stored_once(self, hub_key: str) -> None:
        """Hold the hub's entries, and the receipts kept, against the journal."""
        verdict = judge(self.unit / "journal.db", {}, self.books.query, hub_key)
        assert verdict.holds, verdict
        assert verdict.entries == ALL


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> SqliteShelf:
    return SqliteShelf(tmp_path_factory.mktemp("template"))


@pytest.fixture
def site(shelf: SqliteShelf, tmp_path: Path) -> Iterator[Site]:
    unit, place = tmp_path / "unit", tmp_path / "hub"
    unit.mkdir()
    place.mkdir()
    with (
        shelf.open(draw_plan(1, ALL, "sqlite"), place) as books,
        Hub(place, shelf.template, books.address) as hub,
    ):
        shutil.copy(shelf.template.unit_key, unit / "unit.key")
        url = f"http://127.0.0.1:{hub.port}"
        (unit / "unit.toml").write_text(unit_config(url, shelf.template.hub_key, 100))
        site = Site(hub, books, unit)
        hub.start()
        write_backlog(unit / "journal.db", BACKED_UP)
        site.sync()
        hub.back_up()
        write_backlog(unit / "journal.db", ALL)
        site.sync()
        yield site


def test_a_pass_of_an_idle_unit_gives_a_hub_put_back_what_it_lost(
    site: Site, shelf: SqliteShelf
) -> None:
    site.hub.restore()
    assert site.stored() == BACKED_UP

    log = site.sync()

    assert "the hub has less than it had; sending it again" in log
    assert f"uploaded={ALL - BACKED_UP} backlog=0" in log
    site.assert_everything_stored_once(shelf.template.hub_key)
    assert "sending it again" not in site.sync()


def test_an_idle_uplink_that_lost_its_hub_offers_when_it_is_back(
    site: Site, shelf: SqliteShelf
) -> None:
    site.hub.kill()
    with site.start_sync("--forever") as process:
        assert process.stderr is not None
        assert any("waiting" in line for line in process.stderr)
        site.hub.restore()
        is_whole = until(lambda: site.stored() == ALL, LONG_S)
        process.send_signal(signal.SIGTERM)
        assert (is_whole, process.wait(STOP_S)) == (True, 0)
    site.assert_everything_stored_once(shelf.template.hub_key)
