"""Who was inducted at a site, as the gates are told it: keyed hashes, and what the rules ask of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from gate.errors import ConfigError
from gate.hub.manifest.models import Induction
from gate.hub.manifest.versions import changing
from gate.hub.sites.models import Site
from gate.trust.inductions import HeldInduction
from gate.trust.manifest import MAX_INDUCTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Inducting:
    """An induction that somebody was at: of which edition, on which day, until when it counts."""

    edition: int
    on: date
    ends_at: datetime


def inducted(site: Site) -> frozenset[bytes]:
    """Return everybody who was inducted."""
    found = Induction.objects.filter(site=site).values_list("person", flat=True)
    return frozenset(map(bytes, found))


def inductions(site: Site) -> dict[bytes, HeldInduction]:
    """Return of whom it is known at which induction they were."""
    found = Induction.objects.filter(site=site).values_list("person", "edition", "on")
    return {
        bytes(person): HeldInduction(version=edition, on=on)
        for person, edition, on in found
        if edition is not None and on is not None
    }


def change_inducted(
    site: Site,
    *,
    add: Iterable[bytes] = (),
    drop: Iterable[bytes] = (),
    of: Inducting | None = None,
    now: datetime,
) -> None:
    """Add and drop persons; who is inducted already, or was not, stays so.

    With `of`, who is added was at that induction, whatever was said before.

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
        if of is not None:
            Induction.objects.filter(site=site, person__in=added).update(
                ends_at=of.ends_at, edition=of.edition, on=of.on
            )


def drop_ended(site: Site, now: datetime) -> bool:
    """Drop those whose induction is over; tell whether there were any.

    Whoever signs the manifest calls it, with the manifest held: the version then has to rise.
    """
    dropped, _ = Induction.objects.filter(site=site, ends_at__lte=now).delete()
    return dropped > 0
