"""What the people of the demonstration do to each item, one act after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.models import Membership
from core.roles import Role
from demo import content, papers
from evidence import intake
from workflows.actions import assignments, decisions, proving, rectification, wanting
from workflows.actions.rectification import MeasureAccount
from workflows.actions.step import Command
from workflows.models import Measure
from workflows.states import Progress

if TYPE_CHECKING:
    from core.actor import Actor
    from workflows.models import Item

Act = Callable[..., object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act: who does what; it takes the item and the command by itself."""

    actor: Actor
    act: Act


@dataclass(slots=True)
class Cast:
    """Everybody by name, each looked up once."""

    actors: dict[str, Actor]
    heads: dict[str, Actor]
    """The head of each section, by the section's name."""
    offices: list[Actor]

    @classmethod
    def of(cls, unit: str) -> Cast:
        posts = Membership.objects.in_force().filter(unit__name=unit).select_related("user")
        people = {post.user.name: post.user.actor() for post in posts}
        heads = posts.filter(role=Role.SECTION_HEAD).select_related("section")
        return cls(
            actors=people,
            heads={str(post.section): people[post.user.name] for post in heads},
            offices=[people[p.user.name] for p in posts.filter(role=Role.OFFICE).order_by("pk")],
        )


def live(item: Item, told: content.Item, cast: Cast) -> None:
    """Do what is still to do: every act moves the version on by one, so it counts them."""
    for number, step in enumerate(steps(item, told, cast)):
        if number >= item.version:
            command = Command(id=uuid5(NAMESPACE_URL, f"{item.subject}/{number}"), version=number)
            step.act(item.pk, actor=step.actor, command=command)


def steps(item: Item, told: content.Item, cast: Cast) -> Iterator[Step]:
    """The whole script of an item up to its stage."""
    office = cast.offices[item.position % len(cast.offices)]
    if told["stage"] == "draft":
        return
    yield Step(actor=office, act=partial(assignments.assign, assignee_id=None))
    if told["stage"] == "assigned":
        return
    yield from _rectify(told, cast.actors[told["assignee"] or ""])
    if "result" in told:
        yield from _review(told, cast)
    if "wanted" in told:
        head = cast.heads[told["lead"][0]]
        asker = head if told["wanted"]["by"] == "section_head" else office
        yield Step(actor=asker, act=partial(_ask, wanted=told["wanted"]))


def _ask(item_id: int, *, wanted: content.Wanted, actor: Actor, command: Command) -> None:
    measure = Measure.objects.get(item=item_id, position=wanted["measure"])
    wanting.ask_evidence(
        item_id,
        actor=actor,
        command=command,
        measure_id=measure.pk,
        criterion_id=_criterion(measure, 1),
        text=wanted["text"],
        due=timezone.localdate() + timedelta(days=wanted["days"]),
    )


def _rectify(told: content.Item, staff: Actor) -> Iterator[Step]:
    yield Step(actor=staff, act=assignments.accept)
    for paper in told.get("evidence", []):
        yield Step(actor=staff, act=partial(_attach, told=told, paper=paper))
        for number in paper.get("shows", [1])[1:]:
            yield Step(actor=staff, act=partial(_cite_again, paper=paper, number=number))
    if "result" in told:
        yield Step(actor=staff, act=partial(_tell, told=told))


def _attach(
    item_id: int, *, told: content.Item, paper: content.Paper, actor: Actor, command: Command
) -> None:
    measure = Measure.objects.get(item=item_id, position=paper["measure"])
    # Papers were formed while the item was worked on, later measures later.
    days = 2 + (item_id * 7 - paper["measure"] * 3) % 23
    formed_on = timezone.localdate() - timedelta(days=days)
    upload = SimpleUploadedFile(paper["file"], draw(told, paper, formed_on))
    proving.attach(
        item_id,
        actor=actor,
        command=command,
        measure_id=measure.pk,
        criterion_id=_criterion(measure, paper.get("shows", [1])[0]),
        files=[intake.receive(upload)],
        claim=paper["description"],
        pages=paper.get("pages", ""),
        formed_on=formed_on,
    )


