"""Setting what a round looks for, and looking at all of it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from audit import jobs
from core.refusals import Conflict, NotFound, Unmet
from workflows import policy
from workflows.actions import checking, rounds
from workflows.checks.rules import RULES
from workflows.models import Citation, Item, Round

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from audit.models import Job
    from core.actor import Actor
    from workflows.checks.rules import Settings

KIND = "recheck"


def set_rules(round_id: int, *, actor: Actor, settings: Settings) -> Round:
    """What the checks of a round look for; holds for what is handed in from now on."""
    with transaction.atomic(durable=True):
        round_ = rounds.held(round_id, actor)
        policy.insist_on_office(actor, round_.unit)
        _insist_on_sense(settings)
        before = round_.check_rules
        if before == settings:
            raise Conflict(
                _("These are the rules of the round already."), then=_("Nothing needs to be done.")
            )
        round_.check_rules = settings
        round_.save(update_fields=["check_rules"])
        rounds.tell(round_, "round.checks_set", actor, {"before": before, "rules": settings})
    return round_


def _insist_on_sense(settings: Settings) -> None:
    holes = []
    for one in RULES:
        threshold, said = one.threshold, settings["rules"].get(str(one.rule), {})
        if threshold and not threshold.least <= said.get("number", -1) <= threshold.most:
            bounds = {"least": threshold.least, "most": threshold.most}
            words = _("%(rule)s: a number from %(least)s to %(most)s")
            holes.append((f"number-{one.rule}", words % {"rule": one.rule.label, **bounds}))
    if holes:
        raise Unmet(
            _("These rules cannot be followed."),
            then=_("Correct: %(words)s.") % {"words": _("; ").join(words for _at, words in holes)},
            holes=holes,
        )


def recheck(round_id: int, *, actor: Actor, command_id: UUID) -> Job:
    """Look at everything that stands in a round by its present rules, as work of the worker."""
    round_ = Round.objects.visible_to(actor).select_related("unit").filter(pk=round_id).first()
    if round_ is None:
        raise NotFound
    policy.insist_on_office(actor, round_.unit)
    items = list(round_.items.order_by("position", "pk").values_list("pk", flat=True))
    if not items:
        raise Unmet(
            _("This round has no items yet."), then=_("Import its ledger, then look again.")
        )
    return jobs.ask(
        KIND,
        actor=actor,
        command_id=command_id,
        params={"round": round_.code, "items": items},
        total=len(items),
        at_once=False,
    )


@jobs.job(KIND)
def run(job: Job, actor: Actor) -> Iterator[jobs.Told]:
    """Item by item; what was raised before is not raised again."""
    for item_id in job.params["items"][job.done_count :]:
        item = Item.objects.visible_to(actor).filter(pk=item_id).first()
        if item is None:
            yield jobs.Told(ref=f"item:{item_id}", done=False)
            continue
        raised, unread = _again(item)
        yield jobs.Told(
            ref=f"item:{item_id}",
            label=f"{item.no} {item.title}",
            done=not unread,
            data={"flags": raised, **_why(unread)},
        )


def _why(unread: int) -> dict[str, str]:
    if not unread:
        return {}
    return {"rule": _("%(n)s files could not be read yet; look again later.") % {"n": unread}}


def _again(item: Item) -> tuple[int, int]:
    """How many flags were raised, and how many files are not read yet."""
    raised = unread = 0
    for pk in Citation.objects.standing().filter(item=item).values_list("pk", flat=True):
        try:
            raised += checking.check_citation(pk)
        except checking.NotYetRead:
            unread += 1
    if item.replies.exists():
        raised += checking.check_replies(item.pk)
    return raised, unread
