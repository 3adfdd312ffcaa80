"""Criteria become rows of their own, and citations get their numbers and what they are linked to.

A text is divided only where nothing depends on it yet: no evidence is cited for its measure and its
item is not under review, so that no approval loses the content it was given for.
"""

import re

import django.db.models.deletion
from django.db import migrations, models

WORTH = [
    ("accepted", "Accepted"),
    ("not_enough", "Not enough"),
    ("wrong", "Does not correspond"),
]
MARKS = (r"(\d{1,2})(?:[、)）]|[.．](?!\d))\s*", r"[（(]\s*(\d{1,2})\s*[)）]\s*")


def pieces(text):
    """As `workflows.criteria` divided a text when this was written, without its rarer marks."""
    quoted = re.search(r"[（(《“「『【][^）)》”」』】]*[；;]", text)
    parts = [text] if quoted else re.split(r"[；;\n]", text)
    parts = [part.strip() for part in parts if part.strip()]
    for mark in MARKS:
        found = [re.match(mark, part) for part in parts]
        counted = [int(match[1]) for match in found if match]
        if len(parts) > 1 and counted == list(range(1, len(parts) + 1)):
            return [part[match.end() :] or part for part, match in zip(parts, found, strict=True)]
    return parts


def check_at_once(apps, schema_editor):
    """PostgreSQL makes no index on a table of which rows are still to be checked."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def divide(apps, schema_editor):
    Measure = apps.get_model("workflows", "Measure")
    Criterion = apps.get_model("workflows", "Criterion")
    Citation = apps.get_model("workflows", "Citation")
    cited = set(Citation.objects.values_list("measure_id", flat=True))
    for measure in Measure.objects.exclude(criterion="").select_related("item").iterator():
        fixed = measure.pk in cited or measure.item.state in {"in_review", "verifying", "closed"}
        texts = [measure.criterion] if fixed else pieces(measure.criterion)
        for number, text in enumerate(texts or [measure.criterion], 1):
            only = Criterion.objects.create(measure=measure, number=number, text=text)
        if measure.pk in cited:
            Citation.objects.filter(measure=measure).update(criterion=only)


def number(apps, schema_editor):
    Citation = apps.get_model("workflows", "Citation")
    last = {}
    for pk, item in Citation.objects.order_by("pk").values_list("pk", "item_id"):
        last[item] = last.get(item, 0) + 1
        Citation.objects.filter(pk=pk).update(no=last[item])


def join(apps, schema_editor):
    Measure = apps.get_model("workflows", "Measure")
    for measure in Measure.objects.iterator():
        texts = measure.criteria.order_by("number").values_list("text", flat=True)
        Measure.objects.filter(pk=measure.pk).update(criterion="；".join(texts)[:300])


class Migration(migrations.Migration):
    dependencies = [("workflows", "0026_search_index")]

    operations = [
        migrations.CreateModel(
            name="Criterion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=300)),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="criteria",
                        to="workflows.measure",
                    ),
                ),
            ],
            options={"ordering": ["number"]},
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(
                fields=("measure", "number"), name="a_criterion_has_its_number"
            ),
        ),
        migrations.AddField(
            model_name="citation",
            name="criterion",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="citations",
                to="workflows.criterion",
            ),
        ),
        migrations.AddField(
            model_name="citation",
            name="judged",
            field=models.CharField(blank=True, choices=WORTH, max_length=12, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="citation",
            name="no",
            field=models.PositiveIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunPython(check_at_once, migrations.RunPython.noop),
        migrations.RunPython(divide, join),
        migrations.RunPython(number, migrations.RunPython.noop),
    ]
