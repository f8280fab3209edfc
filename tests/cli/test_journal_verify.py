"""`gate journal verify` of what was pruned, and against the hub's receipts."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.cli.main import gate, run
from gate.events.chain import ChainHead, head_of, link
from gate.events.model import Event, EventKind
from gate.events.receipt import Receipt, hash_of, sign_receipt
from gate.signing.keys import SigningKey
from gate.store.journal import open_journal
from gate.store.journal_reader import JournalReader
from gate.store.journal_rows import JournalRows

NOW = datetime(2026, 12, 6, 7, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)
HUB = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(32)))
KEY = HUB.verifying_key.public.hex()
OTHER = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    code: int
    out: str
    err: str


Verify = Callable[..., Told]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a journal of 101 to 92 days ago, and receipts of its entries 3, 6 and 9."""
    (tmp_path / "receipts").mkdir()
    path = tmp_path / "journal.db"
    with open_journal(path, now=NOW - 101 * DAY, clock_trusted=True) as journal:
        for days in range(100, 91, -1):
            entry = journal.append(
                Event(at=NOW - days * DAY, clock_trusted=True, kind=EventKind.UNIT_STARTED)
            )
            if entry.seq % 3 == 0:
                write_receipt(tmp_path, head_of(entry))
    return path


@pytest.fixture
def verify(path: Path, capfd: pytest.CaptureFixture[str]) -> Verify:
    def verify(*more: str, receipts: bool = True) -> Told:
        given = ["--receipts", str(path.parent / "receipts"), "--hub-key", KEY] if receipts else []
        code = run(gate, ["journal", "verify", "--journal", str(path), *given, *more])
        told = capfd.readouterr()
        return Told(code=code, out=told.out, err=told.err)

    return verify


def write_receipt(directory: Path, head: ChainHead, key: SigningKey = HUB) -> None:
    receipt = Receipt(
        uid="0123456789abcdef",
        head=head,
        hub_time=NOW + head.seq * timedelta(minutes=1),
        batch_hash=hash_of(b"batch"),
    )
    name = f"{head.journal_id.hex()}-{head.seq}.cose"
    (directory / "receipts" / name).write_bytes(sign_receipt(receipt, key))


def change(path: Path, statement: str) -> None:
    """Change the journal as somebody does who is not held up by the database's guards."""
    with closing(sqlite3.connect(path)) as shell, shell:
        for (name,) in shell.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall():
            shell.execute(f"DROP TRIGGER {name}")
        shell.execute(statement)


def forge_anew(path: Path, seq: int) -> None:
    """Change an entry and make the chain anew behind it, as the unit's owner could."""
    change(path, f"UPDATE entries SET detail = 'forged' WHERE seq = {seq}")  # noqa: S608 - a number
    path.with_name("journal.db.head").unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:
        rows = JournalRows(path, shell)
        head = rows.head_at(seq - 1)
        assert head is not None
        for entry in list(rows.entries(seq - 1)):
            again = head_of(link(head, entry.event, None, None))
            shell.execute("UPDATE entries SET hash = ? WHERE seq = ?", (again.hash, entry.seq))
            head = again
        assert head.seq == 10


def test_receipts_that_agree_are_counted_and_prove(verify: Verify) -> None:
    told = verify()
    assert told.code == 0
    assert "  Receipts: 3 agree\n  Proven:   up to entry 9, by the hub's signature" in told.out
    answer = json.loads(verify("--json").out)
    assert answer["receipts"] == {
        "agree": 3,
        "pruned": 0,
        "other_journals": 0,
        "proven": 9,
        "fault": None,
    }


def test_a_journal_made_anew_is_contradicted_by_the_first_receipt_after_the_change(
    path: Path, verify: Verify
) -> None:
    forge_anew(path, 5)
    assert verify(receipts=False).code == 0
    told = verify()
    assert told.code == 1
    (line,) = (line for line in told.out.splitlines() if "-6.cose" in line)
    assert "signed by the hub at 2026-12-06 07:21:30 UTC: one of entries 4 to 6 was changed" in line
    answer = json.loads(verify("--json").out)
    assert (answer["holds"], answer["receipts"]["agree"]) == (False, 1)


