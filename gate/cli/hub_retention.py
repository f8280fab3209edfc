"""`gate hub retention`: let go of what is older than it is kept; systemd runs it each night."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gate.cli.hub_config import config_option
from gate.errors import ConfigError
from gate.hub.config import load_config
from gate.hub.wsgi import start_django

if TYPE_CHECKING:
    from gate.hub.retention.running import Done


@click.command()
@config_option
@click.option("--dry-run", is_flag=True, help="Count what would go, and let nothing go.")
@click.option("--json", "in_json", is_flag=True, help="One JSON object a purpose, one a line.")
@click.pass_context
def retention(context: click.Context, config_path: Path, *, dry_run: bool, in_json: bool) -> None:
    """Let go of names that are older than each site keeps them; the hub may be running.

    For how long is set on the hub's page Retention, purpose by purpose. It goes in small
    steps, and may be stopped at any time: the next one goes on.

    Ends with 0 if all that is old went, 1 if something did not, 2 if it can't run.

    Example: gate hub retention --config hub.toml --dry-run
    """
    start_django(load_config(config_path))
    from django.db import Error  # noqa: PLC0415 - needs Django set up
    from django.utils import timezone  # noqa: PLC0415 - as above

    from gate.hub.retention.running import due, run  # noqa: PLC0415 - as above

    has_failed = False
    try:
        for done in due(timezone.now()) if dry_run else run(timezone.now):
            click.echo(json.dumps(asdict(done)) if in_json else _as_line(done, dry_run=dry_run))
            has_failed |= bool(done.fault)
    except Error as error:
        said = str(error).strip().partition("\n")[0]  # PostgreSQL may quote a row after it
        step = "next: see that the database is there, and `gate hub migrate` after an update"
        raise ConfigError("database", [f"can't be gone through: {said}; {step}"]) from error
    if has_failed:
        step = "next: put right what the lines above name; it is tried again the next time"
        click.echo(f"not all that is old went; alarms were raised; {step}", err=True)
        context.exit(1)


def _as_line(done: "Done", *, dry_run: bool) -> str:
    said = f"{done.gone} {'would go' if dry_run else 'went'}, older than {done.days} days"
    return f"{done.site or 'the hub'} {done.purpose}: {said}" + (done.fault and f"; {done.fault}")
