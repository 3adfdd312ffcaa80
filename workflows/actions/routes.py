"""Which route a round's reviews and requests take: set by the office, each setting a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.models import Membership
from core.refusals import Conflict, Unmet
from core.roles import OFFICERS
from workflows import policy, routing
from workflows.actions import passage, rounds
from workflows.actions.step import Command, Done, submission_of, take
from workflows.models import Round, Route
from workflows.models.route import (
    ENDS_WITH_THE_OFFICE,
    PRESETS,
    How,
    MatterKind,
    Party,
    Step,
    Unless,
    as_data,
    presets_of,
)
from workflows.models.submission import APPROVED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.actor import Actor
    from workflows.models import Item

MOST_STEPS = 8
# Every item has somebody of these to ask, or says that nobody is appointed.
_CERTAIN = frozenset({Party.HEAD, Party.LEADERS, Party.UNIT_HEAD, Party.PERSON})


def set_route(
    round_id: int,
    *,
    actor: Actor,
    preset: str = "",
    steps: Sequence[Step] = (),
    matter: str = MatterKind.REVIEW,
) -> Route:
    """A new version of a round's route; what is under decision finishes on the one it began with.

    One for the reviews, and one for each kind of request.
    """
    with transaction.atomic(durable=True):
        round_ = rounds.held(round_id, actor)
        policy.insist_on_office(actor, round_.unit)
        chosen = _steps(preset, steps, matter)
        _insist_on_a_route(chosen, round_, matter)
        present = routing.present_route(round_, matter)
        if as_data(chosen) == as_data(routing.present_steps(round_, matter)):
            raise Conflict(
                _("This is the route of the round already."), then=_("Nothing needs to be done.")
            )
        route = Route(
            round=round_,
            matter=matter,
            version=present.version + 1 if present else 1,
            preset=preset or "own",
            data=as_data(chosen),
            made_by_id=actor.person_id,
            made_at=timezone.now(),
        )
        route.save()
        told = {
            "matter": route.matter,
            "version": route.version,
            "preset": route.preset,
            "steps": route.data,
        }
        rounds.tell(round_, "round.route_set", actor, told)
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


def _steps(preset: str, steps: Sequence[Step], matter: str) -> tuple[Step, ...]:
    if matter in MatterKind and not preset:
        return tuple(steps)
    if matter not in MatterKind or preset not in presets_of(matter) or steps:
        raise Unmet(_("There is no such route."), then=_("Choose one from the list."))
    return PRESETS[preset]


def _insist_on_a_route(steps: tuple[Step, ...], round_: Round, matter: str) -> None:
    ends = _wrong_ends if matter in ENDS_WITH_THE_OFFICE else _wrong_last_word
    holes = [
        *ends(steps),
        *_too_long(steps),
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
    if not any(s.party in _CERTAIN and s.unless == Unless.NEVER for s in steps[:-1]):
        found.append(
            ("steps", _("one step before the office must be asked of every item, whatever it is"))
        )
    return found


def _wrong_last_word(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    """The office need not be asked; but whoever is last is asked of every item."""
    certain = {*_CERTAIN, Party.OFFICE}
    if steps and steps[-1].party in certain and steps[-1].unless == Unless.NEVER:
        return []
    return [("steps", _("the last step is asked of every item, whatever it is"))]


def _too_long(steps: tuple[Step, ...]) -> list[tuple[str, str]]:
    if len(steps) <= MOST_STEPS:
        return []
    return [("steps", _("at most %(n)s steps") % {"n": MOST_STEPS})]


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
