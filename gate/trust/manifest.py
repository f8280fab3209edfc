"""A site's manifest: its rules, who is inducted or blocked, pass issuers, commands, local logins.

The hub's online key signs it for one site, and only that site's units are served it. Persons are
keyed hashes (`gate.trust.person`): nobody is named but who may sign in at the units themselves. The
form is docs/reference/site-files.md's.

Invariant: `open_manifest` of any bytes is a manifest whose `sign_manifest` by the same key is these
bytes (Ed25519 is deterministic), or TrustError.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import NoneType
from typing import Any, Final

from gate.errors import EncodingError, TrustError
from gate.signing import cbor
from gate.signing.keys import SigningKey
from gate.signing.message import sign_message
from gate.trust.bundle import Issuer, KeyUse, TrustedKey
from gate.trust.commanded import About, Forgiven, Identified, Released, claims_of, read_claims
from gate.trust.inductions import HeldInduction, pack, unpack
from gate.trust.issuers import format_issuers, parse_issuers
from gate.trust.local_login import MAX_LOGINS, LocalLogin, LocalRole
from gate.trust.person import PERSON_BYTES
from gate.trust.site_file import FileKind, check_moment, check_site_name

KIND: Final = FileKind(
    name="manifest", typ="application/vnd.site-gate.manifest+cbor", max_bytes=1 << 20
)
"""All of what follows at its most takes 780 kB; 400 persons and usual rules take 12."""

MAX_POLICY_BYTES: Final = 128 << 10
MAX_INDUCTED: Final = 20_000
MAX_BLOCKED: Final = 5_000
"""As the site's rules allow (`gate.access.site_policy`)."""

MAX_COMMANDS: Final = 132
"""A lock-down, a test, 6 who wait for the guard, 4 units to be found, and as many exits as the
largest site forgives."""

COMMAND_ID_BYTES: Final = 16
MAX_VERSION: Final = 2**53 - 1
"""The largest integer that JSON carries unharmed to a browser (RFC 8259, section 6)."""

SITE_SCHEME: Final = "site:"
_SITE_USES: Final = frozenset({KeyUse.SITE, KeyUse.LIST})


class CommandKind(StrEnum):
    """What a hub may tell a site's gates to do."""

    LOCKDOWN = "lockdown"
    LIFT = "lift"
    TEST_RELEASE = "test_release"
    FORGIVE = "forgive"
    RELEASE = "release"
    IDENTIFY = "identify"


