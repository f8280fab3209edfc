"""What is printed in the codes of each kind: real cards from real desks, and what is none.

Cards are drafted from a seeded generator, so that names and numbers are the same for a seed. What
must happen at a desk before the gate opens (cancelling, putting on hold) happens here; whom the
site is to block is told in `blocked`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gate.card.model import Card, Competence, StatusRef
from gate.card.verify import protected_header
from gate.card.wire import MAX_PAYLOAD_CHARS, PREFIX, build_claims
from gate.signing import base45
from gate.signing.cose import parse_sign1, sign1
from gate.signing.keys import SigningKey
from gate.sim.demo_kinds import Kind
from gate.sim.presentation import Medium, Thing
from gate.sim.site import (
    AGEING,
    ECS,
    SCOTLAND,
    STALE,
    STARTS_AT,
    STRANGER,
    UNLISTED,
    Site,
)
from gate.sim.site_files import WITHDRAWN_TYPE
from gate.store import desk as desks
from gate.trust.status_list import Status

_FIRST: Final = (
    *("Amara", "Ben", "Chloe", "Dewi", "Elif", "Farah", "Grace", "Hamish", "Ines", "Jakub"),
    *("Kiran", "Liam", "Mei", "Niamh", "Owen", "Priya", "Rhys", "Sofia", "Tariq", "Zuzanna"),
)
_LAST: Final = (
    *("Ahmed", "Brown", "Clarke", "Davies", "Evans", "Fraser", "Green", "Hughes", "Iqbal"),
    *("Jones", "Kowalski", "Lewis", "Murray", "Nowak", "O'Neill", "Patel", "Quinn", "Roberts"),
    *("Singh", "Thomas", "Walker", "Young"),
)
_BASE45: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_YEAR: Final = timedelta(days=365)
_LIVE_CHARS: Final = 621
"""CARD, "Live card": with few fields."""

_MAKER: Final = {
    Kind.GOOD_P256: SCOTLAND,
    Kind.LIST_AGEING: AGEING,
    Kind.LIST_TOO_OLD: STALE,
    Kind.NO_LIST: UNLISTED,
    Kind.KEY_TURNED: UNLISTED,
    Kind.UNKNOWN_ISSUER: STRANGER,
}
"""Who issues a kind of card, if not `ECS`."""

_TRADE: Final = {
    Kind.TYPE_NOT_ACCEPTED: ("cscs", "cscs-visitor"),
    Kind.TYPE_WITHDRAWN: ("ecs-jib", WITHDRAWN_TYPE),
    Kind.FOREIGN_SCHEME: ("ecs-sjib", "approved-electrician"),
}
"""Scheme and card type of a kind, if not the issuer's usual ones."""

_MEDIUM: Final = {
    Kind.ON_PAPER: Medium.PAPER,
    Kind.ON_PHONE: Medium.PHONE,
    Kind.LIVE_CARD: Medium.PHONE,
}
_NO_CARDS: Final = frozenset({Kind.WEB_CODE, Kind.WIFI_CODE, Kind.LIVE_CARD, Kind.TOO_LONG})
_NAMELESS: Final = frozenset(
    {Kind.UNKNOWN_ISSUER, Kind.FORGED, Kind.ALTERED, Kind.FOREIGN_SCHEME}
    | {Kind.TOO_SMALL, Kind.TOO_BLURRED, Kind.GLARE}
)
"""Cards whose record names nobody: not believed, or not read."""

