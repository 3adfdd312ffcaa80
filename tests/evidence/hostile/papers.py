"""Honest papers of every kind an office hands in, made with the libraries offices' papers have."""

from __future__ import annotations

import base64
import io
import wave
from datetime import UTC, datetime
from random import Random

import docx
import pikepdf
import xlsxwriter
from docx.enum.text import WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm
from docx.text.paragraph import Paragraph
from openpyxl import Workbook
from PIL import Image, ImageDraw

from tests.evidence.hostile.containers import box, changed, film, mp3, ole, packed

WORDS = "整改 措施 路灯 会议 纪要 通知 台账 核查 回头看 经费 合同 验收 公示 问责 制度 巡察 反馈 销号".split()  # noqa: E501, SIM905
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA"
    "AAAAACJpbG9jAAAAAERAAAEAAQAAAAABoAABAAAAAAAAACYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAA"
    "AA5waXRtAAAAAAABAAAA/GlwcnAAAADcaXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNw"
    "AAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqrprm4CGgwIAAAAyAAAADAIRiAAEABkQBwXPB"
    "iQAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAAChjbGFwAAAAEAAAAAEAAAAQAAAAAf///9AAAAAC"
    "////0AAAAAIAAAAQcGl4aQAAAAADCAgIAAAAGGlwbWEAAAAAAAAAAQABBYECAwWEAAAALm1kYXQAAAAiKAGvBBITTOD46cJo"
    "P7ov7NlW7jyftKsr40mfd7EYkqn/oA=="
)
"""The smallest picture of a newer telephone: 16 x 16, one colour."""


def sentence(rng: Random) -> str:
    return "".join(rng.choices(WORDS, k=rng.randint(4, 14))) + "。"


def drawing(rng: Random, mode: str = "RGB") -> Image.Image:
    size = (rng.randint(20, 400), rng.randint(20, 300))
    image = Image.new("RGB", size, tuple(rng.randrange(256) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        pen.rectangle((x, y, x + 30, y + 20), fill=tuple(rng.randrange(256) for _ in range(3)))
    return image.convert(mode)


def picture(kind: str, rng: Random) -> bytes:
    out = io.BytesIO()
    image = drawing(rng, rng.choice(["RGB", "L"]))
    if kind == "JPEG":
        exif = Image.Exif()
        exif[0x0132] = "2026:05:01 09:30:00"
        exif[0x0112] = rng.choice([1, 3, 6, 8])
        image.save(
            out, kind, quality=rng.randint(40, 95), exif=exif, progressive=rng.random() < 0.5
        )
    elif kind == "GIF":
        frames = [drawing(rng, "P").resize(image.size) for _ in range(rng.randint(1, 4))]
        image.convert("P").save(out, kind, save_all=True, append_images=frames, comment=b"note")
    elif kind == "TIFF":
        compression = rng.choice(["raw", "tiff_lzw", "tiff_deflate", "jpeg"])
        pages = [drawing(rng) for _ in range(rng.randint(0, 3))]
        image.convert("RGB").save(
            out, kind, compression=compression, save_all=True, append_images=pages
        )
    elif kind == "PNG":
        image.convert(rng.choice(["RGB", "RGBA", "P", "1"])).save(out, kind, dpi=(96, 96))
    else:
        image.convert("RGB").save(out, kind)
    return out.getvalue()


def moving_picture(rng: Random) -> bytes:
    """What telephones write: a JPEG with a second of film behind it."""
    return picture("JPEG", rng) + mp4(rng)


def two_pictures(rng: Random) -> bytes:
    """The picture and a small one for the list, as cameras write them (MPO)."""
    out = io.BytesIO()
    first = drawing(rng)
    first.save(out, "MPO", save_all=True, append_images=[first.resize((32, 24))])
    return out.getvalue()


def pdf(rng: Random) -> bytes:
    document = pikepdf.new()
    for number in range(rng.randint(1, 6)):
        page = document.add_blank_page(page_size=(595, 842))
        page.contents_add(f"BT /F1 12 Tf 72 720 Td (page {number}) Tj ET".encode())
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=pikepdf.Array([72, 700, 200, 720]),
            A=pikepdf.Dictionary(
                S=pikepdf.Name.URI, URI=pikepdf.String("https://example.gov.cn/a")
            ),
        )
        page.obj.Annots = document.make_indirect(pikepdf.Array([link]))
        page.obj.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(Im0=_scan(document, rng))
        )
    if rng.random() < 0.5:
        with document.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(sentence(rng), 0))
    with document.open_metadata(set_pikepdf_as_editor=False) as about:
        about["dc:title"] = sentence(rng)
    out = io.BytesIO()
    mode = rng.choice(list(pikepdf.ObjectStreamMode))
    document.save(out, deterministic_id=True, object_stream_mode=mode, linearize=rng.random() < 0.3)
    return out.getvalue()


