"""`gate hub verify`: prove what a hub stored, journal by journal; systemd runs it each night."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gate.cli.hub_config import config_option
from gate.errors import ConfigError
from gate.hub.config import load_config
from gate.hub.wsgi import start_django

if TYPE_CHECKING:
    from gate.hub.ingest.nightly import Checked


@click.command()
@config_option
@click.option("--json", "in_json", is_flag=True, help="One JSON object a journal, one a line.")
@click.pass_context
def verify(context: click.Context, config_path: Path, *, in_json: bool) -> None:
    """Check that nothing stored was changed, added or taken away; the hub may be running.

    Every journal is proved again from its rows. For each that does not hold an alarm is raised,
    which the hub shows to the site's managers.

    Ends with 0 if every journal holds, 1 if one does not, 2 if they can't be read.

    Example: gate hub verify --config hub.toml
    """
    start_django(load_config(config_path))
    from django.db import Error  # noqa: PLC0415 - needs Django set up
    from django.utils import timezone  # noqa: PLC0415 - as above

    from gate.hub.ingest.nightly import check_and_report  # noqa: PLC0415 - as above

    journals = bad = 0
    try:
        for found in check_and_report(timezone.now):
            click.echo(_as_json(found) if in_json else _as_line(found))
            journals += 1
            bad += bool(found.fault)
    except Error as error:
        said = str(error).strip().partition("\n")[0]  # PostgreSQL may quote a row after it
        step = "next: see that the database is there, and `gate hub migrate` after an update"
        raise ConfigError("database", [f"can't be checked: {said}; {step}"]) from error
    if bad:
        click.echo(
            f"{bad} of {journals} journals do not hold; alarms were raised; next: keep this"
            " database as it is, and read the site's page of alarms",
            err=True,
        )
        context.exit(1)


def _as_line(found: "Checked") -> str:
    said = found.fault or "holds"
    return (
        f"unit {found.uid} journal {found.journal_id.hex()}:"
        f" {found.entries} entries verified; {said}"
    )


def _as_json(found: "Checked") -> str:
    return json.dumps(
        {
            "unit": found.uid,
            "journal_id": found.journal_id.hex(),
            "holds": not found.fault,
            "entries": found.entries,
            "first_bad": found.seq if found.fault else None,
            "fault": found.fault or None,
        }
    )