_STATUS: Final = {
    Kind.REVOKED: Status.INVALID,
    Kind.FORCED: Status.INVALID,
    Kind.SUSPENDED: Status.SUSPENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What is held up, and whom the record must name: a card's number, None for nobody.

    `card` is the card itself; None where there is none to be believed.
    """

    things: tuple[Thing, ...]
    card: Card | None = None

    @property
    def number(self) -> str | None:
        """The number that the record must bear."""
        return None if self.card is None else self.card.number


class CardMaker:
    """Makes what each kind needs at a site's desks.

    Attributes:
        blocked: numbers of the cards whose holders the site must block.
    """

    def __init__(self, site: Site, random: Random) -> None:
        self.blocked: list[str] = []
        self._site = site
        self._random = random
        self._issued = 0

    def held(self, kind: Kind) -> Held:
        """Return something of `kind`; of what names no fault of the card one in order."""
        if kind in _NO_CARDS:
            return Held(things=(self._no_card(kind),))
        held = self._card(kind)
        if kind is Kind.TWO_CARDS:
            return Held(things=held.things + self._card(Kind.GOOD).things)
        return Held(things=held.things) if kind in _NAMELESS else held

    def _card(self, kind: Kind) -> Held:
        desk = self._site.desk(_MAKER.get(kind, ECS))
        text, card = desks.issue(desk, lambda place: self._draft(kind, place))
        if kind in _STATUS:
            desks.set_status(desk, [card.number], _STATUS[kind], STARTS_AT - timedelta(hours=1))
        if kind is Kind.BLOCKED:
            self.blocked.append(card.number)
        if kind is Kind.FORGED:
            text = forged(card, desk)
        if kind is Kind.ALTERED:
            text = altered(text, self._random)
        thing = Thing(
            medium=_MEDIUM.get(kind, Medium.CARD),
            text=text,
            name=card.name,
            lines=(
                str(card.competence.card_type).replace("-", " ").capitalize(),
                card.number,
                f"Exp {card.expires_at:%d %b %y}",
            ),
            web_text="https://cards.example/check" if kind is Kind.BESIDE_WEB_CODE else None,
            gloved=self._random.random() < 0.4,
        )
        return Held(things=(thing,), card=card)

    def _draft(self, kind: Kind, place: StatusRef) -> Card:
        self._issued += 1
        maker = _MAKER.get(kind, ECS)
        scheme, card_type = _TRADE.get(kind, (maker.schemes[0], "approved-electrician"))
        issued_at, expires_at = self._dates(kind)
        return Card(
            issuer=self._site.desk(maker).issuer.iss,
            number=f"{self._issued:04}{self._digits(4)}",
            holder_id=f"H{self._issued:05}",
            name=f"{self._random.choice(_FIRST)} {self._random.choice(_LAST)}",
            not_before=issued_at,
            issued_at=issued_at,
            expires_at=expires_at,
            competence=Competence(
                scheme=scheme,
                card_type=card_type,
                occupations=(card_type,),
                qualifications=("nvq3-electrotechnical", "am2"),
                health_safety=("ecs-hse", (STARTS_AT + _YEAR).date()),
            ),
            status=place,
        )

    def _dates(self, kind: Kind) -> tuple[datetime, datetime]:
        """Return when a card of `kind` was issued and when it ends."""
        issued_at = STARTS_AT - timedelta(days=self._random.randrange(30, 700))
        match kind:
            case Kind.NOT_YET_VALID:
                return STARTS_AT + timedelta(days=1), STARTS_AT + 3 * _YEAR
            case Kind.EXPIRED | Kind.LEAVES_EXPIRED:
                return issued_at, STARTS_AT - timedelta(days=self._random.randrange(1, 25))
            case Kind.EXPIRING_SOON:
                return issued_at, STARTS_AT + timedelta(days=self._random.randrange(2, 25))
            case _:
                return issued_at, issued_at + 3 * _YEAR

    def _no_card(self, kind: Kind) -> Thing:
        match kind:
            case Kind.WEB_CODE:
                text = f"https://cards.example/check/{self._digits(8)}"
            case Kind.WIFI_CODE:
                text = f"WIFI:T:WPA;S:Site office;P:{self._digits(12)};;"
            case Kind.LIVE_CARD:
                text = "CK1:" + self._base45(_LIVE_CHARS - 4)
            case _:
                text = PREFIX + self._base45(MAX_PAYLOAD_CHARS)
        return Thing(medium=_MEDIUM.get(kind, Medium.PAPER), text=text)

    def _digits(self, count: int) -> str:
        return "".join(self._random.choices("0123456789", k=count))

    def _base45(self, count: int) -> str:
        return "".join(self._random.choices(_BASE45, k=count))


def forged(card: Card, desk: desks.Desk) -> str:
    """Return `card` under the name of the desk's key, signed by another."""
    public = desk.key.verifying_key
    stranger = SigningKey(Ed25519PrivateKey.generate())
    header = protected_header(public.algorithm, public.kid)
    return PREFIX + base45.encode(sign1(header, build_claims(card), stranger))


def altered(text: str, random: Random) -> str:
    """Return the card with one bit of its claims turned over, its signature left as it was."""
    data = bytearray(base45.decode(text.removeprefix(PREFIX)))
    claims = parse_sign1(bytes(data)).payload
    place = data.index(claims) + random.randrange(len(claims))
    data[place] ^= 1 << random.randrange(8)
    return PREFIX + base45.encode(bytes(data))