def _scan(document: pikepdf.Pdf, rng: Random) -> pikepdf.Object:
    image = drawing(rng)
    out = io.BytesIO()
    image.save(out, "JPEG")
    stream = pikepdf.Stream(document, out.getvalue())
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height, stream.BitsPerComponent = (*image.size, 8)
    stream.ColorSpace, stream.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
    return stream


def word(rng: Random) -> bytes:
    document = docx.Document()
    document.core_properties.created = datetime(2026, 5, 1, tzinfo=UTC)
    document.add_heading(sentence(rng), rng.randint(0, 3))
    for _ in range(rng.randint(1, 8)):
        document.add_paragraph(sentence(rng), style=rng.choice(["Normal", "List Bullet", "Quote"]))
    table = document.add_table(rows=rng.randint(1, 5), cols=3, style="Table Grid")
    for cell in table.rows[0].cells:
        cell.text = sentence(rng)
    picture_ = io.BytesIO(picture(rng.choice(["PNG", "JPEG"]), rng))
    document.add_picture(picture_, width=Cm(5))
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    _page_number(document.sections[0].footer.paragraphs[0])
    _hyperlink(document.add_paragraph(), "https://example.gov.cn/notice?id=7")
    out = io.BytesIO()
    document.save(out)
    return changed(out.getvalue(), {})  # with one date on every part


def _page_number(paragraph: Paragraph) -> None:
    for kind, text in (
        ("begin", ""),
        ("", " PAGE  \\* MERGEFORMAT "),
        ("separate", ""),
        ("end", ""),
    ):
        run = paragraph.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        element.text = text or None
        run._r.append(element)


def _hyperlink(paragraph: Paragraph, address: str) -> None:
    link = OxmlElement("w:hyperlink")
    part = paragraph.part
    link.set(qn("r:id"), part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    paragraph._p.append(link)


def sheet(rng: Random) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 5, 1, tzinfo=UTC).replace(tzinfo=None)})
    page = book.add_worksheet("台账")
    bold = book.add_format({"bold": True, "border": 1})
    page.merge_range(0, 0, 0, 4, sentence(rng), bold)
    rows = rng.randint(3, 200)
    for row in range(1, rows):
        page.write_row(row, 0, [row, sentence(rng), rng.random() * 10000])
        page.write_formula(row, 3, f"=C{row + 1}*2")
        page.write_formula(row, 4, f'=IF(C{row + 1}>1,"a|b!","")')
    page.write_url(rows, 0, "https://example.gov.cn/")
    page.write_comment(1, 1, "待核实")
    page.data_validation(1, 5, 9, 5, {"validate": "list", "source": ["是", "否"]})
    page.insert_image(2, 6, "a.png", {"image_data": io.BytesIO(picture("PNG", rng))})
    if rng.random() < 0.5:
        chart = book.add_chart({"type": rng.choice(["line", "column", "pie"])})
        chart.add_series({"values": f"=台账!$C$2:$C${rows}"})
        page.insert_chart(5, 8, chart)
    book.close()
    return out.getvalue()


def other_sheet(rng: Random) -> bytes:
    """The same by another library."""
    book = Workbook()
    page = book.worksheets[0]
    for _ in range(rng.randint(1, 40)):
        page.append([sentence(rng), rng.random(), "=SUM(B1:B1)"])
    out = io.BytesIO()
    book.save(out)
    return changed(out.getvalue(), {"docProps/core.xml": "<coreProperties/>"})


_P = "http://schemas.openxmlformats.org/"
_R = f"{_P}officeDocument/2006/relationships"


def relations(*lines: str) -> str:
    return f'<Relationships xmlns="{_P}package/2006/relationships">{"".join(lines)}</Relationships>'


def relation(number: int, kind: str, target: str, more: str = "") -> str:
    return f'<Relationship Id="rId{number}" Type="{_R}/{kind}" Target="{target}" {more}/>'


