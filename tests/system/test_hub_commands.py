"""A hub from nothing to a page in a browser and back from a backup, as real processes."""

import http.cookiejar
import json
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest

from gate.bench.postgres import running_postgres

pytestmark = pytest.mark.system

GATE: Final = [sys.executable, "-c", "import sys, gate.cli.main as m; sys.exit(m.main())"]
PASSWORD: Final = "four gates and a hut"
UNIT_KEY: Final = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
STOP_S: Final = 20


class Hub:
    """A hub's file, and the commands that are given it."""

    def __init__(self, folder: Path, database: str = "sqlite:///hub.db") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.data = folder / "data"
        self.file = folder / "hub.toml"
        lines = ("[hub]", 'data = "data"', f'database = "{database}"', f'listen = "{self.address}"')
        self.file.write_text("\n".join(lines), "utf-8")

    def gate(
        self, *words: str, code: int = 0, said: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `gate hub ...` and hold it to its exit code."""
        command = [*GATE, "hub", words[0], "--config", str(self.file), *words[1:]]
        done = subprocess.run(command, capture_output=True, text=True, check=False, input=said)
        assert done.returncode == code, done.stderr
        return done

    @contextmanager
    def serving(self, *options: str) -> Iterator[None]:
        """Serve while the block runs; the server must end well when told to."""
        command = [*GATE, "hub", "serve", "--config", str(self.file), *options]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            try:
                heard = iter(server.stderr.readline, "")
                assert any("answers" in line for line in heard)
                yield
            finally:
                server.send_signal(signal.SIGTERM)
                assert server.wait(STOP_S) == 0

    def url(self, path: str) -> str:
        """Return an address of a page."""
        return f"http://{self.address}{path}"


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Hub:
    hub = Hub(tmp_path_factory.mktemp("furnished"))
    hub.gate("migrate")
    _furnish(hub)
    return hub


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path)


@pytest.fixture
def another(furnished: Hub, hub: Hub) -> Hub:
    """A hub like the furnished one, which may be spoilt."""
    shutil.copytree(furnished.data, hub.data)
    return hub


def _furnish(hub: Hub) -> None:
    hub.gate(
        *("manage", "addsite", "--slug", "kings-wharf", "--name", "Kings Wharf"),
        *("--organisation", "Hartwell"),
    )
    uid = hub.gate(
        *("manage", "addunit", "--site", "kings-wharf", "--name", "Gate A", "--key", UNIT_KEY)
    ).stdout.strip()
    assert re.fullmatch(r"[0-9a-f]{16}", uid)
    hub.gate("createuser", "--role", "kings-wharf:manager", "sam", said=f"{PASSWORD}\n")


def _sign_in(hub: Hub, name: str, password: str) -> tuple[urllib.request.OpenerDirector, str]:
    """Return a browser that has signed in, and the page it was led to."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(hub.url("/sign-in/")).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    form = {"username": name, "password": password, "csrfmiddlewaretoken": token[1]}
    return browser, browser.open(hub.url("/sign-in/"), urlencode(form).encode()).read().decode()


def test_one_command_serves_a_hub_and_a_manager_sees_today(hub: Hub) -> None:
    with hub.serving("--migrate"):
        _furnish(hub)
        browser, page = _sign_in(hub, "sam", PASSWORD)
        assert "<h1>Today at the gate</h1>" in page
        words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        assert "Gate A ✗ Not reporting never heard" in words
        for asset in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
            with browser.open(hub.url(asset)) as answer:
                assert answer.status == 200
                assert "immutable" in answer.headers["Cache-Control"]
        with browser.open(hub.url("/alive/")) as answer:
            assert answer.status == 204


def test_a_hub_whose_database_lacks_changes_says_what_to_do(another: Hub) -> None:
    public_key = another.gate("migrate").stdout.strip()
    assert re.fullmatch(r"[0-9a-f]{64}", public_key)
    assert another.gate("migrate").stdout.strip() == public_key
    with closing(sqlite3.connect(another.data / "hub.db")) as database, database:
        database.execute("DELETE FROM django_migrations WHERE app = 'mails'")
    assert "next: `gate hub migrate`" in another.gate("serve", code=2).stderr


def test_a_hub_without_its_keys_says_what_to_do(hub: Hub) -> None:
    assert "gate hub migrate" in hub.gate("serve", code=2).stderr


def test_a_random_password_is_printed_once_and_signs_in(furnished: Hub) -> None:
    password = furnished.gate(
        "createuser", "--random-password", "--role", "kings-wharf:guard", "kim"
    ).stdout.strip()
    assert len(password) == 16
    with furnished.serving():
        assert "<h1>Today at the gate</h1>" in _sign_in(furnished, "kim", password)[1]


def test_a_hub_is_verified_and_what_does_not_hold_is_told_with_exit_code_1(another: Hub) -> None:
    assert another.gate("verify").stdout == ""
    with closing(sqlite3.connect(another.data / "hub.db")) as database, database:
        database.execute(
            "INSERT INTO ingest_journal (unit_id, journal_id, stored_through, head_hash,"
            " predecessor) SELECT id, zeroblob(16), 3, zeroblob(32), '' FROM sites_unit"
        )
    done = another.gate("verify", code=1)
    assert "0 entries verified; entry 1: it is missing" in done.stdout
    assert "1 of 1 journals do not hold; alarms were raised; next: " in done.stderr
    told = json.loads(another.gate("verify", "--json", code=1).stdout)
    assert (told["holds"], told["first_bad"]) == (False, 1)
    with closing(sqlite3.connect(another.data / "hub.db")) as database, database:
        database.execute("DROP TABLE ingest_check")
    assert "can't be checked" in another.gate("verify", code=2).stderr


def test_what_is_old_is_counted_then_let_go_and_what_refuses_is_told_with_exit_code_1(
    another: Hub,
) -> None:
    path = another.data / "hub.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "INSERT INTO people_person (site_id, name, words, language, is_visitor, added_at)"
            " SELECT id, 'Jane', '', '', 0, '2020-01-01 00:00:00' FROM sites_site"
        )
    told = another.gate("retention", "--dry-run").stdout
    assert "kings-wharf people: 1 would go, older than 1220 days" in told
    with closing(sqlite3.connect(path)) as database, database:
        refused = "BEGIN SELECT RAISE(ABORT, 'not this one'); END"
        database.execute(f"CREATE TRIGGER refused BEFORE UPDATE ON people_person {refused}")
    done = another.gate("retention", code=1)
    assert "kings-wharf people: 0 went, older than 1220 days; not this one" in done.stdout
    assert "not all that is old went; alarms were raised; next: " in done.stderr
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TRIGGER refused")
    lines = map(json.loads, another.gate("retention", "--json").stdout.splitlines())
    gone = {(one["site"], one["purpose"]): one["gone"] for one in lines}
    assert gone["kings-wharf", "people"] == 1
    assert gone["", "audit"] == 0
    with closing(sqlite3.connect(path)) as database, database:
        assert database.execute("SELECT name FROM people_person").fetchall() == [("",)]
    assert b"Jane" not in path.read_bytes()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE retention_run")
    assert "can't be gone through" in another.gate("retention", code=2).stderr


