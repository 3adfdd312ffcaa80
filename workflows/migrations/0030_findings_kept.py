"""What a decision was taken with becomes a row of its own under the event that says it."""

import json

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

DECISIONS = ("endorsed", "approved", "stepped_back", "returned", "closed")


def check_at_once(apps, schema_editor):
    """PostgreSQL makes no index on a table of which rows are still to be checked."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def keep(apps, schema_editor):
    Event = apps.get_model("audit", "Event")
    Judgement = apps.get_model("workflows", "Judgement")
    if not Judgement.objects.exists():
        return
    noted = list(Judgement.objects.values_list("pk", "submission", "citation", "person", "worth"))
    Submission = apps.get_model("workflows", "Submission")
    names = [f"item.{name}" for name in DECISIONS]
    told = set()
    for event in Event.objects.filter(name__in=names).order_by("pk").iterator():
        data = json.loads(bytes(event.body))["data"]
        if "findings" not in data:
            continue
        item, person = (int(one.partition(":")[2]) for one in (event.subject, event.actor))
        submission = Submission.objects.get(item=item, no=data["no"])
        behind = _behind(apps, submission, person, data)
        for one in data["findings"]:
            Judgement.objects.create(
                submission=submission,
                citation_id=one["citation"],
                person_id=person,
                behind_id=behind,
                worth=one["worth"],
                remark=one.get("remark", ""),
                at=event.at,
                seq=event.seq,
            )
            told.add((submission.pk, one["citation"], person, one["worth"]))
    Judgement.objects.filter(pk__in=[pk for pk, *one in noted if tuple(one) in told]).delete()


def _behind(apps, submission, person, data):
    if "behind" not in data:
        return None
    Duty = apps.get_model("workflows", "Duty")
    answered = Duty.objects.filter(submission=submission, position=data["step"], decided_by=person)
    return answered.exclude(behind=None).values_list("behind", flat=True).last()


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0006_log_append_only"),
        ("workflows", "0029_judgements"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="flag",
            name="salt",
            field=models.CharField(blank=True, default="", max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="judgement",
            name="behind",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="judgement", name="seq", field=models.PositiveIntegerField(null=True)
        ),
        migrations.RemoveConstraint(model_name="judgement", name="a_piece_is_judged_once_by_each"),
        migrations.AddConstraint(
            model_name="judgement",
            constraint=models.UniqueConstraint(
                condition=models.Q(seq=None),
                fields=("submission", "citation", "person"),
                name="a_piece_is_noted_once_by_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="judgement",
            constraint=models.UniqueConstraint(
                fields=("submission", "citation", "seq"), name="a_piece_is_judged_once_an_event"
            ),
        ),
        migrations.RunPython(check_at_once, migrations.RunPython.noop),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
