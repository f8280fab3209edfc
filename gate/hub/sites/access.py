"""Who may see which site: members see theirs, admins all; to others a site does not exist.

What is a manager's alone is refused to other members, who know the site.
"""

from typing import TypeAlias

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from gate.hub.sites.models import Role, Site

Visitor: TypeAlias = User | AnonymousUser


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
    site = sites_of(user).filter(slug=slug).first()
    if site is None:
        raise Http404("no such site")
    return site


def manages(user: Visitor, site: Site) -> bool:
    """Say whether somebody is a manager of a site, or an admin."""
    if not isinstance(user, User):
        return False
    return user.is_superuser or site.membership_set.filter(user=user, role=Role.MANAGER).exists()


def sets_up_units(user: Visitor, site: Site) -> bool:
    """Say whether somebody puts units to work at a site: a manager, a contractor, or an admin."""
    if not isinstance(user, User):
        return False
    roles = (Role.MANAGER, Role.CONTRACTOR)
    return user.is_superuser or site.membership_set.filter(user=user, role__in=roles).exists()


def site_of_units(user: Visitor, slug: str) -> Site:
    """Return a site where somebody puts units to work.

    Raises:
        Http404: as for visible_site.
        PermissionDenied: they may see it, and have another role.
    """
    site = visible_site(user, slug)
    if not sets_up_units(user, site):
        raise PermissionDenied
    return site


def managed_site(user: Visitor, slug: str) -> Site:
    """Return a site that somebody manages.

    Raises:
        Http404: as for visible_site.
        PermissionDenied: they may see it, and have another role.
    """
    site = visible_site(user, slug)
    if not manages(user, site):
        raise PermissionDenied
    return site
