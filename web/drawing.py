"""Where the boxes and arrows of a diagram go: one column of steps, the ways around it in lanes.

Steps stand below each other in their order. An edge to the next step is a
straight arrow; every other forward edge runs in a lane on the right, every edge
back in a lane on the left. Ways to the same step share a lane. A column reads
on a phone as on a wall, and no edge crosses a box.
"""

from __future__ import annotations

from dataclasses import dataclass, field

LINE = 16
SIZE, SMALL = 13, 11
PAD = 12
LANE = 18
ARROW = 5
FIRST_SQUARE = "\u2e80"
"""Chinese, Japanese and Korean characters begin here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    words: str
    who: str = ""
    """Beneath the words, where it matters who may."""

    @property
    def lines(self) -> list[tuple[str, str]]:
        """(kind, words) of each line of text."""
        whose = self.who.split(" / ") if self.who else []
        return [("label", self.words), *(("who", one) for one in whose)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    key: str
    words: str
    look: str = ""
    """`here`, `passed`, or nothing."""
    notes: tuple[Label, ...] = ()
    """What may be done without leaving the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    source: str
    target: str
    labels: tuple[Label, ...]
    lit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    x: float
    y: float
    words: str
    kind: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    look: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    path: str
    head: str
    """The three points of the arrow's head."""
    lit: bool


@dataclass(slots=True)
class Drawing:
    width: float = 0
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)


@dataclass(slots=True)
class _Side:
    """One side of the column: its lanes, and how much room the words beside the boxes take."""

    ways: list[Way]
    rows: dict[str, int]
    lanes: dict[str, int] = field(default_factory=dict)
    room: float = 0

    def __post_init__(self) -> None:
        self.room = max((_breadth(w.labels) for w in self.ways), default=0) + 2 * PAD
        self.room = self.room if self.ways else PAD
        self._allot()

    def _allot(self) -> None:
        """Give each target the innermost lane that no other way occupies beside it."""
        spans: dict[str, tuple[int, int]] = {}
        for way in self.ways:
            ends = (self.rows[way.source], self.rows[way.target])
            low, high = spans.get(way.target, (min(ends), max(ends)))
            spans[way.target] = (min(low, *ends), max(high, *ends))
        taken: list[list[tuple[int, int]]] = []
        for target, (low, high) in sorted(spans.items(), key=lambda s: (s[1][1] - s[1][0], s[0])):
            free = (
                number
                for number, lane in enumerate(taken)
                if all(high < other_low or low > other_high for other_low, other_high in lane)
            )
            number = next(free, len(taken))
            if number == len(taken):
                taken.append([])
            taken[number].append((low, high))
            self.lanes[target] = number

    @property
    def breadth(self) -> float:
        return self.room + LANE * (max(self.lanes.values(), default=-1) + 1)

    def out_of(self, key: str) -> list[Way]:
        return [way for way in self.ways if way.source == key]

    def depth(self, key: str) -> float:
        """The height a box needs for the ends of its ways on this side."""
        way_in = LINE if key in self.lanes else 0
        return way_in + sum(_depth(way.labels) for way in self.out_of(key))


def lay_out(steps: list[Step], ways: list[Way]) -> Drawing:
    """Place everything; measured in the pixels of the drawing's own box."""
    rows = {step.key: number for number, step in enumerate(steps)}
    down = {w.source: w for w in ways if rows[w.target] == rows[w.source] + 1}
    left = _Side([w for w in ways if rows[w.target] < rows[w.source]], rows)
    right = _Side([w for w in ways if rows[w.target] > rows[w.source] + 1], rows)
    breadth = max(
        _width(words, SIZE if kind == "step" else SMALL)
        for step in steps
        for kind, words in _written(step)
    )
    # The words beside a straight arrow may be broader than half a box.
    beside = max((_breadth(w.labels) for w in down.values()), default=0) + PAD
    breadth += 2 * PAD
    right.room = max(right.room, beside - breadth / 2)
    drawing = Drawing(width=left.breadth + breadth + right.breadth)
    boxes = _stack(drawing, steps, down, (left, right), breadth)
    for side, turn in ((left, -1), (right, 1)):
        _around(drawing, side, turn, boxes)
    for way in down.values():
        _straight(drawing, way, boxes)
    drawing.lines.sort(key=lambda line: line.lit)
    return drawing


