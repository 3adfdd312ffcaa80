"""Who the responsible leaders (责任领导) of an item are, changed by the office past the import.

Whoever was to agree as a responsible leader has to be one: where the leaders were asked already,
by a review or by a request, they are asked anew, and what was agreed from there on is void.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.refusals import Unmet
from workflows import directory, holders
from workflows.actions import passage
from workflows.actions.decisions import stand_back
from workflows.actions.step import Command, Done, take
from workflows.models import Item, ItemLeader, Submission
from workflows.models.route import Party
from workflows.states import DutyKind, Outcome, Standing, State

if TYPE_CHECKING:
    from core.actor import Actor
    from core.models import User
    from workflows.guards import Act
    from workflows.holders import Matter


def change_leaders(
    item_id: int, *, actor: Actor, command: Command, person_ids: tuple[int, ...], reason: str
) -> Item:
    """Name others; a review or request that has passed the leaders goes back to them."""

    def work(item: Item) -> Done:
        before = list(item.leaders.values_list("name", "user"))
        after = [(person.name, person.pk) for person in _leaders(item, person_ids)]
        if sorted(before, key=str) == sorted(after, key=str):
            raise Unmet(_("Nothing was changed."), then=_("Change something, or go back."))
        left = [(matter, place) for matter in _open(item) if (place := _asked_at(matter)) >= 0]
        _write(item, after)
        told: dict[str, Any] = {
            "before": [name for name, _user in before],
            "leaders": [name for name, _user in after],
            "reason": reason.strip(),
        }
        for matter, place in left:
            told |= _ask_anew(matter, place, actor)
        return Done(data=told)

    def stay_or_go_back(act: Act) -> str:
        submission = act.item.submission
        closing = act.item.state == State.VERIFYING and submission is not None
        back = closing and submission is not None and _asked_at(submission) >= 0
        return "back_to_leaders" if back else "change_leaders"

    said = {"person_ids": person_ids, "reason": reason}
    return take(
        item_id,
        "change_leaders",
        actor=actor,
        command=command,
        said=said,
        work=work,
        choose=stay_or_go_back,
    )


def _leaders(item: Item, person_ids: tuple[int, ...]) -> list[User]:
    """Those who were chosen, in that order, each a leader of the unit or of one above it."""
    known = {person.pk: person for person in directory.leaders(item.unit_path)}
    chosen = [known[pk] for pk in dict.fromkeys(person_ids) if pk in known]
    if not chosen or len(chosen) < len(set(person_ids)):
        raise Unmet(
            _("A responsible leader is somebody who leads the unit or one above it."),
            state=item.get_state_display(),
            then=_("Choose at least one person of the list."),
            holes=[("leaders", _("the responsible leaders"))],
        )
    return chosen


def _open(item: Item) -> list[Matter]:
    """What is under decision: a review, a request, or both."""
    submission, request = item.submission, item.request
    reviewed = submission is not None and submission.outcome == Outcome.OPEN
    found: list[Matter | None] = [submission if reviewed else None, request]
    return [matter for matter in found if matter is not None]


def _asked_at(matter: Matter) -> int:
    """The first step at which leaders were asked, as such or one level up; -1 where none was."""
    steps = matter.duties.filter(kind=DutyKind.STEP).exclude(state=Standing.VOID)
    leading = {person for person in matter.item.leaders.values_list("user", flat=True) if person}
    places = [
        duty.position
        for duty in steps
        if matter.steps[duty.position].party == Party.LEADERS
        or (duty.raised and duty.person_id in leading)
    ]
    return min(places, default=-1)


def _write(item: Item, leaders: list[tuple[str, int]]) -> None:
    item.leaders.all().delete()
    for position, (name, person) in enumerate(leaders, 1):
        ItemLeader(item=item, position=position, name=name, user_id=person).save()


def _ask_anew(matter: Matter, place: int, actor: Actor) -> dict[str, Any]:
    """What the event says of it: back to which step, and whose approvals no longer count."""
    voided = _(", ").join(passage.ask_anew(matter, place, actor=actor))
    if isinstance(matter, Submission):
        stand_back(matter)
        told: dict[str, Any] = {"to_step": matter.position}
        return told | ({"voids": voided} if voided else {})
    matter.save(update_fields=["position"])
    of = {"no": matter.no, "kind": matter.kind, "to_step": matter.position, "voids": voided}
    return {holders.REQUEST: of}
