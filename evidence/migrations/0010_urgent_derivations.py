"""What somebody waits for goes first; and pictures are indexed anew, by longer keys."""

from django.db import migrations, models
from django.db.models import Q
from django.utils import timezone


def index_pictures_anew(apps, _schema_editor):
    """The worker makes each fingerprint again; until then its picture is not found by others."""
    apps.get_model("evidence", "Derivation").objects.filter(what="prints").update(
        standing="waiting",
        attempts=0,
        fault="",
        fault_about="",
        due_at=timezone.now(),
        leased_until=None,
        done_at=None,
    )
    apps.get_model("evidence", "PictureKey").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0009_extracted_signs"),
    ]

    operations = [
        migrations.AddField(
            model_name="derivation",
            name="urgent",
            field=models.BooleanField(default=False),
        ),
        migrations.RemoveIndex(model_name="derivation", name="derivation_due"),
        migrations.AddIndex(
            model_name="derivation",
            index=models.Index(
                condition=Q(("standing", "waiting")),
                fields=["-urgent", "due_at", "id"],
                name="derivation_due",
            ),
        ),
        migrations.RunPython(index_pictures_anew, migrations.RunPython.noop, elidable=True),
    ]
