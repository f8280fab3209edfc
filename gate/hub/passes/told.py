"""What a site's gates are told of its passes: by which keys they are signed, and whom a block hits.

A gate sees from a pass which scheme card is beneath it, but not from a scheme card which pass
stands on it. So a block of a pass is told as a block of both.
"""

from collections.abc import Iterable

from gate.hub.desk.keys import issuer_of
from gate.hub.desk.models import Desk
from gate.hub.passes.models import Pass
from gate.hub.sites.models import Site
from gate.trust.bundle import Issuer


def pass_issuers(site: Site) -> tuple[Issuer, ...]:
    """Return who issues the site's passes; nobody, if none was ever issued.

    Raises:
        TrustError: what the database has is no issuer.
    """
    return tuple(issuer_of(desk) for desk in Desk.objects.filter(site=site))


def beneath_passes(site: Site, persons: Iterable[bytes]) -> frozenset[bytes]:
    """Return the scheme cards beneath those of `persons` that are passes, as keyed hashes."""
    found = Pass.objects.filter(site=site, person__in=list(persons))
    return frozenset(map(bytes, found.values_list("beneath", flat=True)))
