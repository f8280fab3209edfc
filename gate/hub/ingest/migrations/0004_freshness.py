"""What a unit tells of how fresh its knowledge is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ingest", "0003_checks")]

    operations = [
        migrations.AddField(
            model_name="heartbeat",
            name="manifest_version",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="heartbeat",
            name="manifest_age_s",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="heartbeat",
            name="tier",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddField(
            model_name="heartbeat",
            name="tier_left_s",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="heartbeat",
            name="untrusted_s",
            field=models.BigIntegerField(null=True),
        ),
    ]