def test_a_new_hubs_database_is_read_by_its_own_user_only(furnished: Hub) -> None:
    with furnished.serving():
        modes = {file.name: file.stat().st_mode & 0o777 for file in furnished.data.glob("hub.db*")}
        assert modes["hub.db"] == 0o600
        assert set(modes.values()) == {0o600}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("createuser", "--role", "kings-wharf:king", "joe"), "manager, guard"),
        (("createuser", "--role", "kings-wharf", "joe"), "SITE:ROLE"),
        (("createuser", "--role", "nowhere:guard", "--random-password", "joe"), "no such site"),
        (("createuser", "sam", "--random-password"), "already exists"),
        (("manage", "addsite", "--slug", "Kings"), "required"),
        (("manage", "nonsense"), "Unknown command"),
        (("restore", "none.tar"), "none.tar"),
    ],
)
def test_wrong_use_ends_with_2_and_says_what_is_allowed(
    furnished: Hub, words: tuple[str, ...], told: str
) -> None:
    assert told in furnished.gate(*words, code=2).stderr


def _rehearse(hub: Hub, other: Hub, archive: Path) -> None:
    with hub.serving():
        hub.gate("backup", str(archive))
        hub.gate("createuser", "late", said=f"{PASSWORD}\n")
        assert "stop the hub" in hub.gate("restore", "--force", str(archive), code=2).stderr
    assert "--force" in hub.gate("restore", str(archive), code=2).stderr
    other.gate("restore", *(() if other.data != hub.data else ("--force",)), str(archive))
    with other.serving("--migrate"):
        assert "<h1>Today at the gate</h1>" in _sign_in(other, "sam", PASSWORD)[1]
        assert "<h1>Sign in</h1>" in _sign_in(other, "late", PASSWORD)[1]
    assert (other.data / "hub.key").read_bytes() == (hub.data / "hub.key").read_bytes()


def test_a_backup_rehearsed_on_sqlite(another: Hub, tmp_path: Path) -> None:
    folder = tmp_path / "second"
    folder.mkdir()
    _rehearse(another, Hub(folder), tmp_path / "hub.tar")


def test_a_backup_rehearsed_on_postgresql(tmp_path: Path) -> None:
    with running_postgres() as server:
        hub = Hub(tmp_path, server.url)
        hub.gate("migrate")
        _furnish(hub)
        _rehearse(hub, hub, tmp_path / "hub.tar")


def test_an_address_that_is_taken_is_named_at_once(furnished: Hub) -> None:
    host, _, port = furnished.address.partition(":")
    with socket.create_server((host, int(port))):
        assert (
            f"{furnished.address}: can't be listened on" in furnished.gate("serve", code=2).stderr
        )


def test_a_page_for_somebody_else_s_host_is_refused(furnished: Hub) -> None:
    with furnished.serving():
        connection = HTTPConnection(furnished.address)
        connection.request("GET", "/sign-in/", headers={"Host": "elsewhere"})
        assert connection.getresponse().status == 400
        connection.close()
