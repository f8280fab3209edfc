"""Releases from the gatehouse, which the database itself refuses to change or remove."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from gate.hub.guards import guards, never


class Migration(migrations.Migration):
    dependencies = [
        ("ingest", "0004_freshness"),
        ("manifest", "0005_forgiveness"),
        ("sites", "0001_initial"),
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
                ],
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="Release",
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
                ("seq", models.BigIntegerField()),
                ("person", models.BinaryField(max_length=16)),
                ("access_point", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=200)),
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
                    "journal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ingest.journal",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="sites.site"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("journal", "seq"), name="released_once_a_referral"
                    )
                ],
            },
        ),
        guards(*never("manifest_release", "what was written of a release")),
    ]
