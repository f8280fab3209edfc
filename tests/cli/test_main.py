"""What a shell hears when a `gate` command ends, and what --help shows."""

from collections.abc import Iterator

import click
import pytest

from gate.cli.main import SUBCOMMANDS, gate, run
from gate.errors import ConfigError, JournalError


@pytest.mark.parametrize(
    ("end", "code", "told"),
    [
        pytest.param(None, 0, "", id="done"),
        pytest.param(click.exceptions.Exit(1), 1, "", id="the answer is no"),
        pytest.param(JournalError("disk full"), 2, "disk full\n", id="a broken part"),
        pytest.param(
            ConfigError("unit.toml", ["a: 1", "b: 2"]),
            2,
            "unit.toml: a: 1\nunit.toml: b: 2\n",
            id="every fault of a file on its line",
        ),
        pytest.param(KeyboardInterrupt(), 130, "", id="Ctrl-C"),
        pytest.param(click.Abort(), 130, "", id="Ctrl-C at a question"),
    ],
)
def test_a_command_ends_with_a_code_that_says_how(
    end: BaseException | None, code: int, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(_ending(end), []) == code
    assert capfd.readouterr().err == told


def test_a_defect_is_told_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    assert run(_ending(ZeroDivisionError("seven")), []) == 2
    assert "ZeroDivisionError: seven" in caplog.text


def test_a_command_without_words_shows_its_help(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(gate, []) == 2
    assert "gate [OPTIONS] COMMAND" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("open --nonsense", "gate: no such command 'open'; next: gate --help"),
        ("--nonsense", "gate: no such option '--nonsense'; next: gate --help"),
        ("run --nonsense", "gate run: no such option '--nonsense'; next: gate run --help"),
        ("run", "gate run: missing option '--config'; next: gate run --help"),
        ("card nonsense", "gate card: no such command 'nonsense'; next: gate card --help"),
        (
            "demo --cards 0",
            """gate demo: invalid value for '--cards': 0 is not in the range 1<=x<=1000;
next: gate demo --help""",
        ),
        (
            "screen --config unit.toml --lane up",
            """gate screen: invalid value for '--lane': 'up' is not one of 'in', 'out';
next: gate screen --help""",
        ),
        ("demo --json", "gate demo: --json goes with --once; next: gate demo --help"),
        ("demo now", "gate demo: got unexpected extra argument (now); next: gate demo --help"),
    ],
)
def test_wrong_use_is_one_message_that_names_thing_value_limit_and_step(
    line: str, message: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(gate, line.split()) == 2
    assert capfd.readouterr().err == f"{message}\n"


def test_a_step_that_is_named_already_is_not_named_twice(
    capfd: pytest.CaptureFixture[str],
) -> None:
    @click.command("burn")
    def burn() -> None:
        raise click.UsageError("It burns already.\n\tnext: put it out")

    assert run(burn, []) == 2
    assert capfd.readouterr().err == "gate: it burns already. next: put it out\n"


def test_help_names_every_command_within_80_columns(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(gate, ["--help"]) == 0
    shown = capfd.readouterr().out
    assert all(entry.help in shown for entry in SUBCOMMANDS.values())
    assert max(len(line) for line in shown.splitlines()) <= 80


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    command = gate.get_command(click.Context(gate), name)
    assert command is not None
    for path, leaf in _leaves(command, f"gate {name}"):
        help_text = leaf.get_help(click.Context(leaf, info_name=path))
        usage, _, rest = help_text.partition("\n")
        assert usage.startswith(f"Usage: {path}")
        assert path in rest, f"no example of `{path}` in its --help"


def _ending(end: BaseException | None) -> click.Command:
    @click.command
    def command() -> None:
        if end is not None:
            raise end

    return command


def _leaves(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, below in command.commands.items():
        yield from _leaves(below, f"{path} {name}")
