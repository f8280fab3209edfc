"""`gate hub mail`: write and send what people want to be told; systemd runs it each minute."""

from pathlib import Path

import click

from gate.cli.hub_config import config_option
from gate.errors import ConfigError
from gate.hub.config import load_config
from gate.hub.wsgi import start_django


@click.command()
@config_option
@click.pass_context
def mail(context: click.Context, config_path: Path) -> None:
    """Look for silent gates, alarms and yesterday's report, and send what somebody wants of them.

    What a mail server does not take waits, and is tried again. Several may run at once.

    Ends with 0 if nothing waits for a server that failed, 1 if something does, 2 if it can't run.

    Example: gate hub mail --config hub.toml
    """
    config = load_config(config_path)
    if config.mail_server is None:
        step = "next: set `mail` and `mail_from`, as docs/how-to/be-told-by-e-mail.md says"
        raise ConfigError(str(config_path), [f"hub.mail: not set, so nothing can be sent; {step}"])
    start_django(config)
    from django.db import Error  # noqa: PLC0415 - needs Django set up
    from django.utils import timezone  # noqa: PLC0415 - as above

    from gate.hub.mails.sending import send_due  # noqa: PLC0415 - as above
    from gate.hub.mails.watching import look  # noqa: PLC0415 - as above

    try:
        written = look(timezone.now())
        done = send_due(timezone.now())
    except Error as error:
        said = str(error).strip().partition("\n")[0]
        step = "next: see that the database is there, and `gate hub migrate` after an update"
        raise ConfigError("database", [f"can't be read: {said}; {step}"]) from error
    click.echo(f"{written} written, {done.sent} sent, {done.waiting} waiting")
    if done.error:
        server = f"{config.mail_server.host}:{config.mail_server.port}"
        click.echo(f"{server}: {done.error}; it is tried again", err=True)
        context.exit(1)
