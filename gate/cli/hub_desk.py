"""`gate hub desk`: issuers' desks at the hub, their status lists, and who works there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gate.cli.hub_config import config_option
from gate.cli.hub_desk_at import at_desk, at_hub, desk_argument
from gate.cli.hub_desk_cards import CARD_COMMANDS
from gate.cli.hub_desk_import import IMPORT_COMMANDS
from gate.signing.keys import Algorithm
from gate.store import trust_store
from gate.trust.bundle import TrustBundle
from gate.trust.issuers import describe_issuer

if TYPE_CHECKING:
    from datetime import datetime

    from gate.hub.desk.models import Desk

_ALGORITHMS: Final = {"ed25519": Algorithm.ED25519, "esp256": Algorithm.ESP256}


@click.group()
def desk() -> None:
    """Issuers' desks: cards, who vouched for them, and the lists that cancel them.

    Example: gate hub desk show
    """


for command in (*CARD_COMMANDS, *IMPORT_COMMANDS):
    desk.add_command(command)


@desk.command()
@config_option
@desk_argument
@click.option("--scheme", "schemes", multiple=True, required=True, help="May be given again.")
@click.option("--iss", help="The issuer's name on cards; by default the first scheme's.")
@click.option("--alg", type=click.Choice(list(_ALGORITHMS)), default="ed25519", show_default=True)
@click.option(
    "--capacity",
    type=int,
    default=1 << 17,
    show_default=True,
    help="Cards that each of its status lists has room for, at most 33554432.",
)
def new(
    config_path: Path,
    slug: str,
    schemes: tuple[str, ...],
    iss: str | None,
    alg: str,
    capacity: int,
) -> None:
    """Make a desk: its key, beside the hub's others, and an empty status list, published.

    Example: gate hub desk new ecs --scheme ecs-jib --config hub.toml
    """
    at_hub(config_path)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.desk.keys import key_file  # noqa: PLC0415 - as above
    from gate.hub.desk.making import create_desk  # noqa: PLC0415 - as above

    made = create_desk(
        slug=slug,
        iss=iss or schemes[0],
        schemes=frozenset(schemes),
        algorithm=_ALGORITHMS[alg],
        capacity=capacity,
        now=timezone.now(),
    )
    click.echo(f"{key_file(slug)}: made, keep it in every backup", err=True)
    click.echo(
        f"{made.slug}: ready; next: gate hub desk export {made.slug} DIR, for the units", err=True
    )


@desk.command()
@config_option
@click.argument("slug", metavar="[DESK]", required=False)
@click.option("--json", "in_json", is_flag=True, help="One JSON object a desk, one a line.")
@click.pass_context
def show(context: click.Context, config_path: Path, slug: str | None, *, in_json: bool) -> None:
    """Show a desk, or every desk: cards by status, and how old each list is.

    Ends with 0; with 1 if a list was not signed or published in time.

    Example: gate hub desk show ecs --config hub.toml
    """
    at_hub(config_path)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.desk.making import find_desk  # noqa: PLC0415 - as above
    from gate.hub.desk.models import Desk  # noqa: PLC0415 - as above
    from gate.hub.desk.state import lists_of  # noqa: PLC0415 - as above

    now = timezone.now()
    is_well = True
    for one in Desk.objects.all() if slug is None else [find_desk(slug)]:
        is_well &= all(held.is_well for held in lists_of(one, now))
        for line in [json.dumps(_describe(one, now))] if in_json else _lines(one, now):
            click.echo(line)
    if not is_well:
        click.echo("a list is late; next: gate hub desk publish, and look at its timer", err=True)
        context.exit(1)


@desk.command()
@config_option
@click.pass_context
def publish(context: click.Context, config_path: Path) -> None:
    """Sign every desk's lists anew that are older than six hours, and write what is not written.

    A timer runs it each hour. Ends with 0, or with 1 if a desk's lists could not be.

    Example: gate hub desk publish --config hub.toml
    """
    at_hub(config_path)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.desk.publishing import publish_all  # noqa: PLC0415 - as above

    faults = publish_all(timezone.now())
    for fault in faults:
        click.echo(f"{fault.desk}: {fault.why}", err=True)
    if faults:
        context.exit(1)


@desk.command()
@config_option
@desk_argument
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
def export(config_path: Path, slug: str, target: Path) -> None:
    """Write the public part of a desk: for `gate hub fleet add-issuer`, or for a unit's own hands.

    A TARGET that already trusts other issuers keeps them.

    Example: gate hub desk export ecs ecs-public --config hub.toml
    """
    found, _ = at_desk(config_path, slug)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.desk.keys import issuer_of  # noqa: PLC0415 - as above
    from gate.hub.desk.models import DeskList  # noqa: PLC0415 - as above
    from gate.hub.desk.publishing import publish as publish_lists  # noqa: PLC0415 - as above

    now = timezone.now()
    publish_lists(found, now)
    tokens = DeskList.objects.filter(desk=found).values_list("token", flat=True)
    bundle = TrustBundle(issuers=(issuer_of(found),))
    trust_store.merge(target, bundle, [bytes(token) for token in tokens], now)
    click.echo(f"{target}: trusts {found.iss}", err=True)


@desk.command()
@config_option
@desk_argument
@click.argument("user")
@click.option("--remove", is_flag=True, help="They work there no more.")
def staff(config_path: Path, slug: str, user: str, *, remove: bool) -> None:
    """Let USER, who may sign in, work at a desk: see its cards, cancel and reinstate them.

    Example: gate hub desk staff ecs sam --config hub.toml
    """
    found, _ = at_desk(config_path, slug)
    from gate.hub.desk.access import add_clerk, remove_clerk  # noqa: PLC0415 - needs Django set up

    if remove:
        remove_clerk(found, user)
        click.echo(f"{user}: works at {found.slug} no more", err=True)
    else:
        add_clerk(found, user)
        click.echo(f"{user}: works at {found.slug}", err=True)


def _lines(desk: "Desk", now: "datetime") -> Iterator[str]:
    from gate.hub.desk.keys import issuer_of  # noqa: PLC0415 - needs Django set up
    from gate.hub.desk.selection import STATUS_WORDS  # noqa: PLC0415 - as above
    from gate.hub.desk.state import counts_of, lists_of  # noqa: PLC0415 - as above

    issuer = issuer_of(desk)
    yield f"{desk.slug}  {issuer.iss}  schemes: {', '.join(sorted(map(str, issuer.schemes)))}"
    for trusted in issuer.keys:
        yield f"  key {trusted.kid.hex()}  for {', '.join(sorted(trusted.uses))}"
    counted = counts_of(desk).items()
    yield "  " + ", ".join(f"{count} {STATUS_WORDS[status]}" for status, count in counted)
    for held in lists_of(desk, now):
        yield f"  {held.uri}  {held.taken} of {held.size} places  {held.words}"
        if held.fault:
            yield f"    {held.fault}"


def _describe(desk: "Desk", now: "datetime") -> dict[str, object]:
    from gate.hub.desk.keys import issuer_of  # noqa: PLC0415 - needs Django set up
    from gate.hub.desk.state import counts_of, lists_of  # noqa: PLC0415 - as above

    return {
        "desk": desk.slug,
        "issuer": describe_issuer(issuer_of(desk)),
        "cards": {status.name.lower(): count for status, count in counts_of(desk).items()},
        "status_lists": [
            {
                "uri": held.uri,
                "file": held.name,
                "size": held.size,
                "taken": held.taken,
                "iat": int(held.issued_at.timestamp()),
                "published": not held.fault,
            }
            for held in lists_of(desk, now)
        ],
    }
