"""`gate policy`: judge a site policy, and say which of its rules decides for a card."""

import json
from pathlib import Path

import click

from gate.access.policy import exit_warnings, parse_policy, unknown_codes
from gate.cli.catalogue_option import catalogue_option, usual_catalogue
from gate.cli.policy_code import code
from gate.cli.policy_explain import explain
from gate.config import read_text
from gate.errors import ConfigError


@click.group
def policy() -> None:
    """Judge and explain site rules.

    Example: gate policy check /etc/gate/site-policy.toml
    """


@policy.command
@click.argument("file", type=click.Path(path_type=Path))
@catalogue_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def check(ctx: click.Context, file: Path, catalogue: Path | None, *, as_json: bool) -> None:
    """Name every fault of a site policy: key, value, what is allowed.

    Codes that the schemes catalogue does not know are told as warnings: they may be misspelt, or
    newer than the catalogue. Where exits are free, so is each rule that comes to less by it.
    Exit codes: 0 sound, 1 faults, 2 the file can't be read.

    Example: gate policy check config/site-policy.toml
    """
    text = read_text(file)
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    try:
        found = parse_policy(text, str(file))
    except ConfigError as error:
        faults = error.faults
    else:
        warnings = (*unknown_codes(found, usual_catalogue(catalogue)), *exit_warnings(found))
    if as_json:
        click.echo(json.dumps({"file": str(file), "faults": faults, "warnings": warnings}))
    else:
        _tell_check(file, faults, warnings)
    if faults:
        ctx.exit(1)


policy.add_command(explain)
policy.add_command(code)


def _tell_check(file: Path, faults: tuple[str, ...], warnings: tuple[str, ...]) -> None:
    for fault in faults:
        click.echo(f"{file}: {fault}")
    for warning in warnings:
        click.echo(f"{file}: warning: {warning}", err=True)
    if not faults:
        click.echo(f"{file}: sound")
