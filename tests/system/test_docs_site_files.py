"""The page on a site's files, read by somebody who has its program and the hub's public key."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from gate.sim.issuer import seeded_key
from gate.trust.gates_heard import GateHeard
from gate.trust.manifest import Command, CommandKind, SiteManifest, sign_manifest
from gate.trust.site_presence import LastPassage, SitePresence, sign_presence
from tests.system.page_commands import example, reader_environment, run

pytestmark = pytest.mark.system

AT: Final = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
HUB: Final = seeded_key("hub")
MANIFEST: Final = SiteManifest(
    site="riverside",
    version=7,
    issued_at=AT,
    expires_at=AT + timedelta(days=7),
    policy='site = "riverside"\n',
    inducted=frozenset({bytes(16), b"i" * 16}),
    blocked=frozenset({b"b" * 16, b"a" * 16}),
    commands=(
        Command(id=b"c" * 16, kind=CommandKind.LOCKDOWN, not_after=AT + timedelta(minutes=5)),
    ),
)
PRESENCE: Final = SitePresence(
    site="riverside",
    issued_at=AT,
    rows=(
        LastPassage(b"z" * 16, "out", AT, "Gate B", "tower", "Łucja Example", ""),
        LastPassage(b"a" * 16, "in", AT - timedelta(hours=1), "Gate A", "site", "Joe", "Ace"),
    ),
    gates=(GateHeard(b"12345678", "Gate B", AT, AT - timedelta(minutes=5), 2, 3),),
)


@pytest.fixture
def read(tmp_path: Path) -> Callable[[bytes], str]:
    script = example("reference/site-files.md", tmp_path)
    environment = reader_environment(tmp_path / "bin")

    def told(message: bytes) -> str:
        (tmp_path / "file.cose").write_bytes(message)
        key = HUB.verifying_key.public.hex()
        return run([sys.executable, str(script), key, "file.cose"], tmp_path, environment)

    return told


def test_a_third_party_reads_a_manifest_without_this_program(read: Callable[[bytes], str]) -> None:
    assert read(sign_manifest(MANIFEST, HUB)).splitlines() == [
        (
            "manifest 7 of riverside, issued 2026-11-22T07:30:00+00:00, "
            "expires 2026-11-29T07:30:00+00:00"
        ),
        f"2 inducted; blocked: {(b'a' * 16).hex()}, {(b'b' * 16).hex()}",
        f"command {(b'c' * 16).hex()}: lockdown, not after 2026-11-22T07:35:00+00:00",
    ]


def test_a_third_party_reads_a_presence_without_this_program(read: Callable[[bytes], str]) -> None:
    assert read(sign_presence(PRESENCE, HUB)).splitlines() == [
        "presence of riverside, issued 2026-11-22T07:30:00+00:00",
        f"2026-11-22T06:30:00+00:00 in at Gate A (site): Joe, Ace, {(b'a' * 16).hex()}",
        f"2026-11-22T07:30:00+00:00 out at Gate B (tower): Łucja Example, , {(b'z' * 16).hex()}",
        (
            "Gate B was heard at 2026-11-22T07:30:00+00:00, "
            "its record is known to 2026-11-22T07:25:00+00:00"
        ),
        "Gate B let 2 in and 3 out of whom nobody knows who they are",
    ]


def test_a_third_party_finds_a_manifest_that_was_changed(read: Callable[[bytes], str]) -> None:
    message = sign_manifest(MANIFEST, HUB)

    assert "InvalidSignature" in read(message.replace(b"lockdown", b"lockdowm"))
