"""A manifest's version, which rises with every change of what the gates are told.

It is the time of the change in seconds, or one more than the last if that is later: so a hub that
was restored from a backup goes on above every version that the lost one has handed out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from gate.hub.manifest.models import Manifest
from gate.hub.sites.models import Site

AHEAD: Final = timedelta(minutes=1)
"""How far versions may run ahead of the clock: a version is a second, changes can be faster."""


@contextmanager
def changing(site: Site, now: datetime) -> Iterator[int]:
    """Hold a site's manifest and give the version that tells of what the block writes."""
    with transaction.atomic():
        manifest = held(site)
        raise_version(manifest, now)
        yield manifest.version


def held(site: Site) -> Manifest:
    """Return a site's manifest, locked until the transaction ends."""
    Manifest.objects.get_or_create(site=site, defaults={"version": 0})
    return Manifest.objects.select_for_update().get(site=site)


def raise_version(manifest: Manifest, now: datetime, *, above: int = 0) -> None:
    """Give a locked manifest its next version; it will be signed when a unit asks.

    It is above `above`: what a unit holds and this hub, put back from a backup, never saw.
    """
    manifest.version = max(manifest.version + 1, above + 1, int(now.timestamp()))
    manifest.issued_at = None
    manifest.message = None
    manifest.save()
