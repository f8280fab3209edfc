"""`gate journal`: what people and programs are told about a unit's record."""

import csv
import io
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gate.cli.main import gate, run
from gate.events.chain import genesis, link
from gate.events.model import Event, EventKind, Holder
from gate.store.journal import open_journal

NOW = datetime(2026, 12, 6, 7, 15, 30, tzinfo=UTC)
SAM = Holder(person=b"s" * 16, issuer="iss", number="123", name="Sam Roe", card_type="gold")


def passage(outcome: str = "admit", *reasons: str, **more: Any) -> Event:  # noqa: ANN401 - any field
    return Event(
        at=NOW,
        kind=EventKind.ACCESS,
        access_point="Gate A",
        direction="in",
        outcome=outcome,
        reasons=reasons,
        **({"clock_trusted": True} | more),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        journal.append(passage(), SAM)
        journal.append(passage("refuse", "revoked", "expired"), SAM)
        journal.append(passage("refuse", "malformed", count=7, clock_trusted=False))
        journal.append(Event(at=NOW, clock_trusted=True, kind=EventKind.FAULT, detail="camera"))
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    code: int
    out: str
    err: str


class Shell:
    def __init__(self, capfd: pytest.CaptureFixture[str]) -> None:
        self._capfd = capfd

    def __call__(self, *arguments: object) -> Told:
        code = run(gate, ["journal", *map(str, arguments)])
        told = self._capfd.readouterr()
        return Told(code=code, out=told.out, err=told.err)


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


def rows(text: str) -> Sequence[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_show_tells_each_entry_in_a_sentence(path: Path, shell: Shell) -> None:
    told = shell("show", "--journal", path)
    heading, *lines = told.out.splitlines()
    assert heading.endswith("5 entries. Times are UTC.")
    assert lines == [
        "     1  2026-12-06 07:15:30  Journal begun",
        "     2  2026-12-06 07:15:30  Gate A IN: admitted, Sam Roe (123)",
        "     3  2026-12-06 07:15:30  Gate A IN: refused, Card cancelled, Sam Roe (123)",
        "     4  2026-12-06 07:15:30  Gate A IN: refused, Card not recognised (7 times)",
        "                             (clock not trusted)",
        "     5  2026-12-06 07:15:30  FAULT: camera",
    ]


def test_show_ends_with_the_last_entries(path: Path, shell: Shell) -> None:
    told = shell("show", "--journal", path, "--tail", 1, "--json")
    (line,) = told.out.splitlines()
    assert (json.loads(line)["seq"], json.loads(line)["detail"]) == (5, "camera")


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        (Event(at=NOW, clock_trusted=True, kind=EventKind.UNIT_STARTED), "Gate started"),
        (Event(at=NOW, clock_trusted=True, kind=EventKind.UNIT_STOPPED), "Gate stopped"),
        (
            Event(at=NOW, clock_trusted=True, kind=EventKind.FAULT_CLEARED, detail="camera"),
            "Fault over: camera",
        ),
        (
            Event(at=NOW, clock_trusted=True, kind=EventKind.EXITS_UNRECORDED, count=3),
            "3 exits could not be recorded",
        ),
        (
            Event(
                at=NOW,
                clock_trusted=True,
                kind=EventKind.NOT_TURNED,
                access_point="Gate A",
                direction="in",
                detail="grant 5",
            ),
            "Gate A IN: not turned, annulled: grant 5",
        ),
        (
            Event(
                at=NOW,
                clock_trusted=True,
                kind=EventKind.FIRE_ALARM,
                access_point="Gate A",
                detail="both ways free after 0.4 ms, 12 inside",
            ),
            "FIRE ALARM: both ways free after 0.4 ms, 12 inside",
        ),
        (passage("note", "expiring_soon"), "Gate A IN: admitted, note, Renew your card soon"),
        (passage("refer", "unheard_of"), "Gate A IN: sent to the guard"),
    ],
)
def test_every_kind_has_its_words(path: Path, shell: Shell, event: Event, sentence: str) -> None:
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        journal.append(event)
    last = shell("show", "--journal", path, "--tail", 1).out.splitlines()[-1]
    assert last == f"     6  2026-12-06 07:15:30  {sentence}"


@pytest.mark.parametrize("kind", EventKind)
def test_no_kind_is_without_words(path: Path, shell: Shell, kind: EventKind) -> None:
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        journal.append(Event(at=NOW, clock_trusted=True, kind=kind, direction="in"))
    told = shell("show", "--journal", path, "--tail", 1)
    assert told.out.strip()


def test_an_all_clear_names_who_gave_it(path: Path, shell: Shell) -> None:
    clear = Event(at=NOW, clock_trusted=True, kind=EventKind.ALL_CLEAR, detail="12 inside")
    who = Holder(person=bytes(16), issuer="i", number="7", name="Jo Marsh", card_type="t")
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        journal.append(clear, who)
    assert "All clear: 12 inside, Jo Marsh (7)" in shell("show", "--journal", path).out


