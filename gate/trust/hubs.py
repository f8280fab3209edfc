"""The hubs' file: by which online keys each site's hub may sign, in JSON that a person can read.

It travels as a target of the fleet's trust (TUF), which says by itself who may change it.

Invariant: `parse_hubs(text)` returns hubs whose `format_hubs` parses to the same, or raises
TrustError naming the place that is wrong.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
"""About 14,000 sites with a key each; a larger fleet gives each site a target of its own."""


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
        _hub(item, f"{source}: hubs[{place}]")
        for place, item in enumerate(read_document(text, source, "hubs", MAX_HUBS_BYTES))
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
        [{"site": hub.site, "keys": [describe_key(key) for key in hub.keys]} for hub in hubs],
    )


def keys_of_site(hubs: Iterable[SiteHub], site: str) -> tuple[TrustedKey, ...]:
    """Return the keys in force for a site; none if the file doesn't name it."""
    return next((hub.keys for hub in hubs if hub.site == site), ())


def _hub(value: object, place: str) -> SiteHub:
    found = read_object(value, place, {"site", "keys"}, set())
    site = read_string(found["site"], f"{place}.site")
    try:
        check_site_name(site)
    except TrustError as error:
        raise TrustError(f"{place}.site: {error}") from error
    keys = tuple(
        _site_key(item, f"{place}.keys[{index}]")
        for index, item in enumerate(read_list(found["keys"], f"{place}.keys"))
    )
    if len({key.key for key in keys}) != len(keys):
        raise TrustError(f"{place}.keys: a key stands twice")
    return SiteHub(site=site, keys=keys)


def _site_key(value: object, place: str) -> TrustedKey:
    key = parse_key(value, place)
    if key.uses != {KeyUse.SITE}:
        raise TrustError(f'{place}.use: a hub\'s online key is for ["site"] and nothing else')
    return key