_ABOUT: Final = {
    CommandKind.FORGIVE: Forgiven,
    CommandKind.RELEASE: Released,
    CommandKind.IDENTIFY: Identified,
}
"""The kinds that are about somebody, or one unit; the others are about all gates alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something to be done once, not after `not_after`, and never under an untrusted clock.

    `about` tells of whom, where the kind asks for it.
    """

    id: bytes
    kind: CommandKind
    not_after: datetime
    about: About | None = None

    def __post_init__(self) -> None:
        """Refuse what could not be told from another command."""
        if len(self.id) != COMMAND_ID_BYTES:
            raise TrustError(f"command: an id of {len(self.id)} bytes, not {COMMAND_ID_BYTES}")
        check_moment("command: not_after", self.not_after)
        if type(self.about) is not _ABOUT.get(self.kind, NoneType):
            raise TrustError(f"command: {self.kind}, and not with what that kind is about")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteManifest:
    """What a site's gates go by.

    Attributes:
        version: rises with every change of what follows it.
        issued_at, expires_at: aware, UTC, whole seconds; both may rise without a new version.
        policy: the site's rules, TOML text, not yet looked into.
        inducted, blocked: persons, as keyed hashes.
        inductions: of those inducted of whom it is known, if the rules ask for it.
        issuers: of site passes: for this site's scheme only, by keys for nothing but sites and
            lists.
        logins: of the units' own pages, each name once, by name.
    """

    site: str
    version: int
    issued_at: datetime
    expires_at: datetime
    policy: str
    inducted: frozenset[bytes] = frozenset()
    blocked: frozenset[bytes] = frozenset()
    issuers: tuple[Issuer, ...] = ()
    commands: tuple[Command, ...] = ()
    logins: tuple[LocalLogin, ...] = ()
    inductions: Mapping[bytes, HeldInduction] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Refuse what no hub could mean."""
        check_site_name(self.site)
        if not 1 <= self.version <= MAX_VERSION:
            raise TrustError(f"manifest: version {self.version}, outside 1 to {MAX_VERSION}")
        check_moment("manifest: issued_at", self.issued_at)
        check_moment("manifest: expires_at", self.expires_at)
        if self.expires_at <= self.issued_at:
            raise TrustError("manifest: it expires before it is issued")
        _check_policy(self.policy)
        _check_persons("inducted", self.inducted, MAX_INDUCTED)
        _check_persons("blocked", self.blocked, MAX_BLOCKED)
        if not self.inductions.keys() <= self.inducted:
            raise TrustError("manifest: an induction of somebody who is not inducted")
        for issuer in self.issuers:
            _check_site_issuer(issuer, self.site)
        if len({command.id for command in self.commands}) != len(self.commands):
            raise TrustError("manifest: a command stands twice")
        if len(self.commands) > MAX_COMMANDS:
            raise TrustError(f"manifest: {len(self.commands)} commands, at most {MAX_COMMANDS}")
        _check_logins(self.logins)


def sign_manifest(manifest: SiteManifest, key: SigningKey) -> bytes:
    """Return the message that carries `manifest`, signed by the hub's `key`.

    Raises:
        TrustError: an issuer that would not come back the same, or a message that is too long.
    """
    message = sign_message(KIND.typ, _encode(manifest), key)
    if len(message) > KIND.max_bytes:
        raise TrustError(f"manifest: {len(message)} bytes, at most {KIND.max_bytes}")
    return message


def open_manifest(data: bytes, keys: Sequence[TrustedKey], site: str) -> SiteManifest:
    """Return the manifest in a message, if a hub trusted for `site` signed it.

    1. Check the size; take apart, compare the header, check the signature.  2. Read the payload;
    it is in its one encoding.  3. The key was trusted when it was issued.  4. It is this site's.
    Whether it may replace the one in force is `accept_manifest`'s business.

    Raises:
        TrustError: naming the step that failed.
    """
    # 1.
    signer, payload = KIND.unseal(data, keys)
    # 2.
    manifest = _decode(payload)
    # 3.
    KIND.check_signer(signer, keys, manifest.issued_at)
    # 4.
    KIND.check_site(manifest.site, site)
    return manifest


def accept_manifest(
    fresh: SiteManifest, held: SiteManifest | None, now: datetime, *, clock_trusted: bool
) -> None:
    """Refuse a manifest that must not replace the one in force.

    An untrusted `now` is a lower bound: what has expired by it has expired.

    Raises:
        TrustError: of another site, not yet issued, expired, older than `held`, or its contents
            changed under the same version.
    """
    KIND.check_issued(fresh.issued_at, now, clock_trusted=clock_trusted)
    if fresh.expires_at <= now:
        raise TrustError(
            f"manifest: expired on {fresh.expires_at:%Y-%m-%d %H:%M} UTC; bring one that the hub"
            " signed since, or put this clock right"
        )
    if held is None:
        return
    KIND.check_site(fresh.site, held.site)
    if fresh.version < held.version:
        raise TrustError(
            f"manifest: version {fresh.version}, held is {held.version}; bring a newer one"
        )
    if fresh.version == held.version:
        if fresh.issued_at < held.issued_at:
            raise TrustError(
                f"manifest: version {fresh.version} as signed at {fresh.issued_at:%H:%M:%S}, "
                f"held as signed at {held.issued_at:%H:%M:%S}"
            )
        if replace(fresh, issued_at=held.issued_at, expires_at=held.expires_at) != held:
            raise TrustError(
                f"manifest: version {fresh.version} again, with other contents; two hubs sign for"
                " this site, or one was put back: change its rules there"
            )


def _encode(manifest: SiteManifest) -> bytes:
    text = format_issuers(manifest.issuers)
    if parse_issuers(text, "manifest: issuers") != manifest.issuers:
        raise TrustError("manifest: issuers: a key's dates are not whole seconds, UTC")
    claims: dict[int, Any] = {
        1: manifest.site,
        2: manifest.version,
        3: int(manifest.issued_at.timestamp()),
        4: int(manifest.expires_at.timestamp()),
        5: manifest.policy,
        6: b"".join(sorted(manifest.inducted)),
        7: b"".join(sorted(manifest.blocked)),
        8: text,
        9: [_claims_of(command) for command in manifest.commands],
    }
    if manifest.logins:  # left out without any, so that units of before them read the others
        claims[10] = [
            [login.name, str(login.role), login.salt, login.hash] for login in manifest.logins
        ]
    if manifest.inductions:  # likewise
        claims[11] = pack(sorted(manifest.inducted), manifest.inductions)
    return cbor.encode(claims)


def _decode(payload: bytes) -> SiteManifest:
    try:
        claims: Any = cbor.decode(payload)
    except EncodingError as error:
        raise TrustError(f"manifest: payload: {error}") from error
    match claims:
        case {
            1: str(site),
            2: int(version),
            3: issued_at,
            4: expires_at,
            5: str(policy),
            6: bytes(inducted),
            7: bytes(blocked),
            8: str(issuers),
            9: list(commands),
            **others,
        } if others.keys() <= {10, 11}:
            manifest = SiteManifest(
                site=site,
                version=version,
                issued_at=KIND.time(issued_at, "issued_at"),
                expires_at=KIND.time(expires_at, "expires_at"),
                policy=policy,
                inducted=_persons(inducted),
                blocked=_persons(blocked),
                issuers=parse_issuers(issuers, "manifest: issuers"),
                commands=tuple(_command(command) for command in commands),
                logins=_logins(others.get(10, [])),
                inductions=_inductions(inducted, others),
            )
        case _:
            raise TrustError("manifest: payload: not the claims of a manifest")
    if _encode(manifest) != payload:
        raise TrustError("manifest: payload: persons or issuers are not in their one order")
    return manifest


def _persons(hashes: bytes) -> frozenset[bytes]:
    places = range(0, len(hashes), PERSON_BYTES)
    return frozenset(hashes[place : place + PERSON_BYTES] for place in places)


def _inductions(inducted: bytes, others: Mapping[Any, Any]) -> Mapping[bytes, HeldInduction]:
    return unpack(sorted(_persons(inducted)), others[11]) if 11 in others else {}


def _claims_of(command: Command) -> list[Any]:
    claims = [command.id, str(command.kind), int(command.not_after.timestamp())]
    return claims + claims_of(command.about)


def _command(value: object) -> Command:
    match value:
        case [bytes(id_), str(kind), not_after, *what] if kind in set(CommandKind):
            return Command(
                id=id_,
                kind=CommandKind(kind),
                not_after=KIND.time(not_after, "a command's not_after"),
                about=read_claims(what, KIND),
            )
        case _:
            raise TrustError("manifest: payload: a command is not [id, kind, not after]")


def _logins(value: object) -> tuple[LocalLogin, ...]:
    if not isinstance(value, list):
        raise TrustError("manifest: payload: the logins are not an array")
    return tuple(_login(login) for login in value)


def _login(value: object) -> LocalLogin:
    match value:
        case [str(name), str(role), bytes(salt), bytes(hash_)] if role in set(LocalRole):
            return LocalLogin(name=name, role=LocalRole(role), salt=salt, hash=hash_)
        case _:
            raise TrustError("manifest: payload: a login is not [name, role, salt, hash]")


def _check_logins(logins: tuple[LocalLogin, ...]) -> None:
    if len(logins) > MAX_LOGINS:
        raise TrustError(f"manifest: {len(logins)} logins, at most {MAX_LOGINS}")
    names = [login.name for login in logins]
    if names != sorted(set(names)):
        raise TrustError("manifest: a login stands twice, or they are not by name")


def _check_policy(policy: str) -> None:
    try:
        size = len(policy.encode())
    except UnicodeEncodeError as error:
        raise TrustError("manifest: rules with half a character in them") from error
    if size > MAX_POLICY_BYTES:
        raise TrustError(f"manifest: rules of {size} bytes, at most {MAX_POLICY_BYTES}")


def _check_persons(name: str, persons: frozenset[bytes], most: int) -> None:
    if len(persons) > most:
        raise TrustError(f"manifest: {len(persons)} {name}, at most {most}")
    if any(len(person) != PERSON_BYTES for person in persons):
        raise TrustError(f"manifest: {name}: a person that is not {PERSON_BYTES} bytes")


def _check_site_issuer(issuer: Issuer, site: str) -> None:
    if issuer.schemes != {SITE_SCHEME + site}:
        raise TrustError(
            f"manifest: the issuer {issuer.iss!r} does not speak for {SITE_SCHEME}{site} alone"
        )
    for trusted in issuer.keys:
        if not trusted.uses <= _SITE_USES:
            raise TrustError(
                f"manifest: the issuer {issuer.iss!r} has a key for more than site and list"
            )
