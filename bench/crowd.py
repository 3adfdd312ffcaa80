"""A crowd of units, people, items under review, duties and viewflow tasks, loaded by plain SQL.

For the bench's own database alone: past the trail, with no event, the ids counted out so that the
same size gives the same rows everywhere. The first unit of a hundred holds a tenth of all items,
the first section of twenty a fifth of its unit's: the busiest are many times busier than most.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import connection, transaction
from viewflow.workflow.models import Process, Task

from bench.sql import day, inserted, is_postgresql, moment, series
from core.models import Membership, Section, Unit, User
from core.roles import Role
from workflows.models import (
    Aspect,
    Duty,
    Item,
    ItemLeader,
    ItemSection,
    Measure,
    Problem,
    Round,
    Route,
    Submission,
)
from workflows.models.route import PRESETS, as_data

UNITS, SECTIONS, STAFF, LEADERS, OFFICERS = 100, 20, 20, 5, 3
_SECTIONS = UNITS * SECTIONS
# Where each kind of people begins: staff, heads, leaders, officers of the units and above them.
_STAFF, _HEAD = 1000, 1000 + _SECTIONS * STAFF
_LEADER = _HEAD + _SECTIONS
_OFFICE = _LEADER + UNITS * LEADERS
_ABOVE = _OFFICE + UNITS * OFFICERS
_REVIEW = "'workflows/flows.Review'"
_NODE = "'workflows/flows.Review.{}'"

# Of a hundred items: at the head, at the leader, at the office, drafts, owed, come back, closed.
AT_HEAD, AT_LEADER, AT_OFFICE, DRAFT, OWED, CAME_BACK = 34, 46, 70, 74, 86, 89
OPEN_OF_A_HUNDRED = AT_OFFICE


@dataclass(frozen=True, slots=True)
class Somebody:
    role: str
    user_id: int


BUSIEST = (
    Somebody("staff", _STAFF),
    Somebody("section_head", _HEAD),
    Somebody("leader", _LEADER),
    Somebody("office", _OFFICE),
    Somebody("office_above", _ABOVE),
)
_PLACES = f"""
CREATE TEMP TABLE crowd AS
SELECT i, u, c, path, {_STAFF} + ((u - 1) * {SECTIONS} + s) * {STAFF} + i %% {STAFF} AS staff,
  {_HEAD} + (u - 1) * {SECTIONS} + s AS head, {_LEADER} + (u - 1) * {LEADERS} + i %% {LEADERS}
  AS leader, {_OFFICE} + (u - 1) * {OFFICERS} + i %% {OFFICERS} AS office,
  1 + (u - 1) * {SECTIONS} + s AS section, (i * 31) %% 400 - 60 AS days,
  (i * 7877) %% 9999991 AS age
FROM (SELECT i, 1 + r * r * {UNITS} / 1018081 AS u, t * t * {SECTIONS} / 4012009 AS s, c FROM
  (SELECT i, i * 7919 %% 1009 AS r, i * 104729 %% 2003 AS t, (i * 613 + i / 97) %% 100 AS c
   FROM {{series}}) a) b JOIN core_unit ON core_unit.id = u + 1
