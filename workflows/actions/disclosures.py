"""The office decides what becomes known of a result, and on what ground something does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.refusals import Unmet
from workflows.actions.step import Command, Done, take
from workflows.models.disclosure import Audience, Disclosure, Ground

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.actor import Actor
    from workflows.models import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one audience learns: a text, or the ground on which it learns nothing."""

    audience: str
    text: str = ""
    ground: str = ""


def disclose(item_id: int, *, actor: Actor, command: Command, answers: Sequence[Answer]) -> Item:
    """Answer both questions, or one again; what was answered before stands in the record."""

    def work(item: Item) -> Done:
        if not answers:
            raise Unmet(_("Nothing was changed."), then=_("Change something, or go back."))
        return Done(data={"answers": [_answer(item, answer) for answer in answers]})

    said = {"answers": [[a.audience, a.text, a.ground] for a in answers]}
    return take(item_id, "disclose", actor=actor, command=command, said=said, work=work)


def _answer(item: Item, answer: Answer) -> dict[str, str]:
    audience, text = Audience(answer.audience), answer.text.strip()
    if bool(text) == bool(answer.ground):
        raise Unmet(
            _("Say what is made known, or why it is withheld: one of the two."),
            state=item.get_state_display(),
            then=_("Write the text, or choose the ground."),
            holes=[(f"disclose-{audience}", audience.label)],
        )
    ground = Ground(answer.ground).value if answer.ground else ""
    Disclosure.objects.update_or_create(
        item=item, audience=audience, defaults={"text": text, "ground": ground}
    )
    return {"audience": audience.value, "text": text, "ground": ground}
