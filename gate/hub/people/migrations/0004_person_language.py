"""What somebody asked to be spoken to in, for the passes they are given."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that is empty for everybody who was added before."""

    dependencies: ClassVar = [("people", "0003_person_erased")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="person",
            name="language",
            field=models.CharField(blank=True, default="", max_length=2),
            preserve_default=False,
        )
    ]
