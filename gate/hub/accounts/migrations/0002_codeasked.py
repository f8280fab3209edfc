from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CodeAsked",
            fields=[
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("guard", "guard"),
                            ("manager", "manager"),
                            ("contractor", "contractor"),
                            ("scheme", "scheme"),
                            ("admin", "admin"),
                        ],
                        max_length=16,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
    ]
