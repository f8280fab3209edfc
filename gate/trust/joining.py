"""What a unit and its hub say to each other once: who asks to join, and what it then is. Pure.

The request is signed by the unit's new key, which it carries: so the hub learns the key, and that
whoever sent it has its other half. The answer is signed by the hub's key, which the set-up code
carried, and bound to the request by its hash: so nothing else can be taken for it.

The answer holds the site's key, which must not be read on the way: it goes through TLS only.

Invariants: `open_join` of any bytes is what was signed by the key in it, or TrustError;
`open_joined` of any bytes is what that hub answered to that request, or TrustError.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

from gate.errors import ConfigError, EncodingError, TrustError
from gate.signing import cbor, cose
from gate.signing.keys import Algorithm, SigningKey, VerifyingKey
from gate.signing.message import open_message, sign_message
from gate.trust.enrolment import TOKEN_BYTES
from gate.trust.person import MIN_SITE_KEY_BYTES
from gate.trust.place import Place, place_map, read_place
from gate.trust.site_file import check_moment
from gate.trust.status_token import MAX_TIME_S, MIN_TIME_S

JOIN_TYP: Final = "application/vnd.site-gate.join+cwt"
JOINED_TYP: Final = "application/vnd.site-gate.joined+cwt"

JOIN_PATH: Final = "/api/join"

MAX_JOIN_BYTES: Final = 512
"""A request has 212."""

MAX_ROOT_BYTES: Final = 48 << 10
"""Of the fleet's root file; one with eight keys has 5,000."""

MAX_JOINED_BYTES: Final = MAX_ROOT_BYTES + 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Who asks, by what token, at which hub."""

    key: VerifyingKey
    token: bytes = field(repr=False)
    hub: VerifyingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What a unit is from now on.

    Attributes:
        uid: its name at the hub, which is its key's.
        place: where it stands.
        site_key: that keeps the site's persons nameless.
        hub_time: when the hub said so, whole seconds, UTC.
        fleet_root: the fleet's root of trust; empty where there is no fleet.
    """

    uid: str
    place: Place
    site_key: bytes = field(repr=False)
    hub_time: datetime
    fleet_root: bytes = b""


def sign_join(join: Join, key: SigningKey) -> bytes:
    """Return the request as it travels, signed by the key that it names."""
    claims: dict[int, cbor.Encodable] = {1: join.key.public, 2: join.token, 3: join.hub.public}
    return sign_message(JOIN_TYP, cbor.encode(claims), key)


def open_join(data: bytes) -> Join:
    """Return a request to join; whether at this hub is for the caller to see.

    1. Check the size.  2. Take out the keys it names.  3. Check the signature by the unit's.

    Raises:
        TrustError: naming the step that failed.
    """
    # 1.
    if len(data) > MAX_JOIN_BYTES:
        raise TrustError(f"join: {len(data)} bytes, at most {MAX_JOIN_BYTES}")
    # 2.
    try:
        claims: Any = cbor.decode(cose.parse_sign1(data).payload)
    except EncodingError as error:
        raise TrustError(f"join: {error}") from error
    match claims:
        case {1: bytes(public), 2: bytes(token), 3: bytes(hub)} if (
            len(claims) == 3 and len(token) == TOKEN_BYTES
        ):
            key = VerifyingKey(Algorithm.ED25519, public)
            join = Join(key=key, token=token, hub=VerifyingKey(Algorithm.ED25519, hub))
        case _:
            raise TrustError("join: not a key, a token and a hub")
    # 3.
    try:
        open_message(data, JOIN_TYP, (key,))
    except TrustError as error:
        raise TrustError(f"join: {error}") from error
    return join


def sign_joined(joined: Joined, request: bytes, key: SigningKey) -> bytes:
    """Return the hub's answer to `request` as it travels.

    Raises:
        TrustError: it holds what could not travel.
    """
    check_moment("hub_time", joined.hub_time)
    if len(joined.fleet_root) > MAX_ROOT_BYTES:
        raise TrustError(f"fleet root: {len(joined.fleet_root)} bytes, at most {MAX_ROOT_BYTES}")
    claims: dict[int, cbor.Encodable] = {
        1: joined.uid,
        2: sha256(request).digest(),
        3: int(joined.hub_time.timestamp()),
        4: place_map(joined.place),
        5: joined.site_key,
        6: joined.fleet_root,
    }
    return sign_message(JOINED_TYP, cbor.encode(claims), key)


def open_joined(data: bytes, join: Join, request: bytes) -> Joined:
    """Return what `join.hub` answered to `request`, which carried `join`.

    1. Check the size.  2. The hub signed it.  3. Read it.  4. It answers this request, of this key.

    Raises:
        TrustError: naming the step that failed.
    """
    # 1.
    if len(data) > MAX_JOINED_BYTES:
        raise TrustError(f"joined: {len(data)} bytes, at most {MAX_JOINED_BYTES}")
    # 2.
    try:
        _, payload = open_message(data, JOINED_TYP, (join.hub,))
    except TrustError as error:
        raise TrustError(f"joined: {error}") from error
    # 3.
    try:
        joined, request_hash = _joined(cbor.decode(payload))
    except (EncodingError, ConfigError) as error:
        raise TrustError(f"joined: {error}") from error
    # 4.
    if request_hash != sha256(request).digest() or joined.uid != join.key.kid.hex():
        raise TrustError("joined: it answers another unit's request")
    return joined


def _joined(value: object) -> tuple[Joined, bytes]:
    claims: Any = value
    match claims:
        case {1: str(uid), 2: bytes(asked), 3: int(at_s), 4: place, 5: bytes(key), 6: bytes(root)}:
            pass
        case _:
            raise EncodingError("not the six parts of an answer")
    if len(claims) != 6 or len(key) < MIN_SITE_KEY_BYTES or not MIN_TIME_S <= at_s < MAX_TIME_S:
        raise EncodingError("not the six parts of an answer")
    joined = Joined(
        uid=uid,
        place=read_place(place),
        site_key=key,
        hub_time=datetime.fromtimestamp(at_s, UTC),
        fleet_root=root,
    )
    return joined, asked
