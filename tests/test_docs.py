"""What the pages in docs/ say, held against the code and against each other."""

import importlib.machinery
import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import click
import pytest

from gate.access.settings import describe_keys
from gate.access.site_policy import SitePolicy
from gate.cli.main import gate
from gate.config import config_keys
from gate.devices.signals import Signal
from gate.errors import Outcome, Reason
from gate.hub.config import config_keys as hub_keys
from gate.trust.issuers import parse_issuers

ROOT: Final = Path(__file__).parent.parent
DOCS: Final = ROOT / "docs"
REFERENCE: Final = DOCS / "reference"
README: Final = ROOT / "README.md"
PAGES: Final = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
DECISIONS: Final = sorted(DOCS.glob("adr/[0-9]*.md"))
FIRST_SCREEN_LINES: Final = 40
MAX_PICTURE_BYTES: Final = 300_000
BLOCK: Final = re.compile(r"^```(\S*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
HANDS_ON: Final = {"gate hub manage": 5}
"""Commands whose words are another program's from this one on, after `--config FILE`."""
SHELL_MARKS: Final = frozenset({"|", "||", "&&", ">", ">>", "<", "2>", ";"})


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _under(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None
        yield from _under(f"{path} {name}", inner)


@pytest.fixture(scope="module")
def commands() -> dict[str, click.Command]:
    return dict(_under("gate", gate))


@pytest.fixture(scope="module")
def reference_script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("reference", str(ROOT / "scripts" / "reference"))
    spec = importlib.util.spec_from_loader("reference", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_every_command_has_a_section_that_names_its_options(
    commands: dict[str, click.Command],
) -> None:
    text = (REFERENCE / "commands.md").read_text("utf-8")
    missing = []
    for path, command in commands.items():
        section = re.search(rf"^#+ {path}$(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
        words = section[1] if section else ""
        options = [option for param in command.params for option in param.opts]
        missing += [
            f"{path} {option}"
            for option in options
            if option.startswith("-") and f"{option}" not in words
        ]
        if not section:
            missing.append(path)
    assert missing == []


@pytest.mark.parametrize("page", sorted(REFERENCE.glob("*.md")), ids=_name)
def test_the_tables_of_a_reference_page_are_those_of_the_code(
    page: Path, reference_script: ModuleType
) -> None:
    text = page.read_text("utf-8")
    assert reference_script.renewed(text) == text, "run scripts/reference"


def test_every_table_that_the_code_can_tell_stands_in_a_page(reference_script: ModuleType) -> None:
    text = "".join(page.read_text("utf-8") for page in REFERENCE.glob("*.md"))
    names = reference_script.tables()
    absent = [name for name in names if reference_script.BEGIN.format(name) not in text]
    assert absent == []


def test_every_configuration_key_is_described() -> None:
    text = (REFERENCE / "config.md").read_text("utf-8")
    keys = [one.key for one in (*config_keys(), *hub_keys(), *describe_keys(SitePolicy))]
    assert [key for key in keys if f"| `{key}` |" not in text] == []


def test_every_answer_and_every_signal_is_described() -> None:
    answers = (REFERENCE / "answers.md").read_text("utf-8")
    signals = (REFERENCE / "signals.md").read_text("utf-8")
    assert [one for one in (*Reason, *Outcome) if f"| `{one}` |" not in answers] == []
    assert [one for one in Signal if signals.count(f"`{one}`") < 2] == []


def test_the_answers_that_nothing_gives_yet_are_named_as_such() -> None:
    text = (REFERENCE / "answers.md").read_text("utf-8")
    _, _, given_by = text.partition("## What gives them")
    given, _, not_yet = given_by.partition("Not given by anything yet:")
    code = "".join(
        file.read_text("utf-8")
        for room in ("access", "card", "trust", "unit")
        for file in (ROOT / "gate" / room).glob("*.py")
        if file.name != "words.py"
    )
    for reason in Reason:
        is_given = f"Reason.{reason.name}" in code
        assert (f"`{reason}`" in given) is is_given, reason
        assert (f"`{reason}`" in not_yet) is not is_given, reason


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_within_the_project_leads_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(_without_code(page.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            broken.append(target)
    assert broken == []


def test_every_page_can_be_reached_from_the_front_page() -> None:
    reached: set[Path] = set()
    waiting = [README]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for target in LINK.findall(_without_code(page.read_text("utf-8"))):
            file = (page.parent / target.partition("#")[0]).resolve()
            if file.suffix == ".md" and file.exists() and file not in reached:
                waiting.append(file)
    assert [_name(page) for page in PAGES if page not in reached] == []


def test_the_first_screen_of_the_front_page_says_what_a_visitor_needs() -> None:
    lines = README.read_text("utf-8").splitlines()[:FIRST_SCREEN_LINES]
    screen = "\n".join(lines)
    assert "Reads a worker's QR card, checks it offline, opens the turnstile, keeps" in screen
    assert "scripts/demo" in screen
    assert "scripts/test" in screen
    for reader in ("worker", "manager", "contractor", "developer"):
        assert f"(docs/{reader}.md)" in screen
    assert "## What it does not protect against" in lines
    (picture,) = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", screen)
    assert (ROOT / picture).stat().st_size < MAX_PICTURE_BYTES


@pytest.mark.parametrize("page", DECISIONS, ids=_name)
def test_a_decision_says_what_it_cost(page: Path) -> None:
    text = page.read_text("utf-8")
    number, title = re.match(r"# (\d+)\. (.+)\n", text).groups()  # type: ignore[union-attr]  # a miss is a failure
    assert int(number) == int(page.name[:4])
    assert HEADING.findall(text)[1:] == ["Context", "Drivers", "Options", "Outcome", "Cost"]
    assert f"[{page.name[:4]}]({page.name})" in (page.parent / "README.md").read_text("utf-8")
    assert title in (page.parent / "README.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_command_that_a_page_tells_to_type_exists_with_its_options(
    page: Path, commands: dict[str, click.Command]
) -> None:
    wrong = []
    for line in _typed(page.read_text("utf-8")):
        words = shlex.split(line, comments=True)
        end = next((at for at, word in enumerate(words) if word in SHELL_MARKS), len(words))
        words = words[:end]
        begins = (" ".join(words[:n]) for n in (4, 3, 2))
        path = next((one for one in begins if one in commands), None)
        if path is None:
            wrong.append(line)
            continue
        if path in HANDS_ON:
            words = words[: HANDS_ON[path]]
        known = {option for param in commands[path].params for option in param.opts} | {"--help"}
        wrong += [f"{line}: {word}" for word in words if word[:2] == "--" and word not in known]
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_an_example_in_a_page_is_what_it_says_it_is(page: Path) -> None:
    for language, body in BLOCK.findall(page.read_text("utf-8")):
        match language:
            case "python":
                compile(body, _name(page), "exec")
            case "toml":
                tomllib.loads(body)
            case "json":
                parse_issuers(body, _name(page))


def _without_code(text: str) -> str:
    return re.sub(r"`[^`\n]+`", "", BLOCK.sub("", text))


def _anchors(page: Path) -> set[str]:
    """Return the anchors that a heading gets where the pages are shown."""
    headings = HEADING.findall(BLOCK.sub("", page.read_text("utf-8")))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _typed(text: str) -> Iterator[str]:
    """Yield the lines that begin with `gate` and are shown to be typed, continued ones joined."""
    joined = text.replace("\\\n", " ")
    for line in joined.splitlines():
        if re.match(r"(    |\$ )gate [a-z]", line) and "[OPTIONS]" not in line:
            yield line.removeprefix("$ ").strip()
