"""`gate trust`: a self-contained issuer in one directory, and what is carried to gates."""

from pathlib import Path

import click

from gate.cli.late_group import LateGroup
from gate.devices.clock import SystemClock
from gate.signing.keys import Algorithm
from gate.store import desk as desks
from gate.trust.status_list import Status

_DIRECTORY = click.Path(path_type=Path, file_okay=False)
_ALGORITHMS = {"ed25519": Algorithm.ED25519, "esp256": Algorithm.ESP256}
_STATUS_OF = {
    "revoked": Status.INVALID,
    "suspended": Status.SUSPENDED,
    "reinstated": Status.VALID,
}


@click.group(
    cls=LateGroup,
    late={
        "export": "gate.cli.trust_export:export",
        "import": "gate.cli.trust_import:import_",
        "show": "gate.cli.trust_show:show",
    },
)
def trust() -> None:
    """Keys, issuers and status lists.

    Example: gate trust new desk --scheme ecs-jib
    """


@trust.command()
@click.argument("directory", type=_DIRECTORY)
@click.option("--scheme", "schemes", multiple=True, required=True, help="May be given again.")
@click.option("--iss", help="The issuer's name on cards; by default the first scheme's.")
@click.option("--alg", type=click.Choice(list(_ALGORITHMS)), default="ed25519", show_default=True)
@click.option(
    "--capacity",
    type=click.IntRange(1, desks.MAX_CAPACITY),
    default=desks.DEFAULT_CAPACITY,
    show_default=True,
    help="Cards the status list has room for.",
)
def new(
    directory: Path, schemes: tuple[str, ...], iss: str | None, alg: str, capacity: int
) -> None:
    """Make a new issuer: key, issuers' file, empty status list.

    The key stays in DIRECTORY/issuer-key.pem, readable by its owner only.

    Example: gate trust new desk --scheme ecs-jib
    """
    desks.create_desk(
        directory,
        iss=iss or schemes[0],
        schemes=frozenset(schemes),
        algorithm=_ALGORITHMS[alg],
        now=SystemClock().now(),
        capacity=capacity,
    )
    click.echo(f"{directory}: ready to issue cards of {', '.join(schemes)}", err=True)


@trust.command()
@click.argument("directory", type=_DIRECTORY)
@click.argument("numbers", metavar="NUMBER...", nargs=-1, required=True)
@click.option(
    "--as",
    "status",
    type=click.Choice(list(_STATUS_OF)),
    default="revoked",
    show_default=True,
    help="What the cards become.",
)
def revoke(directory: Path, numbers: tuple[str, ...], status: str) -> None:
    """Cancel cards by their numbers, put them on hold, or reinstate them.

    Gates know of it when they have the new list: export it to them.

    Example: gate trust revoke desk JIB00012345 --as suspended
    """
    changed = desks.set_status(
        desks.open_desk(directory), list(numbers), _STATUS_OF[status], SystemClock().now()
    )
    click.echo(
        f"{changed} card(s) {status}; now `gate trust export` the list to the gates", err=True
    )
