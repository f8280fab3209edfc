"""Who may see which desk: its clerks, a site's managers that site's own, admins all.

To others a desk does not exist.
"""

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.http import Http404

from gate.errors import ConfigError
from gate.hub.desk.models import Clerk, Desk
from gate.hub.sites.access import Visitor
from gate.hub.sites.models import Role


def desks_of(user: Visitor) -> QuerySet[Desk]:
    """Return the desks somebody may see, and work at."""
    if not isinstance(user, User):
        return Desk.objects.none()
    if user.is_superuser:
        return Desk.objects.all()
    manages = Q(site__membership__user=user, site__membership__role=Role.MANAGER)
    return Desk.objects.filter(Q(clerk__user=user) | manages).distinct()


def visible_desk(user: Visitor, slug: str) -> Desk:
    """Return a desk that somebody may see.

    Raises:
        Http404: there is none, or none for them; they can't tell which.
    """
    desk = desks_of(user).filter(slug=slug).first()
    if desk is None:
        raise Http404("no such desk")
    return desk


def add_clerk(desk: Desk, name: str) -> Clerk:
    """Let somebody work at a desk; raises ConfigError if nobody is called so."""
    clerk, _ = Clerk.objects.get_or_create(desk=desk, user=_user(name))
    return clerk


def remove_clerk(desk: Desk, name: str) -> None:
    """Let somebody work there no more; raises ConfigError if they don't."""
    removed, _ = Clerk.objects.filter(desk=desk, user=_user(name)).delete()
    if not removed:
        raise ConfigError("staff", [f"{name}: does not work at {desk.slug}"])


def _user(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise ConfigError("staff", [f"{name!r}: nobody is called so; next: gate hub createuser"])
    return user
