"""Who is asked about a plan, whose answer it waits for, and why somebody may not. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import User
from core.refusals import Conflict, NotPermitted, Refusal, Unmet
from core.roles import Role
from workflows import holders
from workflows.members import members_of
from workflows.models import ItemLeader, Plan, PlanOpinion
from workflows.models.content import digest_of_plan
from workflows.models.duty import addressed_to
from workflows.models.item import Item
from workflows.models.parties import ItemSection
from workflows.models.plan import PlanPart, PlanState
from workflows.plan_content import closed, holes, in_plan, items_of
from workflows.routing import Seat
from workflows.states import Standing

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from core.actor import Actor
    from workflows.models import Round
    from workflows.plan_content import Content


def seats(round_: Round) -> list[tuple[PlanPart, Seat]]:
    """Who is asked side by side: the heads of all responsible sections, and the leaders."""
    items = in_plan(Item.objects.filter(round=round_))
    lead = set(items.exclude(lead_section=None).values_list("lead_section", flat=True))
    also = ItemSection.objects.filter(item__in=items, part=ItemSection.Part.LEAD)
    sections = sorted(lead | set(also.values_list("section", flat=True)))
    heads = [(PlanPart.HEAD, Seat(role=Role.SECTION_HEAD, section_id=pk)) for pk in sections]
    return [*heads, *_leaders(round_)]


def _leaders(round_: Round) -> list[tuple[PlanPart, Seat]]:
    """Those named; where an item names nobody who holds a post, one of the unit's leaders."""
    items = in_plan(Item.objects.filter(round=round_))
    named = ItemLeader.objects.filter(item__in=items).exclude(user=None)
    people = sorted(set(named.values_list("user", flat=True)))
    places = [Seat(person_id=pk) for pk in people]
    present = [seat for seat in places if members_of(seat)]
    reached = named.filter(user__in=[seat.person_id for seat in present]).values("item")
    if items.exclude(pk__in=reached).exists():
        present.append(Seat(role=Role.LEADER, unit_path=round_.unit.path))
    return [(PlanPart.LEADER, seat) for seat in present]


def first_seat(round_: Round) -> Seat:
    return Seat(role=Role.UNIT_HEAD, unit_path=round_.unit.path)


def seat_of(opinion: PlanOpinion) -> Seat:
    return Seat(
        person_id=opinion.person_id,
        role=opinion.role,
        section_id=opinion.section_id,
        unit_path=opinion.unit_path,
    )


def silent(plan: Plan) -> set[int]:
    """Those who have no say any more: who put it forward, who answered, and for whom."""
    had = {plan.made_by_id}
    if plan.pk is None:
        return had
    for opinion in plan.opinions.filter(state=Standing.DONE):
        had |= {person for person in (opinion.decided_by_id, opinion.behind_id) if person}
    return had


def kept_out(plan: Plan, part: str) -> set[int]:
    """Who may not answer as this part: beside the silent, whoever is to decide last."""
    had = silent(plan)
    if part == PlanPart.FIRST:
        return had
    return had | members_of(first_seat(plan.round))


def free(opinion: PlanOpinion) -> set[int]:
    """The people who may answer here today."""
    return members_of(seat_of(opinion)) - kept_out(opinion.plan, opinion.part)


def goes_up(opinion: PlanOpinion) -> bool:
    """Whether somebody holds this place, and none of them has a say here."""
    return bool(members_of(seat_of(opinion))) and not free(opinion)


def prospective(round_: Round, actor: Actor) -> list[PlanOpinion]:
    """Whom the plan would ask, the one who decides last, if this actor put it forward now."""
    plan = Plan(round=round_, made_by_id=actor.person_id)
    places = [*seats(round_), (PlanPart.FIRST, first_seat(round_))]
    return [
        PlanOpinion(
            plan=plan,
            part=part,
            person_id=seat.person_id,
            role=seat.role,
            section_id=seat.section_id,
            unit_path=seat.unit_path,
        )
        for part, seat in places
    ]


def waiting(plan: Plan) -> list[PlanOpinion]:
    if plan.state != PlanState.UNDER_REVIEW:
        return []
    rows = plan.opinions.filter(state=Standing.OPEN).order_by("pk")
    found = list(rows.select_related("person", "section", "task"))
    for opinion in found:
        opinion.plan = plan
    return found


def stuck(plan: Plan) -> list[PlanOpinion]:
    """The places that nobody may answer: nobody holds them, or nobody there has a say."""
    return [opinion for opinion in waiting(plan) if not free(opinion)]


def addressed(plan: Plan, actor: Actor) -> PlanOpinion | None:
    """The place this actor answers at: one of their own before one they stand in for."""
    mine = [one for one in waiting(plan) if holders.behind_whom(one, actor)[0]]
    mine.sort(key=lambda one: (not may_answer(one, actor), one.person_id != actor.id, one.pk))
    return mine[0] if mine else None


def may_answer(opinion: PlanOpinion, actor: Actor) -> bool:
    out = kept_out(opinion.plan, opinion.part)
    return not {actor.id, behind(opinion, actor)} & out


def behind(opinion: PlanOpinion, actor: Actor) -> int | None:
    """Whom a deputy would answer for there; None for a place of one's own."""
    return holders.behind_whom(opinion, actor)[1]


