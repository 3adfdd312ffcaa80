"""Pictures with few features are kept with fainter ones: their fingerprints are made anew."""

from django.db import migrations
from django.utils import timezone


def make_prints_anew(apps, _schema_editor):
    """By the worker, one after another; until then they are found by what was kept before."""
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
        ("evidence", "0011_picture_features"),
    ]

    operations = [
        migrations.RunPython(make_prints_anew, migrations.RunPython.noop),
    ]
