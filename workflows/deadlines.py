"""Which reminders are due: computed each morning from the state, so nothing has to be cancelled."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q

from core.models import Membership, lineage_of
from core.roles import Role
from workflows import holders, turns
from workflows.models import Item, LadderRule, Reminder
from workflows.models.ladder import Colour, Recipient
from workflows.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from workflows.models import Round

# Whoever has one of these owes something. Drafts are nobody's yet; what ended or rests is quiet.
TICKING = frozenset({State.ASSIGNED, State.RECTIFYING, State.IN_REVIEW, State.VERIFYING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One reminder that is due and was not made: its key, and the days left today."""

    item_id: int
    rule_id: int
    due_version: int
    occasion: date
    days: int | None


def due_reminders(today: date) -> list[Due]:
    """Every reminder due today and not made yet, a missed morning's among them."""
    ladders: dict[int, list[LadderRule]] = defaultdict(list)
    for rule in LadderRule.objects.filter(retired=False).select_related("round"):
        ladders[rule.round_id].append(rule)
    made = _made(ladders)
    return [
        due
        for item in _within_reach(ladders, today)
        if (due := reached(item, ladders[item.round_id], today)) and key_of(due) not in made
    ]


def key_of(due: Due) -> tuple[int, int, int, date]:
    return (due.item_id, due.rule_id, due.due_version, due.occasion)


def _within_reach(ladders: dict[int, list[LadderRule]], today: date) -> Iterator[Item]:
    furthest = max((r.days or 0 for rules in ladders.values() for r in rules), default=0)
    reach = Q(due=None) | Q(due__lte=today + timedelta(days=max(furthest, 0)))
    items = Item.objects.filter(reach, round__in=ladders, state__in=sorted(TICKING))
    wanted = ("round_id", "state", "track", "due", "due_version")
    return items.only(*wanted).order_by("pk").iterator(chunk_size=2000)


def _made(ladders: Iterable[int]) -> set[tuple[int, int, int, date]]:
    present = Reminder.objects.filter(
        item__round__in=list(ladders),
        item__state__in=sorted(TICKING),
        due_version=F("item__due_version"),
        rule__retired=False,
    )
    return set(present.values_list("item_id", "rule_id", "due_version", "occasion"))


def reached(item: Item, ladder: Sequence[LadderRule], today: date) -> Due | None:
    """The highest rung an item has reached, at its latest repetition; None below the lowest."""
    past = [one for one in _rungs(item, ladder) if one[0] <= today]
    if item.state not in TICKING or not past:
        return None
    rung, _at, rule = max(past, key=lambda one: one[:2])
    again = timedelta(days=rule.repeat_days)
    return Due(
        item_id=item.pk,
        rule_id=rule.pk,
        due_version=item.due_version,
        occasion=rung + (today - rung) // again * again if again else rung,
        days=(item.due - today).days if item.due else None,
    )


def _rungs(
    item: Item, ladder: Iterable[LadderRule]
) -> list[tuple[date, tuple[bool, int, int], LadderRule]]:
    """The rules that are for this item, each with the day it is reached and its rank."""
    return [
        (rung, _rank(rule), rule)
        for rule in ladder
        if rule.track in {"", item.track} and (rung := rung_of(rule, item.due)) is not None
    ]


def colour_of(item: Item, ladder: Iterable[LadderRule], today: date) -> str:
    """The colour of the rung an item has reached; green below the lowest; empty without any."""
    rungs = _rungs(item, ladder)
    past = [one for one in rungs if one[0] <= today]
    if not past:
        return Colour.GREEN if rungs else ""
    return max(past, key=lambda one: one[:2])[2].colour


def rung_of(rule: LadderRule, due: date | None) -> date | None:
    """The day a rule is reached; without a date, counted from the feedback of the round."""
    if (rule.days is None) != (due is None):
        return None
    if due is None or rule.days is None:
        return rule.round.feedback_date
    return due - timedelta(days=rule.days)


def _rank(rule: LadderRule) -> tuple[bool, int, int]:
    """Of two rungs on one day: the one made for the class, then the later one in the list."""
    return (rule.track != "", rule.position, rule.pk)


def ladder_of(round_: Round | int) -> list[LadderRule]:
    """The rules of a round that hold now."""
    rules = LadderRule.objects.filter(round=round_, retired=False)
    return list(rules.select_related("round"))


def recipients(item: Item, parts: Iterable[str], *, on: date) -> dict[int, str]:
    """The people behind the parts: person -> the first part by which they are addressed.

    What is being decided is not in the assignee's hands: then those who have it
    to decide are told in their place.
    """
    found: dict[int, str] = {}
    for part in parts:
        asked = Recipient(part)
        mine = asked == Recipient.ASSIGNEE
        for person in in_hands(item, on=on) if mine else _people(item, asked, on):
            found.setdefault(person, part)
    return found


def in_hands(item: Item, *, on: date) -> list[int]:
    """Whose turn it is: who may answer the step it stands at, or else the responsible staff."""
    if item.state in {State.IN_REVIEW, State.VERIFYING}:
        return sorted(person.pk for person in turns.people(holders.open_duties(item)))
    return _people(item, Recipient.ASSIGNEE, on)


def _people(item: Item, part: Recipient, on: date) -> list[int]:
    posts = Membership.objects.in_force(on).order_by("user_id")
    match part:
        case Recipient.ASSIGNEE:
            person = item.assignee
            return [person.pk] if person is not None and person.is_active else []
        case Recipient.SECTION_HEAD:
            heads = posts.filter(role=Role.SECTION_HEAD, section=item.lead_section_id)
            return list(heads.values_list("user_id", flat=True))
        case Recipient.LEADER:
            named = item.leaders.exclude(user=None).values("user")
            leads = posts.filter(role=Role.LEADER, user__in=named)
            return list(dict.fromkeys(leads.values_list("user_id", flat=True)))
        case _:
            return _nearest(item, Role(part), on)


def _nearest(item: Item, role: Role, on: date) -> list[int]:
    """Whoever holds a role at the item's unit, or else at the next unit above that has one."""
    held = list(
        Membership.objects.in_force(on)
        .filter(role=role, unit__path__in=lineage_of(item.unit_path))
        .order_by("user_id")
        .values_list("unit__path", "user_id")
    )
    nearest = max((path for path, _user in held), key=len, default="")
    return [user for path, user in held if path == nearest]
