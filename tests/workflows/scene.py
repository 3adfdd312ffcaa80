"""Doing any verb to an item with words that suffice, and looking at all that could have changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Model
from viewflow.workflow.models import Task

from audit.models import Event, Owed
from core.actor import Actor
from evidence.intake import Received
from evidence.models import Evidence
from tests import make
from workflows import directory
from workflows.actions import (
    amendments,
    assignments,
    decisions,
    disclosures,
    duties,
    giving,
    leadership,
    proving,
    rectification,
    requests,
    routes,
    wanting,
)
from workflows.actions.disclosures import Answer
from workflows.actions.step import Command
from workflows.models import (
    Citation,
    Criterion,
    Disclosure,
    Duty,
    EvidenceRead,
    EvidenceRequest,
    Item,
    ItemLeader,
    ItemSection,
    Measure,
    Request,
    Signature,
    SignedAct,
    Submission,
)
from workflows.states import of_request

Do = Callable[[Item, Actor, Command], Item]
REASON = "The photographs show another street."


def verbs(*, heir: int, file: Received, other: int = 0) -> dict[str, Do]:
    """Every verb as somebody would do it who fills in the form well.

    `heir` is who gets the item on assign and reassign, and whom a step is handed to or shown;
    `file` is what is attached; `other` is the item to merge into.
    To endorse is to approve where others follow.
    """

    def attach(item: Item, actor: Actor, command: Command) -> Item:
        first = item.measures.order_by("position").values_list("pk", flat=True)[0]
        return proving.attach(item.pk, actor=actor, command=command, measure_id=first, files=[file])

    def relink(item: Item, actor: Actor, command: Command) -> Item:
        standing = item.citations.standing().order_by("-pk").first()
        return proving.relink(
            item.pk,
            actor=actor,
            command=command,
            citation_id=standing.pk if standing else 0,
            measure_id=standing.measure_id if standing else 0,
            claim=f"The lamps are lit at dusk, {item.version}",
        )

    def withdraw_evidence(item: Item, actor: Actor, command: Command) -> Item:
        standing = item.citations.standing().order_by("-pk").first()
        return proving.withdraw_evidence(
            item.pk,
            actor=actor,
            command=command,
            citation_id=standing.pk if standing else 0,
            reason=REASON,
        )

    def replace_evidence(item: Item, actor: Actor, command: Command) -> Item:
        standing = item.citations.standing().order_by("-pk").first()
        return proving.replace_evidence(
            item.pk,
            actor=actor,
            command=command,
            citation_id=standing.pk if standing else 0,
            file=make.paper(f"newer-{command.id}.pdf"),
            reason=REASON,
        )

    def ask_evidence(item: Item, actor: Actor, command: Command) -> Item:
        first = item.measures.order_by("position").values_list("pk", flat=True)[0]
        return wanting.ask_evidence(
            item.pk,
            actor=actor,
            command=command,
            measure_id=first,
            text="The minutes with every signature",
            due=make.FAR_OFF,
        )

    def asked(item: Item) -> int:
        found = item.evidence_requests.open().first()
        return found.pk if found else 0

    on_a_step: dict[str, Callable[..., Item]] = {
        "hand_over": lambda i, a, c, **on: duties.hand_over(
            i.pk, actor=a, command=c, person_id=heir, reason=REASON, **on
        ),
        "ask_help": lambda i, a, c, **on: duties.ask_help(
            i.pk, actor=a, command=c, person_id=heir, question="Is this the street?", **on
        ),
        "give_back": lambda i, a, c, **on: duties.give_back(
            i.pk, actor=a, command=c, opinion="It is.", **on
        ),
        "add_signer": lambda i, a, c, **on: duties.add_signer(
            i.pk, actor=a, command=c, person_id=heir, **on
        ),
        "drop_signer": lambda i, a, c, **on: duties.drop_signer(
            i.pk, actor=a, command=c, duty_id=0, **on
        ),
        "copy_to": lambda i, a, c, **on: duties.copy_to(
            i.pk, actor=a, command=c, person_ids=(heir,), **on
        ),
        "claim": lambda i, a, c, **on: duties.claim(i.pk, actor=a, command=c, **on),
        "release": lambda i, a, c, **on: duties.release(i.pk, actor=a, command=c, **on),
    }
    return {
        "assign": lambda i, a, c: assignments.assign(
            i.pk, actor=a, command=c, assignee_id=i.assignee_id
        ),
        "accept": lambda i, a, c: assignments.accept(i.pk, actor=a, command=c),
        "record_progress": lambda i, a, c: rectification.record_progress(
            i.pk, actor=a, command=c, progress="done", result="Told anew."
        ),
        "attach": attach,
        "relink": relink,
        "withdraw_evidence": withdraw_evidence,
        "replace_evidence": replace_evidence,
        "ask_evidence": ask_evidence,
        "supply_evidence": lambda i, a, c: wanting.supply_evidence(
            i.pk, actor=a, command=c, request_id=asked(i), files=[file]
        ),
        "decline_evidence": lambda i, a, c: wanting.decline_evidence(
            i.pk, actor=a, command=c, request_id=asked(i), reason=REASON
        ),
        "spare_evidence": lambda i, a, c: wanting.spare_evidence(
            i.pk, actor=a, command=c, request_id=asked(i), reason=REASON
        ),
        "submit": lambda i, a, c: rectification.submit(i.pk, actor=a, command=c),
        "withdraw": lambda i, a, c: rectification.withdraw(i.pk, actor=a, command=c),
        "approve": lambda i, a, c: decisions.approve(i.pk, actor=a, command=c, opinion="Seen."),
        "send_back": lambda i, a, c: decisions.send_back(i.pk, actor=a, command=c, reason=REASON),
        "step_back": lambda i, a, c: decisions.step_back(
            i.pk, actor=a, command=c, position=0, reason=REASON
        ),
        **on_a_step,
        "move_to_current": lambda i, a, c: routes.move_to_current(
            i.pk, actor=a, command=c, reason=REASON
        ),
        "close": lambda i, a, c: decisions.close(
            i.pk, actor=a, command=c, effectiveness="The street is lit."
        ),
        "ask_reopen": lambda i, a, c: requests.ask_reopen(
            i.pk, actor=a, command=c, reason=REASON, basis=make.BASIS
        ),
        "ask_extension": lambda i, a, c: requests.ask_extension(
            i.pk, actor=a, command=c, ground="funds", reason=REASON, until=make.LATER
        ),
        "ask_suspension": lambda i, a, c: requests.ask_suspension(
            i.pk, actor=a, command=c, reason=REASON, until=make.FAR_OFF
        ),
        "ask_cancel": lambda i, a, c: requests.ask_cancel(i.pk, actor=a, command=c, reason=REASON),
        "ask_merge": lambda i, a, c: requests.ask_merge(
            i.pk, actor=a, command=c, into_id=other, reason=REASON
        ),
        "take_back_request": lambda i, a, c: requests.take_back(i.pk, actor=a, command=c),
        "agree": lambda i, a, c: requests.agree(i.pk, actor=a, command=c, opinion="Granted."),
        "refuse": lambda i, a, c: requests.refuse(i.pk, actor=a, command=c, reason=REASON),
        **{of_request(verb): _of_request(do) for verb, do in on_a_step.items()},
        "give_step": lambda i, a, c: giving.give_step(
            i.pk, actor=a, command=c, duty_id=0, person_id=heir, reason=REASON
        ),
        "change_leaders": lambda i, a, c: leadership.change_leaders(
            i.pk, actor=a, command=c, person_ids=_a_leader(i), reason=REASON
        ),
        "wake": lambda i, a, c: assignments.wake(i.pk, actor=a, command=c, reason=REASON),
        "reassign": lambda i, a, c: assignments.reassign(
            i.pk, actor=a, command=c, assignee_id=heir, reason=REASON
        ),
        "amend": lambda i, a, c: amendments.amend(
            i.pk, actor=a, command=c, title=f"{i.title} (south)", reason=REASON
        ),
        "disclose": lambda i, a, c: disclosures.disclose(
            i.pk, actor=a, command=c, answers=[Answer(audience="party", text="The street is lit.")]
        ),
        "cancel": lambda i, a, c: assignments.cancel(i.pk, actor=a, command=c, reason=REASON),
    }


def _of_request(do: Callable[..., Item]) -> Do:
    return partial(do, on="request")


def _a_leader(item: Item) -> tuple[int, ...]:
    return tuple(person.pk for person in directory.leaders(item.unit_path)[:1])


_WATCHED: tuple[type[Model], ...] = (
    Measure,
    Citation,
    Criterion,
    Disclosure,
    Submission,
    Request,
    Duty,
    Evidence,
    EvidenceRead,
    EvidenceRequest,
    Signature,
    SignedAct,
    ItemLeader,
    ItemSection,
    Task,
    Owed,
)


def everything(item: Item) -> dict[str, Any]:
    """All that an act on an item may change, but for the chain that a refusal is told on.

    Bare rows: asked a thousand times a test, where building the statements took most of the time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM workflows_item WHERE id = %s", [item.pk])
        [values] = cursor.fetchall()
        row = dict(zip([name for name, *_ in cursor.description], values, strict=True))
        del row["trail_seq"], row["trail_head"]
        found: dict[str, Any] = {"item": row}
        for model in _WATCHED:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY 1")
            found[model.__name__] = cursor.fetchall()
    return found


def told(subject: str = "") -> int:
    """How many events there are, in all or on one chain."""
    which, values = ("WHERE subject = %s", [subject]) if subject else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM audit_event {which}", values)
        [[number]] = cursor.fetchall()
    return int(number)


def last(subject: str) -> Event:
    return Event.objects.filter(subject=subject).order_by("-seq")[0]
