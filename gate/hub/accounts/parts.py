"""What somebody is where: at a site, at a desk, and altogether."""

from typing import Final

from django.contrib.auth.models import User

from gate.hub.accounts.roles import PAGES, Part
from gate.hub.desk.access import desks_of
from gate.hub.desk.models import Clerk
from gate.hub.sites.access import Visitor
from gate.hub.sites.models import Membership, Site

_ASKED: Final = "_gate_part_at"


def part_at_site(user: User, slug: str) -> Part | None:
    """Say what somebody is at a site; None if the site does not exist for them, or at all."""
    asked_for, part = getattr(user, _ASKED, (None, None))
    return part if asked_for == slug else _part_at_site(user, slug)


def ask_part_at_site(user: User, slug: str) -> Part | None:
    """Ask it once for a visit: `user` is of this request alone, and remembers the answer."""
    part = _part_at_site(user, slug)
    setattr(user, _ASKED, (slug, part))
    return part


def _part_at_site(user: User, slug: str) -> Part | None:
    if user.is_superuser:
        return Part.ADMIN if Site.objects.filter(slug=slug).exists() else None
    role = Membership.objects.filter(user=user, site__slug=slug).values_list("role", flat=True)
    found = role.first()
    return None if found is None else Part(found)


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
