"""What a picture is laid over others by is kept with it."""

from django.db import migrations, models
from django.utils import timezone


def make_prints_anew(apps, _schema_editor):
    """By the worker, one after another; until then features are found in the small copy."""
    done = apps.get_model("evidence", "Derivation").objects.filter(what="prints", standing="done")
    done.update(
        standing="waiting",
        attempts=0,
        due_at=timezone.now(),
        leased_until=None,
        done_at=None,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0010_urgent_derivations"),
    ]

    operations = [
        migrations.AddField(
            model_name="picture",
            name="features",
            field=models.BinaryField(null=True),
        ),
        migrations.RunPython(make_prints_anew, migrations.RunPython.noop),
    ]
