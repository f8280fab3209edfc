"""Organisations and sites, changed; whoever asks has been judged before.

A site keeps its short name for good: its people's numbers at the gates are derived from it.
"""

from django.core.exceptions import ValidationError
from django.db import models, transaction

from gate.access.kinds import Text
from gate.access.zones import TimeZone
from gate.errors import ConfigError
from gate.hub.sites.models import Organisation, Site

_NAME = Text(max_chars=64)
_ZONE = TimeZone()


def rename_organisation(organisation: Organisation, name: str) -> None:
    """Give an organisation another name; raises ConfigError if it does not fit or is taken."""
    if _NAME.read(name) is None:
        raise ConfigError("organisation", [f"name: {name[:80]!r}; allowed: {_NAME.allowed}"])
    organisation.name = name
    _save(organisation, "organisation")


def change_site(site: Site, *, name: str, time_zone: str, organisation: str) -> None:
    """Change what a site is called, whose it is, and where its day begins.

    Raises:
        ConfigError: every fault found, each by its field.
    """
    given = (
        ("name", name, _NAME),
        ("time_zone", time_zone, _ZONE),
        ("organisation", organisation, _NAME),
    )
    faults = [
        f"{field}: {value[:80]!r}; allowed: {kind.allowed}"
        for field, value, kind in given
        if kind.read(value) is None
    ]
    if faults:
        raise ConfigError("site", faults)
    with transaction.atomic():
        site.organisation, _ = Organisation.objects.get_or_create(name=organisation)
        site.name, site.time_zone = name, time_zone
        _save(site, "site")
        Organisation.objects.filter(site=None).delete()


def _save(row: models.Model, what: str) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise ConfigError(what, error.messages) from error
    row.save()
