"""What is no ledger, at the upload page: a sentence, and nothing changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import Event
from evidence.storage.folder import root
from tests import make
from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, archive, book, parts_of
from tests.web.addresses import client_of
from workflows.models import Batch, Item, Round

pytestmark = pytest.mark.django_db
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
SHEET = "xl/worksheets/sheet1.xml"


def kept() -> list[Path]:
    return sorted(root().rglob("*")) if root().exists() else []


def million_rows() -> bytes:
    """A plain ledger whose sheet claims 10^6 more rows."""
    parts = parts_of(book(PLAIN_HEADER, PLAIN_ROW))
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(3, 1_000_003))
    whole = parts[SHEET].decode().replace("</sheetData>", f"{rows}</sheetData>")
    return archive({**parts, SHEET: whole.encode()})


def bomb() -> bytes:
    parts = parts_of(book(PLAIN_HEADER, PLAIN_ROW))
    return archive({**parts, "xl/media/image1.png": b"\0" * (200 << 20)})


def entity() -> bytes:
    parts = parts_of(book(PLAIN_HEADER, PLAIN_ROW))
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    declared, rest = parts[SHEET].split(b"<worksheet", 1)
    return archive({**parts, SHEET: declared + doctype + b"<worksheet" + rest})


HOSTILE = {
    "empty": lambda: b"",
    "text": lambda: b"hello",
    "page": lambda: b"<html><script>alert(1)</script></html>",
    "xls": lambda: OLE + b"\0" * 600,
    "encrypted": lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
    "other zip": lambda: archive({"a.txt": b"x"}),
    "cut short": lambda: book(PLAIN_HEADER, PLAIN_ROW)[:-400],
    "no ledger": lambda: book(["a", "b"], ["c", "d"]),
    "no rows": lambda: book(PLAIN_HEADER),
    "bomb": bomb,
    "million rows": million_rows,
    "entity": entity,
}


@pytest.fixture
def scene() -> tuple[Client, Round]:
    of = make.house()
    return client_of(of.office), make.round_(of)


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_gets_a_sentence_and_changes_nothing(kind: str, scene: tuple[Client, Round]) -> None:
    client, round_ = scene
    before, events = kept(), Event.objects.count()
    file = SimpleUploadedFile("a.xlsx", HOSTILE[kind]())
    answer = client.post("/import/upload/", {"round": round_.code, "workbook": file})
    assert answer.status_code == 422
    assert "a.xlsx" in answer.content.decode()
    assert (kept(), Event.objects.count()) == (before, events)
    assert (Batch.objects.count(), Item.objects.count()) == (0, 0)


def test_formulas_are_shown_and_enter_nothing(scene: tuple[Client, Round]) -> None:
    client, round_ = scene
    cell = '=HYPERLINK("http://example.test","x")'
    file = SimpleUploadedFile("a.xlsx", book(PLAIN_HEADER, [*PLAIN_ROW[:3], cell, *PLAIN_ROW[4:]]))
    client.post("/import/upload/", {"round": round_.code, "workbook": file})
    batch = Batch.objects.get()
    answer = client.post(f"/import/{batch.pk}/confirm/", {"version": 0, "accepted": "yes"})
    assert (answer.status_code, Item.objects.count()) == (422, 0)


def test_markup_in_a_cell_is_shown_as_text(scene: tuple[Client, Round]) -> None:
    client, round_ = scene
    evil = "<img src=x onerror=alert(1)>"
    data = book(PLAIN_HEADER, [*PLAIN_ROW[:2], evil, evil, *PLAIN_ROW[4:]])
    file = SimpleUploadedFile(f"{evil}.xlsx", data)
    answer = client.post("/import/upload/", {"round": round_.code, "workbook": file})
    page = client.get(answer["Location"]).content.decode()
    assert "<img" not in page
    assert "&lt;img src=x" in page


def test_no_file_and_a_file_beyond_the_limit_are_refused_before_they_are_read(
    scene: tuple[Client, Round], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, round_ = scene
    assert client.post("/import/upload/", {"round": round_.code}).status_code == 422
    monkeypatch.setattr("web.views.imports.MAX_FILE", 10)
    file = SimpleUploadedFile("a.xlsx", book(PLAIN_HEADER, PLAIN_ROW))
    answer = client.post("/import/upload/", {"round": round_.code, "workbook": file})
    assert answer.status_code == 422
    assert not Batch.objects.exists()


def test_a_round_nobody_named_is_not_found(scene: tuple[Client, Round]) -> None:
    client, _round = scene
    file = SimpleUploadedFile("a.xlsx", book(PLAIN_HEADER, PLAIN_ROW))
    assert client.post("/import/upload/", {"workbook": file}).status_code == 404
    assert not Batch.objects.exists()
