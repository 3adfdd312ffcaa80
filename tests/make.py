"""Makers: plain functions that lay what a test stands on, through the real actions.

    house = make.house()                     # a unit, two sections and everybody in it
    item = make.item(State.VERIFYING, house=house)
    decisions.close(item.pk, actor=house.closer.actor(), command=make.command(item), …)

People are `User`s; `user.actor()` is who acts, `make.PASSWORD` is how they log in.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.utils import timezone
from PIL import Image, ImageDraw

from core.models import Membership, Section, Unit, User
from core.roles import OF_A_SECTION, Role
from demo import papers
from evidence import kinds, storage, uploads
from evidence.inspection import verdict as inspection
from evidence.inspection.verdict import Verdict
from evidence.intake import Received
from evidence.models import Upload
from workflows import holders, turns
from workflows.actions import (
    assignments,
    decisions,
    deputies,
    flags,
    ledgers,
    proving,
    rectification,
    reminding,
    requests,
    rounds,
)
from workflows.actions.entries import LedgerAspect, LedgerItem, LedgerProblem
from workflows.actions.rectification import MeasureAccount
from workflows.actions.standards import CriterionText
from workflows.actions.step import Command
from workflows.checks.found import Found
from workflows.checks.rules import Rule
from workflows.models import Batch, Criterion, Deputy, Flag, Item, Letter, Measure, Round
from workflows.states import Progress, State, Track

PASSWORD = "Spring-rain-2026"
REASON = "The photographs show another street."
BASIS = "Petition no. 7 of the year"
LATER = date(2027, 1, 31)
"""After the deadline of a made item, and within what the presets of a round allow."""
FAR_OFF = date(2099, 1, 31)
PDF = papers.pdf(["证明材料"])
CLEAN = Verdict(state=inspection.State.CLEAN, kind="pdf", preview=True, pages=1)
_numbers = count(1)


def number() -> int:
    """One that no other row of this run has."""
    return next(_numbers)


def unit(name: str = "", *, parent: Unit | None = None) -> Unit:
    return Unit.found(name or f"Bureau {number()}", parent=parent)


def section(of: Unit | None = None, name: str = "") -> Section:
    row = Section(unit=of or unit(), name=name or f"Section {number()}")
    row.save()
    return row


def user(name: str = "", **fields: object) -> User:
    """A person with an account and no role."""
    no = number()
    row = User(
        **{
            "username": f"person{no}",
            "name": name or f"Person {no}",
            "email": f"person{no}@example.test",
            "password": _hashed(),
            **fields,
        }
    )
    row.save()
    return row


def membership(
    person: User,
    role: str,
    *,
    section: Section | None = None,
    unit: Unit | None = None,
    starts: date = date(2020, 1, 1),
    ends: date | None = None,
) -> Membership:
    """A role in a section for staff and heads; of a unit (the section's) for all others."""
    at = unit or (section.unit if section else None)
    assert at is not None, "say the unit or the section"
    row = Membership(
        user=person,
        role=role,
        unit=at,
        section=section if role in OF_A_SECTION else None,
        starts=starts,
        ends=ends,
    )
    row.save()
    return row


def person(
    role: str,
    *,
    section: Section | None = None,
    unit: Unit | None = None,
    name: str = "",
    **fields: object,
) -> User:
    """A person who holds one role, for ever."""
    row = user(name, **fields)
    membership(row, role, section=section, unit=unit)
    return row


_hash = ""


def _hashed() -> str:
    global _hash  # noqa: PLW0603 -- one hash serves a whole run
    _hash = _hash or make_password(PASSWORD)
    return _hash


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A unit with a lead section, another section, and one person of each part in an item."""

    unit: Unit
    section: Section
    other_section: Section
    staff: User
    colleague: User
    """Other staff of the same section."""
    head: User
    office: User
    closer: User
    """A second member of the office."""


def house(*, parent: Unit | None = None) -> House:
    at = unit(parent=parent)
    lead, other = section(at), section(at)
    return House(
        unit=at,
        section=lead,
        other_section=other,
        staff=person(Role.STAFF, section=lead),
        colleague=person(Role.STAFF, section=lead),
        head=person(Role.SECTION_HEAD, section=lead),
        office=person(Role.OFFICE, unit=at),
        closer=person(Role.OFFICE, unit=at),
    )


def round_(of: House | None = None, *, code: str = "", **fields: object) -> Round:
    at = of or house()
    words: dict[str, object] = {"title": "Round of 2026", "feedback_date": date(2026, 3, 1)}
    return rounds.open_round(
        actor=at.office.actor(),
        unit_id=at.unit.pk,
        code=code or f"R{number()}",
        **{**words, **fields},  # type: ignore[arg-type]  # the caller's business
    )


def line(of: House, **fields: object) -> LedgerItem:
    """One line of a ledger, as the reader of workbooks hands it over."""
    words: dict[str, object] = {
        "no": f"{number()}-1",
        "title": "Street lamps stay dark",
        "measures": ("Repair the lamps", "Keep a log of faults"),
        "track": Track.DATED,
        "deadline_raw": "2026年12月底前",
        "due": date(2026, 12, 31),
        "precision": "month",
        "ongoing": False,
        "lead": (of.section.name,),
        "assignee": of.staff.name,
    }
    return LedgerItem(**{**words, **fields})  # type: ignore[arg-type]  # the caller's business


def tree(*lines: LedgerItem) -> tuple[LedgerAspect, ...]:
    """The lines under one aspect and one problem."""
    problem = LedgerProblem(no="1", title="Lighting is neglected", items=lines)
    return (LedgerAspect(no="（一）", title="Public works", problems=(problem,)),)


def batch(of: House, round_: Round) -> Batch:
    """A workbook that was uploaded and waits to be confirmed."""
    return ledgers.upload(
        round_.pk, actor=of.office.actor(), name="ledger.xlsx", digest="0" * 64, draft={}
    )


def entered(of: House, round_: Round, *lines: LedgerItem) -> list[Item]:
    """The lines confirmed onto the ledger, as draft items."""
    waiting = batch(of, round_)
    ledgers.confirm(waiting.pk, actor=of.office.actor(), version=0, aspects=tree(*lines))
    return list(Item.objects.filter(batch=waiting))


def command(item: Item) -> Command:
    """A fresh form of the item as it is now."""
    return Command(
        id=uuid4(), version=Item.objects.values_list("version", flat=True).get(pk=item.pk)
    )


def criterion(text: str, *measures: Measure) -> None:
    """These measures are judged by this, and by nothing else."""
    for measure in measures:
        measure.criteria.all().delete()
        if text:
            Criterion(measure=measure, number=1, text=text).save()


def judged_by(text: str, measure: Measure | None = None) -> tuple[CriterionText, ...]:
    """As the form says that a measure has this criterion: the first one reworded, or a new one."""
    first = measure.criteria.first() if measure else None
    return (CriterionText(id=first.pk if first else None, text=text),)


def deputy(person: User, stands_in: User, **fields: Any) -> Deputy:
    """Somebody who stands in for a person, from today for a week."""
    today = timezone.localdate()
    words: dict[str, Any] = {"starts": today, "ends": today + timedelta(days=7), "reason": "Leave"}
    return deputies.appoint(actor=person.actor(), deputy_id=stands_in.pk, **{**words, **fields})


def pdf(words: str) -> bytes:
    """A real PDF of one page that says these words."""
    return papers.pdf([words])


def paper(name: str = "proof.pdf", content: bytes = b"") -> Received:
    """A file whose bytes are kept and found clean, and which no measure cites yet."""
    content = content or pdf(name)
    kind = kinds.kind_of(name, content[: kinds.BEGINNING])
    stored = storage.keep([content])
    return Received(stored.digest, stored.size, name, kind.media_type, CLEAN)


# How an item goes on from a state towards the next on the way to the end.
_STEPS: dict[str, Sequence[str]] = {
    State.DRAFT: (),
    State.ASSIGNED: ("assign",),
    State.RECTIFYING: ("assign", "accept"),
    State.IN_REVIEW: ("assign", "accept", "prove", "submit"),
    State.VERIFYING: ("assign", "accept", "prove", "submit", "approve"),
    State.CLOSED: ("assign", "accept", "prove", "submit", "approve", "close"),
    State.CANCELLED: ("cancel",),
    State.SUSPENDED: ("assign", "accept", "suspend"),
}


def item(
    state: str = State.DRAFT,
    *,
    house: House | None = None,
    round_: Round | None = None,
    **fields: object,
) -> Item:
    """An item that came to its state by the acts of the people of its house.

    The staff hands in, the head approves, the closer closes; the office assigns.
    """
    of = house or globals()["house"]()
    [row] = entered(of, round_ or globals()["round_"](of), line(of, **fields))
    for step in _STEPS[state]:
        take(row, step, of)
    return Item.objects.get(pk=row.pk)


def take(item: Item, step: str, of: House) -> None:
    """One step on the way, by whom it belongs to, with what it needs."""
    match step:
        case "assign":
            assignments.assign(
                item.pk, actor=of.office.actor(), command=command(item), assignee_id=of.staff.pk
            )
        case "accept":
            assignments.accept(item.pk, actor=of.staff.actor(), command=command(item))
        case "prove":
            prove(item, of)
        case "submit":
            rectification.submit(item.pk, actor=of.staff.actor(), command=command(item))
        case "approve":
            decisions.approve(
                item.pk, actor=of.head.actor(), command=command(item), opinion="Seen on site."
            )
        case "close":
            decisions.close(
                item.pk,
                actor=of.closer.actor(),
                command=command(item),
                effectiveness="The street is lit.",
            )
        case "cancel" if Item.objects.get(pk=item.pk).state == State.DRAFT:
            assignments.cancel(
                item.pk, actor=of.office.actor(), command=command(item), reason=REASON
            )
        case "cancel" | "extend" | "suspend" | "reopen":
            ask(item, step, of)
            grant(item, of)
        case _:
            raise ValueError(step)


def upload(item: Item, of: House, name: str = "proof.pdf", size: int = 9000) -> Upload:
    """A file of the responsible staff that is to come for the first measure."""
    measure = item.measures.all()[0]
    purpose = f"measure:{measure.pk}"
    return uploads.begin(actor=of.staff.actor(), name=name, size=size, purpose=purpose)


def ask(item: Item, kind: str, of: House) -> None:
    """A request as its asker fills it in well."""
    words: dict[str, Any] = {"command": command(item), "reason": REASON}
    match kind:
        case "extend":
            words |= {"ground": "funds", "until": LATER}
            requests.ask_extension(item.pk, actor=of.staff.actor(), **words)
        case "suspend":
            words["until"] = FAR_OFF
            requests.ask_suspension(item.pk, actor=of.staff.actor(), **words)
        case "cancel":
            requests.ask_cancel(item.pk, actor=of.office.actor(), **words)
        case "reopen":
            requests.ask_reopen(item.pk, actor=of.office.actor(), basis=BASIS, **words)
        case _:
            raise ValueError(kind)


def grant(item: Item, of: House) -> None:
    """Everybody whom the open request waits for agrees, one after another."""
    leader_of(of)
    while (now := Item.objects.get(pk=item.pk)).request is not None:
        [person, *_others] = turns.people(holders.open_duties(now, holders.REQUEST))
        requests.agree(item.pk, actor=person.actor(), command=command(item), opinion="Agreed.")


def leader_of(of: House) -> User:
    """The leader of the unit, appointed when there is none yet."""
    posts = Membership.objects.filter(role=Role.LEADER, unit=of.unit).order_by("pk")
    found = posts.select_related("user").first()
    return found.user if found else person(Role.LEADER, unit=of.unit)


def letter(of: House, round_: Round) -> Letter:
    """The warning that an item of the house got on the morning after its deadline."""
    late = item(State.RECTIFYING, house=of, round_=round_, due=date(2026, 4, 1))
    reminding.remind(date(2026, 4, 2))
    return Letter.objects.get(item=late)


def attach(item: Item, of: House, *files: Received) -> None:
    """Papers of the responsible staff for the first measure."""
    first = item.measures.all()[0].pk
    proving.attach(
        item.pk, actor=of.staff.actor(), command=command(item), measure_id=first, files=files
    )


def prove(item: Item, of: House, file: Received | None = None) -> None:
    """Evidence for the first measure, a written reason for the others, and a result.

    Where some stands from an earlier cycle it is another paper: the same is cited only once.
    """
    first, *others = item.measures.all()
    before = item.citations.count()
    file = file or paper(f"proof-{before + 1}.pdf" if before else "proof.pdf")
    proving.attach(
        item.pk,
        actor=of.staff.actor(),
        command=command(item),
        measure_id=first.pk,
        files=[file],
        claim="The lamps are lit",
        pages="1",
    )
    rectification.record_progress(
        item.pk,
        actor=of.staff.actor(),
        command=command(item),
        progress=Progress.DONE,
        result="All lamps were repaired.",
        accounts=[
            MeasureAccount(measure_id=m.pk, no_evidence_reason="The log is kept in another system.")
            for m in others
        ],
    )


def flag(item: Item, rule: str = "blank_pages", **fields: Any) -> Flag:
    """What a check noticed on the first piece of evidence of an item."""
    words: dict[str, Any] = {
        "citation": item.citations.select_related("measure", "evidence").first(),
        "told": {"blank": [1], "count": 1, "pages": 1},
    }
    found = Found(rule=Rule(rule), **{**words, **fields})
    [raised] = flags.raise_all(item.pk, [found])
    return raised


POINTS = "[[[10,30,0],[120,30,40]]]"


def ink() -> str:
    """A signature as the pad sends it: one stroke, on nothing."""
    picture = Image.new("RGBA", (200, 60))
    ImageDraw.Draw(picture).line([(10, 30), (120, 30)], fill="black", width=3)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
