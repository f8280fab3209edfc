"""`gate card`: the group; each command has a file of its own."""

import click

from gate.cli.card_check import check
from gate.cli.card_issue import issue
from gate.cli.card_show import show


@click.group()
def card() -> None:
    """Issue, show and check cards.

    Example: gate card check --trust unit-trust --json - < texts.txt
    """


card.add_command(issue)
card.add_command(show)
card.add_command(check)
