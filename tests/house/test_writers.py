"""Who writes an item, how rows are saved, and where refusals are answered: read off the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from core import refusals
from tests.house.source import PACKAGES, name, within
from workflows.states import VERBS

# Written under the item's lock and with its event, or not at all.
GUARDED = {"state", "version", "trail_seq", "trail_head"}
SAYS_NO = {
    word
    for word, thing in vars(refusals).items()
    if isinstance(thing, type) and issubclass(thing, refusals.Refusal)
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def trees(*folders: str) -> dict[str, ast.Module]:
    return {
        name(path): ast.parse(path.read_text(encoding="utf-8"))
        for path in within(*folders, suffix=".py")
        if "migrations" not in path.parts
    }


def writes_in(tree: ast.AST) -> Iterator[str]:
    """`thing.field` for every guarded field that is assigned, updated or set by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, (ast.Store, ast.Del)):
            if node.attr in GUARDED:
                yield ast.unparse(node)
        elif isinstance(node, ast.Call):
            yield from written_by(node)


def written_by(call: ast.Call) -> Iterator[str]:
    match call.func:
        case ast.Attribute(attr="update" | "update_or_create"):
            yield from (f"{key.arg} by update" for key in call.keywords if key.arg in GUARDED)
        case ast.Attribute(attr="bulk_update"):
            texts = {node.value for node in ast.walk(call) if isinstance(node, ast.Constant)}
            yield from (f"{field} by bulk_update" for field in sorted(GUARDED & texts))
        case ast.Name(id="setattr"):
            if isinstance(call.args[1], ast.Constant) and call.args[1].value in GUARDED:
                yield f"{call.args[1].value} by setattr"


def test_only_actions_write_an_items_state_version_and_chain() -> None:
    writers = {path: set(writes_in(tree)) for path, tree in trees(*PACKAGES).items()}
    assert {
        path: written
        for path, written in writers.items()
        if written and not path.startswith("workflows/actions/")
    } == {
        "core/refusals.py": {"self.state"},  # the words of a refusal
        "audit/jobs.py": {"new.state", "state by update"},  # of a job
    }


def test_no_action_sets_a_state_past_the_machine() -> None:
    written = [text for tree in trees("workflows").values() for text in writes_in(tree)]
    assert [text for text in written if text.startswith(("item.state", "state by"))] == []


def test_only_the_step_fires_a_verb_of_the_machine() -> None:
    fired = [
        (path, ast.unparse(node))
        for path, tree in trees(*PACKAGES).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in VERBS
        and ast.unparse(node.func.value).rpartition(".")[2] == "item"
    ]
    assert fired == []
    step = ast.unparse(trees("workflows")["workflows/actions/step.py"])
    assert step.count("getattr(item, move.verb)()") == 1


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("item.state = 'closed'", ["item.state"]),
        ("item.version += 1", ["item.version"]),
        ("item.trail_seq, item.x = 1, 2", ["item.trail_seq"]),
        ("rows.update(state='closed', title='x')", ["state by update"]),
        ("rows.bulk_update(items, ['version'])", ["version by bulk_update"]),
        ("setattr(item, 'state', 'closed')", ["state by setattr"]),
        ("item.title = item.state", []),
        ("words.update(a)", []),
    ],
)
def test_a_write_is_found_in_each_of_its_forms(source: str, found: list[str]) -> None:
    assert list(writes_in(ast.parse(source))) == found


def whole_row_saves(tree: ast.AST) -> Iterator[str]:
    """`x.save()` without update_fields where `x` was not made in the same function."""
    for function in ast.walk(tree):
        if not isinstance(function, FUNCTIONS):
            continue
        made = {
            ast.unparse(target)
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and makes(node.value)
            for target in node.targets
        }
        for call in saves_in(function):
            saved = call.func.value if isinstance(call.func, ast.Attribute) else call.func
            if not makes(saved) and ast.unparse(saved) not in made:
                yield f"{function.name}: {ast.unparse(call)}"


def makes(node: ast.AST) -> bool:
    """Whether this is a call of a class."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2][:1].isupper()


def saves_in(function: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "save"
            and "update_fields" not in {key.arg for key in node.keywords}
        ):
            yield node


def test_a_row_that_exists_is_saved_by_named_fields_alone() -> None:
    assert {
        path: saves
        for path, tree in trees("workflows").items()
        if (saves := list(whole_row_saves(tree)))
    } == {}


def test_a_whole_row_save_is_found_unless_the_row_is_new() -> None:
    source = (
        "def new():\n    a = Item()\n    a.save()\n    Item(x=1).save()\n"
        "def old(b):\n    b.save()\n    b.save(update_fields=['x'])\n"
    )
    assert list(whole_row_saves(ast.parse(source))) == ["old: b.save()"]


def catches(tree: ast.AST) -> Iterator[str]:
    """Handlers, and `suppress`, that would keep a refusal from the middleware."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else "Exception"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            caught = ", ".join(map(ast.unparse, node.args))
        else:
            continue
        words = {word.strip(" ()").rpartition(".")[2] for word in caught.split(",")}
        if words & (SAYS_NO | {"Exception", "BaseException"}):
            yield caught


# One form saves and then submits: a refused submission is answered with the middleware's own page,
# and with the version that was saved before it. And whoever speaks tus is answered as tus has it.
ON_THE_SPOT = {"web/views/acts.py": ["Refusal"], "web/tus.py": ["Refusal"]}


def test_pages_leave_refusals_to_the_middleware() -> None:
    assert {
        path: caught for path, tree in trees("web").items() if (caught := list(catches(tree)))
    } == ON_THE_SPOT


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("try:\n    f()\nexcept Refusal:\n    pass", ["Refusal"]),
        ("try:\n    f()\nexcept (ValueError, refusals.Unmet):\n    pass", ["(ValueError, refusals.Unmet)"]),  # noqa: E501
        ("try:\n    f()\nexcept:\n    pass", ["Exception"]),
        ("with suppress(NotFound):\n    f()", ["NotFound"]),
        ("try:\n    f()\nexcept ValueError:\n    pass", []),
    ],
)  # fmt: skip
def test_catching_a_refusal_is_found_in_each_of_its_forms(source: str, found: list[str]) -> None:
    assert list(catches(ast.parse(source))) == found
