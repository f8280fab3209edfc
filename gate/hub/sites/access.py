"""Who may see which site: members see theirs, admins all; to others a site does not exist.

What is a manager's alone is refused to other members, who know the site.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from gate.hub.sites.models import Role, Site

Visitor: TypeAlias = User | AnonymousUser

_HERE: Final = "_gate_site"


def sites_of(user: Visitor) -> QuerySet[Site]:
    """Return the sites somebody may see."""
    if not isinstance(user, User):
        return Site.objects.none()
    return Site.objects.all() if user.is_superuser else Site.objects.filter(membership__user=user)


def visible_site(user: Visitor, slug: str) -> Site:
    """Return a site that somebody may see.

    Raises:
        Http404: there is none, or none for them; they can't tell which.
    """
    here: Site | None = getattr(user, _HERE, None)
    if here is not None and here.slug == slug:
        return here
    site = sites_of(user).filter(slug=slug).first()
    if site is None:
        raise Http404("no such site")
    return site


def come_to(user: User, site: Site) -> None:
    """Spare `visible_site` its question: they are a member; `user` is of one request alone."""
    setattr(user, _HERE, site)


def manages(user: Visitor, site: Site) -> bool:
    """Say whether somebody is a manager of a site, or an admin."""
    return _is_one_of(user, site, Role.MANAGER)


def sets_up_units(user: Visitor, site: Site) -> bool:
    """Say whether somebody puts units to work at a site: a manager, a contractor, or an admin."""
    return _is_one_of(user, site, Role.MANAGER, Role.CONTRACTOR)


def managed_site(user: Visitor, slug: str) -> Site:
    """Return a site that somebody manages.

    Raises:
        Http404: as for visible_site.
        PermissionDenied: they may see it, and have another role.
    """
    return _site_where(manages, user, slug)


def site_of_units(user: Visitor, slug: str) -> Site:
    """Return a site where somebody puts units to work; raises what `managed_site` does."""
    return _site_where(sets_up_units, user, slug)


def _is_one_of(user: Visitor, site: Site, *roles: Role) -> bool:
    if not isinstance(user, User):
        return False
    return user.is_superuser or site.membership_set.filter(user=user, role__in=roles).exists()


def _site_where(may: Callable[[Visitor, Site], bool], user: Visitor, slug: str) -> Site:
    site = visible_site(user, slug)
    if not may(user, site):
        raise PermissionDenied
    return site
