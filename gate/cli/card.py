"""`gate card`: the group; each command has a file of its own."""

import click

from gate.cli.late_group import LateGroup


@click.group(
    cls=LateGroup,
    late={name: f"gate.cli.card_{name}:{name}" for name in ("check", "issue", "show")},
)
def card() -> None:
    """Issue, show and check cards.

    Example: gate card check --trust unit-trust --json - < texts.txt
    """
