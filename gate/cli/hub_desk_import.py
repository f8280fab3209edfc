"""`gate hub desk import`: a desk that was kept in a directory, taken over by the hub."""

from pathlib import Path
from typing import Final

import click

from gate.cli.hub_config import config_option
from gate.cli.hub_desk_at import at_hub, desk_argument
from gate.store.desk_handover import handing_over


@click.command(name="import")
@config_option
@desk_argument
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
def import_desk(config_path: Path, slug: str, directory: Path) -> None:
    """Take over the desk in DIR that `gate trust new` made: no card is issued anew.

    Its key is put out of use in DIR, so that nobody issues cards there that the hub doesn't know.
    What is half is refused whole, with every fault.

    Example: gate hub desk import ecs desk --config hub.toml
    """
    at_hub(config_path)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.desk.taking_over import is_taken_over, take_over  # noqa: PLC0415 - as above

    with handing_over(directory) as handed:
        if not is_taken_over(slug, handed.issuer):
            take_over(slug, handed.issuer, handed.key, handed.cards, handed.lists, timezone.now())
        handed.retire()
    click.echo(f"{slug}: {len(handed.cards)} cards taken over from {directory}", err=True)
    click.echo(
        f"next: gate hub backup; then destroy {directory}, which still holds the key", err=True
    )


IMPORT_COMMANDS: Final = (import_desk,)
