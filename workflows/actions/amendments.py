"""What the office corrects in an item; after an approval this voids it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.translation import gettext as _

from core import fitting
from core.models import Section
from core.refusals import NotFound, Unmet
from workflows.actions import standards
from workflows.actions.standards import CriterionText
from workflows.actions.step import Command, Done, take
from workflows.models import Citation, Item, Measure
from workflows.states import Precision, State, Track

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from core.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """As DOMAIN.md section 3 has it: what was written, and what it means."""

    raw: str
    track: str
    ongoing: bool = False
    due: date | None = None
    precision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureText:
    """A measure as amended; without an id a new one, with an empty text one to strike out."""

    id: int | None
    text: str
    criteria: tuple[CriterionText, ...] = ()
    """What is not named stays as it is."""


def amend(
    item_id: int,
    *,
    actor: Actor,
    command: Command,
    title: str | None = None,
    deadline: Deadline | None = None,
    lead_section_id: int | None = None,
    target: str | None = None,
    remark: str | None = None,
    measures: Sequence[MeasureText] = (),
    reason: str = "",
) -> Item:
    """Correct an item. None leaves a part as it is; past draft a written reason is required."""

    def work(item: Item) -> Done:
        changes: dict[str, Any] = {}
        done = Done(data={"changes": changes, "reason": reason.strip()})
        if title is not None and title.strip() != item.title:
            _retitle(item, title.strip(), done)
        _rewrite(item, "target", target, done)
        _rewrite(item, "remark", remark, done)
        if deadline is not None:
            _redate(item, deadline, done)
        if lead_section_id is not None and lead_section_id != item.lead_section_id:
            _relead(item, lead_section_id, done)
        told = [_reword(item, measure) for measure in measures]
        if any(told):
            changes["measures"] = [one for one in told if one]
        if not changes:
            raise Unmet(_("Nothing was changed."), then=_("Change something, or go back."))
        return done

    said = {
        "title": title,
        "deadline": deadline,
        "lead_section_id": lead_section_id,
        "target": target,
        "remark": remark,
        "measures": tuple(measures),
        "reason": reason,
    }
    return take(item_id, "amend", actor=actor, command=command, said=said, work=work)


def _retitle(item: Item, title: str, done: Done) -> None:
    if not title:
        raise Unmet(_("An item needs a title."), then=_("Write what the problem is."))
    done.data["changes"]["title"] = [item.title, title]
    item.title = title
    fitting.insist(item, "title")
    done.fields.add("title")


def _rewrite(item: Item, name: str, text: str | None, done: Done) -> None:
    if text is None or text.strip() == getattr(item, name):
        return
    done.data["changes"][name] = [getattr(item, name), text.strip()]
    setattr(item, name, text.strip())
    done.fields.add(name)


def _redate(item: Item, deadline: Deadline, done: Done) -> None:
    before = (item.deadline_raw, item.track, item.ongoing, item.due, item.precision)
    after = (
        deadline.raw, deadline.track, deadline.ongoing, deadline.due, deadline.precision
    )  # fmt: skip
    if before == after:
        return
    if deadline.track not in Track.values or deadline.precision not in {"", *Precision.values}:
        raise Unmet(_("There is no such class of deadline."), then=_("Choose one of the list."))
    if deadline.track == Track.DATED and deadline.due is None:
        raise Unmet(
            _("A dated item needs its date."),
            then=_("Write a date such as 2026-12-31, or choose another class."),
            holes=[("deadline", _("the deadline"))],
        )
    if item.first_due is None and item.state != State.DRAFT:
        item.first_due = deadline.due
        done.fields.add("first_due")
    if (item.track, item.due) != (deadline.track, deadline.due):
        item.due_version += 1
        done.fields.add("due_version")
    item.deadline_raw, item.track, item.ongoing, item.due, item.precision = after
    fitting.insist(item, "deadline_raw")
    done.data["changes"]["deadline"] = [
        [b if isinstance(b, bool) else str(b or "") for b in row] for row in (before, after)
    ]
    done.fields |= {"deadline_raw", "track", "ongoing", "due", "precision"}


def _relead(item: Item, section_id: int, done: Done) -> None:
    if item.state != State.DRAFT:
        raise Unmet(
            _("The lead section of an assigned item stays."),
            state=item.get_state_display(),
            then=_("Cancel the item and enter it again under the right section."),
        )
    section = Section.objects.filter(pk=section_id, unit__path=item.unit_path).first()
    if section is None:
        raise NotFound(_("This unit has no such section."))
    before = item.lead_section.name if item.lead_section else ""
    item.other_sections.filter(section=section).delete()
    item.lead_section = section
    done.data["changes"]["lead_section"] = [before, section.name]
    done.fields.add("lead_section")


def _reword(item: Item, wanted: MeasureText) -> list[str] | None:
    """Write one measure; returns [before, after], or None when it stays as it is."""
    text = wanted.text.strip()
    if wanted.id is None:
        return _add(item, text, wanted) if text else None
    measure = item.measures.filter(pk=wanted.id).first()
    if measure is None:
        raise NotFound(_("This item has no such measure."))
    if not text:
        return _strike_out(item, measure)
    before = _words_of(measure)
    if measure.text != text:
        measure.text = text
        fitting.insist(measure, "text")
        measure.save(update_fields=["text"])
    for criterion in wanted.criteria:
        standards.write(item, measure, criterion)
    after = _words_of(measure)
    return None if before == after else [before, after]


def _add(item: Item, text: str, wanted: MeasureText) -> list[str]:
    last = item.measures.aggregate(last=Max("position"))["last"] or 0
    new = Measure(item=item, position=last + 1, text=text)
    fitting.insist(new, "text")
    new.save()
    for criterion in wanted.criteria:
        standards.write(item, new, criterion)
    return ["", _words_of(new)]


def _words_of(measure: Measure) -> str:
    """Its text with its criteria, as they are now."""
    criterion = measure.criterion
    return f"{measure.text} [{criterion}]" if criterion else measure.text


def _strike_out(item: Item, measure: Measure) -> list[str]:
    if item.state != State.DRAFT or Citation.objects.filter(measure=measure).exists():
        raise Unmet(
            _("A measure that was assigned cannot be struck out."),
            state=item.get_state_display(),
            then=_("Have a written reason entered for why it has no evidence."),
        )
    before = measure.text
    measure.delete()
    return [before, ""]
