"""Who was erased is counted without looking at everybody."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index of the few."""

    dependencies: ClassVar = [("people", "0002_guards")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["site"],
                name="person_erased",
                condition=models.Q(erased_at__isnull=False),
            ),
        )
    ]
