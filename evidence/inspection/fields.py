"""Fields, formulas and actions inside OOXML that fetch or start something by themselves."""

from __future__ import annotations

import re

from evidence.inspection.finding import Fault

_DDE = re.compile(r"^\s*(?:DDE|DDEAUTO)\b", re.IGNORECASE)
# QUOTE with numbers spells another field; no writer of documents makes it.
_SPELT = re.compile(r"^\s*QUOTE\s+\d", re.IGNORECASE)
_FETCHES = re.compile(
    r"^\s*(?:LINK\b|(?:INCLUDETEXT|INCLUDEPICTURE|IMPORT)\s+\"?(?:https?:|file:|ftp:|\\\\|//))",
    re.IGNORECASE,
)
_STRING = re.compile(r'"[^"]*"')
_CALLS = re.compile(r"\b(?:WEBSERVICE|RTD|CALL|REGISTER(?:\.ID)?|EXEC)\s*\(", re.IGNORECASE)
_IMAGE = re.compile(r"\bIMAGE\s*\(", re.IGNORECASE)
_ACTIONS = ("ppaction://program", "ppaction://macro", "ppaction://ole")


class Reading:
    """Hears one part from its first element to its last."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.open_fields: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "fldChar":
            self._mark(attributes.get("fldCharType", ""))
        elif name == "fldSimple":
            self._judge_field(attributes.get("instr", ""))
        elif name in {"ddeLink", "oleLink"}:
            raise Fault("dde", self.part)
        elif name.lower() == "oleobject":
            raise Fault("embedded", self.part)
        elif name == "definedName":
            self._judge_name(attributes)
        elif attributes.get("action", "").lower().startswith(_ACTIONS):
            raise Fault("macros", self.part)
        if self.part.lower().endswith(".svg"):
            self._judge_drawing(name, attributes)

    def end(self, name: str, text: str) -> None:
        if name == "instrText":
            self.open_fields[-1:] = ["".join([*self.open_fields[-1:], text])]
        elif name in {"f", "definedName", "formula1", "formula2", "formula"}:
            self._judge_formula(text)
        elif name in {"document", "hdr", "ftr", "footnotes", "endnotes", "comments"}:
            self._close_all()

    def _mark(self, kind: str) -> None:
        if kind == "begin":
            self.open_fields.append("")
        elif self.open_fields:
            self._judge_field(self.open_fields[-1])
            if kind == "end":
                inner = self.open_fields.pop()
                # What a field yields may complete the field around it.
                self.open_fields[-1:] = [outer + inner for outer in self.open_fields[-1:]]

    def _close_all(self) -> None:
        """A field that was never closed is still a field to whoever is lenient."""
        for instruction in self.open_fields:
            self._judge_field(instruction)

    def _judge_field(self, instruction: str) -> None:
        if _DDE.match(instruction) or _SPELT.match(instruction):
            raise Fault("dde", instruction.strip())
        if _FETCHES.match(instruction):
            raise Fault("external", instruction.strip())

    def _judge_formula(self, text: str) -> None:
        formula = _STRING.sub('""', text)
        if "|" in formula and "!" in formula:
            raise Fault("dde", text)
        if _CALLS.search(formula) or _IMAGE.search(formula):
            raise Fault("external", text)

    def _judge_name(self, attributes: dict[str, str]) -> None:
        runs = any(attributes.get(key) in {"1", "true"} for key in ("xlm", "vbProcedure"))
        if runs or attributes.get("name", "").lower().startswith(("_xlnm.auto_", "auto_open")):
            raise Fault("macros", attributes.get("name", ""))

    def _judge_drawing(self, name: str, attributes: dict[str, str]) -> None:
        handlers = any(key.lower().startswith("on") for key in attributes)
        if handlers or name.lower() in {"script", "foreignobject", "iframe"}:
            raise Fault("script", self.part)
        if attributes.get("href", "#").lower().startswith(("http", "file", "//", "javascript")):
            raise Fault("external", self.part)
