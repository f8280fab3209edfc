"""Who was inducted at a site, as the gates are told it: keyed hashes and nothing more."""

from collections.abc import Iterable
from datetime import datetime

from gate.errors import ConfigError
from gate.hub.manifest.models import Induction
from gate.hub.manifest.versions import changing
from gate.hub.sites.models import Site
from gate.trust.manifest import MAX_INDUCTED


def inducted(site: Site) -> frozenset[bytes]:
    """Return everybody who was inducted."""
    found = Induction.objects.filter(site=site).values_list("person", flat=True)
    return frozenset(map(bytes, found))


def change_inducted(
    site: Site, *, add: Iterable[bytes] = (), drop: Iterable[bytes] = (), now: datetime
) -> None:
    """Add and drop persons; who is inducted already, or was not, stays so.

    Raises:
        ConfigError: more than the gates can be told of; nothing was changed.
    """
    leaving = set(drop)
    with changing(site, now):
        before = inducted(site)
        fresh = set(add) - before
        if len((before | fresh) - leaving) > MAX_INDUCTED:
            raise ConfigError("inducted", [f"more than {MAX_INDUCTED}, which is the most"])
        Induction.objects.filter(site=site, person__in=leaving & before).delete()
        Induction.objects.bulk_create(
            Induction(site=site, person=person) for person in sorted(fresh - leaving)
        )
