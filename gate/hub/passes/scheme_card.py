"""The scheme card that a pass is to stand on: its code read, or looked at by a person.

A code is believed as a gate believes it: an issuer of this hub's desks or of its fleet signed it,
and its list, if this hub has it, says nothing against it. Whoever looks at a card gives their name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from gate.access.kinds import Text
from gate.access.words import words_for
from gate.card.fields import FORMULA, MAX_CODE_CHARS, MAX_NUMBER_CHARS
from gate.card.model import Card, Code, Competence, StandsOn
from gate.card.verify import authenticate, standing
from gate.errors import CardError, ConfigError, Reason
from gate.hub.config import HubConfig
from gate.hub.desk.keys import issuer_of
from gate.hub.desk.lists import list_of
from gate.hub.desk.models import Desk, DeskList
from gate.hub.passes.models import MAX_PERSON_CHARS
from gate.trust.bundle import Issuer, TrustBundle
from gate.trust.issuers import parse_issuers
from gate.trust.manifest import SITE_SCHEME

PERSON: Final = Text(max_chars=MAX_PERSON_CHARS)

_MAX_DIGITS: Final = 9

_NO_MATTER: Final = frozenset({Reason.STATUS_UNKNOWN})
"""A list that this hub does not have: the gates that do have it look the card up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeCard:
    """A card that was shown at induction.

    Attributes:
        beneath: what a pass says of it.
        scheme: whose card it is.
        proofs: what it proves.
        name: its holder's; None if a person looked at it, who writes the name as well.
        checked_by: who held it.
    """

    beneath: StandsOn
    scheme: Code
    proofs: Competence
    name: str | None
    checked_by: str


def read_card(text: str, *, checked_by: str, now: datetime) -> SchemeCard:
    """Return the card in a QR code's text.

    Raises:
        ConfigError: the text is no card that this hub believes, or it is not good now.
    """
    faults = _person_faults(checked_by)
    try:
        card = authenticate(text, TrustBundle(issuers=known_issuers()))
    except CardError as error:
        step = "next: read the code again, or write what stands on the card"
        headline = words_for(error.reason).headline
        raise ConfigError(
            "card", [f"code: {headline} ({error.reason}); {step}", *faults]
        ) from error
    against = [reason for reason in _standing(card, now) if reason not in _NO_MATTER]
    faults += [f"code: {words_for(reason).headline} ({reason})" for reason in against]
    if faults:
        raise ConfigError("card", faults)
    beneath = StandsOn(
        issuer=card.issuer, number=card.number, expires_at=card.expires_at, status=card.status
    )
    return SchemeCard(
        beneath=beneath,
        scheme=card.competence.scheme,
        proofs=replace(card.competence, photo_digest=None),
        name=card.name,
        checked_by=checked_by,
    )


def looked_at(
    *,
    scheme: Code,
    number: str,
    expires_on: date,
    proofs: Competence,
    checked_by: str,
    zone: ZoneInfo,
) -> SchemeCard:
    """Return a card that somebody looked at; it is good for the whole of its last day, in `zone`.

    Raises:
        ConfigError: every fault in what was written.
    """
    faults = [
        *card_faults(scheme, number, proofs.card_type, expires_on),
        *_person_faults(checked_by),
    ]
    if faults:
        raise ConfigError("card", faults)
    beneath = StandsOn(
        issuer=issuer_of_scheme(scheme), number=number, expires_at=end_of(expires_on, zone)
    )
    return SchemeCard(
        beneath=beneath, scheme=scheme, proofs=proofs, name=None, checked_by=checked_by
    )


def card_faults(scheme: Code, number: str, card_type: Code, expires_on: date) -> list[str]:
    """Say what of a card that somebody read off it can't be so, each by its field."""
    faults = [
        *_code_faults("scheme", scheme),
        *_number_faults(number),
        *_code_faults("card_type", card_type),
    ]
    if not 2020 <= expires_on.year <= 2100:
        faults.append(f"expires_on: {expires_on}; allowed: a day from 2020 to 2100")
    return faults


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day is over."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)


def code_of(text: str) -> Code:
    """Return a catalogue's code: one that is all digits is its number there."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
    return int(text) if is_number else text


def known_issuers() -> tuple[Issuer, ...]:
    """Return the issuers of scheme cards that this hub's desks and its fleet know.

    Raises:
        TrustError: the fleet's files don't verify.
    """
    own = tuple(issuer_of(desk) for desk in Desk.objects.filter(site=None))
    named = {issuer.iss for issuer in own}
    return (*own, *(issuer for issuer in _of_the_fleet() if issuer.iss not in named))


def issuer_of_scheme(scheme: Code) -> str:
    """Return the issuer of a scheme's cards: the one that is known, else the scheme's own name."""
    known = [issuer.iss for issuer in known_issuers() if scheme in issuer.schemes]
    return known[0] if len(known) == 1 else str(scheme)


def _of_the_fleet() -> tuple[Issuer, ...]:
    config: HubConfig = settings.HUB  # type: ignore[misc]  # gate.hub.settings puts it there
    if not (config.published / "fleet" / "metadata").is_dir():
        return ()
    # tuf takes 80 ms and 20 MB: only where there is a fleet
    from gate.hub.fleet.metadata import ISSUERS, load_published, text_of  # noqa: PLC0415

    found = load_published(config.published)
    return () if found is None else parse_issuers(text_of(found.vouched.files, ISSUERS), ISSUERS)


def _standing(card: Card, now: datetime) -> Iterable[Reason]:
    held = DeskList.objects.filter(uri=card.status.uri).first()
    lists = {} if held is None else {held.uri: list_of(held)}
    return standing(card, TrustBundle(issuers=(), status_lists=lists), now)


def _code_faults(field: str, code: Code) -> list[str]:
    if isinstance(code, int) or (_is_plain(code, MAX_CODE_CHARS) and _is_scheme(code)):
        return []
    what = (
        f"1 to {MAX_CODE_CHARS} plain letters, digits and hyphens, as the schemes catalogue has it"
    )
    return [f"{field}: {code[:40]!r}; allowed: {what}"]


def _number_faults(number: str) -> list[str]:
    if _is_plain(number, MAX_NUMBER_CHARS) and not number.startswith(FORMULA):
        return []
    return [f"number: {number[:40]!r}; allowed: 1 to {MAX_NUMBER_CHARS} plain letters and digits"]


def _person_faults(name: str) -> list[str]:
    fits = PERSON.read(name) is not None
    return [] if fits else [f"checked_by: {name[:40]!r}; allowed: {PERSON.allowed}"]


def _is_plain(text: str, most: int) -> bool:
    return 0 < len(text) <= most and text.isascii() and text.isprintable() and text == text.strip()


def _is_scheme(code: str) -> bool:
    return not code.startswith(SITE_SCHEME)
