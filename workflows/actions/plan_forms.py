"""What every act on a plan begins and ends with: its round held, its form known, its event told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from audit import record
from audit.models import Event
from core.refusals import NotFound, Unmet
from workflows.actions.step import used_already
from workflows.models import Plan, Round
from workflows.models.deputy import told_behind

if TYPE_CHECKING:
    from uuid import UUID

    from core.actor import Actor
    from workflows.models import PlanOpinion

LONGEST = 4000
"""Characters of an opinion, a reason or a remark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One form about one round: who sent it, and what stands for all it said."""

    round: Round
    actor: Actor
    command_id: UUID
    form: str

    def is_repeated(self, *names: str) -> bool:
        """Whether this very form was dealt with already."""
        earlier = Event.objects.filter(subject=self.round.subject, command=self.command_id).first()
        if earlier is None:
            return False
        same = (self.actor.subject, self.form)
        if earlier.name not in names or (earlier.actor, earlier.data.get("form")) != same:
            raise used_already("")
        return True

    def tell(self, name: str, data: dict[str, Any]) -> None:
        record.append(
            name,
            head=record.head_of(self.round.subject),
            actor=self.actor,
            command=self.command_id,
            data={**data, "form": self.form},
        )


def held(plan_id: int, actor: Actor) -> Plan:
    """The plan, with its round's row held, for somebody who may know of it."""
    rows = Plan.objects.select_related("round__unit", "process", "made_by")
    round_id = (
        Plan.objects.visible_to(actor).filter(pk=plan_id).values_list("round", flat=True).first()
    )
    if round_id is None:
        raise NotFound
    Round.objects.locked(round_id)
    return rows.get(pk=plan_id)


def short(text: str) -> str:
    words = text.strip()
    if len(words) > LONGEST:
        raise Unmet(
            _("At most %(n)s characters.") % {"n": LONGEST}, then=_("Say it in fewer words.")
        )
    return words


def about(plan: Plan) -> dict[str, Any]:
    return {"plan": plan.version, "digest": plan.digest}


def part_of(given: PlanOpinion) -> dict[str, Any]:
    """As what somebody answered, and for whom."""
    told: dict[str, Any] = {"part": given.part}
    if given.section is not None:
        told["section"] = given.section.name
    return told | told_behind(given.behind)
