"""A support bundle: what helps is in it, and nobody's name, card, key or password."""

import base64
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.doctor.bundle import REMOVED, bundle_of, secrets_of, swept
from gate.doctor.finding import passed
from gate.events.model import Event, EventKind, Holder
from gate.events.support import MAX_ZIP_BYTES
from gate.sim.issuer import SimIssuer
from gate.store.journal import open_journal
from gate.store.unit_key import unit_key
from tests.doctor.examined import Unit
from tests.enrol.joining_unit import ALONE

ZEB = Holder(
    person=b"\x07" * 16, issuer="ecs", number="ECS-771-23", name="Zebedee Quartz", card_type="gold"
)


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    unit = Unit(tmp_path)
    (tmp_path / "var" / "site.key").write_bytes(bytes(range(100, 132)))
    unit_key(unit.config.unit.key)
    journal, clock = unit.machine.paths.journal, unit.clock
    with open_journal(journal, now=clock.now(), clock_trusted=True) as opened:
        event = Event(at=clock.now(), clock_trusted=True, kind=EventKind.ACCESS, outcome="admit")
        opened.append(event, ZEB)
    return unit


def leaks(unit: Unit) -> dict[str, str]:
    """Return what a careless log may hold, by what it is."""
    key = unit.config.unit.key.read_text("ascii")
    site_key = unit.config.unit.site_key.read_bytes()
    return {
        "name": ZEB.name,
        "first name, in capitals": "ZEBEDEE",
        "surname": "Quartz",
        "card number": ZEB.number,
        "person": ZEB.person.hex(),
        "unit key": key,
        "a line of it": key.splitlines()[1],
        "site key": site_key.hex(),
        "site key, Base64": base64.b64encode(site_key).decode(),
        "a card": SimIssuer().text(),
        "a set-up code": ALONE,
        "a camera's password": "rtsp://admin:opensesame@192.0.2.7/stream",
        "Wi-Fi": "psk=correct-horse-battery",
        "a token": "token: 7f2a",
        "an address": "sam@example.org",
        "another's key": "9f" * 32,
    }


def texts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(data)) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


def test_nothing_that_a_log_leaks_leaves_the_unit(unit: Unit) -> None:
    leaked = leaks(unit)
    log = "\n".join(f"12:00 gate[1]: camera opened {text} ok" for text in leaked.values())

    def ask(command: Sequence[str]) -> str:
        return log if command[0] == "journalctl" else "Id=gate-unit.service\nNRestarts=2\n"

    finding = passed("record", f"entry of {ZEB.name}", number=ZEB.number)
    found = texts(bundle_of(replace(unit.site(), ask=ask), [finding]))

    whole = "\n".join(found.values()).lower()
    for what, text in leaked.items():
        for line in text.splitlines():
            secret = line.partition("://")[2].partition("@")[0] if "rtsp" in line else line
            assert secret.lower() not in whole, what
    assert "opensesame" not in whole
    assert found["log.txt"].count("camera opened") == len(leaked)  # what helps is still there


def test_what_helps_is_in_it(unit: Unit) -> None:
    found = texts(bundle_of(unit.site(), [passed("clock", "It is right.")]))
    assert set(found) == {"about.json", "answers.json", "record.json", "services.txt", "log.txt"}
    assert '"unit": "Gate A"' in found["about.json"]
    assert "It is right." in found["answers.json"]
    assert '"access": 1' in found["record.json"]


def test_a_record_that_can_not_be_read_is_said_and_stops_nothing(unit: Unit) -> None:
    unit.machine.paths.journal.write_bytes(b"no database" * 100)
    assert '"error"' in texts(bundle_of(unit.site(), []))["record.json"]


def test_the_record_and_the_keys_tell_what_is_secret(unit: Unit) -> None:
    secrets = set(secrets_of(unit.config))
    assert {ZEB.name, "Zebedee", "Quartz", ZEB.number} <= secrets
    assert bytes(range(100, 132)).hex() in secrets


@settings(max_examples=30)
@given(st.text(max_size=60), st.text(max_size=60), st.text(min_size=3, max_size=40))
def test_no_secret_stays_wherever_it_stands(before: str, after: str, secret: str) -> None:
    left = swept(f"{before}{secret}{after}", [secret])
    assert all(secret not in part for part in left.split(REMOVED))


@pytest.mark.parametrize(
    "text",
    ["camera opened part=entry_relay ms=12", "2026-12-06T07:15:00Z gate-unit[321]: unit assembled"],
)
def test_a_plain_line_stays_as_it_is(text: str) -> None:
    assert swept(text, ["Zebedee Quartz"]) == text


def test_a_log_that_is_too_long_keeps_its_newest_part(unit: Unit) -> None:
    chance = Random(7)
    lines = [f"{number} {chance.getrandbits(60):015d}" for number in range(90_000)]

    def ask(command: Sequence[str]) -> str:
        return "\n".join(lines) if command[0] == "journalctl" else ""

    data = bundle_of(replace(unit.site(), ask=ask), [])
    assert MAX_ZIP_BYTES // 4 < len(data) <= MAX_ZIP_BYTES
    assert texts(data)["log.txt"].endswith(lines[-1])


def test_words_that_begin_alike_go_whole_the_longest_first() -> None:
    secrets = ["Zeb", "ZEBEDEE", "zebedee quartz", "Zebra", "a.b", "İnan"]
    said = "zebedee QUARTZ, Zebedee, zeb, zebra; a.b and axb, İnan"
    told = f"{REMOVED}, {REMOVED}, {REMOVED}, {REMOVED}; {REMOVED} and axb, {REMOVED}"
    assert swept(said, secrets) == told
