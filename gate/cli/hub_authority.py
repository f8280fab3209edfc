"""`gate hub authority`: what phones and units must see of the authority that vouches for a hub."""

from pathlib import Path

import click

from gate.cli.hub_config import config_option
from gate.errors import ConfigError
from gate.hub.config import load_config
from gate.hub.enrol.authority import certificate_in
from gate.hub.https.certificates import digest_of, spelled
from gate.trust.fingerprint import digest_words


@click.command()
@config_option
def authority(config_path: Path) -> None:
    """Show the fingerprint of the authority that vouches for the hub's HTTPS.

    Whoever makes a phone or computer trust this hub compares it with what the device shows.

    Example: gate hub authority --config hub.toml
    """
    config = load_config(config_path)
    file = config.authority_file or config.authority_folder / "ca.crt"
    if not file.exists():
        step = "next: `gate hub serve --https` makes one"
        raise ConfigError(str(file), [f"no authority of its own vouches for this hub; {step}"])
    digest = digest_of(certificate_in(file))
    click.echo(f"{file}\n  SHA-256: {spelled(digest)}\n  Words:   {digest_words(digest)}")
