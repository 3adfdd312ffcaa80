"""A review route as BPMN 2.0 XML with its drawing, for whoever keeps processes in another tool."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from web.diagrams import step_words
from workflows.models.route import How, Unless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from web.diagrams import Ends
    from workflows.models.route import Step

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SHAPES = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
POINTS = "http://www.omg.org/spec/DD/20100524/DI"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
for _prefix, _name in (
    ("bpmn", BPMN),
    ("bpmndi", SHAPES),
    ("dc", BOUNDS),
    ("di", POINTS),
    ("xsi", SCHEMA),
):
    ET.register_namespace(_prefix, _name)

MIDDLE, FLOOR = 140, 280
"""The line the route runs along, and the one below it to which all returns lead."""
EVENT, GATE, WIDE, HIGH, GAP = 36, 50, 140, 80, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    id: str
    x: int
    width: int
    height: int
    y: int = MIDDLE

    @property
    def right(self) -> tuple[int, int]:
        return self.x + self.width, self.y

    @property
    def left(self) -> tuple[int, int]:
        return self.x, self.y


@dataclass(slots=True)
class _Paper:
    """The process and its picture, written side by side."""

    process: ET.Element
    plane: ET.Element
    at: int = 100
    nodes: dict[str, _Node] = field(default_factory=dict)

    def put(self, kind: str, id_: str, name: str, size: tuple[int, int]) -> ET.Element:
        """The next thing on the line."""
        node = _Node(id=id_, x=self.at, width=size[0], height=size[1])
        self.at += size[0] + GAP
        return self.draw(kind, name, node)

    def draw(self, kind: str, name: str, node: _Node) -> ET.Element:
        self.nodes[node.id] = node
        shape = ET.SubElement(
            self.plane, f"{{{SHAPES}}}BPMNShape", id=f"{node.id}_di", bpmnElement=node.id
        )
        if kind == "exclusiveGateway":
            shape.set("isMarkerVisible", "true")
        ET.SubElement(
            shape,
            f"{{{BOUNDS}}}Bounds",
            x=str(node.x),
            y=str(node.y - node.height // 2),
            width=str(node.width),
            height=str(node.height),
        )
        if kind != "userTask":
            ET.SubElement(shape, f"{{{SHAPES}}}BPMNLabel")
        return ET.SubElement(self.process, f"{{{BPMN}}}{kind}", id=node.id, name=name)

    def flow(self, source: str, target: str, name: str = "") -> None:
        id_ = f"flow_{source}_{target}"
        said = {"id": id_, "sourceRef": source, "targetRef": target}
        if name:
            said["name"] = name
        ET.SubElement(self.process, f"{{{BPMN}}}sequenceFlow", said)
        edge = ET.SubElement(self.plane, f"{{{SHAPES}}}BPMNEdge", id=f"{id_}_di", bpmnElement=id_)
        for x, y in self._way(self.nodes[source], self.nodes[target]):
            ET.SubElement(edge, f"{{{POINTS}}}waypoint", x=str(x), y=str(y))

    @staticmethod
    def _way(source: _Node, target: _Node) -> list[tuple[int, int]]:
        if source.y == target.y:
            return [source.right, target.left]
        below = source.x + source.width // 2
        return [(below, source.y + source.height // 2), (below, target.y), target.left]


def of_route(steps: Sequence[Step], *, name: str, ends: Ends) -> bytes:
    """The whole document; every id is made of a step's place, so two exports are the same."""
    root = ET.Element(
        f"{{{BPMN}}}definitions", id="definitions", targetNamespace="urn:rectify:route"
    )
    process = ET.SubElement(root, f"{{{BPMN}}}process", id="route", name=name, isExecutable="false")
    diagram = ET.SubElement(root, f"{{{SHAPES}}}BPMNDiagram", id="diagram")
    plane = ET.SubElement(diagram, f"{{{SHAPES}}}BPMNPlane", id="plane", bpmnElement="route")
    paper = _Paper(process, plane)
    _lay(paper, steps, ends)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _lay(paper: _Paper, steps: Sequence[Step], ends: Ends) -> None:
    paper.put("startEvent", "submitted", ends.begun, (EVENT, EVENT))
    for place, step in enumerate(steps):
        _task(paper.put("userTask", f"step_{place}", step_words(step), (WIDE, HIGH)), step)
        paper.put("exclusiveGateway", f"gate_{place}", "", (GATE, GATE))
    paper.put("endEvent", "closed", ends.reached, (EVENT, EVENT))
    end = paper.nodes["closed"]
    paper.draw(
        "endEvent",
        ends.failed,
        _Node(id="returned", x=end.x, width=EVENT, height=EVENT, y=FLOOR),
    )
    paper.flow("submitted", "step_0")
    for place in range(len(steps)):
        last = place == len(steps) - 1
        yes = ends.last_yes if last else ends.yes
        paper.flow(f"step_{place}", f"gate_{place}")
        paper.flow(f"gate_{place}", "closed" if last else f"step_{place + 1}", yes)
        paper.flow(f"gate_{place}", "returned", ends.no)


def _task(task: ET.Element, step: Step) -> None:
    if step.unless:
        ET.SubElement(task, f"{{{BPMN}}}documentation").text = str(Unless(step.unless).label)
    if step.how in {How.ALL, How.RATIO, How.IN_ORDER}:
        many = ET.SubElement(
            task,
            f"{{{BPMN}}}multiInstanceLoopCharacteristics",
            isSequential="true" if step.how == How.IN_ORDER else "false",
        )
        if step.how == How.RATIO:
            share = ET.SubElement(
                many,
                f"{{{BPMN}}}completionCondition",
                {f"{{{SCHEMA}}}type": "bpmn:tFormalExpression"},
            )
            share.text = f"agreed >= {step.percent} %"
