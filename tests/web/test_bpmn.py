from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from tests import make
from tests.web.filled import at_the_screen
from web import bpmn
from web.diagrams import ends_of
from workflows.models.route import PRESETS, How, Party, Step, Unless

BPMN, DI = f"{{{bpmn.BPMN}}}", f"{{{bpmn.SHAPES}}}"
OWN = (
    Step(party=Party.HEAD, unless=Unless.REPEATED),
    Step(party=Party.LEADERS, how=How.RATIO, percent=60),
    Step(party=Party.UNIT_HEAD, how=How.IN_ORDER),
    Step(party=Party.OFFICE),
)


def written(steps: tuple[Step, ...], matter: str = "review") -> ET.Element:
    return ET.fromstring(bpmn.of_route(steps, name="Route of R1", ends=ends_of(matter)))


@pytest.mark.parametrize("steps", [*PRESETS.values(), OWN])
def test_every_id_is_unique_and_every_id_that_is_named_exists(steps: tuple[Step, ...]) -> None:
    root = written(steps)
    ids = [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    named = {
        one.get(key)
        for one in root.iter()
        for key in ("sourceRef", "targetRef", "bpmnElement")
        if one.get(key)
    }
    assert named <= set(ids)


@pytest.mark.parametrize("steps", [*PRESETS.values(), OWN])
def test_every_node_has_a_shape_and_every_flow_an_edge_of_two_points_or_more(
    steps: tuple[Step, ...],
) -> None:
    root = written(steps)
    process = root.find(f"{BPMN}process")
    assert process is not None
    flows = {one.get("id") for one in process if one.tag == f"{BPMN}sequenceFlow"}
    nodes = {one.get("id") for one in process} - flows
    assert {one.get("bpmnElement") for one in root.iter(f"{DI}BPMNShape")} == nodes
    edges = list(root.iter(f"{DI}BPMNEdge"))
    assert {one.get("bpmnElement") for one in edges} == flows
    assert all(len(edge.findall(f"{{{bpmn.POINTS}}}waypoint")) >= 2 for edge in edges)


def test_it_begins_once_has_a_task_a_step_and_ends_closed_or_returned() -> None:
    with translation.override("en"):
        root = written(PRESETS["three_levels"])
    names = {
        kind: [one.get("name") for one in root.iter(f"{BPMN}{kind}")]
        for kind in ("startEvent", "userTask", "endEvent")
    }
    assert names == {
        "startEvent": ["Submitted"],
        "userTask": [
            "Head of the lead section",
            "Responsible leaders: the first of them to answer",
            "First responsible person",
            "Rectification office",
        ],
        "endEvent": ["Closed", "Returned"],
    }


def test_a_request_begins_asked_and_ends_granted_or_refused() -> None:
    with translation.override("en"):
        root = written(PRESETS["leaders"], "cancel")
    names = [
        one.get("name")
        for kind in ("startEvent", "endEvent", "sequenceFlow")
        for one in root.iter(f"{BPMN}{kind}")
    ]
    assert names == ["Request made", "Granted", "Refused", None, None, "Agree", "Refuse"]


def test_how_many_must_agree_is_said_in_the_words_of_the_standard() -> None:
    root = written(OWN)
    loops = list(root.iter(f"{BPMN}multiInstanceLoopCharacteristics"))
    assert [one.get("isSequential") for one in loops] == ["false", "true"]
    share = root.find(f".//{BPMN}completionCondition")
    assert share is not None
    assert share.text == "agreed >= 60 %"
    assert len(list(root.iter(f"{BPMN}documentation"))) == 1


@pytest.mark.django_db
def test_a_round_hands_its_route_out_as_a_file_to_its_own_people() -> None:
    house = make.house()
    round_ = make.round_(house)
    answer = at_the_screen(house.staff).get(f"/rounds/{round_.pk}/route.bpmn")
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="route-review.bpmn"'
    assert len(list(ET.fromstring(answer.content).iter(f"{BPMN}userTask"))) == 2
    answer = at_the_screen(house.staff).get(f"/rounds/{round_.pk}/route.bpmn?matter=cancel")
    assert answer["Content-Disposition"] == 'attachment; filename="route-cancel.bpmn"'
    assert len(list(ET.fromstring(answer.content).iter(f"{BPMN}userTask"))) == 1
    stranger = make.house().staff
    assert at_the_screen(stranger).get(f"/rounds/{round_.pk}/route.bpmn").status_code == 404
