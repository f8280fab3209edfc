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
    site: Site,
    *,
    add: Iterable[bytes] = (),
    drop: Iterable[bytes] = (),
    ends_at: datetime | None = None,
    now: datetime,
) -> None:
    """Add and drop persons; who is inducted already, or was not, stays so.

    With `ends_at`, who is added counts until then, whatever was said before.

    Raises:
        ConfigError: more than the gates can be told of; nothing was changed.
    """
    added, leaving = set(add), set(drop)
    with changing(site, now):
        before = inducted(site)
        fresh = added - before
        if len((before | fresh) - leaving) > MAX_INDUCTED:
            raise ConfigError("inducted", [f"more than {MAX_INDUCTED}, which is the most"])
        Induction.objects.filter(site=site, person__in=leaving & before).delete()
        Induction.objects.bulk_create(
            Induction(site=site, person=person) for person in sorted(fresh - leaving)
        )
        if ends_at is not None:
            Induction.objects.filter(site=site, person__in=added).update(ends_at=ends_at)


def drop_ended(site: Site, now: datetime) -> bool:
    """Drop those whose induction is over; tell whether there were any.

    Whoever signs the manifest calls it, with the manifest held: the version then has to rise.
    """
    dropped, _ = Induction.objects.filter(site=site, ends_at__lte=now).delete()
    return dropped > 0
