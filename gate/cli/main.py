"""The `gate` command: which subcommands there are, and what a shell hears when one ends.

A subcommand's module is imported only when that subcommand is asked for, so that `gate run` loads
neither what draws cards nor what measures. Every command ends in one of these:

    0    done
    1    the answer is no; the command ends with `ctx.exit(1)`
    2    wrong use, or something is broken: the message on stderr says what to do
    130  stopped by Ctrl-C
    141  whoever read our output has gone, as in `gate journal show | head`
"""

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import click

from gate import __version__
from gate.cli.late_group import LateGroup
from gate.errors import GateError

EXIT_DONE: Final = 0
EXIT_FAULT: Final = 2
EXIT_INTERRUPTED: Final = 130  # 128 + SIGINT, as shells say it
EXIT_READER_GONE: Final = 141  # 128 + SIGPIPE, as shells say it


@dataclass(frozen=True, slots=True, kw_only=True)
class Subcommand:
    """Where a subcommand is (`module:attribute`), and its line in `gate --help`."""

    target: str
    help: str


SUBCOMMANDS: Final[Mapping[str, Subcommand]] = {
    "demo": Subcommand(target="gate.cli.demo:demo", help="A whole site on this machine."),
    "enrol": Subcommand(
        target="gate.cli.enrol:enrol", help="Make a unit of this machine by a set-up code."
    ),
    "doctor": Subcommand(
        target="gate.cli.doctor:doctor", help="How every part of a unit is, with next steps."
    ),
    "run": Subcommand(target="gate.cli.run:run", help="The gate process of a unit."),
    "sync": Subcommand(target="gate.cli.sync:sync", help="The network process of a unit."),
    "screen": Subcommand(target="gate.cli.screen:screen", help="The screen of a unit."),
    "status": Subcommand(target="gate.cli.status:status", help="The unit's own page."),
    "read": Subcommand(target="gate.cli.read:read", help="Read the QR codes in image files."),
    "card": Subcommand(target="gate.cli.card:card", help="Issue, show and check cards."),
    "trust": Subcommand(target="gate.cli.trust:trust", help="Keys, issuers and status lists."),
    "policy": Subcommand(target="gate.cli.policy:policy", help="Judge and explain site rules."),
    "journal": Subcommand(
        target="gate.cli.journal:journal", help="Show, verify and export a unit's record."
    ),
    "hub": Subcommand(target="gate.cli.hub:hub", help="The hub: pages, uploads, people, backups."),
    "bench": Subcommand(
        target="gate.cli.bench:bench", help="Measure a part beside the least it could cost."
    ),
}


class _Subcommands(LateGroup):
    """The group of all: in the order of the table, whose lines its help shows."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(SUBCOMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in SUBCOMMANDS.items()])


@click.group(
    cls=_Subcommands,
    late={name: entry.target for name, entry in SUBCOMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="gate")
def gate() -> None:
    """Reads a worker's QR card, checks it offline, opens the turnstile.

    Example: gate demo --once
    """


def main() -> int:
    """Run what the shell asked for and return the exit code; the console script's entry."""
    # Numpy's matrices are small here: sharing one among threads takes up to ten times as long where
    # the processors are busy (measured on a reading frame). Read when numpy is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    return run(gate, sys.argv[1:])


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; faults are told on stderr."""
    try:
        code = _invoke(command, arguments)
        sys.stdout.flush()
    except click.ClickException as fault:
        from gate.cli.wrong_use import told  # noqa: PLC0415 - `gate run` does without it

        click.echo(told(fault), err=True)
        return EXIT_FAULT
    except (KeyboardInterrupt, click.Abort):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        _stop_writing()
        return EXIT_READER_GONE
    except GateError as fault:
        click.echo(str(fault), err=True)
        return EXIT_FAULT
    except Exception:
        logging.getLogger(__name__).exception("this is a defect in gate; please report it")
        return EXIT_FAULT
    return code


def _invoke(command: click.Command, arguments: Sequence[str]) -> int:
    try:
        with command.make_context("gate", list(arguments)) as context:
            command.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    return EXIT_DONE


def _stop_writing() -> None:
    """Send what is still buffered nowhere, or Python complains about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
