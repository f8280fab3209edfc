from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [
        ("sites", "0002_unit_name_once_in_use"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SetUpCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=64)),
                (
                    "directions",
                    models.CharField(
                        choices=[("in", "In"), ("out", "Out"), ("both", "In and out, two lanes")],
                        max_length=8,
                    ),
                ),
                ("token_hash", models.BinaryField(max_length=32, unique=True)),
                ("at", models.DateTimeField()),
                ("by_name", models.CharField(max_length=150)),
                ("until", models.DateTimeField()),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sites.unit",
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="sites.site"),
                ),
                (
                    "unit",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="code",
                        to="sites.unit",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("unit__isnull", True), ("used_at__isnull", True)),
                            models.Q(("unit__isnull", False), ("used_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="used_by_a_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cancelled_at__isnull", True),
                            ("used_at__isnull", True),
                            _connector="OR",
                        ),
                        name="cancelled_or_used",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("directions__in", ["in", "out", "both"])),
                        name="directions_are_known",
                    ),
                ],
            },
        ),
    ]
