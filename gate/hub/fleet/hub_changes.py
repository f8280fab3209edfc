"""Changes to which online keys the fleet believes for each site's hub, as values."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from gate.access.kinds import Word
from gate.errors import TrustError
from gate.hub.fleet.changes import compromise_keys, retire_keys
from gate.signing.keys import Algorithm, VerifyingKey
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.hubs import SiteHub
from gate.trust.site_file import MAX_SITE_CHARS

_KEY_CHARS = 64

_SITE: Final = Word(max_chars=MAX_SITE_CHARS)
"""As hubs name their sites (`gate.hub.sites.services.add_site`)."""


def add_hub(held: Sequence[SiteHub], site: str, public_key: str) -> tuple[SiteHub, ...]:
    """Let a key (Ed25519, hexadecimal) speak for a site; the keys it has already stay.

    Raises:
        TrustError: a name that no hub's site can have, no such key, or there already.
    """
    if _SITE.read(site) is None:
        raise TrustError(f"site {site[:40]!r}; allowed: {_SITE.allowed}, as its hub has it")
    try:
        key = VerifyingKey(Algorithm.ED25519, bytes.fromhex(public_key))
    except (ValueError, TrustError) as error:
        raise TrustError(
            f"{public_key[:_KEY_CHARS]!r}: no Ed25519 key of {_KEY_CHARS} hexadecimal digits "
            f"({error}); next: take what `gate hub migrate` prints on that hub"
        ) from error
    trusted = TrustedKey(key=key, uses=frozenset({KeyUse.SITE}))
    old = next((hub for hub in held if hub.site == site), None)
    if old is None:
        new = SiteHub(site=site, keys=(trusted,))
        alike = [place for place, hub in enumerate(held, start=1) if hub.keys == new.keys]
        place = alike[-1] if alike else len(held)
        return (*held[:place], new, *held[place:])  # beside its like: they share the keys' bytes
    if any(one.key == key for one in old.keys):
        raise TrustError(f"hub of {site!r}: has key {trusted.kid.hex()} already")
    return _with(held, old, (*old.keys, trusted))


def retire_hub(
    held: Sequence[SiteHub], site: str, at: datetime, kid: str | None
) -> tuple[SiteHub, ...]:
    """Believe nothing that a site's keys, or one of them, sign after `at`."""
    hub = _the_hub(held, site)
    return _with(held, hub, retire_keys(hub.keys, f"hub of {site!r}", at, kid))


def remove_hub(held: Sequence[SiteHub], site: str) -> tuple[SiteHub, ...]:
    """Believe no key for a site any more, as if it had never been there."""
    hub = _the_hub(held, site)
    return tuple(one for one in held if one is not hub)


def compromise_hub(held: Sequence[SiteHub], site: str, kid: str) -> tuple[SiteHub, ...]:
    """Believe nothing that a key of a site's hub ever signed."""
    hub = _the_hub(held, site)
    return _with(held, hub, compromise_keys(hub.keys, f"hub of {site!r}", kid))


def _with(
    held: Sequence[SiteHub], hub: SiteHub, keys: tuple[TrustedKey, ...]
) -> tuple[SiteHub, ...]:
    return tuple(replace(one, keys=keys) if one is hub else one for one in held)


def _the_hub(held: Sequence[SiteHub], site: str) -> SiteHub:
    for one in held:
        if one.site == site:
            return one
    known = ", ".join(repr(one.site) for one in held) or "none"
    raise TrustError(f"hub of {site!r}: is not there; sites with a hub: {known}")