def _cite_again(
    item_id: int, *, paper: content.Paper, number: int, actor: Actor, command: Command
) -> None:
    """The paper shows one thing more."""
    measure = Measure.objects.get(item=item_id, position=paper["measure"])
    cited = measure.citations.get(evidence__name=paper["file"], criterion__number=paper["shows"][0])
    proving.attach(
        item_id,
        actor=actor,
        command=command,
        measure_id=measure.pk,
        criterion_id=_criterion(measure, number),
        again=[cited.evidence_id],
        claim=paper["description"],
        pages=paper.get("pages", ""),
    )


def _criterion(measure: Measure, number: int) -> int | None:
    found = measure.criteria.filter(number=number)
    return found.values_list("pk", flat=True).first()


def draw(told: content.Item, paper: content.Paper, formed_on: date) -> bytes:
    """The bytes of a paper: a picture, or its description with what it belongs to."""
    if "again" in paper:
        return papers.saved_anew(papers.png(paper["again"]))
    if "meeting" in paper:
        return papers.pdf(_minutes(paper["meeting"]))
    measure = told["measures"][paper["measure"] - 1]
    lines = [
        paper["description"],
        f"事项：{told['no']} {told['title']}",
        f"措施：{measure['text']}",
        f"情况：{measure['account']}" if "account" in measure else "情况：正在推进。",
        f"承办：{told['lead'][0]} {told['assignee']}",
        "本件为演示材料，单位、人员和数据均属虚构。",
    ]
    match paper["file"].rpartition(".")[2]:
        case "png":
            return papers.png(f"{told['no']} {paper['file']}")
        case "pdf":
            return papers.pdf(lines)
        case "docx":
            return papers.docx(lines, made=formed_on)
        case "xlsx":
            return papers.xlsx(lines, made=formed_on)
        case _:
            return papers.text(lines)


def _minutes(meeting: content.Meeting) -> list[str]:
    fed_back = content.the_round()["round"]["feedback_days_ago"]
    held = timezone.localdate() - timedelta(days=fed_back - meeting["after_feedback"])
    words = f"{held.year}年{held.month}月{held.day}日"
    return papers.minutes(words, meeting["no"], meeting["places"])


def _tell(item_id: int, *, told: content.Item, actor: Actor, command: Command) -> None:
    reasons = {reason["measure"]: reason["text"] for reason in told.get("reasons", [])}
    measures = Measure.objects.filter(item=item_id)
    accounts = [
        MeasureAccount(
            measure_id=row.pk,
            account=measure.get("account", ""),
            no_evidence_reason=reasons.get(row.position, ""),
            rule_made=measure.get("rule_made", ""),
            loss_recovered=Decimal(measure.get("loss_recovered", "0")),
            people_held=measure.get("people_held", 0),
            similar_cases=measure.get("similar_cases", ""),
            campaign=measure.get("campaign", False),
        )
        for row, measure in zip(measures, told["measures"], strict=True)
    ]
    rectification.record_progress(
        item_id,
        actor=actor,
        command=command,
        progress=Progress.BASICALLY_DONE if reasons or "returned" in told else Progress.DONE,
        result=told["result"],
        accounts=accounts,
    )


def _review(told: content.Item, cast: Cast) -> Iterator[Step]:
    staff, head = cast.actors[told["assignee"] or ""], cast.heads[told["lead"][0]]
    yield Step(actor=staff, act=rectification.submit)
    if "opinion" in told:
        yield Step(actor=head, act=partial(decisions.approve, opinion=told["opinion"]))
    if "returned" in told:
        actor = head if told["returned"]["by"] == "section_head" else cast.offices[0]
        reason = told["returned"]["requirement"]
        yield Step(actor=actor, act=partial(decisions.send_back, reason=reason))
    if told["stage"] == "closed":
        act = partial(decisions.close, effectiveness=told["effectiveness"])
        yield Step(actor=cast.actors[told["closer"]], act=act)
