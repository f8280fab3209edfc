"""A set-up code: the text of the QR code that makes a unit of a site out of a blank one. Pure.

    GE1:<Base45 of a COSE_Sign1 message>

Its payload is a map of integers (CBOR): 1 the key that signed it, 2 made at, 3 good until, 4 the
network; with a hub 5 its address, 6 the token, 7 the SHA-256 of the certificate of the authority
that vouches for its TLS; without one, or for the time until it answers, 8 the unit's place and 9
the site's rules.

It is signed by the very key that it carries: that tells a code that was cut off, smudged or changed
from a whole one, not who made it. First trust is by who stands there with the code, and compares
the key's words (gate.trust.fingerprint) with those that the hub shows. Whether a token is good is
for the hub alone to say: `until` is for people.

Invariant: `open_code(text)` returns what `compose_code` makes that `text` of, or raises EnrolError.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from gate.errors import ConfigError, EncodingError, EnrolError, Setback, TrustError
from gate.signing import base45, cbor, cose
from gate.signing.keys import Algorithm, SigningKey, VerifyingKey
from gate.signing.message import open_message, sign_message
from gate.trust.hub_address import ALLOWED, is_hub_address
from gate.trust.network import Network, network_map, read_network
from gate.trust.place import Place, place_map, read_place
from gate.trust.set_up_text import PREFIX, is_code
from gate.trust.site_file import check_moment
from gate.trust.status_token import MAX_TIME_S, MIN_TIME_S

TYP: Final = "application/vnd.site-gate.set-up+cwt"

TOKEN_BYTES: Final = 16
PIN_BYTES: Final = 32
"""SHA-256 of the certificate, DER."""

MIN_LIFE: Final = timedelta(days=1)
MAX_LIFE: Final = timedelta(days=30)
"""Units are prepared weeks ahead; a sheet that is older lies in a drawer."""

MAX_POLICY_CHARS: Final = 1200
"""A site's rules beside the rest in one symbol that an office printer's 60 mm still carry."""

MAX_CODE_CHARS: Final = 2800
"""Of the 3,391 that the largest symbol holds at error correction M (ISO/IEC 18004, table 7)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubDoor:
    """Where a unit joins, and by what right.

    Attributes:
        url: of the hub.
        token: good once.
        pin: SHA-256 of the authority's certificate; None: the public authorities count.
    """

    url: str
    token: bytes = field(repr=False)
    pin: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """What a unit goes by while it has no hub; it has no end."""

    place: Place
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolmentCode:
    """What a code says; with a hub, with what it needs to stand alone, or both.

    Attributes:
        key: who made it; the hub's own where there is a hub.
        issued_at, until: whole seconds, UTC, `MIN_LIFE` to `MAX_LIFE` apart.
    """

    key: VerifyingKey
    issued_at: datetime
    until: datetime
    network: Network
    hub: HubDoor | None = None
    alone: Alone | None = None

    def __post_init__(self) -> None:
        """Refuse what no unit could use."""
        faults = _faults(self)
        if faults:
            raise ConfigError("set-up code", faults)


def compose_code(code: EnrolmentCode, key: SigningKey) -> str:
    """Return the text of a code, signed by `key`, which must be the one it names.

    Raises:
        ConfigError: it names another, or is too long for a QR code.
    """
    if key.verifying_key != code.key:
        raise ConfigError("set-up code", ["signed by another key than it names"])
    claims: dict[int, cbor.Encodable] = {
        1: code.key.public,
        2: int(code.issued_at.timestamp()),
        3: int(code.until.timestamp()),
        4: network_map(code.network),
    }
    if code.hub is not None:
        claims |= {5: code.hub.url, 6: code.hub.token}
        if code.hub.pin is not None:
            claims[7] = code.hub.pin
    if code.alone is not None:
        claims |= {8: place_map(code.alone.place), 9: code.alone.policy}
    text = PREFIX + base45.encode(sign_message(TYP, cbor.encode(claims), key))
    if len(text) > MAX_CODE_CHARS:
        raise ConfigError(
            "set-up code", [f"{len(text)} characters, at most {MAX_CODE_CHARS}; shorten the rules"]
        )
    return text