"""


def people() -> None:
    """The units, sections, rounds and everybody in them; the same for every size."""
    root = Unit.found("root")
    units = [Unit.found(f"unit {n}", parent=root) for n in range(1, UNITS + 1)]
    if units[-1].pk != UNITS + 1:
        raise RuntimeError("the crowd wants a database of its own")
    sections = series(1, _SECTIONS)
    home = f"2 + (i - 1) / {SECTIONS}"
    inserted(Section, sections, id="i", unit_id=home, name="'section ' || i")
    everybody = series(_STAFF, _ABOVE + 1)
    born = moment("0")
    name = "'person' || i"
    account = {"username": name, "name": name, "password": "'!'"}
    inserted(User, everybody, id="i", date_joined=born, **account)
    _posts(Role.STAFF, series(0, _SECTIONS * STAFF - 1), _STAFF, STAFF, of_section=True)
    _posts(Role.SECTION_HEAD, series(0, _SECTIONS - 1), _HEAD, 1, of_section=True)
    _posts(Role.LEADER, series(0, UNITS * LEADERS - 1), _LEADER, LEADERS)
    _posts(Role.OFFICE, series(0, UNITS * OFFICERS - 1), _OFFICE, OFFICERS)
    for n in (0, 1):
        Membership(user_id=_ABOVE + n, role=Role.OFFICE, unit=root).save()
    rounds = series(1, UNITS)
    inserted(
        Round,
        rounds,
        id="i",
        code="'R' || i",
        title="'round ' || i",
        unit_id="i + 1",
        feedback_date=day("-30"),
    )
    inserted(Aspect, rounds, id="i", round_id="i", no="'1'", title="'aspect'", position="1")
    inserted(Problem, rounds, id="i", aspect_id="i", no="'1'", title="'problem'", position="1")
    steps = json.dumps(as_data(PRESETS["standard"]))
    data = f"'{steps}'::jsonb" if is_postgresql() else f"'{steps}'"
    fields = {"round_id": "i", "version": "1", "preset": "'standard'", "data": data}
    inserted(Route, rounds, id="i", made_by_id=str(_ABOVE), made_at=born, **fields)


def _posts(role: Role, source: str, first: int, each: int, *, of_section: bool = False) -> None:
    place = f"i / {each}"
    unit = f"2 + {place} / {SECTIONS}" if of_section else f"2 + {place}"
    section = {"section_id": f"1 + {place}"} if of_section else {}
    since = day("-900")
    inserted(
        Membership,
        source,
        user_id=f"{first} + i",
        role=f"'{role}'",
        unit_id=unit,
        starts=since,
        **section,
    )


def items(first: int, last: int) -> None:
    """The items of these numbers, with all that hangs on them."""
    with transaction.atomic(), connection.cursor() as cursor:
        if is_postgresql():
            # What is loaded points at what is loaded beside it: no need to ask for each row.
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_PLACES.format(series=series(first, last)).replace("%%", "%"))
        _under_review()
        _items()
        _beside()
        cursor.execute("DROP TABLE crowd")
    analysed()


def analysed() -> None:
    """As autovacuum leaves it a while later: statistics, and the visibility map set."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if is_postgresql() else "ANALYZE")


def _items() -> None:
    state = (
        f"CASE WHEN c < {AT_LEADER} THEN 'in_review' WHEN c < {AT_OFFICE} THEN 'verifying'"
        f" WHEN c < {DRAFT} THEN 'draft' WHEN c < {OWED - 4} THEN 'rectifying'"
        f" WHEN c < {OWED} THEN 'assigned' WHEN c < {CAME_BACK} THEN 'rectifying'"
        " ELSE 'closed' END"
    )
    handed_in = f"c < {AT_OFFICE} OR c >= {OWED}"
    inserted(
        Item,
        "crowd",
        id="i",
        round_id="u",
        problem_id="u",
        unit_path="path",
        no="CAST(i AS varchar(24))",
        position="i",
        title="'Subsidies of village ' || i || ' were paid late and without a list'",
        lead_section_id="section",
        assignee_id=f"CASE WHEN c BETWEEN {AT_OFFICE} AND {DRAFT - 1} THEN NULL ELSE staff END",
        due=day("days"),
        precision="'day'",
        state=state,
        version="4",
        progress="'done'",
        result="'All lists were checked and the subsidies paid.'",
        submission_id=f"CASE WHEN {handed_in} THEN i END",
    )
    inserted(
        Measure,
        "crowd",
        item_id="i",
        position="1",
        text="'Check the lists and pay.'",
        no_evidence_reason="'kept by the bank'",
    )


def _beside() -> None:
    inserted(ItemLeader, "crowd", item_id="i", position="1", name="'leader'", user_id="leader")
    inserted(
        ItemSection,
        "crowd WHERE i % 10 = 0".replace("%", "%%"),
        item_id="i",
        section_id=f"1 + (u - 1) * {SECTIONS} + i %% {SECTIONS}",
        part="'support'",
        position="1",
    )


