"""One pass over a sheet's XML in flat memory: how much there is, and what its values hide.

calamine gives values and merges; it tells neither formulas nor hidden rows, and it makes room for
every cell up to the last one, so the last one has to be known first.
"""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET
from xml.parsers import expat

from django.utils.translation import gettext_noop as _

from ledger.container import damaged, too_big
from ledger.refusals import BadWorkbook

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = MAX_ROWS * MAX_COLUMNS
MAX_TEXT = 64_000_000
"""Characters in all cells together: a shared string may be named by a million of them."""
_CHUNK = 1 << 16
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATION = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(slots=True)
class Facts:
    name: str
    hidden: bool
    part: str
    rows: int = 0
    columns: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    faults: set[tuple[int, int]] = field(default_factory=set)
    """Cells that show #REF!, #N/A and their like."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def sheets(archive: zipfile.ZipFile, name: str) -> list[Facts]:
    """List the worksheets in workbook order, not yet scanned."""
    try:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 no DTD gets this far
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 the same
    except (KeyError, ET.ParseError) as e:
        raise damaged(name) from e
    targets = {link.get("Id"): link for link in links if "/worksheet" in link.get("Type", "")}
    found = []
    for sheet in book.iter():
        key = sheet.get(f"{{{_RELATION}}}id") or sheet.get(f"{{{_STRICT_RELATION}}}id")
        if sheet.tag.endswith("}sheet") and key in targets:
            part = posixpath.normpath(posixpath.join("/xl", targets[key].get("Target", "")))
            hidden = sheet.get("state", "visible") != "visible"
            found.append(Facts(sheet.get("name", ""), hidden, part.lstrip("/")))
    return found


def text_lengths(archive: zipfile.ZipFile, name: str) -> list[int]:
    """How long each shared string is."""
    lengths: list[int] = []
    # The name is fixed, but calamine does not mind its case.
    part = next((n for n in archive.namelist() if n.lower() == "xl/sharedstrings.xml"), None)
    if part is None:
        return lengths

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if _local(tag) == "si":
            lengths.append(0)
            if len(lengths) > MAX_CELLS:
                raise too_big(name)

    def characters(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.CharacterDataHandler = characters
    _feed(parser, archive, part, name)
    return lengths


def scan(archive: zipfile.ZipFile, facts: Facts, lengths: list[int], name: str) -> None:
    """Fill in `facts`, and refuse as soon as there are too many rows, columns or characters."""
    scanner = _Scanner(facts, lengths, name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    parser.CharacterDataHandler = scanner.characters
    _feed(parser, archive, facts.part, name)


def _feed(parser: expat.XMLParserType, archive: zipfile.ZipFile, part: str, name: str) -> None:
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)  # noqa: FBT003 positional only
            parser.Parse(b"", True)  # noqa: FBT003 positional only
    except (expat.ExpatError, ValueError, LookupError) as e:
        raise damaged(name) from e


def _local(tag: str) -> str:
    return tag.rpartition(" ")[2]


class _Scanner:
    """Rows and columns are counted from 0, as calamine counts them."""

    def __init__(self, facts: Facts, lengths: list[int], name: str) -> None:
        self.facts, self.lengths, self.name = facts, lengths, name
        self.row = self.column = -1
        self.kind = ""
        self.value: io.StringIO | None = None
        self.text = self.cells = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        match _local(tag):
            case "c":
                self._cell(attributes)
            case "v" | "t":
                self.value = io.StringIO()
            case "f":
                self.facts.formulas.add((self.row, self.column))
                self._used()
            case "row":
                self._row(attributes)
            case "col" if attributes.get("hidden") in {"1", "true"}:
                first, last = int(attributes["min"]), int(attributes["max"])
                self.facts.hidden_columns |= set(range(first - 1, min(last, MAX_COLUMNS)))

    def characters(self, text: str) -> None:
        if self.value is not None:
            self.value.write(text)

    def end(self, tag: str) -> None:
        if self.value is None or _local(tag) not in {"v", "t"}:
            return
        value, self.value = self.value.getvalue(), None
        if not value:
            return
        self._used()
        if self.kind == "e":
            self.facts.faults.add((self.row, self.column))
        shared = self.kind == "s" and value.isdigit() and int(value) < len(self.lengths)
        self.text += self.lengths[int(value)] if shared else len(value)
        if self.text > MAX_TEXT:
            raise self._too_much()

    def _row(self, attributes: dict[str, str]) -> None:
        self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
        self.column = -1
        if attributes.get("hidden") in {"1", "true"} and self.row < MAX_ROWS:
            self.facts.hidden_rows.add(self.row)

    def _cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        self.cells += 1
        if self.cells > MAX_CELLS:
            raise self._too_much()
        self.kind = attributes.get("t", "n")
        if found := _REFERENCE.fullmatch(attributes.get("r", "")):
            self.row, self.column = int(found[2]) - 1, column_index(found[1])

    def _used(self) -> None:
        self.facts.rows = max(self.facts.rows, self.row + 1)
        self.facts.columns = max(self.facts.columns, self.column + 1)
        if self.facts.rows > MAX_ROWS or self.facts.columns > MAX_COLUMNS:
            raise self._too_much()

    def _too_much(self) -> BadWorkbook:
        message = _(
            "The sheet “%(sheet)s” of “%(name)s” is larger than any ledger: more than"
            " %(rows)s rows, %(columns)s columns or %(text)s characters are in use."
            " Copy the ledger alone into a new workbook and load that."
        )
        return BadWorkbook(
            message,
            sheet=self.facts.name,
            name=self.name,
            rows=MAX_ROWS,
            columns=MAX_COLUMNS,
            text=MAX_TEXT,
        )


def column_index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
