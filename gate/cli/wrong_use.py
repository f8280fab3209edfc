"""Wrong use of a command told in one calm message: thing, value, what is allowed, next step."""

import textwrap
from typing import Final

import click

from gate.cli.journal_lines import WIDTH

_NEXT: Final = "next: "
_HELD: Final = "\N{NO-BREAK SPACE}"
"""Stands for a blank while lines are broken: a command to be typed stays on one."""


def told(fault: click.ClickException) -> str:
    """Return what a person reads; a command that needs more words than it got shows its help."""
    if isinstance(fault, click.exceptions.NoArgsIsHelpError):
        return fault.format_message()
    message = " ".join(fault.format_message().split()).removesuffix(".")
    context = fault.ctx if isinstance(fault, click.UsageError) else None
    path = "gate" if context is None else context.command_path
    step = "" if _NEXT in message else f"{_NEXT}{path} --help".replace(" ", _HELD)
    sentence = f"{path}: {message[:1].lower()}{message[1:]}{step and '; '}{step}"
    lines = textwrap.fill(sentence, WIDTH, break_long_words=False, break_on_hyphens=False)
    return lines.replace(_HELD, " ")
