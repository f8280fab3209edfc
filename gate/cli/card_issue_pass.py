"""`gate card issue --hub`: a pass of a site, by the key that the site's hub keeps."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import click

from gate.card.model import Card, Code, Competence
from gate.card.verify import authenticate
from gate.card.wire import PREFIX
from gate.cli.card_options import PROOFS, code_of, require, spelt
from gate.cli.moments import DAY
from gate.errors import ConfigError
from gate.trust.bundle import TrustBundle

if TYPE_CHECKING:
    from gate.hub.passes.scheme_card import SchemeCard
    from gate.hub.sites.models import Site

_OWN: Final = ("site", "stands_on", "checked_by", "company", "until")
_NOT_OF_A_PASS: Final = (
    *("trust", "number", "scheme", "holder_id", "expires", "issued_at", "not_before"),
)
"""What the hub says itself, or the scheme card does."""

_OPTIONS: Final = (
    click.option(
        "--hub",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The hub's own file: issue a site's pass there, in place of a card at a desk.",
    ),
    click.option("--site", help="Of a pass: whose."),
    click.option(
        "--stands-on",
        metavar="CARD",
        help="Of a pass: the scheme card, as the text of its code, or as SCHEME:NUMBER:LAST-DAY.",
    ),
    click.option("--checked-by", help="Of a pass: who held the scheme card; kept."),
    click.option("--company", help="Of a pass: whom its holder works for; kept."),
    click.option("--until", type=DAY, help="Of a pass: its last day, if before the card's."),
)


def pass_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a site's pass."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def refuse_pass_options(given: dict[str, Any]) -> None:
    """Make sure that nothing of a pass is asked of a desk.

    Raises:
        click.UsageError: naming the first such option.
    """
    for name in _OWN:
        if given[name]:
            raise click.UsageError(f"{spelt(name)} is for a site's pass; name its --hub")


def issue_pass_at_hub(given: dict[str, Any], photo: bytes | None) -> tuple[str, Card, datetime]:
    """Issue the pass that the options ask for; return its text, itself, and the hub's time.

    Raises:
        click.UsageError: options that are missing, or that a pass does not have.
        ConfigError, TrustError: as `gate.hub.passes.issuing`.
    """
    require(given, "site", "stands_on", "checked_by")
    is_code = given["stands_on"].startswith(PREFIX)
    _refuse(given, _NOT_OF_A_PASS, "the hub says that of a pass")
    if is_code:
        taken = ("name", "card_type", *(one for one in PROOFS if one != "language"))
        _refuse(given, taken, "that is taken from the card's code")
    else:
        require(given, "name", "card_type")
    site = _site(given["hub"], given["site"])
    from django.conf import settings  # noqa: PLC0415 - needs Django set up
    from django.db import transaction  # noqa: PLC0415 - as above
    from django.utils import timezone  # noqa: PLC0415 - as above

    from gate.cli.hub_desk_at import console  # noqa: PLC0415 - as above
    from gate.hub.keys import site_key  # noqa: PLC0415 - as above
    from gate.hub.passes.drawing import portrait  # noqa: PLC0415 - as above
    from gate.hub.passes.issuing import Wish, issue_pass, language_of  # noqa: PLC0415 - as above
    from gate.hub.passes.told import pass_issuers  # noqa: PLC0415 - as above
    from gate.hub.people.adopting import adopt  # noqa: PLC0415 - as above

    now = timezone.now()
    card = _scheme_card(given, site, now, is_code=is_code)
    wish = Wish(
        name=card.name or given["name"],
        company=given["company"] or "",
        until=given["until"],
        photo=portrait(photo) if photo else None,
        language=given["language"] or "",
    )
    secret = site_key(settings.HUB, site.slug)  # type: ignore[misc]  # gate.hub.settings puts it there
    with transaction.atomic():
        made = issue_pass(site, secret, card, wish, by=console(), now=now)
        adopt(made, language_of(card, wish))
    return made.text, authenticate(made.text, TrustBundle(issuers=pass_issuers(site))), now


def _refuse(given: dict[str, Any], names: tuple[str, ...], why: str) -> None:
    for name in names:
        if given[name]:
            raise click.UsageError(f"{spelt(name)}: {why}; leave it out")


def _site(config_path: Path, slug: str) -> "Site":
    from gate.cli.hub_desk_at import at_hub  # noqa: PLC0415 - the hub's libraries are large

    at_hub(config_path)
    from gate.hub.sites.services import find_site  # noqa: PLC0415 - needs Django set up

    return find_site(slug)


def _scheme_card(
    given: dict[str, Any], site: "Site", now: datetime, *, is_code: bool
) -> "SchemeCard":
    from gate.hub.passes.scheme_card import looked_at, read_card  # noqa: PLC0415 - needs Django

    if is_code:
        return read_card(given["stands_on"], checked_by=given["checked_by"], now=now)
    scheme, number, last_day = _parts(given["stands_on"])
    return looked_at(
        scheme=scheme,
        number=number,
        expires_on=last_day,
        proofs=Competence(
            scheme=scheme,
            card_type=given["card_type"],
            **{name: given[name] for name in PROOFS},
        ),
        checked_by=given["checked_by"],
        zone=ZoneInfo(site.time_zone),
    )


def _parts(text: str) -> tuple[Code, str, date]:
    """Take SCHEME:NUMBER:LAST-DAY apart; a number may hold colons.

    Raises:
        ConfigError: it is not of that form.
    """
    scheme, _, rest = text.partition(":")
    number, _, last_day = rest.rpartition(":")
    try:
        return code_of(scheme), number, date.fromisoformat(last_day)
    except ValueError as error:
        form = "SCHEME:NUMBER:LAST-DAY, such as cscs:12345678:2028-05-31, or a text of CC1:"
        raise ConfigError("--stands-on", [f"{text[:60]!r}; allowed: {form}"]) from error
