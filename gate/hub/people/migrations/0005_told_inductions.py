"""Gates are told at which induction people were, of those too who were there before."""

from typing import ClassVar
from zoneinfo import ZoneInfo

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def tell(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Note the last induction with all that somebody is known by; their manifests are new ones."""
    held = apps.get_model("people", "InductionRecord").objects.select_related("site")
    induction = apps.get_model("manifest", "Induction").objects
    last = {record.person_id: record for record in held.order_by("pk").iterator()}
    for record in last.values():
        on = record.at.astimezone(ZoneInfo(record.site.time_zone)).date()
        inducted = induction.filter(site=record.site, person__in=_keys(apps, record.person_id))
        inducted.update(edition=record.edition, on=on)
    sites = {record.site_id for record in last.values()}
    manifests = apps.get_model("manifest", "Manifest").objects.filter(site__in=sites)
    manifests.update(version=F("version") + 1, issued_at=None, message=None)


def _keys(apps: Apps, person: int) -> list[object]:
    cards = apps.get_model("people", "PersonCard").objects.filter(person=person)
    passes = apps.get_model("people", "PersonPass").objects.filter(person=person)
    pairs = passes.values_list("one__person", "one__beneath")
    return [*cards.values_list("key", flat=True), *(key for pair in pairs for key in pair)]


class Migration(migrations.Migration):
    """There is no way back but a backup: the columns go with the other migration."""

    dependencies: ClassVar = [
        ("manifest", "0011_edition"),
        ("passes", "0001_initial"),
        ("people", "0004_person_language"),
    ]
    operations: ClassVar = [migrations.RunPython(tell, migrations.RunPython.noop, elidable=True)]
