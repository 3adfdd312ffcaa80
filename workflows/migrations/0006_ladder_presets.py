"""Rounds that were open before there was a ladder begin with the one a new round begins with."""

from django.db import migrations

LATE = {"days": -1, "colour": "red", "letter": "warning"}
LATE["recipients"] = ["assignee", "leader", "unit_head"]
UNDATED = {"days": None, "colour": "yellow", "recipients": ["assignee"], "letter": "none"}
RULES = [
    {"days": 20, "colour": "green", "recipients": ["assignee"], "letter": "notice"},
    {"days": 10, "colour": "yellow", "recipients": ["assignee", "leader"], "letter": "urging"},
    {**LATE, "track": "immediate", "repeat_days": 1},
    {**LATE, "track": "dated", "repeat_days": 7},
    {**LATE, "track": "ongoing", "repeat_days": 30},
    {**UNDATED, "track": "immediate", "repeat_days": 1},
    {**UNDATED, "track": "ongoing", "repeat_days": 30},
]


def give_ladders(apps, schema_editor):
    Round, LadderRule = (apps.get_model("workflows", n) for n in ("Round", "LadderRule"))
    LadderRule.objects.bulk_create(
        LadderRule(round=round_, position=position, **words)
        for round_ in Round.objects.all()
        for position, words in enumerate(RULES, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0005_clock")]
    operations = [migrations.RunPython(give_ladders, migrations.RunPython.noop)]