def test_show_keeps_to_80_columns_and_sends_no_control_characters(path: Path, shell: Shell) -> None:
    name = "Maximilian \x1b[31m Featherstonehaugh-Cholmondeley the Younger " * 3
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        journal.append(
            passage(), Holder(person=bytes(16), issuer="i", number="1", name=name, card_type="t")
        )
    told = shell("show", "--journal", path)
    assert max(map(len, told.out.splitlines())) <= 80
    assert "\x1b" not in told.out


def test_an_erased_person_is_shown_as_erased(path: Path, shell: Shell) -> None:
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        journal.erase(SAM.person)
    assert "Gate A IN: admitted, (person erased)" in shell("show", "--journal", path).out
    assert shell("verify", "--journal", path).code == 0


def test_verify_says_that_every_entry_holds(path: Path, shell: Shell) -> None:
    told = shell("verify", "--journal", path)
    assert told.code == 0
    assert told.out.startswith(f"{path}: holds\n  Entries:  5, none changed")
    answer = json.loads(shell("verify", "--journal", path, "--json").out)
    assert (answer["holds"], answer["entries"], answer["first_bad"]) == (True, 5, None)
    assert answer["head"] in told.out


def test_verify_names_the_first_entry_that_does_not_hold(path: Path, shell: Shell) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TRIGGER entries_are_never_changed")
        database.execute("UPDATE entries SET outcome = 'admit' WHERE seq = 3")
    told = shell("verify", "--journal", path)
    assert told.code == 1
    assert "DOES NOT HOLD\n  entry 3: its content" in told.out
    again = shell("verify", "--journal", path, "--json")
    assert again.code == 1
    assert json.loads(again.out)["first_bad"] == 3


@pytest.mark.parametrize("command", ["show", "verify", "export"])
def test_a_journal_that_cannot_be_read_ends_with_2(
    tmp_path: Path, shell: Shell, command: str
) -> None:
    (tmp_path / "x.db").write_bytes(b"no database" * 50)
    told = shell(command, "--journal", tmp_path / "x.db")
    assert told.code == 2
    assert "no journal that can be read" in told.err
    assert shell(command, "--journal", tmp_path / "gone.db").code == 2


def test_one_way_to_name_the_journal_is_needed(path: Path, shell: Shell) -> None:
    for arguments in ([], ["--journal", path, "--config", path]):
        told = shell("show", *arguments)
        assert told.code == 2
        assert "one of the two" in " ".join(told.err.split())


def test_the_units_file_names_its_journal(path: Path, shell: Shell) -> None:
    example = Path(__file__).parents[2] / "config" / "unit.toml"
    lines = (line for line in example.read_text().splitlines() if not line.startswith("journal"))
    text = "\n".join(lines).replace("[unit]", '[unit]\njournal = "journal.db"', 1)
    (path.parent / "unit.toml").write_text(text)
    told = shell("show", "--config", path.parent / "unit.toml")
    assert "5 entries" in told.out, told.err


def test_an_export_can_be_verified_elsewhere(path: Path, shell: Shell) -> None:
    first, second, *_ = map(json.loads, shell("export", "--journal", path).out.splitlines())
    holder = json.dumps(second["holder"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    begun = Event(at=NOW, clock_trusted=True, kind=EventKind.JOURNAL_OPENED)
    head = genesis(bytes.fromhex(first["journal_id"]))
    opening = link(head, begun, None, None)
    again = link(
        type(head)(journal_id=head.journal_id, seq=1, hash=opening.hash),
        passage(),
        bytes.fromhex(second["salt"]),
        holder,
    )
    assert opening.hash.hex() == first["hash"]
    assert again.hash.hex() == second["hash"]


def test_a_csv_export_has_a_row_an_entry(path: Path, shell: Shell) -> None:
    table = rows(shell("export", "--journal", path, "--format", "csv").out)
    assert len(table) == 5
    assert table[2]["reasons"] == "revoked expired"
    assert (table[2]["name"], table[2]["at"]) == ("Sam Roe", "2026-12-06T07:15:30.000Z")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_a_csv_export_is_a_formula(path: Path, shell: Shell, start: str) -> None:
    name = f'{start}HYPERLINK("x")'
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        journal.append(
            passage(), Holder(person=bytes(16), issuer="i", number="1", name=name, card_type="t")
        )
    table = rows(shell("export", "--journal", path, "--format", "csv").out)
    assert table[5]["name"] == f"'{name}"


def test_an_export_to_a_file_is_whole_and_private(path: Path, shell: Shell) -> None:
    out = path.parent / "out.jsonl"
    told = shell("export", "--journal", path, "--out", out)
    assert (told.code, told.out) == (0, "")
    assert len(out.read_text().splitlines()) == 5
    assert out.stat().st_mode & 0o777 == 0o600


def test_an_export_to_nowhere_is_told(path: Path, shell: Shell) -> None:
    told = shell("export", "--journal", path, "--out", path.parent / "gone" / "x")
    assert told.code == 2
    assert "No such file or directory; name a file in a directory you own" in told.err
