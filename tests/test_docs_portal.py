"""The portal's pictures, and every kind of record, stand in the pages as the code has them."""

import importlib.machinery
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from gate.access.model import Direction
from gate.devices.ports import Contact
from gate.events.model import EventKind
from gate.unit.portal import TABLES, Command, Happening

ROOT: Final = Path(__file__).parent.parent
REFERENCE: Final = ROOT / "docs" / "reference"


@pytest.fixture(scope="module")
def diagram() -> ModuleType:
    path = ROOT / "scripts" / "portal-diagram"
    loader = importlib.machinery.SourceFileLoader("portal_diagram", str(path))
    spec = importlib.util.spec_from_loader("portal_diagram", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("way", Direction)
def test_the_picture_of_a_way_is_that_of_the_code(way: Direction, diagram: ModuleType) -> None:
    text = (ROOT / "docs" / "images" / f"portal-{way}.svg").read_text("utf-8")
    assert diagram.drawn(way) == text, "run scripts/portal-diagram"


@pytest.mark.parametrize("way", Direction)
def test_the_picture_names_every_state(way: Direction, diagram: ModuleType) -> None:
    drawn = diagram.drawn(way)
    assert [state for state in TABLES[way] if f">{state.replace('_', ' ')}<" not in drawn] == []


def test_every_event_and_every_command_is_explained() -> None:
    text = (REFERENCE / "portal.md").read_text("utf-8")
    _, _, explained = text.partition("## What happens")
    assert [one for one in (*Happening, *Command) if f"`{one}`" not in explained] == []


def test_every_kind_of_record_is_described() -> None:
    text = (REFERENCE / "journal.md").read_text("utf-8")
    assert [kind for kind in EventKind if f"`{kind}`" not in text] == []


def test_every_contact_can_be_wired_by_the_how_to() -> None:
    text = (ROOT / "docs" / "how-to" / "wire-the-outputs.md").read_text("utf-8")
    assert [contact for contact in Contact if f"`{contact}`" not in text] == []
