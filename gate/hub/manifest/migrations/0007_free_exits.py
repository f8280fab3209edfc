"""Rules tell how long somebody may be inside where exits are free; written once, as the rest."""

from typing import Final

from django.db import migrations, models

from gate.hub.guards import guards, never, unguarded

_WHAT: Final = "what was written of rules"
_BEFORE: Final = ("id", "site_id", "at", "by_id", "by_name", "version", "text")


class Migration(migrations.Migration):
    dependencies = [
        ("manifest", "0006_release"),
    ]

    operations = [
        unguarded(*never("manifest_rules", _WHAT, kept=_BEFORE)),
        migrations.AddField(
            model_name="rules",
            name="stay_h",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        guards(*never("manifest_rules", _WHAT, kept=(*_BEFORE, "stay_h"))),
    ]