def slides(rng: Random, *, chart: bool = True) -> bytes:
    """A presentation of some slides; on the first a chart with its workbook inside."""
    count = rng.randint(1, 5)
    main = "application/vnd.openxmlformats-officedocument.presentationml."
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_P}package/2006/content-types">'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/ppt/presentation.xml" ContentType="{main}presentation.main+xml"/>'
        "</Types>",
        "_rels/.rels": relations(relation(1, "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{_P}presentationml/2006/main"/>',
        "ppt/_rels/presentation.xml.rels": relations(
            *(relation(n, "slide", f"slides/slide{n}.xml") for n in range(1, count + 1))
        ),
    }
    for number in range(1, count + 1):
        parts[f"ppt/slides/slide{number}.xml"] = f"<sld><t>{sentence(rng)}</t></sld>"
        parts[f"ppt/media/image{number}.png"] = picture("PNG", rng)
    if chart:
        parts["ppt/charts/chart1.xml"] = "<chartSpace><f>Sheet1!$A$1</f></chartSpace>"
        book = "Microsoft_Excel_Sheet1.xlsx"
        parts["ppt/charts/_rels/chart1.xml.rels"] = relations(
            relation(1, "package", f"../embeddings/{book}")
        )
        parts[f"ppt/embeddings/{book}"] = sheet(rng)
    return packed(parts)


_O = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def ofd_parts(rng: Random) -> dict[str, bytes | str]:
    pages = rng.randint(1, 4)
    named = "".join(
        f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(pages)
    )
    parts: dict[str, bytes | str] = {
        "OFD.xml": f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD {_O} Version="1.0">'
        f"<ofd:DocBody><ofd:DocInfo><ofd:Title>{sentence(rng)}</ofd:Title></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {_O}><ofd:CommonData>"
        "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
        f"<ofd:Pages>{named}</ofd:Pages></ofd:Document>",
        "Doc_0/PublicRes.xml": f'<ofd:Res {_O} BaseLoc="Res"><ofd:MultiMedias>'
        "<ofd:MultiMedia><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia>"
        "</ofd:MultiMedias></ofd:Res>",
        "Doc_0/Res/a.png": picture("PNG", rng),
    }
    for number in range(pages):
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f"<ofd:Page {_O}><ofd:Content><ofd:TextCode>{sentence(rng)}</ofd:TextCode>"
            "</ofd:Content></ofd:Page>"
        )
    return parts


def ofd(rng: Random) -> bytes:
    return packed(ofd_parts(rng))


def text(rng: Random) -> bytes:
    lines = "\r\n".join(sentence(rng) for _ in range(rng.randint(1, 60)))
    lines += f"\r\n1 < 2, a@b.cn, C++ & R+D; {rng.random()}"
    return lines.encode(rng.choice(["utf-8", "utf-8-sig", "gb18030"]))


def table(rng: Random) -> bytes:
    rows = [f'{n},"{sentence(rng)}",-{rng.random():.2f}' for n in range(rng.randint(1, 80))]
    return "\n".join(["序号,内容,金额", *rows]).encode(rng.choice(["utf-8-sig", "gb18030"]))


def markdown(rng: Random) -> bytes:
    return f"# {sentence(rng)}\n\n- a\n- [x] b\n\n> {sentence(rng)}\n\n`x = 1`\n".encode()


def mp4(rng: Random) -> bytes:
    return film(b"isom", b"vide", rng.randbytes(rng.randint(100, 3000)), b"mp42")


def mov(rng: Random) -> bytes:
    whole = film(b"qt  ", b"vide", rng.randbytes(500))
    # Older cameras leave the first box out.
    return whole[whole.index(b"mdat") - 4 :] if rng.random() < 0.5 else whole


def m4a(rng: Random) -> bytes:
    return film(b"M4A ", b"soun", rng.randbytes(800)) + box(b"free", bytes(16))


def wav(rng: Random) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(rng.randbytes(2 * rng.randint(100, 4000)))
    return out.getvalue()


def recording(rng: Random) -> bytes:
    tag = b"ID3\x03\x00\x00\x00\x00\x00\x14" + b"TIT2" + bytes(16) if rng.random() < 0.5 else b""
    return tag + mp3(rng.randint(5, 60)) + (b"TAG" + bytes(125) if rng.random() < 0.5 else b"")


def old_word(rng: Random) -> bytes:
    return ole(
        {"WordDocument": b"\xec\xa5\xc1\x00" + rng.randbytes(4) + bytes(4096), "1Table": b"x"}
    )


def old_sheet(rng: Random) -> bytes:
    return ole({"Workbook": b"\x09\x08\x10\x00" + bytes(16) + b"\x0a\x00\x00\x00" + bytes(4096)})


def old_slides(rng: Random) -> bytes:
    return ole({"PowerPoint Document": rng.randbytes(2000), "Current User": b"x"})
