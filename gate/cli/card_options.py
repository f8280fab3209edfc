"""What a card is to say, as options of a command, and the card that comes of them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import click

from gate.card.model import Card, Code, Competence, StatusRef
from gate.cli.catalogue_option import catalogue_option
from gate.cli.moments import DAY, MOMENT
from gate.trust.bundle import Issuer

_DEFAULT_LIFE: Final = timedelta(days=3 * 365)
"""An ECS card is valid for three years (DOMAIN); other schemes' cards are given --expires."""


def code_of(text: str) -> Code:
    """Return a code as a card has it: what is all digits is a number in the catalogue."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else text


class _CodeType(click.ParamType[Code]):
    """A catalogue code, or its number."""

    name = "CODE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Code:
        del param, ctx
        return code_of(str(value))


class _Evidence(click.ParamType[tuple[Code, date]]):
    """ROUTE:DATE."""

    name = "ROUTE:DATE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Code, date]:
        route, _, day = str(value).rpartition(":")
        return _CODE.convert(route, param, ctx), DAY.convert(day, param, ctx)


_CODE: Final = _CodeType()

PROOFS: Final = (
    *("occupations", "qualifications", "experience", "health_safety", "cpd_until"),
    *("practice_until", "disciplines", "limits", "language"),
)
"""What a card proves, beside its type, and what it asks for."""

_SPELT: Final = {
    "card_type": "--type",
    "occupations": "--occupation",
    "qualifications": "--qualification",
    "disciplines": "--discipline",
    "limits": "--limit",
}


def _codes(flag: str, field: str, words: str) -> Callable[..., Any]:
    return click.option(flag, field, type=_CODE, multiple=True, help=f"{words}; may be repeated.")


_OPTIONS: Final = (
    click.option("--number", help="Card number, at most 32 characters."),
    click.option("--name", help="The holder's full name."),
    click.option("--type", "card_type", type=_CODE, help="Card type, from the catalogue."),
    click.option("--scheme", type=_CODE, help="Scheme; may be left out if the desk has one only."),
    click.option("--holder-id", help="The holder's identity at the scheme; by default the number."),
    click.option("--expires", type=MOMENT, help="By default three years after issue."),
    click.option("--issued-at", type=MOMENT, help="By default now."),
    click.option("--not-before", type=MOMENT, help="By default the time of issue; never after it."),
    _codes("--occupation", "occupations", "Occupation"),
    _codes("--qualification", "qualifications", "Qualification"),
    _codes("--experience", "experience", "Experience or employer endorsement"),
    click.option(
        "--health-safety", type=_Evidence(), help="Route of the evidence, and its last day."
    ),
    click.option("--cpd-until", type=DAY, help="Last day of the CPD record."),
    click.option("--practice-until", type=DAY, help="Last day of the code of practice."),
    _codes("--discipline", "disciplines", "Further discipline"),
    _codes("--limit", "limits", "Limit, such as supervised"),
    click.option(
        "--language", help="The holder's, by its ISO 639-1 code: a screen at the gate speaks it."
    ),
    click.option("--photo", type=click.Path(path_type=Path, dir_okay=False), help="JPEG or PNG."),
    click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        help="FILE.png, .svg, .pdf or .txt.",
    ),
    catalogue_option,
)


def card_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say what stands on a card, and where it is drawn.

    `draft_card` asks for those without which there is no card.
    """
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def require(given: dict[str, Any], *names: str) -> None:
    """Make sure that options are given.

    Raises:
        click.UsageError: naming the first that is not.
    """
    for name in names:
        if not given[name]:
            raise click.UsageError(f"Missing option '{spelt(name)}'.")


def spelt(name: str) -> str:
    """Return an option as it is typed."""
    return _SPELT.get(name, f"--{name.replace('_', '-')}")


def draft_card(
    given: dict[str, Any], issuer: Issuer, ref: StatusRef, photo: bytes | None, now: datetime
) -> Card:
    """Return the card that the options ask for, at its place in the issuer's list."""
    issued_at = (given["issued_at"] or now).replace(microsecond=0)
    schemes = issuer.schemes
    scheme = given["scheme"]
    if scheme is None:
        if len(schemes) > 1:
            raise click.UsageError(
                f"--scheme: one of {', '.join(map(str, sorted(schemes, key=str)))}"
            )
        scheme = next(iter(schemes))
    return Card(
        issuer=issuer.iss,
        number=given["number"],
        holder_id=given["holder_id"] or given["number"],
        name=given["name"],
        not_before=given["not_before"] or issued_at,
        issued_at=issued_at,
        expires_at=given["expires"] or issued_at + _DEFAULT_LIFE,
        competence=Competence(
            scheme=scheme,
            card_type=given["card_type"],
            photo_digest=sha256(photo).digest()[:16] if photo else None,
            **{name: given[name] for name in PROOFS},
        ),
        status=ref,
    )
