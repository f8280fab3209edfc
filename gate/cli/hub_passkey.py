"""`gate hub passkey`: another key for a site's passes."""

from pathlib import Path

import click

from gate.cli.hub_config import config_option
from gate.cli.hub_desk_at import at_hub, console


@click.command()
@config_option
@click.option("--stolen", is_flag=True, help="Believe nothing that the old key ever signed.")
@click.argument("site")
def passkey(config_path: Path, site: str, *, stolen: bool) -> None:
    """Sign the passes of SITE by a new key from now on.

    Passes that the old key signed stay good; with --stolen they are cancelled, and must be issued
    anew.

    Example: gate hub passkey riverside --stolen --config hub.toml
    """
    at_hub(config_path)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.manifest.handed import gates_of, reach  # noqa: PLC0415 - as above
    from gate.hub.passes.new_key import replace_key  # noqa: PLC0415 - as above
    from gate.hub.sites.services import find_site  # noqa: PLC0415 - as above

    place = find_site(site)
    version = replace_key(place, stolen=stolen, by=console(), now=timezone.now())
    old = "cancelled; issue them anew" if stolen else "still good"
    sent = reach(gates_of(place), version).words
    click.echo(
        f"{site}: passes have a new key; those of the old one are {old}; {sent} so far", err=True
    )
