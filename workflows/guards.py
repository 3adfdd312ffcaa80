"""Named preconditions. Each looks at an act about to happen and answers with what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.refusals import Conflict, NotPermitted, Refusal, Unmet
from workflows import holders
from workflows.states import SHORTEST_REASON, DutyKind, Ink, Progress, Standing, State, Track

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from core.actor import Actor
    from workflows.holders import On
    from workflows.models import Duty, Item, Submission


_MEANT_FOR_LATER = _("Write what is required or why, so that it can be understood years later.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An item, who is about to act on it, and what the form said."""

    item: Item
    actor: Actor
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature whose name and password were right; what it is worth is the guards' to say."""

    name: str
    picture: str = ""
    """Digest of what was drawn; empty when it was only typed."""
    points_digest: str = ""
    points: list[list[list[int]]] = field(default_factory=list, repr=False)
    id: int | None = None
    """Of the kept signature, where one stands under many acts."""


def item_is_ready_to_assign(act: Act) -> Refusal | None:
    item = act.item
    holes: list[tuple[str, Any]] = []
    if item.lead_section_id is None:
        holes.append(("assign", _("the lead section")))
    if item.assignee_id is None and not act.said.get("assignee_id"):
        holes.append(("assign", _("the responsible person")))
    if item.track == Track.DATED and item.due is None:
        holes.append(("deadline", _("the deadline")))
    if not item.measures.exists():
        holes.append(("measures", _("at least one measure")))
    return missing(_("The item cannot be assigned yet."), holes)


def every_measure_is_proven(act: Act) -> Refusal | None:
    """Each criterion has evidence that stands, or its measure a written reason why not."""
    holes = [(gap.at, gap.words) for gap in act.item.gaps()]
    return missing(_("Every measure needs evidence, or a written reason why there is none."), holes)


def result_is_told(act: Act) -> Refusal | None:
    if act.item.result.strip():
        return None
    return missing(_("Say what was done."), [("result", _("the result of the rectification"))])


def progress_is_claimed(act: Act) -> Refusal | None:
    if act.item.progress != Progress.NOT_DONE:
        return None
    return missing(
        _("The item still says “not done”."), [("result", _("progress: done or basically done"))]
    )


def reason_is_written(act: Act) -> Refusal | None:
    return without_reason(str(act.said.get("reason", "")), state=act.item.get_state_display())


def without_reason(
    reason: str, *, state: str = "", then: Promise | str = _MEANT_FOR_LATER
) -> Refusal | None:
    """What is said where a reason is none, or too short to be one."""
    if len(reason.strip()) >= SHORTEST_REASON:
        return None
    return Unmet(
        _("Give the reason in writing, at least %(n)s characters.") % {"n": SHORTEST_REASON},
        state=state,
        then=then,
        holes=[("reason", _("the reason"))],
    )


def insist_on_reason(reason: str, *, state: str = "", then: Promise | str = "") -> None:
    """The same for acts on something else than an item."""
    if unmet := without_reason(reason, state=state, then=then or _MEANT_FOR_LATER):
        raise unmet


def effectiveness_is_noted(act: Act) -> Refusal | None:
    if str(act.said.get("effectiveness", "")).strip():
        return None
    return missing(
        _("Closing needs a note on whether the rectification works."),
        [("effectiveness", _("the effectiveness note"))],
    )


def basis_is_given(act: Act) -> Refusal | None:
    if str(act.said.get("basis", "")).strip():
        return None
    return missing(_("Reopening names what it is based on."), [("basis", _("the basis"))])


def new_person_is_another(act: Act) -> Refusal | None:
    if act.said.get("assignee_id") != act.item.assignee_id:
        return None
    return Unmet(
        _("This person is responsible already."),
        state=act.item.get_state_display(),
        then=_("Choose somebody else."),
        holes=[("assignee", _("the new responsible person"))],
    )


def had_no_part_in_it(act: Act) -> Refusal | None:
    """Submitter, approvers and closer are all different people, deputies and those behind too."""
    item, actor = act.item, act.actor
    duty = holders.duty_of(item, actor)
    if holders.may_answer(duty, actor) if duty else not holders.passed_over(item, actor):
        return None
    if item.state == State.VERIFYING:
        return NotPermitted(
            _("Submitter, approver and closer are three different people."),
            state=item.get_state_display(),
            who=_("a member of the office who neither submitted nor approved it"),
            then=_("Leave the close-out to a colleague in the office."),
        )
    return NotPermitted(
        _submitted_or_agreed(act, duty),
        state=item.get_state_display(),
        who=another(item),
        then=_("Leave the decision to another person."),
    )


def _submitted_or_agreed(act: Act, duty: Duty | None) -> Promise:
    people = {act.actor.id, holders.behind_whom(duty, act.actor)[1] if duty else None}
    submission = act.item.submission
    if submission is not None and submission.submitted_by_id in people:
        return _("Nobody approves what they submitted themselves.")
    return _("Nobody agrees twice: this person agreed at an earlier step.")


