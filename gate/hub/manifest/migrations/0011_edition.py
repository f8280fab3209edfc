"""Of which version an induction was, and on which day."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns that `people.0005_told_inductions` fills where it is known."""

    dependencies: ClassVar = [("manifest", "0010_watched")]
    operations: ClassVar = [
        migrations.AddField("induction", "edition", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("induction", "on", models.DateField(null=True)),
    ]
