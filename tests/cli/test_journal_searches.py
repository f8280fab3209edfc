"""`gate journal searches`: at the unit, and by anybody who was given the day's key."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from click.testing import CliRunner, Result

from gate.access.visits import is_drawn, search_key
from gate.cli.main import gate
from gate.devices.clock import SystemClock
from gate.events.model import Event, EventKind, Holder
from gate.store.journal import open_journal
from tests.store.trust_files import POLICY, SITE_KEY, TrustFiles

NOW: Final = SystemClock().now().astimezone(UTC)
DAY: Final = NOW.date() - timedelta(days=3)
AT: Final = datetime(DAY.year, DAY.month, DAY.day, 7, tzinfo=UTC)
KEY: Final = search_key(SITE_KEY, DAY)
PEOPLE: Final = [number.to_bytes(16, "big") for number in range(60)]
DRAWN: Final = [one for one in PEOPLE if is_drawn(KEY, one, AT, 20)]
UNIT: Final = """\
[unit]
name = "Gate A"
site = "riverside"
journal = "journal.db"
trust = "trust"
policy = "policy.toml"
site_key = "site.key"
[[access_point]]
name = "Gate A"
direction = "in"
[camera]
source = "usb:/dev/video0"
[outputs]
factory = "mock"
entry_relay = 17
"""


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """A unit three days after a day on which 60 people came in, one in five drawn."""
    TrustFiles(tmp_path / "trust")
    (tmp_path / "site.key").write_bytes(SITE_KEY)
    (tmp_path / "site.key").chmod(0o600)
    (tmp_path / "policy.toml").write_text(f"{POLICY}[search]\npercent = 20\n", "utf-8")
    (tmp_path / "unit.toml").write_text(UNIT, "utf-8")
    with open_journal(tmp_path / "journal.db", now=AT, clock_trusted=True) as journal:
        for person in PEOPLE:
            is_told = person in DRAWN
            event = Event(
                at=AT,
                clock_trusted=True,
                kind=EventKind.ACCESS,
                access_point="Gate A",
                direction="in",
                outcome="note" if is_told else "admit",
                reasons=("random_search",) if is_told else (),
            )
            holder = Holder(person=person, issuer="i", number="1", name="N", card_type="t")
            journal.append(event, holder)
    return tmp_path / "unit.toml"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(gate, ["journal", "searches", *map(str, arguments)])


def test_at_the_unit_a_past_day_is_drawn_again_and_its_key_is_shown(unit: Path) -> None:
    done = run("--config", unit, "--day", DAY)
    lines = done.output.splitlines()
    assert done.exit_code == 0
    assert lines[0] == f"{DAY} by UTC, 20 of 100 drawn: the record says what the lots say"
    assert lines[1] == f"  Key:      {KEY.hex()}"
    assert lines[2] == "  Entries:  60 of whom it can be told, 0 who were erased since"
    assert lines[3] == f"  Drawn:    {len(DRAWN)}"
    assert all(len(line) <= 80 for line in lines)


def test_whoever_was_given_the_key_and_the_journal_draws_the_same(unit: Path) -> None:
    known = ("--day", DAY, "--key", KEY.hex(), "--percent", 20, "--json")
    there = json.loads(run("--journal", unit.parent / "journal.db", *known).output)
    assert there == json.loads(run("--config", unit, "--day", DAY, "--json").output)
    assert len(there["drawn"]) == len(DRAWN)


def test_another_key_or_share_does_not_hold(unit: Path) -> None:
    path = unit.parent / "journal.db"
    other = search_key(bytes(32), DAY).hex()
    for key, percent in ((other, 20), (KEY.hex(), 90)):
        done = run("--journal", path, "--day", DAY, "--key", key, "--percent", percent)
        assert done.exit_code == 1
        assert "DOES NOT HOLD" in done.output
        assert "the record doesn't say so:\n    entries " in done.output
    assert run("--config", unit, "--day", DAY, "--percent", 90).exit_code == 1


@pytest.mark.parametrize("days", [0, 1])
def test_the_key_of_a_day_that_is_not_over_is_not_made(unit: Path, days: int) -> None:
    done = run("--config", unit, "--day", NOW.date() + timedelta(days=days))
    assert "it is not over by UTC" in str(done.exception)
    assert search_key(SITE_KEY, NOW.date()).hex() not in done.output


def test_yesterday_is_meant_if_no_day_is_named(unit: Path) -> None:
    done = run("--config", unit, "--json")
    assert json.loads(done.output)["day"] == str(NOW.date() - timedelta(days=1))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "name a unit by --config"),
        (("--journal", "j.db"), "name a unit by --config"),
        (("--journal", "j.db", "--key", "00" * 32), "name a unit by --config"),
        (("--config", "u.toml", "--journal", "j.db"), "name a unit by --config"),
        (("--journal", "j.db", "--key", "xyz", "--percent", "5"), "64 hexadecimal characters"),
        (("--journal", "j.db", "--key", "00" * 31, "--percent", "5"), "64 hexadecimal"),
    ],
)
def test_what_is_missing_or_is_no_key_is_named(arguments: tuple[str, ...], told: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert told in done.output


def test_a_unit_without_a_site_key_is_named(unit: Path) -> None:
    (unit.parent / "site.key").unlink()
    done = run("--config", unit, "--day", DAY)
    assert "site key: there is none" in str(done.exception)
