"""Units asked to show themselves, which the database itself refuses to change or remove."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gate.hub.guards import guards, never


class Migration(migrations.Migration):
    dependencies = [
        ("manifest", "0007_free_exits"),
        ("sites", "0003_contractors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="kind",
            field=models.CharField(
                choices=[
                    ("lockdown", "LOCKDOWN"),
                    ("lift", "LIFT"),
                    ("test_release", "TEST_RELEASE"),
                    ("forgive", "FORGIVE"),
                    ("release", "RELEASE"),
                    ("identify", "IDENTIFY"),
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="Identification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=150)),
                ("version", models.BigIntegerField()),
                ("points", models.TextField()),
                ("order_id", models.BinaryField(max_length=16, unique=True)),
                ("not_after", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="sites.site"),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="sites.unit"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        guards(*never("manifest_identification", "what was written of an identification")),
    ]