def _stack(
    drawing: Drawing,
    steps: list[Step],
    down: dict[str, Way],
    sides: tuple[_Side, _Side],
    breadth: float,
) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    x, y = sides[0].breadth, float(PAD)
    for step in steps:
        written = _written(step)
        needed = max(len(written) * LINE + PAD, *(side.depth(step.key) + PAD for side in sides), 40)
        box = Box(x=x, y=y, width=breadth, height=needed, look=step.look)
        boxes[step.key] = box
        drawing.boxes.append(box)
        top = y + (needed - len(written) * LINE) / 2 + SIZE
        for number, (kind, words) in enumerate(written):
            drawing.texts.append(
                Text(x=x + breadth / 2, y=top + number * LINE, words=words, kind=kind)
            )
        way = down.get(step.key)
        y += needed + max(28, (_depth(way.labels) + PAD) if way else 0)
    last = drawing.boxes[-1]
    drawing.height = last.y + last.height + PAD
    return boxes


def _around(drawing: Drawing, side: _Side, turn: int, boxes: dict[str, Box]) -> None:
    """Draw the ways of one side; `turn` is -1 on the left, 1 on the right."""
    for key, box in boxes.items():
        edge = box.x if turn < 0 else box.x + box.width
        y = box.y + PAD / 2 + (LINE if key in side.lanes else 0)
        for way in side.out_of(key):
            y += _depth(way.labels)
            target = boxes[way.target]
            lane = edge + turn * (side.room + LANE * side.lanes[way.target])
            arrives = target.y + PAD / 2 + LINE / 2
            drawing.lines.append(
                Line(
                    path=f"M{edge:g} {y:g}H{lane:g}V{arrives:g}H{edge + turn * ARROW:g}",
                    head=_head(edge, arrives, turn),
                    lit=way.lit,
                )
            )
            _write(drawing, way, edge + turn * PAD, y - 5, "end" if turn < 0 else "start")


def _straight(drawing: Drawing, way: Way, boxes: dict[str, Box]) -> None:
    source, target = boxes[way.source], boxes[way.target]
    x, top = source.x + source.width / 2, source.y + source.height
    drawing.lines.append(
        Line(
            path=f"M{x:g} {top:g}V{target.y - ARROW:g}",
            head=f"{x:g},{target.y:g} {_across(x, target.y - 9)}",
            lit=way.lit,
        )
    )
    middle = (top + target.y) / 2 + _depth(way.labels) / 2
    _write(drawing, way, x + PAD, middle - 6, "start")


def _write(drawing: Drawing, way: Way, x: float, bottom: float, anchor: str) -> None:
    """The words of a way, the last line ending at `bottom`."""
    written = [line for label in way.labels for line in label.lines]
    for number, (kind, words) in enumerate(reversed(written)):
        drawing.texts.append(
            Text(
                x=x,
                y=bottom - number * LINE,
                words=words,
                kind=f"{kind} lit" if way.lit else kind,
                anchor=anchor,
            )
        )


def _across(x: float, y: float) -> str:
    return f"{x - ARROW:g},{y:g} {x + ARROW:g},{y:g}"


def _head(x: float, y: float, turn: int) -> str:
    back = x + turn * 9
    return f"{x:g},{y:g} {back:g},{y - ARROW:g} {back:g},{y + ARROW:g}"


def _written(step: Step) -> list[tuple[str, str]]:
    notes = [
        ("note" if kind == "label" else kind, words) for n in step.notes for kind, words in n.lines
    ]
    return [("step", step.words), *notes]


def _depth(labels: tuple[Label, ...]) -> float:
    return LINE * sum(len(label.lines) for label in labels) + 4


def _breadth(labels: tuple[Label, ...]) -> float:
    return max(
        (_width(words, SMALL) for label in labels for _kind, words in label.lines), default=0
    )


def _width(words: str, size: float) -> float:
    """About how broad words are: a Chinese character is a square, a Latin one half of it."""
    return sum(size if char >= FIRST_SQUARE else size * 0.56 for char in words)
