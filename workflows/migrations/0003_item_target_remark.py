from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0002_disclosure"),
    ]

    operations = [
        migrations.AddField(
            model_name="item",
            name="remark",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="item",
            name="target",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