def _under_review() -> None:
    """Submissions, their duties, and the tasks that viewflow keeps of them."""
    handed_in = f"crowd WHERE c < {AT_OFFICE} OR c >= {OWED}"
    waits = f"c < {AT_OFFICE}"
    came_back = f"c >= {OWED} AND c < {CAME_BACK}"
    over = moment("age")
    ended = f"CASE WHEN {waits} THEN NULL ELSE {over} END"
    status = f"CASE WHEN {waits} THEN 'NEW' ELSE 'DONE' END"
    inserted(
        Process,
        handed_in,
        id="i",
        flow_class=_REVIEW,
        status=status,
        created=moment("age + 90000"),
        finished=ended,
    )
    inserted(
        Submission,
        handed_in,
        id="i",
        item_id="i",
        cycle="1",
        no="1",
        process_id="i",
        route_id="u",
        position=f"CASE WHEN c < {AT_HEAD} THEN 0 WHEN c < {AT_LEADER} THEN 1 ELSE 2 END",
        digest="'0'",
        submitted_by_id="staff",
        submitted_at=moment("age + 90000"),
        approved_by_id=f"CASE WHEN c < {AT_HEAD} THEN NULL WHEN c < {AT_LEADER} THEN head"
        " ELSE leader END",
        approved_at=f"CASE WHEN c < {AT_HEAD} THEN NULL ELSE {over} END",
        outcome=f"CASE WHEN {waits} THEN 'open' WHEN {came_back} THEN 'returned' ELSE 'closed' END",
        decided_by_id=f"CASE WHEN {waits} THEN NULL WHEN {came_back} THEN leader ELSE office END",
        decided_at=ended,
        requirement="'The list of the second quarter is missing.'",
    )
    _task(handed_in, 0, "start", kind="START")
    _task(handed_in.replace("c <", "c >=").replace("OR c >=", "AND c >="), 4, "closed", kind="END")
    _step(handed_in, 0, AT_HEAD, "head", role="'section_head'", section_id="section")
    past_head = f"crowd WHERE c >= {AT_HEAD} AND c < {AT_OFFICE} OR c >= {OWED}"
    _step(past_head, 1, AT_LEADER, "leader", person_id="leader")
    past_leader = f"crowd WHERE c >= {AT_LEADER} AND c < {AT_OFFICE} OR c >= {CAME_BACK}"
    _step(past_leader, 2, AT_OFFICE, "office", role="'office'", unit_path="path")


def _step(source: str, step: int, until: int, who: str, **address: str) -> None:
    """One step's duty and task of all that got so far: open below `until` of a hundred."""
    opened, waits = moment(f"age + {60000 - step * 30000}"), f"c < {until}"
    decided = moment(f"age + {30000 - step * 15000}")
    owner = "leader" if who == "leader" else "CAST(NULL AS bigint)"
    stands = "ASSIGNED" if who == "leader" else "NEW"
    _task(
        source,
        step + 1,
        "office" if who == "office" else "step",
        kind="HUMAN",
        status=f"CASE WHEN {waits} THEN '{stands}' ELSE 'DONE' END",
        created=opened,
        owner_id=f"CASE WHEN {waits} THEN {owner} ELSE {who} END",
        finished=f"CASE WHEN {waits} THEN NULL ELSE {decided} END",
    )
    outcome = "'close'" if who == "office" else "'approve'"
    if who == "leader":
        outcome = f"CASE WHEN c >= {OWED} AND c < {CAME_BACK} THEN 'send_back' ELSE 'approve' END"
    inserted(
        Duty,
        source,
        id=f"i * 4 + {step}",
        item_id="i",
        submission_id="i",
        task_id=f"i * 8 + {step + 1}",
        position=str(step),
        state=f"CASE WHEN {waits} THEN 'open' ELSE 'done' END",
        opened_at=opened,
        outcome=f"CASE WHEN {waits} THEN '' ELSE {outcome} END",
        decided_by_id=f"CASE WHEN {waits} THEN NULL ELSE {who} END",
        decided_at=f"CASE WHEN {waits} THEN NULL ELSE {decided} END",
        **address,
    )


def _task(source: str, place: int, node: str, *, kind: str, **columns: str) -> None:
    over = moment("age")
    rest = {"status": "'DONE'", "created": over, "finished": over, **columns}
    inserted(
        Task,
        source,
        id=f"i * 8 + {place}",
        process_id="i",
        flow_task=_NODE.format(node),
        flow_task_type=f"'{kind}'",
        token="'start'",  # noqa: S106 -- viewflow's word for where in a flow it is
        **rest,
    )
