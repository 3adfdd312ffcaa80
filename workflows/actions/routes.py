"""Which route the reviews of a round take: set by the office as data, each setting a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from core.models import Membership
from core.refusals import Conflict, NotFound, Unmet
from core.roles import OFFICERS
from workflows import policy, routing
from workflows.actions import passage
from workflows.actions.step import Command, Done, submission_of, take
from workflows.models import Round, Route
from workflows.models.route import PRESETS, How, Party, Step, Unless, as_data
from workflows.models.submission import APPROVED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.actor import Actor
    from workflows.models import Item

MOST_STEPS = 8


def set_route(
    round_id: int, *, actor: Actor, preset: str = "", steps: Sequence[Step] = ()
) -> Route:
    """A new version of a round's route; what is in review finishes on the one it began with."""
    with transaction.atomic(durable=True):
        visible = Round.objects.visible_to(actor).filter(pk=round_id).exists()
        if not visible:
            raise NotFound
        round_ = Round.objects.select_for_update().select_related("unit").get(pk=round_id)
        policy.insist_on_office(actor, round_.unit)
        chosen = _steps(preset, steps)
        _insist_on_a_route(chosen, round_)
        present = routing.present_route(round_)
        if as_data(chosen) == as_data(present.steps if present else PRESETS["short"]):
            raise Conflict(
                _("This is the route of the round already."), then=_("Nothing needs to be done.")
            )
        route = Route(
            round=round_,
            version=present.version + 1 if present else 1,
            preset=preset or "own",
            data=as_data(chosen),
            made_by_id=actor.person_id,
            made_at=timezone.now(),
        )
        route.save()
        told = {"version": route.version, "preset": route.preset, "steps": route.data}
        record.append(
            "round.route_set", head=record.head_of(round_.subject), actor=actor, data=told
        )
    return route


def move_to_current(item_id: int, *, actor: Actor, command: Command, reason: str) -> Item:
    """Let one item in review begin again on the route of today; what was approved is void."""

    def work(item: Item) -> Done:
        submission = submission_of(item)
        present = routing.present_route(item.round)
        if present is None or submission.route_id == present.pk:
            raise Conflict(
                _("This item is on the present route already."),
                then=_("Nothing needs to be done."),
            )
        before = submission.route.version if submission.route else 0
        submission.route = present
        voids = passage.begin_again(submission, actor=actor)
        submission.unapprove()
        submission.save(update_fields=["route", "position", *APPROVED])
        told: dict[str, Any] = {"no": submission.no, "before": before, "route": present.version}
        if voids:
            told["voids"] = _(", ").join(voids)
        return Done(data={**told, "reason": reason.strip()})

    said = {"reason": reason}
    return take(item_id, "move_to_current", actor=actor, command=command, said=said, work=work)


def _steps(preset: str, steps: Sequence[Step]) -> tuple[Step, ...]:
    if not preset:
        return tuple(steps)
    if preset not in PRESETS or steps:
        raise Unmet(_("There is no such route."), then=_("Choose one from the list."))
    return PRESETS[preset]


def _insist_on_a_route(steps: tuple[Step, ...], round_: Round) -> None:
    holes = [
        *_wrong_ends(steps),
        *(hole for no, step in enumerate(steps, 1) for hole in _wrong_step(no, step, round_)),
    ]
    if holes:
        raise Unmet(
            _("This is not a route that can be walked."),
            then=_("Correct: %(words)s.") % {"words": _("; ").join(words for _at, words in holes)},
            holes=holes,
        )


def _wrong_ends(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    found = []
    last = Step(party=Party.OFFICE)
    if not steps or steps[-1] != last or any(s.party == Party.OFFICE for s in steps[:-1]):
        found.append(("steps", _("the office is the last step, once, and never left out")))
    if len(steps) > MOST_STEPS:
        found.append(("steps", _("at most %(n)s steps") % {"n": MOST_STEPS}))
    certain = {Party.HEAD, Party.LEADERS, Party.UNIT_HEAD, Party.PERSON}
    if not any(s.party in certain and s.unless == Unless.NEVER for s in steps[:-1]):
        found.append(
            ("steps", _("one step before the office must be asked of every item, whatever it is"))
        )
    return found


def _wrong_step(no: int, step: Step, round_: Round) -> list[tuple[str, str]]:
    known = step.party in Party.values and step.how in How.values and step.unless in Unless.values
    if not known or not 1 <= step.percent <= 100:  # noqa: PLR2004 -- a share of all
        return [(f"step-{no}", _("step %(n)s is not of the list") % {"n": no})]
    if (step.party == Party.PERSON) != (step.person_id is not None):
        return [
            (f"step-{no}", _("step %(n)s names its person, and no other step does") % {"n": no})
        ]
    if step.person_id is None:
        return []
    here = Membership.objects.in_force().filter(user=step.person_id)
    here = here.filter(unit__path__startswith=round_.unit.path)
    if here.exclude(role__in=OFFICERS).exists():
        return []
    return [(f"step-{no}", _("the person of step %(n)s has no post in the unit") % {"n": no})]
