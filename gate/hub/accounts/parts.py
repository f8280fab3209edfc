"""What somebody is where: at a site, at a desk, and altogether."""

from typing import Final, cast

from django.contrib.auth.models import User

from gate.hub.accounts.roles import PAGES, Part
from gate.hub.desk.access import desks_of
from gate.hub.desk.models import Clerk
from gate.hub.sites.access import Visitor, come_to
from gate.hub.sites.models import Membership, Site

_ASKED: Final = "_gate_part_at"


def part_at_site(user: User, slug: str) -> Part | None:
    """Say what somebody is at a site; None if the site does not exist for them, or at all."""
    asked_for, part = getattr(user, _ASKED, (None, None))
    if asked_for == slug:
        return cast("Part | None", part)
    if user.is_superuser:
        return Part.ADMIN if Site.objects.filter(slug=slug).exists() else None
    return _part_of(_member(user, slug))


def ask_part_at_site(user: User, slug: str) -> Part | None:
    """Ask it of a member once for a visit: `user` is of this request alone, and remembers it."""
    member = _member(user, slug)
    if member is not None:
        come_to(user, member.site)
    part = _part_of(member)
    setattr(user, _ASKED, (slug, part))
    return part


def _member(user: User, slug: str) -> Membership | None:
    return Membership.objects.filter(user=user, site__slug=slug).select_related("site").first()


def _part_of(member: Membership | None) -> Part | None:
    return None if member is None else Part(member.role)


def part_at_desk(user: User, slug: str) -> Part | None:
    """Say what somebody is at an issuer's desk; None if it does not exist for them, or at all."""
    desk = desks_of(user).filter(slug=slug).first()
    if desk is None:
        return None
    if user.is_superuser:
        return Part.ADMIN
    return Part.SCHEME if Clerk.objects.filter(desk=desk, user=user).exists() else Part.MANAGER


def parts_of(user: Visitor) -> frozenset[Part]:
    """Return everything that somebody is, wherever."""
    if not isinstance(user, User):
        return frozenset()
    roles = Membership.objects.filter(user=user).values_list("role", flat=True)
    parts = {Part(role) for role in roles}
    if user.is_superuser:
        parts.add(Part.ADMIN)
    if Clerk.objects.filter(user=user).exists():
        parts.add(Part.SCHEME)
    return frozenset(parts)


def may_open(part: Part | None, name: str) -> bool:
    """Say whether somebody who is this at a place may open a page there."""
    return part is not None and part in PAGES[name].parts
