"""How long everybody was at a site: signed for its gates, and the weeks it was counted from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("manifest", "0008_identification"),
        ("sites", "0003_contractors"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignedHours",
            fields=[
                (
                    "site",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="sites.site",
                    ),
                ),
                ("issued_at", models.DateTimeField(null=True)),
                ("etag", models.CharField(blank=True, max_length=32)),
                ("message", models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CountedWeek",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("monday", models.DateField()),
                ("basis", models.CharField(max_length=160)),
                ("body", models.BinaryField()),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="sites.site",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["site", "monday"], name="week_counted_once")
                ],
            },
        ),
    ]
