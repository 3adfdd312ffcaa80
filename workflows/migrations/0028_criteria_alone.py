"""The criteria have rows of their own by now; the text they came from goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("workflows", "0027_correspondence")]

    operations = [migrations.RemoveField(model_name="measure", name="criterion")]
