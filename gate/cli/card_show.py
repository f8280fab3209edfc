"""`gate card show`: what a card says, once its signature held."""

import json
from datetime import datetime
from pathlib import Path

import click

from gate.access.catalogue import Catalogue
from gate.access.words import words_for
from gate.card.describe import describe_card
from gate.card.model import Card
from gate.card.verify import authenticate, standing
from gate.cli.catalogue_option import catalogue_option, usual_catalogue
from gate.cli.moments import MOMENT
from gate.devices.clock import SystemClock
from gate.errors import CardError
from gate.store.trust_store import load_trust


@click.command()
@click.argument("text")
@click.option(
    "--trust",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Whom to trust.",
)
@click.option("--at", type=MOMENT, help="Judge as of this moment; now if left out.")
@catalogue_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.pass_context
def show(
    ctx: click.Context,
    text: str,
    trust: Path,
    at: datetime | None,
    catalogue: Path | None,
    *,
    as_json: bool,
) -> None:
    """Show what a card proves; nothing is shown of a text that no issuer signed.

    Example: gate card show --trust unit-trust "$(cat card.txt)"
    """
    bundle = load_trust(trust)
    try:
        found = authenticate(text, bundle)
    except CardError as error:
        click.echo(f"{words_for(error.reason).headline} ({error})", err=True)
        ctx.exit(1)
    if as_json:
        click.echo(json.dumps(describe_card(found)))
        return
    for name, value in _rows(found, usual_catalogue(catalogue)):
        click.echo(f"{name:<22}{value}")
    against = standing(found, bundle, at or SystemClock().now())
    state = ", ".join(words_for(reason).headline for reason in against) or "good"
    click.echo(f"{'Standing':<22}{state}")


def _rows(found: Card, catalogue: Catalogue) -> list[tuple[str, str]]:
    proofs = found.competence
    scheme = catalogue.scheme(proofs.scheme)
    card_type = catalogue.card_type(proofs.scheme, proofs.card_type)
    health = proofs.health_safety
    rows = [
        ("Name", found.name),
        ("Card number", f"{found.number} ({found.issuer})"),
        ("Scheme", scheme.name if scheme else str(proofs.scheme)),
        ("Card type", card_type.name if card_type else str(proofs.card_type)),
        ("Colour", card_type.colour if card_type else ""),
        ("Site pass for", found.audience or ""),
        ("Stands on", _beneath(found)),
        ("Valid from", f"{found.not_before:%d %B %Y}"),
        ("Expires", f"{found.expires_at:%d %B %Y %H:%M} UTC"),
        ("Occupations", ", ".join(map(str, proofs.occupations))),
        ("Qualifications", ", ".join(map(str, proofs.qualifications))),
        ("Experience", ", ".join(map(str, proofs.experience))),
        ("Health and safety", f"{health[0]}, until {health[1]:%d %B %Y}" if health else ""),
        ("CPD until", f"{proofs.cpd_until:%d %B %Y}" if proofs.cpd_until else ""),
        ("Code of practice", f"{proofs.practice_until:%d %B %Y}" if proofs.practice_until else ""),
        ("Further disciplines", ", ".join(map(str, proofs.disciplines))),
        ("Limits", ", ".join(map(str, proofs.limits))),
    ]
    return [(name, value) for name, value in rows if value]


def _beneath(found: Card) -> str:
    card = found.competence.stands_on
    if card is None:
        return ""
    return f"{card.number} ({card.issuer}), good until {card.expires_at:%d %B %Y %H:%M} UTC"
