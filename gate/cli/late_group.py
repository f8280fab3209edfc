"""A command group that imports a subcommand's module only when that subcommand is asked for.

    @click.group(cls=LateGroup, late={"issue": "gate.cli.card_issue:issue"})

A target is `module:attribute`. Subcommands of the usual kind may stand beside late ones; the
group's own help loads them all, for their lines.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LateGroup(click.Group):
    """A group that knows some of its subcommands by name and loads the one it needs."""

    def __init__(self, *arguments: Any, late: Mapping[str, str], **options: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*arguments, **options)
        self._late = late

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every subcommand, by the alphabet."""
        return sorted({*super().list_commands(ctx), *self._late})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the subcommand of this name, imported now if it is a late one."""
        if cmd_name not in self._late:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = self._late[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command
