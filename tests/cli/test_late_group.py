"""Subcommands that are imported when they are asked for."""

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from gate.cli.late_group import LateGroup
from gate.cli.main import gate


def late_ones(group: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(group, click.Group):
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            if isinstance(group, LateGroup):
                yield (*words, name)
            yield from late_ones(command, (*words, name))


@pytest.mark.parametrize("words", list(late_ones(gate)), ids=" ".join)
def test_a_late_command_is_known_by_its_own_name(words: tuple[str, ...]) -> None:
    group: click.Command = gate
    for word in words:
        assert isinstance(group, click.Group)
        found = group.get_command(click.Context(group), word)
        assert found is not None
        assert found.name == word
        group = found


def test_a_name_that_no_command_has_is_wrong_use() -> None:
    assert gate.get_command(click.Context(gate), "hub2") is None


@pytest.mark.parametrize("words", [("hub", "migrate"), ("card", "check"), ("trust", "new")])
def test_what_draws_is_not_loaded_by_a_command_that_draws_nothing(words: tuple[str, ...]) -> None:
    code = (
        "import sys; from gate.cli.main import gate, run; "
        f"run(gate, [*{words!r}, '--help']); print('fpdf' in sys.modules)"
    )
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert done.stdout.endswith("False\n")
