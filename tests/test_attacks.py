"""The table of attacks: complete, and what the tests hold the gate's words against."""

import importlib.machinery
import importlib.util
from types import ModuleType
from typing import Final

import pytest

from tests.attack_table import ROOT, SECTIONS, Row, collect

MUST_BE_TRIED: Final = (
    "old repository",
    "old timestamp",
    "frozen timestamp",
    "tampered target",
    "truncated target",
    "endless data",
    "one of two signatures",
    "stolen online key signing an issuer list",
    "list of another URI",
    "list with lower iat",
    "expired list",
    "status token as card",
    "card as status token",
    "manifest of another site",
    "older manifest",
    "drip-fed download",
    "link cut between each pair of requests",
    "disk full in mid-switch",
    "power cut in mid-switch",
    "wrong clock at boot",
    "kid collision",
    "retired key used after its date",
    "stolen key that backdates",
    "a command replayed",
    "a command under an untrusted clock",
    "304 for ever",
)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return collect()


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("attacks", str(ROOT / "scripts" / "attacks"))
    spec = importlib.util.spec_from_loader("attacks", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_every_attack_that_must_be_tried_is(rows: list[Row]) -> None:
    tried = {row.attack.name for row in rows}
    assert [name for name in MUST_BE_TRIED if name not in tried] == []
    assert [name for names in SECTIONS.values() for name in names if name not in tried] == []


def test_no_two_rows_are_of_the_same_attack(rows: list[Row]) -> None:
    titles = [(row.attack.name, row.attack.how) for row in rows]
    assert [title for title in titles if titles.count(title) > 1] == []


def test_the_page_is_what_the_tests_say(script: ModuleType) -> None:
    text = script.PAGE.read_text("utf-8")
    assert script.renewed(text) == text, "run scripts/attacks"
