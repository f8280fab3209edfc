"""Who wants which e-mail, and who may have it: a wish outlives no role."""

from collections.abc import Iterable
from typing import Final

from django.contrib.auth.models import User

from gate.hub.accounts.parts import may_open, part_at_site
from gate.hub.mails.models import Topic, Wish
from gate.hub.sites.models import Site

_PAGE: Final = {Topic.SILENCE: "gates", Topic.ALARM: "alarms", Topic.REPORT: "report"}
"""What a letter tells stands on this page: who may open it may have the letter."""


def topics_for(user: User, site: Site) -> list[Topic]:
    """Return what somebody may be told of at a site."""
    part = part_at_site(user, site.slug)
    return [topic for topic, page in _PAGE.items() if may_open(part, page)]


def wishes_of(user: User, site: Site) -> frozenset[Topic]:
    """Return what somebody wants to be told of at a site."""
    found = Wish.objects.filter(user=user, site=site).values_list("topic", flat=True)
    return frozenset(map(Topic, found))


def wish(user: User, site: Site, topics: Iterable[Topic]) -> None:
    """Have somebody told of these at a site from now on, and of nothing else there."""
    wanted = set(topics)
    Wish.objects.filter(user=user, site=site).exclude(topic__in=wanted).delete()
    for topic in wanted:
        Wish.objects.get_or_create(user=user, site=site, topic=topic)


def readers(site: Site, topic: Topic) -> list[User]:
    """Return who is to be told: who wants it, has an address, may sign in, and still may know."""
    wanting = User.objects.filter(wish__site=site, wish__topic=topic, is_active=True)
    return [
        user for user in wanting.exclude(email="").distinct() if topic in topics_for(user, site)
    ]
