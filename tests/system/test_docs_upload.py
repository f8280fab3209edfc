"""The upload's reference page, read by somebody who has its program and two public keys."""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.events.batch import deflate, inflate, sign_batch, unit_uid
from gate.events.chain import ChainHead, genesis, head_of, link
from gate.events.codec import encode_holder
from gate.events.model import Entry, Event, EventKind, Holder
from gate.events.receipt import Receipt, hash_of, sign_receipt
from gate.signing.keys import SigningKey
from tests.system.page_commands import example, reader_environment, run

pytestmark = pytest.mark.system

AT: Final = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
SITE: Final = Event(at=AT, clock_trusted=True, kind=EventKind.JOURNAL_OPENED)
PASSAGE: Final = Event(
    at=AT.replace(minute=29),
    clock_trusted=False,
    kind=EventKind.ACCESS,
    access_point="Gate A in",
    direction="in",
    outcome="refuse",
    reasons=("expired", "passback"),
    count=3,
    list_age_s=70_000,
)
HOLDER: Final = encode_holder(
    Holder(
        person=bytes(16), issuer="ecs-jib", number="JIB1", name="Łucja Example", card_type="gold"
    )
)


class Upload:
    """A batch as it travelled, its receipt, and what a third party is given of them."""

    def __init__(self, folder: Path) -> None:
        self.unit = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x01"))
        self.hub = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x02"))
        self.uid = unit_uid(self.unit.verifying_key)
        self.batch = folder / "batch.zlib"
        self.receipt = folder / "receipt.cose"
        entries = _entries()
        self.head = head_of(entries[-1])
        message = sign_batch(self.uid, entries, genesis(entries[0].journal_id), self.unit)
        self.batch.write_bytes(deflate(message))
        self.give_receipt(self.head, message)
        self._script = example("reference/upload.md", folder)
        self._environment = reader_environment(folder / "bin")
        self._folder = folder

    def give_receipt(self, head: ChainHead, message: bytes) -> None:
        """Let the hub sign that it has this."""
        receipt = Receipt(uid=self.uid, head=head, hub_time=AT, batch_hash=hash_of(message))
        self.receipt.write_bytes(sign_receipt(receipt, self.hub))

    def checked(self) -> str:
        """Return what the page's program says."""
        keys = [key.verifying_key.public.hex() for key in (self.hub, self.unit)]
        files = (keys[0], str(self.receipt), keys[1], str(self.batch))
        return run([sys.executable, str(self._script), *files], self._folder, self._environment)


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    return Upload(tmp_path)


def test_a_third_party_checks_a_batch_and_its_receipt_without_this_program(upload: Upload) -> None:
    expected = f"unit {upload.uid}: 4 entries to number 4, stored by the hub; head"
    assert upload.checked() == f"{expected} {upload.head.hash.hex()}\n"


def test_a_third_party_finds_a_batch_that_was_changed(upload: Upload) -> None:
    message = inflate(upload.batch.read_bytes())
    assert message.count(b"refuse") == 2
    upload.batch.write_bytes(deflate(message.replace(b"refuse", b"admits", 1)))
    assert "InvalidSignature" in upload.checked()


def test_a_third_party_finds_a_receipt_of_another_batch(upload: Upload) -> None:
    upload.give_receipt(upload.head, b"another")
    assert "another batch's receipt" in upload.checked()


def test_a_third_party_finds_a_receipt_by_another_hub(upload: Upload) -> None:
    upload.hub, message = upload.unit, inflate(upload.batch.read_bytes())
    upload.give_receipt(upload.head, message)
    upload.hub = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\x02"))
    assert "InvalidSignature" in upload.checked()


def _entries() -> list[Entry]:
    """Return one entry of each form: without holder, with one, erased, and after it."""
    entries: list[Entry] = []
    head = genesis(b"journal-id-here!")
    for event, salt, holder in (
        (SITE, None, None),
        (PASSAGE, b"s" * 16, HOLDER),
        (PASSAGE, b"t" * 16, HOLDER),
        (replace(SITE, kind=EventKind.UNIT_STOPPED), None, None),
    ):
        entry = link(head, event, salt, holder)
        head = head_of(entry)
        entries.append(entry)
    entries[2] = replace(entries[2], salt=None, holder=None)
    return entries
