"""The logins that a site's units are told of, in the manifest."""

from django.db.models import QuerySet

from gate.hub.locals.models import Login
from gate.hub.sites.models import Site
from gate.trust.local_login import LocalLogin, LocalRole


def logins_of(site: Site) -> QuerySet[Login]:
    """Return the logins in force, by name."""
    return Login.objects.filter(site=site, end=None).order_by("name")


def told_logins(site: Site) -> tuple[LocalLogin, ...]:
    """Return them as a manifest has them."""
    return tuple(
        sorted(
            (
                LocalLogin(
                    name=one.name,
                    role=LocalRole(one.role),
                    salt=bytes(one.salt),
                    hash=bytes(one.hash),
                )
                for one in logins_of(site)
            ),
            key=lambda login: login.name,  # a database may put a hyphen elsewhere
        )
    )