def open_code(text: str) -> EnrolmentCode:
    """Return what a code says.

    1. Tell by its beginning what it is.  2. Undo the encoding.  3. Take out the key it names, and
    check the signature by it.  4. Read the claims.

    Raises:
        EnrolError: NOT_A_CODE, NEWER_CODE or DAMAGED_CODE.
    """
    # 1.
    if not is_code(text):
        raise EnrolError(Setback.NOT_A_CODE, f"the text does not begin with {PREFIX}")
    if not text.startswith(PREFIX):
        raise EnrolError(Setback.NEWER_CODE, f"it begins with {text[:8]!r}, not with {PREFIX}")
    if len(text) > MAX_CODE_CHARS:
        raise _damaged(f"{len(text)} characters, at most {MAX_CODE_CHARS}")
    try:
        # 2.
        message = base45.decode(text.removeprefix(PREFIX))
        claims = cbor.decode(cose.parse_sign1(message).payload)
        # 3.
        key = _key(claims)
        open_message(message, TYP, (key,))
        # 4.
        return _read(claims, key)
    except (EncodingError, TrustError, ConfigError) as error:
        raise _damaged(str(error)) from error


def _key(claims: object) -> VerifyingKey:
    match claims:
        case {1: bytes(public)}:
            return VerifyingKey(Algorithm.ED25519, public)
        case _:
            raise EncodingError("it names no key")


def _read(claims: object, key: VerifyingKey) -> EnrolmentCode:
    if not isinstance(claims, Mapping) or not set(claims) <= set(range(1, 10)):
        raise EncodingError("it says something that is not known here")
    return EnrolmentCode(
        key=key,
        issued_at=_time(claims.get(2)),
        until=_time(claims.get(3)),
        network=read_network(claims.get(4)),
        hub=_hub(claims),
        alone=_alone(claims),
    )


def _hub(claims: Mapping[object, object]) -> HubDoor | None:
    match claims.get(5), claims.get(6), claims.get(7):
        case None, None, None:
            return None
        case str(url), bytes(token), (None | bytes()) as pin:
            return HubDoor(url=url, token=token, pin=pin)
        case _:
            raise EncodingError("its hub is not an address, a token and a pin")


def _alone(claims: Mapping[object, object]) -> Alone | None:
    match claims.get(8), claims.get(9):
        case None, None:
            return None
        case place, str(policy):
            return Alone(place=read_place(place), policy=policy)
        case _:
            raise EncodingError("its rules are no text")


def _time(value: object) -> datetime:
    if type(value) is not int or not MIN_TIME_S <= value < MAX_TIME_S:
        raise EncodingError("a time outside 2020 to 2100")
    return datetime.fromtimestamp(value, UTC)


def _faults(code: EnrolmentCode) -> list[str]:
    faults = []
    for name, at in (("made at", code.issued_at), ("good until", code.until)):
        try:
            check_moment(name, at)
        except TrustError as error:
            faults.append(str(error))
    if not MIN_LIFE <= code.until - code.issued_at <= MAX_LIFE:
        days = (code.until - code.issued_at) / timedelta(days=1)
        faults.append(f"good for {days:.1f} days; allowed: {MIN_LIFE.days} to {MAX_LIFE.days}")
    if code.key.algorithm is not Algorithm.ED25519:
        faults.append("its key is not an Ed25519 key")
    if code.hub is None and code.alone is None:
        faults.append("neither a hub nor rules to stand alone by")
    if code.hub is not None:
        faults += _hub_faults(code.hub)
    if code.alone is not None:
        faults += _rules_faults(code.alone.policy)
    return faults


def _rules_faults(policy: str) -> list[str]:
    if not 1 <= len(policy) <= MAX_POLICY_CHARS:
        return [f"rules of {len(policy)} characters; allowed: 1 to {MAX_POLICY_CHARS}"]
    is_text = all(char.isprintable() or char in "\n\t" for char in policy)
    return [] if is_text else ["rules that hold more than lines of text"]


def _hub_faults(hub: HubDoor) -> list[str]:
    faults = []
    if not is_hub_address(hub.url):
        faults.append(f"hub {hub.url[:60]!r}; allowed: {ALLOWED}")
    if len(hub.token) != TOKEN_BYTES:
        faults.append(f"a token of {len(hub.token)} bytes, must be {TOKEN_BYTES}")
    if hub.pin is not None and len(hub.pin) != PIN_BYTES:
        faults.append(f"a pin of {len(hub.pin)} bytes, must be {PIN_BYTES}")
    return faults


def _damaged(detail: str) -> EnrolError:
    return EnrolError(Setback.DAMAGED_CODE, detail)
