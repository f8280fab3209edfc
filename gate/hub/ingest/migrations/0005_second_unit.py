"""The alarm of a second unit that asked to join by a code."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ingest", "0004_freshness")]

    operations = [
        migrations.AlterField(
            model_name="alarm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("conflict", "A unit sent another entry under a number already stored"),
                    (
                        "unnamed_predecessor",
                        "A unit began a journal without naming its last",
                    ),
                    ("entry_changed", "A stored entry is not what it was"),
                    ("second_unit", "A second unit asked to join by a code"),
                ],
                max_length=32,
            ),
        ),
    ]
