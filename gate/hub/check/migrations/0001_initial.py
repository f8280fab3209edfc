import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("sites", "0003_contractors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CardCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(unique=True)),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("by_name", models.CharField(blank=True, max_length=150)),
                ("person", models.BinaryField(max_length=16, null=True)),
                ("told", models.CharField(max_length=200, null=True)),
                ("said", models.CharField(blank=True, max_length=200)),
                ("book_at", models.DateTimeField(null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        null=True,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "site",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="sites.site"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["site", "-id"], name="checks_of_a_site")],
            },
        ),
    ]
