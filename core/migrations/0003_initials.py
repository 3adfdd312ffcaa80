from django.db import migrations, models

from core import grams


def of_everybody(apps, schema_editor):
    User = apps.get_model("core", "User")
    people = list(User.objects.only("name"))
    for person in people:
        person.initials = grams.initials_of_name(person.name)
    User.objects.bulk_update(people, ["initials"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_unit_head_role"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="initials",
            field=models.CharField(blank=True, editable=False, max_length=80),
        ),
        migrations.RunPython(of_everybody, migrations.RunPython.noop),
    ]
