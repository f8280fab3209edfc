"""`gate journal`: show, verify and export a unit's record, while the gate runs or after."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import click

from gate.cli.journal_answer import Verdict, in_one_object, in_words
from gate.cli.journal_lines import CSV_COLUMNS, as_csv_row, as_json, as_lines
from gate.cli.journal_searches import searches
from gate.config import load_config
from gate.errors import EventError, GateError, TrustError
from gate.events.model import Entry
from gate.signing.keys import Algorithm, VerifyingKey
from gate.store.files import replacing
from gate.store.journal_audit import audit
from gate.store.journal_reader import JournalReader
from gate.store.journal_receipts import compare, load_receipts

_PRIVATE: Final = 0o600
"""An export names workers."""

_WHICH: Final = (
    click.option(
        "--journal",
        "journal_path",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The journal's file.",
    ),
    click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The unit's file, which names its journal.",
    ),
)


def _of_one_journal(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the two ways to name a journal."""
    for option in _WHICH:
        command = option(command)
    return command


@click.group()
def journal() -> None:
    """Show, verify and export a unit's record."""


journal.add_command(searches)


@journal.command()
@_of_one_journal
@click.option("--tail", type=click.IntRange(min=1), default=20, show_default=True, metavar="N")
@click.option("--json", "in_json", is_flag=True, help="One JSON object a line.")
def show(journal_path: Path | None, config_path: Path | None, *, tail: int, in_json: bool) -> None:
    """Show the last entries, oldest first.

    Example: gate journal show --config /etc/gate/unit.toml --tail 50
    """
    with JournalReader.open(_chosen(journal_path, config_path)) as reader:
        head, anchor = reader.head(), reader.anchor()
        if not in_json:
            count = head.seq - (0 if anchor is None else anchor.head.seq)
            click.echo(f"Journal {reader.journal_id.hex()}, {count} entries. Times are UTC.")
        for entry in reader.entries(max(0, head.seq - tail)):
            for line in [json.dumps(as_json(entry))] if in_json else as_lines(entry):
                click.echo(line)


@journal.command()
@_of_one_journal
@click.option(
    "--receipts",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Also hold it against the hub's receipts in this directory.",
)
@click.option("--hub-key", metavar="HEX", help="The hub's public key, which signed the receipts.")
@click.option("--json", "in_json", is_flag=True, help="The answer as one JSON object.")
@click.pass_context
def verify(
    context: click.Context,
    journal_path: Path | None,
    config_path: Path | None,
    *,
    receipts: Path | None,
    hub_key: str | None,
    in_json: bool,
) -> None:
    """Check that no entry was changed, added or taken away.

    The chain of hashes shows it; the hub's receipts prove it, even against whoever owns the unit.

    Ends with 0 if every entry holds, 1 if one does not, 2 if the journal can't be read.

    Example: gate journal verify --config /etc/gate/unit.toml
    """
    path = _chosen(journal_path, config_path)
    verdict = _judged(path, receipts, hub_key)
    click.echo(json.dumps(in_one_object(verdict)) if in_json else in_words(path, verdict))
    if not verdict.holds:
        context.exit(1)


@journal.command()
@_of_one_journal
@click.option(
    "--format", "form", type=click.Choice(["jsonl", "csv"]), default="jsonl", show_default=True
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a file only you can read, whole or not at all; without it, to the terminal.",
)
def export(
    journal_path: Path | None, config_path: Path | None, *, form: str, out: Path | None
) -> None:
    """Write out every entry, with all that is needed to verify it elsewhere.

    Example: gate journal export --journal journal.db --format csv --out journal.csv
    """
    with JournalReader.open(_chosen(journal_path, config_path)) as reader:
        lines = _csv_lines(reader.entries()) if form == "csv" else _json_lines(reader.entries())
        if out is None:
            for line in lines:
                click.echo(line, nl=False)
            return
        try:
            with replacing(out, mode=_PRIVATE) as file:
                file.writelines(line.encode() for line in lines)
        except OSError as error:
            raise GateError(
                f"{out}: {error.strerror}; name a file in a directory you own"
            ) from error


def _chosen(journal_path: Path | None, config_path: Path | None) -> Path:
    if journal_path is not None and config_path is None:
        return journal_path
    if config_path is not None and journal_path is None:
        return load_config(config_path).unit.journal
    raise click.UsageError("name the journal by --journal PATH or by --config FILE, one of the two")


def _judged(path: Path, receipts: Path | None, hub_key: str | None) -> Verdict:
    if (receipts is None) != (hub_key is None):
        raise click.UsageError("--receipts DIR and --hub-key HEX go together: give both or none")
    if receipts is None or hub_key is None:
        return Verdict(audit=audit(path))
    try:
        hub = VerifyingKey(Algorithm.ED25519, bytes.fromhex(hub_key))
    except (ValueError, TrustError) as error:
        raise click.BadParameter(
            f"{error}; 64 hexadecimal characters", param_hint="--hub-key"
        ) from error
    try:
        witnesses = load_receipts(receipts, hub)
    except EventError as error:
        return Verdict(audit=audit(path), bad_receipt=str(error))
    answer = audit(path)
    return Verdict(audit=answer, testimony=compare(path, answer, witnesses))


def _json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        yield f"{json.dumps(as_json(entry))}\n"


def _csv_lines(entries: Iterable[Entry]) -> Iterator[str]:
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    writer.writerow(CSV_COLUMNS)
    for entry in entries:
        yield line.getvalue()
        line.seek(0)
        line.truncate()
        writer.writerow(as_csv_row(entry))
    yield line.getvalue()
