"""Sites, units and who may see them, as the database keeps them."""

import pytest
from django.db import IntegrityError

from gate.hub.sites.models import Organisation, Site, Unit

pytestmark = pytest.mark.django_db


def _site(slug: str) -> Site:
    organisation, _ = Organisation.objects.get_or_create(name="Hartwell Construction")
    return Site.objects.create(
        organisation=organisation, slug=slug, name=slug.title(), time_zone="Europe/London"
    )


def test_a_unit_stands_at_one_site_only() -> None:
    for slug in ("kings-wharf", "riverside"):
        site = _site(slug)
        unit = Unit(uid="0123456789abcdef", site=site, name="Gate A", public_key=bytes(32))
        if slug == "kings-wharf":
            unit.save()
    with pytest.raises(IntegrityError):
        unit.save()
