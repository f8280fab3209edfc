"""`gate hub`: the hub's server, its database, its people, its backups."""

from pathlib import Path

import click

from gate.cli.hub_config import config_option
from gate.cli.late_group import LateGroup
from gate.hub.backup import back_up, restore
from gate.hub.config import HubConfig, load_config, with_own_https
from gate.hub.database import keep_private
from gate.hub.keys import load_hub_key, make_missing
from gate.hub.wsgi import start_django


@click.group(
    cls=LateGroup,
    late={
        "authority": "gate.cli.hub_authority:authority",
        "createuser": "gate.cli.hub_createuser:createuser",
        "desk": "gate.cli.hub_desk:desk",
        "fleet": "gate.cli.hub_fleet:fleet",
        "locallogin": "gate.cli.hub_logins:locallogin",
        "mail": "gate.cli.hub_mail:mail",
        "passkey": "gate.cli.hub_passkey:passkey",
        "retention": "gate.cli.hub_retention:retention",
        "verify": "gate.cli.hub_verify:verify",
    }
    | {
        name: f"gate.cli.hub_gates:{name.replace('-', '_')}"
        for name in (
            *("block", "forgive", "lift", "lockdown"),
            *("policy", "sitekey", "test-release", "unblock"),
        )
    },
)
def hub() -> None:
    """Run a hub and look after it."""


@hub.command()
@config_option
@click.option("--migrate", "with_migrate", is_flag=True, help="First do what `migrate` does.")
@click.option(
    "--https", "with_https", is_flag=True, help="Speak HTTPS, as by `own_https` in the file."
)
def serve(config_path: Path, *, with_migrate: bool, with_https: bool) -> None:
    """Answer browsers and units until SIGTERM or Ctrl-C.

    With --https by a certificate of the hub's own authority, which is made the first time; the
    page /trust/ says how phones and computers come to trust it.

    Exit codes: 0 told to stop; 2 it can't start, or something broke.

    Example: gate hub serve --migrate --config hub.toml
    """
    config = load_config(config_path)
    if with_https:
        config = with_own_https(config, str(config_path))
    if with_migrate:
        _migrate(config)
    else:
        start_django(config)
    from gate.hub.serve import serve as serve_hub  # noqa: PLC0415 - needs Django set up

    scheme = "https" if config.is_secure else "http"
    serve_hub(
        config,
        when_ready=lambda: click.echo(f"hub: {scheme}://{config.listen}/ answers", err=True),
    )


@hub.command()
@config_option
def migrate(config_path: Path) -> None:
    """Make the hub's keys and database, or bring them to this version.

    Prints the hub's public key, which units are told.

    Example: gate hub migrate --config hub.toml
    """
    config = load_config(config_path)
    _migrate(config)
    click.echo(load_hub_key(config).verifying_key.public.hex())


@hub.command(context_settings={"ignore_unknown_options": True})
@config_option
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def manage(context: click.Context, config_path: Path, arguments: tuple[str, ...]) -> None:
    """Run a command of Django's, or one of addsite, addunit, retireunit; `help` lists them.

    Example: gate hub manage --config hub.toml addsite --slug kings-wharf --name "Kings Wharf"
    --organisation "Hartwell Construction"
    """
    start_django(load_config(config_path))
    from django.core.management import ManagementUtility  # noqa: PLC0415 - slow; for this one only

    try:
        ManagementUtility(["gate hub manage", *(arguments or ("help",))]).execute()
    except SystemExit as end:
        context.exit(2 if end.code else 0)  # Django ends with 1 for wrong use, and so would a "no"


@hub.command(name="backup")
@config_option
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
def backup_command(config_path: Path, target: Path) -> None:
    """Copy database, keys and the fleet's trust into one archive, while the hub runs.

    Keep it like a key: the private keys that are in it are named.

    Example: gate hub backup --config hub.toml hub-2026-11-22.tar
    """
    keys = back_up(load_config(config_path), target)
    click.echo(f"{target}: {target.stat().st_size} bytes", err=True)
    click.echo(f"private keys in it: {', '.join(keys)}", err=True)


@hub.command(name="restore")
@config_option
@click.option("--force", is_flag=True, help="Replace the hub that is there.")
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False))
def restore_command(config_path: Path, source: Path, *, force: bool) -> None:
    """Put back what `backup` copied; stop the hub first.

    Example: gate hub restore --config hub.toml hub-2026-11-22.tar
    """
    config = load_config(config_path)
    if restore(config, source, force=force):
        step = f"gate hub fleet renew {config.published.parent} --after-restore"
        click.echo(f"next: {step}", err=True)
    click.echo("restored; next: gate hub serve --migrate", err=True)


def _migrate(config: HubConfig) -> None:
    for path in make_missing(config):
        click.echo(f"{path}: made", err=True)
    keep_private(config)
    start_django(config)
    from django.core.management import call_command  # noqa: PLC0415 - needs Django set up

    call_command("migrate", interactive=False, verbosity=0)