def test_an_entry_changed_in_place_is_named_with_the_first_receipt_that_covers_it(
    path: Path, verify: Verify
) -> None:
    change(path, "UPDATE entries SET detail = 'forged' WHERE seq = 5")
    told = verify()
    assert told.code == 1
    assert "  entry 5: its content, or the entry before it, was changed\n" in told.out
    assert "-6.cose, signed by the hub at" in told.out
    assert "it covers entry 5, which does not hold" in told.out


def test_entries_cut_off_are_missed_by_the_receipt_that_names_them(
    path: Path, verify: Verify
) -> None:
    change(path, "DELETE FROM entries WHERE seq > 7")
    path.with_name("journal.db.head").unlink()
    assert verify(receipts=False).code == 0
    told = verify()
    assert told.code == 1
    assert "-9.cose" in told.out
    assert "entries 8 to 9 are missing here" in told.out


def test_a_pruned_journal_says_from_where_it_was_verified(path: Path, verify: Verify) -> None:
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        assert journal.prune(head_at(path, 4), now=NOW) == 4
    told = verify()
    assert told.code == 0
    assert "  Entries:  6, none changed" in told.out
    assert "  From:     entry 5; the hub had those before it, which were\n" in told.out
    assert "pruned, the last at 2026-12-06 07:15:30 UTC" in told.out
    assert "  Receipts: 2 agree, 1 about entries that were pruned\n" in told.out
    answer = json.loads(verify("--json").out)
    assert (answer["entries"], answer["pruned"]) == (6, 4)
    assert answer["pruned_at"] == "2026-12-06T07:15:30Z"


def test_a_receipt_of_the_anchor_itself_is_compared(path: Path, verify: Verify) -> None:
    with open_journal(path, now=NOW, clock_trusted=True) as journal:
        assert journal.prune(head_at(path, 6), now=NOW) == 6
    assert "  Receipts: 2 agree, 1 about entries that were pruned\n" in verify().out


def test_receipts_of_another_journal_prove_nothing_here(path: Path, verify: Verify) -> None:
    for receipt in (path.parent / "receipts").iterdir():
        receipt.unlink()
    write_receipt(path.parent, ChainHead(journal_id=bytes(16), seq=7, hash=bytes(32)))
    told = verify()
    assert told.code == 0
    assert "  Receipts: 0 agree, 1 about other journals\n  Proven:   nothing;" in told.out


@pytest.mark.parametrize("signer", [OTHER, None], ids=["another hub's", "damaged"])
def test_a_receipt_that_is_none_is_named(
    path: Path, verify: Verify, signer: SigningKey | None
) -> None:
    head = head_at(path, 3)
    write_receipt(path.parent, head, signer or HUB)
    file = path.parent / "receipts" / f"{head.journal_id.hex()}-3.cose"
    if signer is None:
        file.write_bytes(file.read_bytes()[:-1])
    told = verify()
    assert told.code == 1
    assert f"{file.name}: no receipt of this hub: " in told.out
    assert json.loads(verify("--json").out)["holds"] is False


@pytest.mark.parametrize(
    ("options", "told"),
    [
        pytest.param(["--hub-key", KEY], "give both or none", id="key alone"),
        pytest.param(["--receipts", "."], "give both or none", id="receipts alone"),
        pytest.param(["--receipts", ".", "--hub-key", "xx"], "64 hexadecimal", id="no key"),
        pytest.param(["--receipts", ".", "--hub-key", "00" * 32], "small order", id="weak key"),
        pytest.param(["--receipts", "/proc", "--hub-key", KEY], "no receipts", id="no receipts"),
    ],
)
def test_wrong_use_is_told(verify: Verify, options: list[str], told: str) -> None:
    answer = verify(*options, receipts=False)
    assert answer.code == 2
    assert told in " ".join(answer.err.split())


def head_at(path: Path, seq: int) -> ChainHead:
    with JournalReader.open(path) as reader:
        head = reader.head_at(seq)
    assert head is not None
    return head
