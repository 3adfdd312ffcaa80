"""Having a request on one's screen is noted like a submission."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0017_first_due"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="opening",
            name="request",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="openings",
                to="workflows.request",
            ),
        ),
        migrations.AlterField(
            model_name="opening",
            name="submission",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="openings",
                to="workflows.submission",
            ),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.UniqueConstraint(
                fields=("person", "request", "version"), name="a_request_is_opened_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("request__isnull", True), ("submission__isnull", False)),
                    models.Q(("request__isnull", False), ("submission__isnull", True)),
                    _connector="OR",
                ),
                name="an_opening_is_of_one_matter",
            ),
        ),
    ]
