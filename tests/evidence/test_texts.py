"""The text inside evidence: of every family of files, page by page, in a process of its own."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import pikepdf
import pytest
from docx.enum.text import WD_BREAK
from openpyxl import Workbook
from pytest_django.fixtures import Settings

from demo import papers
from evidence import deriving, intake, storage, texts
from evidence.intake import Received
from evidence.models import Derivation, ExtractedText
from evidence.text import told, worker
from tests import make
from tests.evidence.hostile.containers import changed, packed
from tests.evidence.hostile.papers import relation, relations

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def read(content: bytes, ending: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(worker.answer(io.BytesIO(content), ending))
    return found


def parts(content: bytes, ending: str) -> object:
    return read(content, ending)["parts"]


def word(*paragraphs: str) -> bytes:
    document = docx.Document()
    for words in paragraphs:
        document.add_paragraph(words)
    document.sections[0].header.paragraphs[0].text = "整改办〔2026〕7号"
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(table._cells, ["路段", "处数", "人民路", "7"], strict=True):
        cell.text = words
    document.paragraphs[0].add_run().add_break(WD_BREAK.LINE)
    document.paragraphs[0].add_run("已清淤\t完毕")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_paper_is_its_paragraphs_its_tables_and_what_is_printed_around_them() -> None:
    assert read(word("内涝点整治", "第二段"), "docx") == {
        "unit": "whole",
        "parts": ["内涝点整治\n已清淤\t完毕\n第二段\n路段 \t处数\n人民路 \t7\n\n整改办〔2026〕7号"],
        "cut": False,
    }


def test_what_was_deleted_or_only_steers_a_field_is_no_text_and_a_drawing_counts_once() -> None:
    body = (
        f'<w:document {W} xmlns:mc="urn:mc"><w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs>'
        "</w:pPr><w:r><w:t>甲</w:t><w:noBreakHyphen/><w:t>乙</w:t></w:r>"
        "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
        "<w:r><w:instrText> PAGE </w:instrText></w:r>"
        "<mc:AlternateContent><mc:Choice><w:t>框</w:t></mc:Choice>"
        "<mc:Fallback><w:t>框</w:t><w:br/></mc:Fallback></mc:AlternateContent></w:p></w:document>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = f'<Types><Override PartName="/a/b.xml" ContentType="{kind}"/><Default/></Types>'
    package = packed({"[Content_Types].xml": types, "a/b.xml": body})
    assert parts(package, "docx") == ["甲-乙框"]


def test_a_workbook_is_its_sheets_with_their_names_and_its_cells_as_they_are_read() -> None:
    book = Workbook()
    first = book.worksheets[0]
    first.title = "台账"
    first.append(["序号", "完成", "日期", "时间", "金额"])
    first.append(
        [
            1,
            True,
            date(2026, 5, 1),
            datetime(2026, 5, 1, 9, 30, tzinfo=UTC).replace(tzinfo=None),
            2.5,
        ]
    )
    book.create_sheet("汇总").append(["合计", None, False])
    out = io.BytesIO()
    book.save(out)
    assert read(out.getvalue(), "xlsx") == {
        "unit": "sheet",
        "parts": [
            "台账\n序号\t完成\t日期\t时间\t金额\n1\tTRUE\t2026-05-01\t2026-05-01 09:30\t2.5",
            "汇总\n合计\t\tFALSE",
        ],
        "cut": False,
    }


def deck(listed: str, related: dict[int, str]) -> bytes:
    slide = "<sld><p><t>第{}张</t></p><tbl><tr><tc><p><t>格</t></p></tc></tr></tbl></sld>"
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "ppt/presentation.xml": f'<p xmlns:r="urn:r"><sldIdLst>{listed}</sldIdLst></p>',
            "ppt/_rels/presentation.xml.rels": relations(
                *(relation(n, "slide", target) for n, target in related.items())
            ),
            **{f"ppt/slides/slide{n}.xml": slide.format(n) for n in (1, 2, 10)},
        }
    )


def test_slides_come_in_the_order_they_are_shown_and_unlisted_ones_last() -> None:
    listed = '<sldId id="256" r:id="rId2"/><sldId id="257" r:id="rId1"/><sldId id="9" r:id="rId7"/>'
    related = {1: "slides/slide1.xml", 2: "/ppt/slides/slide10.xml"}
    told_ = read(deck(listed, related), "pptx")
    assert told_["unit"] == "slide"
    assert told_["parts"] == ["第10张\n格", "第1张\n格", "第2张\n格"]
    no_order = changed(deck("", {}), {"ppt/presentation.xml": "<p/>"})
    assert parts(no_order, "pptx") == ["第1张\n格", "第2张\n格", "第10张\n格"]


def test_slides_without_a_list_come_by_their_number() -> None:
    slides = {"[Content_Types].xml": "<Types/>", "ppt/slides/slide1.xml": "<sld><t>一</t></sld>"}
    assert parts(packed(slides), "pptx") == ["一"]  # type: ignore[arg-type]  # texts are taken too


def test_an_ofd_is_its_pages_with_the_form_behind_them_a_line_for_each_height() -> None:
    form = '<Page><TextObject Boundary="10 20 50 5"><TextCode Y="4">发票代码</TextCode></TextObject></Page>'  # noqa: E501
    page = (
        '<Page><Template TemplateID="7"/><Template TemplateID="8"/>'
        '<TextObject Boundary="10 20 50 5"><TextCode Y="4">044</TextCode></TextObject>'
        '<TextObject Boundary="60 20.5 50 5"><TextCode Y="4">001</TextCode></TextObject>'
        '<TextObject Boundary="odd"><TextCode>合计</TextCode><TextCode Y="9">三千元</TextCode>'
        "</TextObject></Page>"
    )
    package = packed(
        {
            "OFD.xml": "<OFD><DocRoot>/Doc_0/Document.xml</DocRoot></OFD>",
            "Doc_0/Document.xml": "<Document>"
            '<TemplatePage ID="7" BaseLoc="/Doc_0/Tpls/T.xml"/>'
            '<Page BaseLoc="Pages/P.xml"/><Page BaseLoc="Pages/Lost.xml"/>'
            '<Tag BaseLoc="Pages/P.xml"/></Document>',
            "Doc_0/Tpls/T.xml": form,
            "Doc_0/Pages/P.xml": page,
        }
    )
    assert read(package, "ofd") == {
        "unit": "page",
        "parts": ["发票代码\n044001\n合计\n三千元"],
        "cut": False,
    }


def test_a_pdf_is_its_pages() -> None:
    lines = ["关于内涝点的报告", *(f"第{n}处已清淤。" for n in range(1, 31))]
    told_ = read(papers.pdf(lines), "pdf")
    assert told_["unit"] == "page"
    found = told_["parts"]
    assert isinstance(found, list)
    assert len(found) == 2
    assert found[0].startswith("关于内涝点的报告\n第1处已清淤。\n")
    assert found[1].endswith("第29处已清淤。\n第30处已清淤。")


def test_a_scan_has_pages_and_no_text_on_them() -> None:
    document = pikepdf.new()
    document.add_blank_page()
    document.add_blank_page()
    out = io.BytesIO()
    document.save(out)
    assert parts(out.getvalue(), "pdf") == ["", ""]
    assert texts.Text(["", ""], "page", cut=False).is_empty


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_text_is_read_in_either_encoding(encoding: str) -> None:
    content = "路灯\r\n\r\n\r\n\r\n已修复  \r\n".encode(encoding)
    assert parts(content, "txt") == ["路灯\n\n已修复"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_of_a_very_long_text_the_beginning_is_kept_and_it_is_said(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(told, "MOST", 10)
    monkeypatch.setattr("evidence.text.plain._BYTES", 41)
    whole = read(("a" + "整" * 100).encode(encoding), "txt")
    assert whole == {"unit": "whole", "parts": ["a" + "整" * 9], "cut": True}


def test_of_very_many_pages_the_first_are_kept_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(told, "MOST", 10)
    assert told.told("page", ["12345", "678901", "x"]) == told.Told(
        "page", ["12345", "67890"], True
    )
    monkeypatch.setattr(told, "MOST_PARTS", 1)
    assert told.told("page", ["1", "2"]) == told.Told("page", ["1"], True)
    assert told.told("page", ["1"]) == told.Told("page", ["1"], False)


def test_what_cannot_be_seen_is_taken_out() -> None:
    hidden = "路\x00灯\ud800 \ufffe\f甲\u2028乙\t丙 \n"
    assert told.cleaned(hidden) == "路灯\n甲\n乙\t丙"


@pytest.mark.parametrize(
    ("ending", "content", "fault"),
    [
        ("pdf", b"%PDF-1.4", "PdfiumError"),
        ("docx", b"PK\x03\x04", "Fault"),
        ("ppt", b"", "KeyError"),
    ],
)
def test_what_no_reader_can_read_has_no_text(ending: str, content: bytes, fault: str) -> None:
    assert read(content, ending) == {"fault": "unreadable", "about": fault}


def test_a_text_too_heavy_to_read_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_(*_about: object) -> None:
        raise MemoryError

    monkeypatch.setattr("evidence.text.plain.read", read_)
    assert read(b"x", "txt") == {"fault": "heavy", "about": ""}


@pytest.fixture
def _folder(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


def entered(content: bytes, name: str) -> str:
    stored = storage.keep([content])
    row = Received(stored.digest, stored.size, name, "application/pdf", make.CLEAN)
    return intake.enter(row, actor=make.user().actor()).digest


@pytest.mark.django_db
@pytest.mark.usefixtures("_folder")
def test_the_text_of_evidence_is_extracted_once_its_bytes_are_clean() -> None:
    digest = entered(papers.pdf(["验收单", "照明恢复"]), "验收单.PDF")
    assert texts.text_of(digest) is None
    deriving.ensure(digest, "text")
    text = texts.text_of(digest)
    assert text == texts.Text(["验收单\n照明恢复"], "page", cut=False)
    assert text.whole == "验收单\n照明恢复"
    assert not text.is_empty
    assert str(ExtractedText.objects.get()) == digest[:12]
    deriving.again("text")
    deriving.ensure(digest, "text")
    assert ExtractedText.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("_folder")
def test_what_cannot_be_read_as_text_is_given_up_with_its_reason() -> None:
    digest = entered(b"%PDF-1.4 and no more", "a.pdf")
    deriving.ensure(digest, "text")
    row = Derivation.objects.get(digest=digest, what="text")
    assert (row.standing, row.fault, row.fault_about) == ("failed", "unreadable", "PdfiumError")
    assert texts.text_of(digest) is None
