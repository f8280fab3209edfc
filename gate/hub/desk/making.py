"""A new desk: its key, its issuer's name, its first list, published empty."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from gate.access.kinds import Text, Word
from gate.errors import ConfigError, TrustError
from gate.hub.desk import keys
from gate.hub.desk.lists import add_list
from gate.hub.desk.models import MAX_BASE_CHARS, MAX_ISS_CHARS, Desk
from gate.hub.desk.publishing import publish
from gate.hub.sites.models import Site
from gate.signing.keys import Algorithm, SigningKey
from gate.trust.bundle import Issuer, KeyUse, TrustedKey
from gate.trust.issuers import check_distinct, format_issuers, parse_issuers

DEFAULT_CAPACITY: Final = 1 << 17
"""Cards a list holds; 32 KiB unpacked."""
MAX_CAPACITY: Final = 1 << 25

CARD_USES: Final = frozenset({KeyUse.CARD, KeyUse.LIST})
SITE_USES: Final = frozenset({KeyUse.SITE, KeyUse.LIST})

_SLUG: Final = Word(max_chars=32)
_ISS: Final = Text(max_chars=MAX_ISS_CHARS)


def create_desk(
    *,
    slug: str,
    iss: str,
    schemes: frozenset[str],
    now: datetime,
    algorithm: Algorithm = Algorithm.ED25519,
    capacity: int = DEFAULT_CAPACITY,
    status_base: str = "",
    site: Site | None = None,
) -> Desk:
    """Make a desk that nobody has issued at.

    `slug` is what commands and addresses call it, `capacity` how many cards a list of it holds;
    its lists' addresses begin with `status_base`, made of the issuer's name if empty. With `site`
    it issues that site's own passes: its key is then good for passes and lists alone.

    Raises:
        ConfigError: every fault in what was given, or a name that is taken.
        TrustError: the disk refused, or another issuer has that status base.
    """
    key = _generate(algorithm)
    uses = CARD_USES if site is None else SITE_USES
    issuer = Issuer(
        iss=iss,
        schemes=schemes,
        status_base=status_base or _base_of(iss),
        keys=(TrustedKey(key=key.verifying_key, uses=uses),),
    )
    refuse_faults(slug, issuer, capacity)
    desk = Desk(
        slug=slug,
        iss=iss,
        status_base=issuer.status_base,
        issuer=format_issuers((issuer,)),
        capacity=capacity,
        site=site,
        created_at=now,
    )
    path = keys.store_key(slug, key)
    try:
        save_new(desk, issuer, lambda: add_list(desk, key, now))
    except BaseException:
        path.unlink()
        raise
    publish(desk, now)
    return desk


def refuse_faults(slug: str, issuer: Issuer, capacity: int) -> None:
    """Judge what a desk is to be; raises ConfigError with every fault."""
    faults = []
    if _SLUG.read(slug) is None:
        faults.append(f"name = {slug[:40]!r}; allowed: {_SLUG.allowed}")
    if _ISS.read(issuer.iss) is None:
        faults.append(f"issuer = {issuer.iss[:70]!r}; allowed: {_ISS.allowed}")
    if not issuer.schemes:
        faults.append("schemes: none; allowed: at least one that it speaks for")
    if not 1 <= capacity <= MAX_CAPACITY:
        faults.append(f"capacity = {capacity}; allowed: 1 to {MAX_CAPACITY} cards")
    base = issuer.status_base
    if not (base.isprintable() and base.endswith("/") and len(base) <= MAX_BASE_CHARS):
        what = f'at most {MAX_BASE_CHARS} printable characters that end in "/"'
        faults.append(f"status base = {base[:60]!r}; allowed: {what}")
    if Desk.objects.filter(slug=slug).exists():
        faults.append(f"name = {slug!r}; a desk is called so already")
    if Desk.objects.filter(iss=issuer.iss).exists():
        faults.append(f"issuer = {issuer.iss!r}; a desk issues under that name already")
    if faults:
        raise ConfigError("desk", faults)


def save_new(desk: Desk, issuer: Issuer, then: Callable[[], object]) -> None:
    """Save a desk and what `then` adds to it, if no other's status base meets its own.

    Raises:
        TrustError: one does, or the issuer is not of a form that units read.
    """
    with transaction.atomic():
        others = [keys.issuer_of(one) for one in Desk.objects.all()]
        parse_issuers(desk.issuer, f"desk {desk.slug}")  # what no unit could read is no desk
        check_distinct((*others, issuer), "the hub's desks")
        desk.save()
        then()


def find_desk(slug: str) -> Desk:
    """Return a desk by its slug; raises ConfigError with those there are."""
    desk = Desk.objects.filter(slug=slug).first()
    if desk is None:
        known = ", ".join(Desk.objects.values_list("slug", flat=True)[:20]) or "none yet"
        raise ConfigError("desk", [f"{slug!r}: no such desk; there are: {known}"])
    return desk


def _base_of(iss: str) -> str:
    name = "".join(char if char.isalnum() else "-" for char in iss)
    return f"https://{name}.invalid/"


def _generate(algorithm: Algorithm) -> SigningKey:
    if algorithm is Algorithm.ED25519:
        return SigningKey(Ed25519PrivateKey.generate())
    if algorithm is Algorithm.ESP256:
        return SigningKey(ec.generate_private_key(ec.SECP256R1()))
    raise TrustError(f"algorithm {algorithm}: no desk has such a key")
