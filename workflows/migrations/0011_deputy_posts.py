import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BEHIND = {
    "null": True,
    "on_delete": django.db.models.deletion.PROTECT,
    "related_name": "+",
    "to": settings.AUTH_USER_MODEL,
}


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0010_duty_since"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField("deputy", "roles"),
        migrations.RemoveField("deputy", "sections"),
        migrations.AddField("deputy", "posts", models.JSONField(default=list)),
        migrations.AddField("submission", "approved_behind", models.ForeignKey(**BEHIND)),
        migrations.AddField("submission", "decided_behind", models.ForeignKey(**BEHIND)),
    ]
