"""Until when somebody watches a site's gates."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("manifest", "0009_hours"),
        ("sites", "0003_contractors"),
    ]

    operations = [
        migrations.CreateModel(
            name="Watched",
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
                ("until", models.DateTimeField()),
            ],
        ),
    ]
