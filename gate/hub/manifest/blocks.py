"""Blocking somebody at a site and letting them in again: each a record of its own, with a reason.

A block names a card; the gates are told the keyed hash of its issuer and number. A block is never
edited: its end is another record, and a new block a third.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from gate.access.kinds import Text
from gate.access.site_policy import MAX_BLOCKED
from gate.errors import ConfigError
from gate.hub.manifest.authors import Author
from gate.hub.manifest.models import (
    MAX_ISSUER_CHARS,
    MAX_NUMBER_CHARS,
    MAX_REASON_CHARS,
    Block,
    Unblock,
)
from gate.hub.manifest.versions import changing
from gate.hub.passes.told import beneath_passes
from gate.hub.people.told import lost_passes
from gate.hub.sites.models import Site
from gate.trust.person import person_key

_ISSUER: Final = Text(max_chars=MAX_ISSUER_CHARS)
_NUMBER: Final = Text(max_chars=MAX_NUMBER_CHARS)
REASON: Final = Text(max_chars=MAX_REASON_CHARS)


def blocks_of(site: Site) -> QuerySet[Block]:
    """Return the blocks in force, the latest first."""
    return Block.objects.filter(site=site, unblock=None).order_by("-pk")


def blocked_persons(site: Site) -> frozenset[bytes]:
    """Return whom the gates are told to keep out.

    Who is blocked, the card beneath a pass, and lost passes, as many as there is room for.
    """
    blocked = _kept_out(site)
    return blocked | frozenset(lost_passes(site)[: MAX_BLOCKED - len(blocked)])


def ended_blocks(site: Site) -> QuerySet[Unblock]:
    """Return the blocks that were ended, the latest end first."""
    return Unblock.objects.filter(site=site).select_related("block").order_by("-pk")


def block(
    site: Site,
    site_key: bytes,
    *,
    issuer: str,
    number: str,
    reason: str,
    by: Author,
    now: datetime,
) -> Block:
    """Keep the holder of a card out, at every gate of the site.

    Raises:
        ConfigError: every fault in what was given; or the person is blocked already; or too many.
    """
    _check((("issuer", issuer, _ISSUER), ("number", number, _NUMBER), ("reason", reason, REASON)))
    person = person_key(site_key, issuer, number)
    with changing(site, now) as version:
        there = blocks_of(site).filter(person=person).first()
        if there is not None:
            said = f"blocked already since {there.at:%Y-%m-%d %H:%M} UTC by {there.by_name}"
            raise ConfigError("block", [f"card {number}: {said}"])
        told = _kept_out(site) | {person} | beneath_passes(site, [person])
        if len(told) > MAX_BLOCKED:
            step = "next: unblock whoever has left for good"
            raise ConfigError("block", [f"{MAX_BLOCKED} are blocked, which is the most; {step}"])
        return Block.objects.create(
            site=site,
            person=person,
            issuer=issuer,
            number=number,
            reason=reason,
            at=now,
            by=by.user,
            by_name=by.name,
            version=version,
        )


def unblock(site: Site, block_id: int, *, reason: str, by: Author, now: datetime) -> Unblock:
    """End a block.

    Raises:
        ConfigError: the reason does not fit, or no such block is in force.
    """
    _check((("reason", reason, REASON),))
    with changing(site, now) as version:
        there = blocks_of(site).filter(pk=block_id).first()
        if there is None:
            raise ConfigError("unblock", ["that block has an end already"])
        return Unblock.objects.create(
            site=site,
            block=there,
            reason=reason,
            at=now,
            by=by.user,
            by_name=by.name,
            version=version,
        )


def block_of_card(site: Site, site_key: bytes, *, issuer: str, number: str) -> Block:
    """Return the block in force for a card.

    Raises:
        ConfigError: there is none.
    """
    person = person_key(site_key, issuer, number)
    there = blocks_of(site).filter(person=person).first()
    if there is None:
        raise ConfigError("unblock", [f"card {number} of {issuer} is not blocked at {site.slug}"])
    return there


def _kept_out(site: Site) -> frozenset[bytes]:
    blocked = frozenset(map(bytes, blocks_of(site).values_list("person", flat=True)))
    return blocked | beneath_passes(site, blocked)


def _check(given: Sequence[tuple[str, str, Text]]) -> None:
    faults = [
        f"{name}: {value[:40]!r}; allowed: {kind.allowed}"
        for name, value, kind in given
        if kind.read(value) is None
    ]
    if faults:
        raise ConfigError("block", faults)
