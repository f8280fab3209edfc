"""`gate card issue`: a card as text, JSON and a drawing."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from gate.card.describe import describe_card
from gate.card.model import Card
from gate.cli.card_drawing import DRAWINGS, read_photograph, write_drawing
from gate.cli.card_issue_pass import issue_pass_at_hub, pass_options, refuse_pass_options
from gate.cli.card_options import card_options, draft_card, require
from gate.cli.catalogue_option import usual_catalogue
from gate.devices.clock import SystemClock
from gate.errors import ConfigError
from gate.store import desk as desks


@click.command()
@click.option("--trust", type=click.Path(path_type=Path, file_okay=False), help="The desk.")
@card_options
@pass_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def issue(**given: Any) -> None:  # noqa: ANN401 - click hands options over by name
    """Make a card and enter it in the desk's register; or, at a hub, a site's pass.

    Example: gate card issue --trust desk --number JIB00012345 --name "Jane Example"
    --type installation-electrician --out card.png

    A pass stands on a scheme card: the text of its code, or what a person read on it.

    Example: gate card issue --hub hub.toml --site riverside --stands-on cscs:12345678:2028-05-31
    --checked-by "Ann Example" --name "Jane Example" --type labourer --out pass.pdf
    """
    photo = read_for_card(given)
    if given["hub"] is not None:
        text, card, now = issue_pass_at_hub(given, photo)
        hand_out(given, text, card, photo, now)
        return
    refuse_pass_options(given)
    require(given, "trust", "number", "name", "card_type")
    desk = desks.open_desk(given["trust"])
    now = SystemClock().now()
    text, card = desks.issue(desk, lambda ref: draft_card(given, desk.issuer, ref, photo, now))
    hand_out(given, text, card, photo, now)


def read_for_card(given: dict[str, Any]) -> bytes | None:
    """Return the photograph, if one is given, and see that the drawing can be made."""
    out: Path | None = given["out"]
    if out is not None and out.suffix.lower() not in DRAWINGS:
        raise click.BadParameter(f"{out}: allowed are {', '.join(DRAWINGS)}", param_hint="--out")
    if out is not None and not out.parent.is_dir():
        raise ConfigError(str(out), ["its directory is not there; next: make it"])
    usual_catalogue(given["catalogue"])  # what can't be read is said before a card is registered
    return read_photograph(given["photo"])


def hand_out(
    given: dict[str, Any], text: str, card: Card, photo: bytes | None, now: datetime
) -> None:
    """Print and draw a card that was registered."""
    catalogue = usual_catalogue(given["catalogue"])
    out: Path | None = given["out"]
    proofs = card.competence
    is_scheme_card = card.audience is None
    if is_scheme_card and catalogue.card_type(proofs.scheme, proofs.card_type) is None:
        words = "is not in the schemes catalogue: misspelt, or newer than it"
        click.echo(f"card type {proofs.card_type} of {proofs.scheme} {words}", err=True)
    if out is not None:
        write_drawing(out, card, text, photo, catalogue, now)
    if given["as_json"]:
        click.echo(json.dumps({"text": text, "card": describe_card(card)}))
    else:
        click.echo(text)