def objection(plan: Plan, actor: Actor) -> Refusal | None:
    """Why this actor may not answer now."""
    found = answering(plan, actor)
    return found if isinstance(found, Refusal) else None


def answering(plan: Plan, actor: Actor) -> PlanOpinion | Refusal:
    """The place this actor answers at now, or why they may not: for the page and for the act."""
    if plan.state != PlanState.UNDER_REVIEW:
        return _over(plan)
    if actor.id == plan.made_by_id:
        return NotPermitted(
            _("You put this plan forward: your place in its review goes up one level."),
            state=plan.get_state_display(),
            who=asked(waiting(plan)),
            then=_("Wait for the others."),
        )
    opinion = addressed(plan, actor)
    if opinion is not None and may_answer(opinion, actor):
        return opinion
    if {actor.id} & silent(plan):
        return Conflict(
            _("You have answered about this plan already, and nobody answers twice."),
            state=plan.get_state_display(),
            who=asked(waiting(plan)),
            then=_("Wait for the others."),
        )
    return NotPermitted(
        _("You are not asked now."),
        state=plan.get_state_display(),
        who=asked(waiting(plan)),
        then=_("The first responsible person decides when all others have agreed."),
    )


def not_to_put_forward(round_: Round, content: Content) -> Refusal | None:
    """Why this content is not put forward as the round's next version."""
    latest = round_.plans.order_by("-version").first()
    if latest is not None and latest.state == PlanState.UNDER_REVIEW:
        return Conflict(
            _("Version %(n)s of the plan is under review.") % {"n": latest.version},
            state=latest.get_state_display(),
            who=asked(waiting(latest)),
            then=_("Wait for its decision, or withdraw it first."),
        )
    if not any(items_of(content)):
        return Unmet(
            _("There is nothing on the ledger that could be a plan."),
            then=_("Import a ledger first."),
        )
    missing = holes(content, but=closed(round_))
    if missing:
        return Unmet(
            _("The plan is not complete yet: %(n)s things are missing.") % {"n": len(missing)},
            who=_("the rectification office"),
            then=_("Mend them on the pages of their items, then put the plan forward."),
            holes=[(hole.to, f"{hole.no} {hole.title}: {hole.words}") for hole in missing],
        )
    in_force = round_.plans.filter(state=PlanState.APPROVED).first()
    if in_force is not None and in_force.digest == digest_of_plan(content):
        return Conflict(
            _("The approved plan says just this: nothing has changed since."),
            state=in_force.get_state_display(),
            then=_("Nothing needs to be done."),
        )
    return None


def _over(plan: Plan) -> Refusal:
    return Conflict(
        _("This version is not under review any more."),
        state=plan.get_state_display(),
        then=_("Look at the plan of the round as it stands now."),
    )


def not_to_withdraw(plan: Plan) -> Refusal | None:
    """Taken back while nobody has answered; also where it would wait for nobody for ever."""
    if plan.state != PlanState.UNDER_REVIEW:
        return _over(plan)
    if not plan.opinions.filter(state=Standing.DONE).exists() or stuck(plan):
        return None
    return Conflict(
        _("Somebody has answered already: the plan is not taken back behind them."),
        state=plan.get_state_display(),
        who=asked(waiting(plan)),
        then=_("Ask one of those who have not answered to return it."),
    )


def on_my_desk(actor: Actor) -> list[Plan]:
    """The plans that wait for this actor: for their opinion, or returned to them to mend."""
    asked_of = PlanOpinion.objects.filter(addressed_to(actor), state=Standing.OPEN)
    asked_now = Q(state=PlanState.UNDER_REVIEW, pk__in=asked_of.values("plan"))
    returned = Q(state=PlanState.RETURNED, made_by=actor.id)
    plans = Plan.objects.filter(asked_now | returned).select_related("round__unit", "made_by")
    return [plan for plan in plans.order_by("made_at", "pk") if _is_theirs(plan, actor)]


def _is_theirs(plan: Plan, actor: Actor) -> bool:
    if plan.state == PlanState.UNDER_REVIEW:
        return objection(plan, actor) is None
    replaced = plan.round.plans.filter(version__gt=plan.version).exists()
    return not replaced and actor.holds(Role.OFFICE, unit_path=plan.round.unit.path)


def asked(opinions: list[PlanOpinion]) -> str:
    """Whom these ask, in words."""
    return _(", ").join(dict.fromkeys(str(place(opinion)) for opinion in opinions))


def place(opinion: PlanOpinion) -> Promise | str:
    """Whom a place asks, in words."""
    if opinion.person is not None:
        return opinion.person.name
    if opinion.part == PlanPart.HEAD:
        section = str(opinion.section)
        return format_lazy(gettext_lazy("the head of {section}"), section=section)
    if opinion.part == PlanPart.LEADER:
        return gettext_lazy("a responsible leader")
    return gettext_lazy("the first responsible person")


def names(opinion: PlanOpinion) -> list[str]:
    """Who may answer there today, by name."""
    people = User.objects.filter(pk__in=free(opinion)).order_by("pk")
    return list(people.values_list("name", flat=True))
