"""`gate hub desk issue`, `revoke`, `suspend`, `reinstate`, `facts`: the cards of a desk."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from gate.cli.card_issue import hand_out, read_for_card
from gate.cli.card_options import card_options, draft_card, require
from gate.cli.hub_config import config_option
from gate.cli.hub_desk_at import at_desk, desk_argument
from gate.cli.moments import DAY
from gate.errors import ConfigError
from gate.trust.status_list import Status

if TYPE_CHECKING:
    from gate.hub.desk.models import Desk
    from gate.hub.desk.selection import Selection

MAX_FILE_BYTES: Final = 64 << 20
"""Four bytes a character of the most that is read as facts."""


@click.command()
@config_option
@desk_argument
@card_options
@click.option("--source", default="", help="Who vouched for the qualifications; kept at the desk.")
@click.option("--centre", default="", help="Where they were taken; kept at the desk.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def issue(config_path: Path, slug: str, source: str, centre: str, **given: Any) -> None:  # noqa: ANN401 - click hands options over by name
    """Make a card; its place in the list is registered before it is printed.

    Example: gate hub desk issue ecs --number JIB00012345 --name "Jane Example"
    --type installation-electrician --qualification am2 --source NET --out card.png
    """
    require(given, "number", "name", "card_type")
    photo = read_for_card(given)
    desk, _ = at_desk(config_path, slug)
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.desk import issuing  # noqa: PLC0415 - as above
    from gate.hub.desk.keys import issuer_of  # noqa: PLC0415 - as above

    codes = [str(code) for code in given["qualifications"]] or ([""] if source or centre else [])
    facts = [issuing.Fact(code=code, source=source, centre=centre) for code in codes]
    issuer, now = issuer_of(desk), timezone.now()
    text, card = issuing.issue(
        desk, lambda ref: draft_card(given, issuer, ref, photo, now), facts, now
    )
    hand_out(given, text, card, photo, now)


@click.command()
@config_option
@desk_argument
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def facts(config_path: Path, slug: str, file: Path) -> None:
    """Keep who vouched for what: FILE is CSV of number, qualification, source and centre.

    All of its lines are taken, or none. What was kept before stays.

    Example: gate hub desk facts ecs november.csv --config hub.toml
    """
    desk, _ = at_desk(config_path, slug)
    from gate.hub.desk.facts import import_facts  # noqa: PLC0415 - needs Django set up

    added = import_facts(desk, _read_csv(file), str(file))
    click.echo(f"{file}: {added} new facts", err=True)


def _selecting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which cards are meant."""
    for option in reversed(
        (
            config_option,
            desk_argument,
            click.argument("numbers", metavar="[NUMBER]...", nargs=-1),
            click.option("--source", default="", help="Cards that it vouched for."),
            click.option("--centre", default="", help="Cards with a qualification taken there."),
            click.option("--change", type=int, help="Cards that this change changed last."),
            click.option("--type", "card_type", default="", help="Of those, this card type's."),
            click.option("--from", "issued_from", type=DAY, help="Of those, issued from this day."),
            click.option("--until", "issued_until", type=DAY, help="Of those, issued until then."),
            click.option("--reason", required=True, help="Kept with your name; not on any list."),
            click.option("--yes", is_flag=True, help="Don't ask, however many cards it is."),
        )
    ):
        command = option(command)
    return command


@click.command()
@_selecting
def revoke(**given: Any) -> None:  # noqa: ANN401 - click hands options over by name
    """Cancel cards: by number, by who vouched for them, by where they were taken.

    Example: gate hub desk revoke ecs JIB00012345 --reason "Fraud" --config hub.toml
    """
    _change(given, Status.INVALID)


@click.command()
@_selecting
def suspend(**given: Any) -> None:  # noqa: ANN401 - as above
    """Put cards on hold until they are reinstated; cancelled ones stay cancelled.

    Example: gate hub desk suspend ecs --centre "Mill Lane" --reason "Under inquiry"
    """
    _change(given, Status.SUSPENDED)


@click.command()
@_selecting
def reinstate(**given: Any) -> None:  # noqa: ANN401 - as above
    """Make cards valid again; a cancelled one is named by its number, or its change.

    Example: gate hub desk reinstate ecs --change 17 --reason "Inquiry closed"
    """
    _change(given, Status.VALID)


CARD_COMMANDS: Final = (issue, facts, revoke, suspend, reinstate)


def _change(given: dict[str, Any], status: Status) -> None:
    desk, by = at_desk(given["config_path"], given["slug"])
    from django.utils import timezone  # noqa: PLC0415 - needs Django set up

    from gate.hub.desk.lists import LOOK_AGAIN  # noqa: PLC0415 - as above
    from gate.hub.desk.selection import STATUS_WORDS  # noqa: PLC0415 - as above
    from gate.hub.desk.statuses import set_status  # noqa: PLC0415 - as above

    chosen = _selection(given)
    expected = _confirmed(desk, chosen, status) if chosen.is_in_bulk and not given["yes"] else None
    change = set_status(
        desk,
        chosen,
        status,
        reason=given["reason"],
        by=by,
        now=timezone.now(),
        expected=expected,
    )
    minutes = int(LOOK_AGAIN.total_seconds()) // 60
    click.echo(
        f"change {change.pk}: {change.count} card(s) {STATUS_WORDS[status]}; "
        f"gates that are online know within {minutes} minutes",
        err=True,
    )


def _selection(given: dict[str, Any]) -> "Selection":
    from gate.hub.desk.selection import Selection  # noqa: PLC0415 - needs Django set up

    issued_from: date | None = given["issued_from"]
    return Selection(
        numbers=given["numbers"],
        source=given["source"],
        centre=given["centre"],
        change=given["change"],
        card_type=given["card_type"],
        issued_from=issued_from,
        issued_until=given["issued_until"],
    )


def _confirmed(desk: "Desk", chosen: "Selection", status: Status) -> int:
    """Show what would be done, and return how many cards that is once somebody agreed."""
    from gate.hub.desk.selection import STATUS_WORDS  # noqa: PLC0415 - needs Django set up
    from gate.hub.desk.statuses import preview  # noqa: PLC0415 - as above

    shown = preview(desk, chosen, status)
    if shown.count == 0:
        return 0  # nothing to agree to: `set_status` says why
    for card in shown.first:
        click.echo(f"  {card.number}  {card.name}", err=True)
    if shown.count > len(shown.first):
        click.echo(f"  and {shown.count - len(shown.first)} others", err=True)
    words = f"{shown.count} card(s) of {chosen.words} become {STATUS_WORDS[status]}"
    if not sys.stdin.isatty():
        raise click.UsageError(f"{words}; nothing was changed; next: add --yes if that is right")
    click.confirm(f"{words}; go on?", abort=True, err=True)
    return shown.count


def _read_csv(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise ConfigError(str(path), [f"over {MAX_FILE_BYTES} bytes, which is the most"])
        return data.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(str(path), [f"can't be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        step = "next: save the file as CSV in UTF-8"
        raise ConfigError(str(path), [f"byte {error.start} is not UTF-8; {step}"]) from error
