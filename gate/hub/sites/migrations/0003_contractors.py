from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sites", "0002_unit_name_once_in_use"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="membership", name="role_is_a_known_one"),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("manager", "Manager"),
                    ("guard", "Guard"),
                    ("contractor", "Contractor"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["manager", "guard", "contractor"])),
                name="role_is_a_known_one",
            ),
        ),
    ]
