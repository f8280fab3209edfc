"""What a unit tells of where its access points lead."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ingest", "0006_heard_days")]

    operations = [
        migrations.AddField(
            model_name="heartbeat",
            name="areas",
            field=models.JSONField(default=dict),
        ),
    ]
