from typing import ClassVar

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("sites", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(model_name="unit", name="unit_name_once_a_site"),
        migrations.AddConstraint(
            model_name="unit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)),
                fields=("site", "name"),
                name="unit_name_once_in_use",
                violation_error_message="A unit of this name is in use at the site",
            ),
        ),
    ]
