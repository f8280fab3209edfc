"""The hubs' file: by which online keys each site's hub may sign, in JSON that a person can read.

A hub has one key for all of its sites, so sites that stand together with the same keys share an
entry, which has those keys once.

It travels as a target of the fleet's trust (TUF), which says by itself who may change it.

Invariant: `parse_hubs(text)` returns hubs whose `format_hubs` parses to the same, or raises
TrustError naming the place that is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from gate.errors import TrustError
from gate.trust.bundle import KeyUse, TrustedKey
from gate.trust.issuers import describe_key, parse_key
from gate.trust.json_fields import (
    read_document,
    read_list,
    read_object,
    read_string,
    write_document,
)
from gate.trust.site_file import check_site_name

MAX_HUBS_BYTES: Final = 4 << 20
"""100,000 sites of some hubs, with names of 28 characters; 14,000 with a key for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteHub:
    """The keys by which one site's hub signs manifests, presence and receipts."""

    site: str
    keys: tuple[TrustedKey, ...]


def parse_hubs(text: str, source: str) -> tuple[SiteHub, ...]:
    """Return the hubs in `text`; `source` names the file in errors.

    Raises:
        TrustError: not this form, a key that is none or for more than sites, a site named twice.
    """
    hubs = tuple(
        hub
        for place, item in enumerate(read_document(text, source, "hubs", MAX_HUBS_BYTES))
        for hub in _entry(item, f"{source}: hubs[{place}]")
    )
    seen: set[str] = set()
    for hub in hubs:
        if hub.site in seen:
            raise TrustError(f"{source}: site {hub.site!r} stands twice")
        seen.add(hub.site)
    return hubs


def format_hubs(hubs: Sequence[SiteHub]) -> str:
    """Return the file's text."""
    return write_document(
        "hubs",
        [
            {"sites": [hub.site for hub in same], "keys": [describe_key(key) for key in keys]}
            for keys, same in groupby(hubs, attrgetter("keys"))
        ],
    )


def keys_of_site(hubs: Iterable[SiteHub], site: str) -> tuple[TrustedKey, ...]:
    """Return the keys in force for a site; none if the file doesn't name it."""
    return next((hub.keys for hub in hubs if hub.site == site), ())


def _entry(value: object, place: str) -> tuple[SiteHub, ...]:
    """Return the sites of one entry; there is at least one."""
    found = read_object(value, place, {"sites", "keys"}, set())
    keys = tuple(
        _site_key(item, f"{place}.keys[{index}]")
        for index, item in enumerate(read_list(found["keys"], f"{place}.keys"))
    )
    if len({key.key for key in keys}) != len(keys):
        raise TrustError(f"{place}.keys: a key stands twice")
    sites = read_list(found["sites"], f"{place}.sites")
    if not sites:
        raise TrustError(f"{place}.sites: none")
    return tuple(SiteHub(site=_site(site, place), keys=keys) for site in sites)


def _site(value: object, place: str) -> str:
    site = read_string(value, f"{place}.sites")
    try:
        check_site_name(site)
    except TrustError as error:
        raise TrustError(f"{place}.sites: {error}") from error
    return site


def _site_key(value: object, place: str) -> TrustedKey:
    key = parse_key(value, place)
    if key.uses != {KeyUse.SITE}:
        raise TrustError(f'{place}.use: a hub\'s online key is for ["site"] and nothing else')
    return key
