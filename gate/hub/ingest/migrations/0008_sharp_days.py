"""How the camera of each lane saw the cards of each day, a row a day."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ingest", "0007_areas"),
        ("sites", "0003_contractors"),
    ]

    operations = [
        migrations.CreateModel(
            name="SharpDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("lane", models.CharField(max_length=64)),
                ("day", models.IntegerField()),
                ("cards", models.IntegerField()),
                ("edge_cpx", models.IntegerField()),
                ("haze_percent", models.IntegerField()),
                ("need_us", models.IntegerField()),
                ("missed", models.IntegerField()),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="sites.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "lane", "day"), name="sharp_once_a_day")
                ],
            },
        ),
    ]
