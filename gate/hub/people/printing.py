"""Passes on paper and for phones: ten to an A4 sheet, and a picture as wide as a screen.

A sheet is made for those that were on none yet; who was on one can be put on another.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Count, QuerySet

from gate.hub.passes.drawing import face_of
from gate.hub.people.models import PersonPass
from gate.hub.sites.models import Site
from gate.trust.status_list import Status

MOST_AT_ONCE: Final = 1_000
"""A hundred sheets; about a minute on a small hub."""

RUNS_SHOWN: Final = 5


def unprinted(site: Site, now: datetime) -> QuerySet[PersonPass]:
    """Return the good passes that were on no sheet yet, by company and name."""
    return _good(site, now).filter(printed_at=None)


def runs_of(site: Site, now: datetime) -> list[tuple[datetime, int]]:
    """Return when sheets were made lately, and of how many passes that are good still."""
    runs = _good(site, now).exclude(printed_at=None).order_by().values_list("printed_at")
    return list(runs.annotate(count=Count("pk")).order_by("-printed_at")[:RUNS_SHOWN])


def of_run(site: Site, run: datetime, now: datetime) -> QuerySet[PersonPass]:
    """Return the passes that were put on sheets at a time."""
    return _good(site, now).filter(printed_at=run)


def draw_passes(passes: Sequence[PersonPass], now: datetime) -> bytes:
    """Return a PDF of A4 sheets.

    Raises:
        ConfigError: something of a pass cannot be drawn.
    """
    from gate.paper.sheets import draw_sheets  # noqa: PLC0415 - large: for who prints

    site = passes[0].one.site
    return draw_sheets([face_of(one.one) for one in passes], f"Passes of {site.name}", now)


def draw_phone(one: PersonPass) -> bytes:
    """Return a pass as PNG for a phone.

    Raises:
        ConfigError: something of it cannot be drawn.
    """
    from gate.paper.phone import draw_for_phone  # noqa: PLC0415 - as above

    return draw_for_phone(face_of(one.one))


def note_printed(passes: Sequence[PersonPass], now: datetime) -> None:
    """Write down that passes were put on sheets."""
    PersonPass.objects.filter(pk__in=[one.pk for one in passes]).update(printed_at=now)


def _good(site: Site, now: datetime) -> QuerySet[PersonPass]:
    good = PersonPass.objects.filter(
        person__site=site,
        person__erased_at=None,
        one__card__status=Status.VALID,
        one__card__expires_at__gt=now,
    )
    in_order = good.order_by("person__company__name", "person__name", "pk")
    return in_order.select_related("one__card", "one__site", "person")