def another(item: Item, on: On = holders.REVIEW) -> Promise | str:
    """Who else may: by the group where it is the lead section's, otherwise by name."""
    duties = holders.open_duties(item, on)
    if all(d.section_id is not None and d.section_id == item.lead_section_id for d in duties):
        return _("another head of the lead section")
    names = [name for names in holders.names(item, on).values() for name in names]
    return gettext(", ").join(dict.fromkeys(names)) or _("somebody who had no part in it yet")


def evidence_was_read(act: Act) -> Refusal | None:
    """Where the round demands it: every standing piece was opened by whoever decides."""
    demand = act.item.demand_on(act.actor.person_id)
    if not demand.must_read or not demand.unread:
        return None
    holes = [
        (
            f"piece-{piece.citation_id}",
            _("measure %(no)s: %(names)s") % {"no": piece.measure_no, "names": piece.name},
        )
        for piece in demand.unread
    ]
    words = gettext("; ").join(str(text) for _at, text in holes)
    return Unmet(
        _("This round demands that every piece of evidence is read before it is agreed to."),
        then=_("Open what you have not read yet, then decide: %(words)s.") % {"words": words},
        holes=holes,
    )


def is_signed(act: Act) -> Refusal | None:
    """Signed in the way the round demands."""
    return lacks_ink(act.item.demand_on(act.actor.person_id).signature, act.said.get("signature"))


def lacks_ink(ink: str, signed: Signed | None) -> Refusal | None:
    """Why a signature, or none, is not what a round demands; None when it is."""
    if ink == Ink.NONE or (signed is not None and (ink == Ink.TYPED or signed.picture)):
        return None
    if signed is None:
        return unsigned()
    return Unmet(
        _("This round demands a drawn signature."),
        then=_("Draw your signature on the pad, then decide."),
        holes=[("drawing", _("the drawn signature"))],
    )


def nothing_is_found_wanting(act: Act) -> Refusal | None:
    """What the reviewer found not enough or wrong is settled before they agree.

    Where they said nothing of a piece themselves, whoever judged it last in this submission counts.
    """
    submission = act.item.submission
    if submission is None or not submission.is_judged:
        return None
    found = submission.judgements.of_standing(submission.pk).select_related("citation__evidence")
    standing = {one.citation_id: one for one in found}
    standing |= {one.citation_id: one for one in found if one.person_id == act.actor.id}
    wanting = [one for one in standing.values() if one.wanting]
    if not wanting:
        return None
    return Unmet(
        _("Evidence that was found wanting is not agreed to."),
        then=_("Return the item, or look again and accept the evidence."),
        holes=[
            (f"judge-{one.citation_id}", f"{one.citation} ({one.get_worth_display()})")
            for one in wanting
        ],
    )


def flags_are_answered(act: Act) -> Refusal | None:
    """Where the round demands it: nothing that the checks noticed stands open."""
    if not act.item.demand_on(act.actor.person_id).doubts:
        return None
    return Unmet(
        _("This round demands that each doubt is answered before it is agreed to."),
        then=_("Look at the doubts: clear each with a reason, or return the item."),
        holes=[("flags", _("the doubts that stand open"))],
    )


def unsigned() -> Unmet:
    return Unmet(
        _("This round demands a signature."),
        then=_("Type your name and enter your password once more, then decide."),
        holes=[("signed_name", _("your name")), ("password", _("your password"))],
    )


def nobody_has_answered(act: Act) -> Refusal | None:
    """A submission is its submitter's to take back until somebody has acted on it."""
    submission = act.item.submission
    if submission is None:
        return None
    answered = submission.duties.filter(state=Standing.DONE)
    if not answered.exclude(kind__in=[DutyKind.HELP, DutyKind.COPY]).exists():
        return None
    return Conflict(
        _("Somebody has answered already: the submission can no longer be taken back."),
        state=act.item.get_state_display(),
        then=_("Ask them to return it."),
    )


def approval_stands(act: Act) -> Refusal | None:
    """The content is still what was approved. Acts void approvals; this catches everything else."""
    submission = act.item.submission
    if submission is not None and _is_agreed(act.item, submission):
        return None
    return Unmet(
        _("The content is not what was approved."),
        state=act.item.get_state_display(),
        then=_("Return the item, so that it is submitted and approved again."),
    )


def _is_agreed(item: Item, submission: Submission) -> bool:
    """Somebody agreed to it, and it still says what they agreed to."""
    agreed = holders.silent(item) != {submission.submitted_by_id}
    return (
        agreed
        and submission.approved_by_id is not None
        and submission.digest == item.content_digest()
    )


def missing(rule: Any, holes: list[tuple[str, Any]]) -> Refusal | None:
    """Each with its place on the page; None when nothing is."""
    if not holes:
        return None
    words = gettext("; ").join(str(text) for _at, text in holes)
    return Unmet(rule, then=_("Still missing: %(words)s.") % {"words": words}, holes=holes)
