from django.db import migrations
from django.db.models import F


def keep_the_first_date(apps, _schema):
    """Whatever was assigned before has had no extension yet: its date is its first."""
    items = apps.get_model("workflows", "Item")._base_manager
    items.exclude(state="draft").filter(first_due=None).update(first_due=F("due"))


class Migration(migrations.Migration):
    dependencies = [("workflows", "0016_requests")]

    operations = [migrations.RunPython(keep_the_first_date, migrations.RunPython.noop)]
