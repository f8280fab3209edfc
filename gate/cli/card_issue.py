"""`gate card issue`: a card as text, JSON and a drawing."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import click

from gate.card.describe import describe_card
from gate.card.model import Card, Code, Competence, StatusRef
from gate.cli.card_drawing import DRAWINGS, read_photograph, write_drawing
from gate.cli.catalogue_option import catalogue_option, usual_catalogue
from gate.cli.moments import DAY, MOMENT
from gate.devices.clock import SystemClock
from gate.store import desk as desks

_DEFAULT_LIFE: Final = timedelta(days=3 * 365)
"""An ECS card is valid for three years (DOMAIN); other schemes' cards are given --expires."""


class _CodeType(click.ParamType[Code]):
    """A catalogue code, or its number."""

    name = "CODE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Code:
        del param, ctx
        text = str(value)
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


class _Evidence(click.ParamType[tuple[Code, date]]):
    """ROUTE:DATE."""

    name = "ROUTE:DATE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Code, date]:
        route, _, day = str(value).rpartition(":")
        return _CODE.convert(route, param, ctx), DAY.convert(day, param, ctx)


_CODE: Final = _CodeType()


def _codes(flag: str, field: str, words: str) -> Callable[..., Any]:
    return click.option(flag, field, type=_CODE, multiple=True, help=f"{words}; may be repeated.")


@click.command()
@click.option(
    "--trust", type=click.Path(path_type=Path, file_okay=False), required=True, help="The desk."
)
@click.option("--number", required=True, help="Card number, at most 32 characters.")
@click.option("--name", required=True, help="The holder's full name.")
@click.option(
    "--type", "card_type", type=_CODE, required=True, help="Card type, from the catalogue."
)
@click.option("--scheme", type=_CODE, help="Scheme; may be left out if the desk has one only.")
@click.option("--holder-id", help="The holder's identity at the scheme; by default the number.")
@click.option("--expires", type=MOMENT, help="By default three years after issue.")
@click.option("--issued-at", type=MOMENT, help="By default now.")
@click.option("--not-before", type=MOMENT, help="By default the time of issue; never after it.")
@_codes("--occupation", "occupations", "Occupation")
@_codes("--qualification", "qualifications", "Qualification")
@_codes("--experience", "experience", "Experience or employer endorsement")
@click.option("--health-safety", type=_Evidence(), help="Route of the evidence, and its last day.")
@click.option("--cpd-until", type=DAY, help="Last day of the CPD record.")
@click.option("--practice-until", type=DAY, help="Last day of the code of practice.")
@_codes("--discipline", "disciplines", "Further discipline")
@_codes("--limit", "limits", "Limit, such as supervised")
@click.option("--photo", type=click.Path(path_type=Path, dir_okay=False), help="JPEG or PNG.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="FILE.png, .svg, .pdf or .txt."
)
@catalogue_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def issue(**given: Any) -> None:  # noqa: ANN401 - click hands options over by name
    """Make a card and enter it in the desk's register.

    Example: gate card issue --trust desk --number JIB00012345 --name "Jane Example"
    --type installation-electrician --out card.png
    """
    out: Path | None = given["out"]
    if out is not None and out.suffix.lower() not in DRAWINGS:
        raise click.BadParameter(f"{out}: allowed are {', '.join(DRAWINGS)}", param_hint="--out")
    photo = read_photograph(given["photo"])
    desk = desks.open_desk(given["trust"])
    catalogue = usual_catalogue(given["catalogue"])
    now = SystemClock().now()
    text, card = desks.issue(desk, lambda ref: _draft(given, desk, ref, photo, now))
    proofs = card.competence
    if catalogue.card_type(proofs.scheme, proofs.card_type) is None:
        words = "is not in the schemes catalogue: misspelt, or newer than it"
        click.echo(f"card type {proofs.card_type} of {proofs.scheme} {words}", err=True)
    if out is not None:
        write_drawing(out, card, text, photo, catalogue, now)
    if given["as_json"]:
        click.echo(json.dumps({"text": text, "card": describe_card(card)}))
    else:
        click.echo(text)


def _draft(
    given: dict[str, Any], desk: desks.Desk, ref: StatusRef, photo: bytes | None, now: datetime
) -> Card:
    issued_at = (given["issued_at"] or now).replace(microsecond=0)
    schemes = desk.issuer.schemes
    scheme = given["scheme"]
    if scheme is None:
        if len(schemes) > 1:
            raise click.UsageError(
                f"--scheme: one of {', '.join(map(str, sorted(schemes, key=str)))}"
            )
        scheme = next(iter(schemes))
    return Card(
        issuer=desk.issuer.iss,
        number=given["number"],
        holder_id=given["holder_id"] or given["number"],
        name=given["name"],
        not_before=given["not_before"] or issued_at,
        issued_at=issued_at,
        expires_at=given["expires"] or issued_at + _DEFAULT_LIFE,
        competence=Competence(
            scheme=scheme,
            card_type=given["card_type"],
            occupations=given["occupations"],
            qualifications=given["qualifications"],
            experience=given["experience"],
            health_safety=given["health_safety"],
            cpd_until=given["cpd_until"],
            practice_until=given["practice_until"],
            disciplines=given["disciplines"],
            limits=given["limits"],
            photo_digest=sha256(photo).digest()[:16] if photo else None,
        ),
        status=ref,
    )
