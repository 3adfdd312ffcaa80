"""The words Rectify says, found without GNU gettext: python -m tools.messages [--missing].

Prints every English message in the source as JSON, or, with --missing, those that the Chinese
catalogue lacks, in the shape tools/translate.py takes.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split
from django.utils.translation import trim_whitespace

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
ASIDE = {"tests", "tools", "bench", "var", "static", "docs"}
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
UNWANTED = {"ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}
IN_EXPRESSION = re.compile(r"""_\(("[^"\\]*"|'[^'\\]*')\)""")


class UnreadableMessageError(Exception):
    """A message this collector cannot see; the sentence says where."""


def sources(suffix: str, root: Path = ROOT) -> list[Path]:
    """The product's own files."""
    return sorted(
        path
        for path in root.rglob(f"*{suffix}")
        if not (parts := path.relative_to(root).parts)[0].startswith(".")
        and parts[0] not in ASIDE
        and "migrations" not in parts
    )


def in_python(source: str, name: str) -> Iterator[str]:
    """Messages given to gettext as a literal; a variable was marked where it was written."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else None
        called = node.func.id if isinstance(node.func, ast.Name) else called
        if called in UNWANTED:
            raise UnreadableMessageError(f"{name}:{node.lineno}: word it without {called}")
        if called not in CALLS or not node.args:
            continue
        match node.args[0]:
            case ast.Constant(value=str(text)):
                yield text
            case ast.JoinedStr() | ast.BinOp():
                raise UnreadableMessageError(
                    f"{name}:{node.lineno}: {called} takes a plain literal"
                )


def in_template(source: str, name: str) -> Iterator[str]:
    """Messages in {% translate %}, {% blocktranslate %} and _("...")."""
    tokens = iter(Lexer(source).tokenize())
    for token in tokens:
        if token.token_type not in {TokenType.BLOCK, TokenType.VAR}:
            continue
        yield from (found[1:-1] for found in IN_EXPRESSION.findall(token.contents))
        if token.token_type is not TokenType.BLOCK:
            continue
        words = list(smart_split(token.contents))
        if "context" in words and words[0].endswith(("trans", "translate")):
            raise UnreadableMessageError(f"{name}:{token.lineno}: word it without a context")
        if words[0] in {"trans", "translate"} and words[1][0] in "\"'":
            yield words[1][1:-1]
        elif words[0] in {"blocktrans", "blocktranslate"}:
            yield in_block(tokens, f"{name}:{token.lineno}", trimmed="trimmed" in words)


def in_block(tokens: Iterator[Token], place: str, *, trimmed: bool) -> str:
    """The text up to the closing tag, as Django looks it up."""
    said = []
    for token in tokens:
        if token.token_type is TokenType.TEXT:
            said.append(token.contents.replace("%", "%%"))
        elif token.token_type is TokenType.VAR:
            said.append(f"%({token.contents.split('|')[0]})s")
        elif token.contents.strip() in {"endblocktrans", "endblocktranslate"}:
            return trim_whitespace("".join(said)) if trimmed else "".join(said)
        elif token.token_type is TokenType.BLOCK:
            raise UnreadableMessageError(f"{place}: {token.contents} inside a block")
    raise UnreadableMessageError(f"{place}: the block is not closed")


def collect(root: Path = ROOT) -> dict[str, str]:
    """Every message -> the first file that says it."""
    found: dict[str, str] = {}
    for suffix, reader in ((".py", in_python), (".html", in_template), (".txt", in_template)):
        for path in sources(suffix, root):
            name = str(path.relative_to(root))
            for message in reader(path.read_text(encoding="utf-8"), name):
                found.setdefault(message, name)
    return found


def missing(catalogue: Path = CATALOGUE, root: Path = ROOT) -> dict[str, str]:
    """Messages without Chinese -> nothing yet."""
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(catalogue))}
    return {message: "" for message in sorted(collect(root)) if not known.get(message)}


if __name__ == "__main__":
    answer = missing() if "--missing" in sys.argv[1:] else collect()
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
    print()
