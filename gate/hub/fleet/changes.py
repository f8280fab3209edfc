"""Changes to whom the fleet believes: issuers and hubs, as values; nothing is staged here.

Every refusal names the thing, what it is, and what to do instead.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from gate.errors import TrustError
from gate.trust.bundle import Issuer, KeyUse, TrustedKey

DEMO_PREFIX: Final = "demo:"
"""No gate runs with such an issuer (gate.store.trust_store): it would stop the whole fleet."""


def add_issuer(held: tuple[Issuer, ...], fresh: Issuer) -> tuple[Issuer, ...]:
    """Add an issuer; one that is there already gets the keys that it lacks.

    Raises:
        TrustError: no key, a demonstration's, another's status base, or nothing new.
    """
    if not fresh.keys:
        raise TrustError(f"issuer {fresh.iss!r}: no key, so none of its cards could be verified")
    if fresh.iss.startswith(DEMO_PREFIX):
        raise TrustError(f"issuer {fresh.iss!r}: is for demonstrations, and no gate runs with it")
    for one in held:
        if one.iss != fresh.iss and _overlap(one.status_base, fresh.status_base):
            raise TrustError(
                f"issuer {fresh.iss!r}: its status base {fresh.status_base!r} is shared with "
                f"{one.iss!r} ({one.status_base!r}); next: have one of them choose another"
            )
    old = next((one for one in held if one.iss == fresh.iss), None)
    if old is None:
        return (*held, fresh)
    if (old.schemes, old.status_base) != (fresh.schemes, fresh.status_base):
        raise TrustError(
            f"issuer {fresh.iss!r}: is there with schemes {_words(old)} and status base "
            f"{old.status_base!r}, not {_words(fresh)} and {fresh.status_base!r}; next: "
            "`gate hub fleet retire-issuer --remove` it first"
        )
    known = {key.key for key in old.keys}
    new = tuple(key for key in fresh.keys if key.key not in known)
    if not new:
        raise TrustError(f"issuer {fresh.iss!r}: is there already, with the same keys")
    changed = replace(old, keys=(*old.keys, *new))
    return tuple(changed if one is old else one for one in held)


def retire_issuer(
    held: tuple[Issuer, ...], iss: str, at: datetime, kid: str | None
) -> tuple[Issuer, ...]:
    """Believe nothing that an issuer's keys, or one of them, sign after `at`."""
    issuer = _the_issuer(held, iss)
    keys = retire_keys(issuer.keys, f"issuer {iss!r}", at, kid)
    return tuple(replace(one, keys=keys) if one is issuer else one for one in held)


def remove_issuer(held: tuple[Issuer, ...], iss: str) -> tuple[Issuer, ...]:
    """Believe nothing of an issuer any more, as if it had never been there."""
    issuer = _the_issuer(held, iss)
    return tuple(one for one in held if one is not issuer)


def mark_compromised(held: tuple[Issuer, ...], iss: str, kid: str) -> tuple[Issuer, ...]:
    """Believe nothing that a key of an issuer ever signed: a stolen key backdates."""
    issuer = _the_issuer(held, iss)
    keys = compromise_keys(issuer.keys, f"issuer {iss!r}", kid)
    return tuple(replace(one, keys=keys) if one is issuer else one for one in held)


def retire_keys(
    keys: Sequence[TrustedKey], whose: str, at: datetime, kid: str | None
) -> tuple[TrustedKey, ...]:
    """Return the keys, those of `kid` (None: all) not believed for what they sign after `at`."""

    def retired(key: TrustedKey) -> TrustedKey:
        end = at if key.not_after is None else min(at, key.not_after)
        if key.not_before is not None and end < key.not_before:
            raise TrustError(
                f"{whose}: key {key.kid.hex()} begins {key.not_before:%F %T} UTC, after "
                f"{at:%F %T}; next: choose a later time, or mark it compromised"
            )
        return replace(key, not_after=end)

    return _changed(keys, whose, kid, retired, "is retired by then already")


def compromise_keys(keys: Sequence[TrustedKey], whose: str, kid: str) -> tuple[TrustedKey, ...]:
    """Return the keys, those of `kid` marked compromised."""
    return _changed(
        keys, whose, kid, lambda key: replace(key, compromised=True), "is marked already"
    )


def list_key(key: TrustedKey) -> str:
    """Say of a key of an issuer or hub what it is and what it is for."""
    ends = f", until {key.not_after:%F %T} UTC" if key.not_after else ""
    state = ", COMPROMISED" if key.compromised else ""
    uses = ", ".join(sorted(use.value for use in KeyUse if use in key.uses))
    return f"key {key.kid.hex()} for {uses}{ends}{state}"


def _changed(
    keys: Sequence[TrustedKey],
    whose: str,
    kid: str | None,
    change: Callable[[TrustedKey], TrustedKey],
    otherwise: str,
) -> tuple[TrustedKey, ...]:
    if kid is not None and not any(key.kid.hex() == kid for key in keys):
        known = ", ".join(key.kid.hex() for key in keys)
        raise TrustError(f"{whose}: has no key {kid!r}; its keys: {known}")
    changed = tuple(change(key) if kid in {None, key.kid.hex()} else key for key in keys)
    if changed == tuple(keys):
        raise TrustError(f"{whose}: {f'key {kid}' if kid else 'every key'} {otherwise}")
    return changed


def _the_issuer(held: tuple[Issuer, ...], iss: str) -> Issuer:
    for one in held:
        if one.iss == iss:
            return one
    known = ", ".join(repr(one.iss) for one in held) or "none"
    raise TrustError(f"issuer {iss!r}: is not there; the fleet's issuers: {known}")


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _words(issuer: Issuer) -> str:
    return ", ".join(sorted(map(str, issuer.schemes)))
