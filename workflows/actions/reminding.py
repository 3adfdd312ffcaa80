"""What the clock does each morning: reminders written with their events, one digest a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from audit import record
from core.actor import SYSTEM
from core.models import User
from workflows import deadlines
from workflows.actions import waking
from workflows.models import Addressee, Item, LadderRule, Letter, MorningRun, Reminder, Round
from workflows.models.ladder import Paper
from workflows.notices import notify, send_bundles
from workflows.papers_due import papers_due

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from workflows.deadlines import Due
    from workflows.papers_due import WantedPaper

ABANDONED = timedelta(minutes=10)
"""After this long a morning that was begun and not finished belongs to whoever asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a digest: a reminder of an item, or of a paper that was asked for."""

    key: str
    item: Item
    kind: str
    days: int | None
    url: str = ""
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything one person is told of a morning, the most overdue first.

    What is overdue is of a loud kind of notice: it cannot be muted.
    """

    lines: tuple[Line, ...]

    @property
    def key(self) -> str:
        """The same for the same lines, so that a repeated delivery is known as one."""
        return "digest:" + max((line.key for line in self.lines), key=lambda key: (len(key), key))


def morning(today: date) -> int | None:
    """The whole morning, unless somebody had it: how many reminders were made, or None.

    What rested until yesterday is woken first, so that it is reminded of with the rest.
    """
    run = _claim(today)
    if run is None:
        return None
    waking.wake_past(today)
    run.made += remind(today)
    run.finished_at = timezone.now()
    run.save(update_fields=["made", "finished_at"])
    return run.made


def _claim(today: date) -> MorningRun | None:
    """One worker wins the day; a second insert, or taking over the abandoned, decides it."""
    now = timezone.now()
    run, new = MorningRun.objects.get_or_create(day=today, defaults={"claimed_at": now})
    if new:
        return run
    mine = MorningRun.objects.filter(pk=run.pk, finished_at=None, claimed_at=run.claimed_at)
    if now - run.claimed_at < ABANDONED or mine.update(claimed_at=now) == 0:
        return None
    return run


def remind(today: date) -> int:
    """Make what is due and tell everybody once; safe to run again at any moment."""
    made = sum(_make(due, today) for due in deadlines.due_reminders(today))
    papers = papers_due(today)
    told = Q(pk__in=papers) | _untold()
    for person in User.objects.filter(told, is_active=True).distinct():
        _deliver(person, papers.get(person.pk, []), today)
    return made


def _untold() -> Q:
    return Q(pk__in=Addressee.objects.filter(told_at=None).values("person"))


def _make(due: Due, today: date) -> bool:
    """Look again under the lock, then write reminder, letter and event together."""
    with transaction.atomic(durable=True):
        item = Item.objects.locked(due.item_id)
        rule = LadderRule.objects.select_related("round").get(pk=due.rule_id)
        if deadlines.reached(item, deadlines.ladder_of(rule.round), today) != due:
            return False
        key = {"item": item, "rule": rule, "due_version": due.due_version}
        if Reminder.objects.filter(**key, occasion=due.occasion).exists():
            return False
        again = Reminder.objects.filter(**key).exists()
        reminder = Reminder(**key, occasion=due.occasion, made_on=today, days=due.days)
        reminder.save()
        people = deadlines.recipients(item, rule.recipients, on=today)
        Addressee.objects.bulk_create(
            Addressee(reminder=reminder, person_id=person, part=part)
            for person, part in people.items()
        )
        letter = None if again or rule.letter == Paper.NONE else _write(reminder, today)
        _record(reminder, letter, list(people))
    return True


def _write(reminder: Reminder, today: date) -> Letter:
    """The letter of a rung, on its first occasion; the round's row keeps its numbers in order."""
    item, rule = reminder.item, reminder.rule
    round_ = Round.objects.locked(rule.round_id)
    last = round_.letters.aggregate(last=Max("no"))["last"] or 0
    letter = Letter(
        reminder=reminder,
        item=item,
        round=round_,
        no=last + 1,
        kind=rule.letter,
        made_on=today,
        facts=_facts(item, reminder.days),
    )
    letter.save()
    return letter


def _facts(item: Item, days: int | None) -> dict[str, Any]:
    return {
        "unit": item.round.unit.name,
        "section": item.lead_section.name if item.lead_section else "",
        "no": item.no,
        "title": item.title,
        "deadline": item.deadline_raw,
        "due": item.due.isoformat() if item.due else "",
        "days": days,
        "assignee": item.assignee_text,
        "leaders": [leader.name for leader in item.leaders.all()],
    }


def _record(reminder: Reminder, letter: Letter | None, people: list[int]) -> None:
    item, rule = reminder.item, reminder.rule
    told = {
        "reminder": reminder.pk,
        "rule": rule.pk,
        "occasion": reminder.occasion.isoformat(),
        "days": reminder.days,
        "people": people,
    }
    if letter is not None:
        told |= {"letter": letter.no, "kind": letter.kind}
    head = record.append("item.reminded", head=item.head, actor=SYSTEM, data=told)
    item.trail_seq, item.trail_head = head.seq, head.hash
    item.save(update_fields=["trail_seq", "trail_head"])


def _deliver(person: User, papers: Sequence[WantedPaper], today: date) -> None:
    """One digest of all a person was not told yet, marked in the transaction that owes it."""
    with transaction.atomic(durable=True):
        waiting = Addressee.objects.select_for_update(of=("self",)).filter(
            person=person, told_at=None
        )
        rows = list(waiting.select_related("reminder__item", "reminder__letter"))
        lines = [*_lines(rows), *(_of_paper(paper, today) for paper in papers)]
        if lines:
            tell(person, Digest(tuple(sorted(lines, key=_urgency))))
        Addressee.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=timezone.now())


def tell(person: User, digest: Digest) -> None:
    """A line of the inbox for each of a digest, and by every channel one message for them all."""
    for line in digest.lines:
        notify(
            [person],
            kind=line.kind,
            key=line.key,
            item=line.item,
            params=line.params,
            url=line.url,
            bundle=digest.key,
        )
    send_bundles(digest.key)


def _lines(rows: Sequence[Addressee]) -> list[Line]:
    """One line an item, its newest reminder.

    A morning that broke off is told on the next: what ended since then, or got
    another date or owner, is no longer news.
    """
    newest: dict[int, Addressee] = {}
    for row in rows:
        item = row.reminder.item
        if item.state in deadlines.TICKING and row.reminder.due_version == item.due_version:
            newest[row.reminder.item_id] = row
    return [_of_reminder(row) for row in newest.values()]


def _of_reminder(row: Addressee) -> Line:
    days, letter = row.reminder.days, getattr(row.reminder, "letter", None)
    return Line(
        key=f"reminder:{row.pk}",
        item=row.reminder.item,
        kind=_kind(days),
        days=days,
        url=f"/letters/{letter.pk}/" if letter is not None else "",
        params={"days": abs(days or 0)},
    )


def _kind(days: int | None) -> str:
    if days is None:
        return "undated"
    if days < 0:
        return "overdue"
    return "due" if days else "due_today"


def _of_paper(paper: WantedPaper, today: date) -> Line:
    asked = paper.asked
    return Line(
        key=paper.key,
        item=asked.item,
        kind="evidence_overdue" if paper.overdue else "evidence_due",
        days=asked.days_left(today),
        url=f"{reverse('item', args=[asked.item_id])}#{asked.at}",
        params={"text": asked.text, "due": asked.due.isoformat()},
    )


def _urgency(line: Line) -> tuple[bool, int, int, str]:
    return (line.days is None, line.days or 0, len(line.key), line.key)
