"""The attacks that are tried, each with its refusal: what a test asserts is what the table prints.

A test bears `attack(...)`, itself or in a case of its table, and asks for the fixture `refusal`,
by which it holds what was said against the words of the mark. A test that never does so fails, so
the table in docs/explanation/attacks.md (made by scripts/attacks) can't tell of words that nobody
heard. In `says`, "..." stands for what differs from time to time.
"""

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

ROOT: Final = Path(__file__).parents[1]
MARK: Final = "attack"
_IMPORT: Final = "\nfrom tests.attack_table import "
_HUB: Final = "tests/hub/"

NOTHING: Final = ""
"""What is said where nothing was lost, and nothing is wrong."""

SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "Fleet trust: who may sign": (
        "old repository",
        "old timestamp",
        "frozen timestamp",
        "tampered target",
        "truncated target",
        "tampered metadata",
        "endless data",
        "drip-fed download",
        "cut or foreign answer",
        "one of two signatures",
        "stolen online key signing an issuer list",
        "mix and match",
        "fast-forward of versions",
        "link cut to have something unseen",
        "files that are none",
    ),
    "Status lists": (
        "list of another URI",
        "list with lower iat",
        "expired list",
        "list of the future",
        "list bomb",
        "list by another issuer",
    ),
    "Manifest, presence, commands": (
        "manifest of another site",
        "older manifest",
        "expired manifest",
        "manifest of the future",
        "manifest with faulty rules",
        "manifest by a key that is no hub's",
        "hub key of another site",
        "presence replayed",
        "304 for ever",
        "a command replayed",
        "a command under an untrusted clock",
        "a command after its time",
    ),
    "One signed thing as another": (
        "status token as card",
        "card as status token",
        "presence as manifest",
        "site pass of another site",
    ),
    "Keys": (
        "kid collision",
        "retired key used after its date",
        "stolen key that backdates",
    ),
    "Link, disk, power, clock": (
        "link cut between each pair of requests",
        "disk full in mid-switch",
        "power cut in mid-switch",
        "wrong clock at boot",
    ),
    "A unit's request to its hub": ("request token used again",),
    "Carried by hand": ("older files carried by hand",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One row.

    Attributes:
        name: of the kind; one of SECTIONS.
        how: which variant; empty if there is one only.
        has: what the attacker has.
        says: the unit's exact words.
        stays: what stays in force.
    """

    name: str
    how: str
    has: str
    says: str
    stays: str

    @property
    def pattern(self) -> str:
        """What is said matches this, whole."""
        return ".*".join(map(re.escape, self.says.split("...")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An attack, and the test that tries it."""

    attack: Attack
    file: str
    test: str


class Refusal:
    """The words of one attack, to be held against what is said."""

    def __init__(self, attack: Attack) -> None:
        self.attack = attack
        self.was_heard = False

    def heard(self, said: object) -> None:
        """Compare what was said, whole."""
        if not re.fullmatch(self.attack.pattern, str(said), re.DOTALL):
            pytest.fail(f"it says:   {said}\nthe table: {self.attack.says}")
        self.was_heard = True

    @contextmanager
    def raised(self, kind: type[Exception]) -> Iterator[None]:
        """Expect an error with these words."""
        with pytest.raises(kind) as caught:
            yield
        self.heard(caught.value)


def attack(name: str, how: str = "", *, has: str, says: str, stays: str) -> pytest.MarkDecorator:
    """Return the mark of a test, or of a case, that tries this attack."""
    if not any(name in names for names in SECTIONS.values()):
        raise ValueError(f"{name!r} stands in no section")
    return pytest.mark.attack(Attack(name=name, how=how, has=has, says=says, stays=stays))


def attack_of(request: pytest.FixtureRequest) -> Attack:
    """Return the attack that the test which asks tries."""
    mark = request.node.get_closest_marker(MARK)
    if mark is None:
        pytest.fail("a test that asks for `refusal` bears an attack")
    found: Attack = mark.args[0]
    return found


def collect() -> list[Row]:
    """Return all rows, in the order of SECTIONS, then of files and tests."""
    order = [name for names in SECTIONS.values() for name in names]
    rows = [row for path in _files() for row in _rows(path)]
    return sorted(rows, key=lambda row: order.index(row.attack.name))


def _files() -> list[Path]:
    paths = (ROOT / "tests").rglob("test_*.py")
    return sorted(path for path in paths if _IMPORT in path.read_text("utf-8"))


def _rows(path: Path) -> Iterator[Row]:
    file = path.relative_to(ROOT).as_posix()
    if file.startswith(_HUB):
        importlib.import_module("tests.hub.conftest")  # sets Django up
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    for test in _tests(module):
        for found in _attacks(test):
            if "refusal" not in inspect.signature(test).parameters:
                raise ValueError(f"{file}: {test.__name__} bears an attack without `refusal`")
            yield Row(attack=found, file=file, test=test.__name__)


def _tests(module: ModuleType) -> Iterator[Callable[..., Any]]:
    for name, value in vars(module).items():
        if name.startswith("test_"):
            yield value
        elif name.startswith("Test"):
            yield from (one for of, one in vars(value).items() if of.startswith("test_"))


def _attacks(test: Callable[..., Any]) -> Iterator[Attack]:
    marks: list[pytest.Mark] = getattr(test, "pytestmark", [])
    for mark in reversed(marks):
        if mark.name == MARK:
            yield mark.args[0]
        elif mark.name == "parametrize":
            for case in mark.args[1]:
                yield from (one.args[0] for one in getattr(case, "marks", ()) if one.name == MARK)
