"""Another key for a site's passes: because the old one is old, or because it was stolen.

What an old key signed stays good; what a stolen one signed never was, so its passes are cancelled
and must be issued anew. The file is replaced between two changes of the database, in an order that
may be cut off anywhere: the key in the file is always one that the gates are told.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from gate.errors import ConfigError
from gate.hub.desk.keys import PRIVATE, issuer_of, key_file, load_key
from gate.hub.desk.lists import sign
from gate.hub.desk.making import SITE_USES
from gate.hub.desk.models import Desk, DeskList, IssuedCard
from gate.hub.desk.publishing import publish
from gate.hub.desk.selection import MAX_NAMED, Selection
from gate.hub.desk.statuses import set_status
from gate.hub.fleet.files import create, explained, sync_directory
from gate.hub.manifest.authors import Author
from gate.hub.manifest.versions import changing
from gate.hub.sites.models import Site
from gate.signing.keys import SigningKey
from gate.trust.bundle import TrustedKey
from gate.trust.issuers import format_issuers
from gate.trust.status_list import Status

STOLEN: Final = "The key that signed it was stolen."


def replace_key(site: Site, *, stolen: bool, by: Author, now: datetime) -> int:
    """Sign a site's passes by a new key; return the version that tells the gates.

    1. Tell of the new key.  2. Put it in the file.  3. Retire the old ones, or tell that they were
    stolen; sign the lists anew.  4. Cancel what a stolen key signed.

    Raises:
        ConfigError: the site has issued no pass.
        TrustError: the disk refused; next time it begins anew.
    """
    desk = Desk.objects.filter(site=site).first()
    if desk is None:
        raise ConfigError("passes", [f"{site.slug} has issued none; its first makes the key"])
    old = load_key(desk)
    fresh = SigningKey(Ed25519PrivateKey.generate())
    # 1.
    added = TrustedKey(key=fresh.verifying_key, uses=SITE_USES)
    _change(desk, lambda keys: (*keys, added), now)
    # 2.
    _put(desk, fresh)
    # 3.
    at = now.replace(microsecond=0)

    def ended(one: TrustedKey) -> TrustedKey:
        if stolen and one.key == old.verifying_key:
            return replace(one, compromised=True)
        return (
            one if one.key == fresh.verifying_key else replace(one, not_after=one.not_after or at)
        )

    with transaction.atomic():
        version = _change(desk, lambda keys: tuple(map(ended, keys)), now)
        for held in DeskList.objects.select_for_update().filter(desk=desk).order_by("number"):
            sign(held, bytes(held.packed), fresh, now)
    publish(desk, now)
    # 4.
    if stolen:
        _cancel_all(desk, by, now)
    return version


def _change(
    desk: Desk,
    change: Callable[[tuple[TrustedKey, ...]], tuple[TrustedKey, ...]],
    now: datetime,
) -> int:
    assert desk.site is not None  # noqa: S101 - it issues passes
    with changing(desk.site, now) as version:
        desk.refresh_from_db(fields=["issuer"])
        issuer = issuer_of(desk)
        desk.issuer = format_issuers((replace(issuer, keys=change(issuer.keys)),))
        desk.save(update_fields=["issuer"])
        return version


def _put(desk: Desk, key: SigningKey) -> None:
    path = key_file(desk.slug)
    part = path.with_name(f".{path.name}.part")
    with explained(path):
        part.unlink(missing_ok=True)
        create(part, key.to_pem(), mode=PRIVATE)
        part.replace(path)
        sync_directory(path.parent)


def _cancel_all(desk: Desk, by: Author, now: datetime) -> None:
    cards = IssuedCard.objects.filter(desk=desk).exclude(status=Status.INVALID)
    rows = list(cards.values_list("pk", flat=True))
    for start in range(0, len(rows), MAX_NAMED):
        chosen = Selection(cards=tuple(rows[start : start + MAX_NAMED]))
        set_status(desk, chosen, Status.INVALID, reason=STOLEN, by=by, now=now)
