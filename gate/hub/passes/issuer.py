"""A site's own issuer of passes: a desk that belongs to the site, made with its first pass.

The gates are told its key by the manifest, whose version rises when the key is made or replaced.
"""

from datetime import datetime
from typing import Final

from gate.access.kinds import Word
from gate.access.site_policy import MAX_SITE_CHARS
from gate.errors import ConfigError
from gate.hub.desk.making import create_desk
from gate.hub.desk.models import Desk
from gate.hub.manifest.versions import changing
from gate.hub.sites.models import Site
from gate.trust.manifest import SITE_SCHEME

LIST_PLACES: Final = 1 << 14
"""Passes a list holds: 4 KiB unpacked, and the most people whom a site can have inducted."""

_NAME: Final = Word(max_chars=MAX_SITE_CHARS)


def scheme_of(site: Site) -> str:
    """Return the scheme of a site's passes, which is their issuer's name as well."""
    return SITE_SCHEME + site.slug


def pass_desk(site: Site, now: datetime) -> Desk:
    """Return the desk of a site's passes, made if there is none yet.

    Raises:
        ConfigError: the site's name is too long to stand on a pass, or the desk's is taken.
        TrustError: the disk refused.
    """
    there = Desk.objects.filter(site=site).first()
    if there is not None:
        return there
    if _NAME.read(site.slug) is None:
        fault = f"{site.slug!r} can't stand on a pass; allowed: {_NAME.allowed}"
        raise ConfigError("site", [fault])
    with changing(site, now):
        there = Desk.objects.filter(site=site).first()
        if there is not None:
            return there
        return create_desk(
            slug=f"site-{site.slug}",
            iss=scheme_of(site),
            schemes=frozenset({scheme_of(site)}),
            capacity=LIST_PLACES,
            site=site,
            now=now,
        )
