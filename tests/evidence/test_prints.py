"""What a file's fingerprint holds: its pictures, its dates, its blanks, and what is found by it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from random import Random
from typing import Any

import docx
import numpy as np
import orjson
import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from demo import papers
from evidence import deriving
from evidence.models import Evidence
from evidence.prints import features, index, keeping, reading, sight, telling, wording
from evidence.prints.alike import NONE, likeness
from evidence.prints.models import Picture, Print, Text
from evidence.prints.sight import Sight
from tests import make
from tests.checks import minutes, scenes, tampering
from tests.checks.tampering import encoded


def street(seed: int = 1) -> Image.Image:
    return scenes.photographed(scenes.street(seed).resize((600, 450)), seed, noise=3)


def read(data: bytes, ending: str) -> dict[str, Any]:
    told: dict[str, Any] = orjson.loads(reading.answer(io.BytesIO(data), ending))
    return told


def sizes(told: dict[str, Any]) -> list[tuple[int, list[int]]]:
    return [(one["page"], one["size"]) for one in told["pictures"]]


def pdf_of(*images: Image.Image) -> bytes:
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=100)
    return out.getvalue()


# --- what is read of a file ---


def test_a_photograph_tells_when_it_was_taken_and_what_wrote_it() -> None:
    said = Image.Exif()
    camera = said.get_ifd(0x8769)
    camera[0x9003], camera[0x9011] = "2026:04:02 10:20:30", "+08:00"
    said[0x0131], said[0x0132] = "美图秀秀".encode(), "2026:04:03 08:00:00"
    said[0x010F], said[0x0110] = "HUAWEI", "Mate 60"
    told = read(encoded(street(), exif=said), "jpg")
    assert told["facts"] == {
        "taken": "2026-04-02T10:20:30+08:00",
        "modified": "2026-04-03T08:00:00",
        "software": "美图秀秀",
        "camera": "HUAWEI Mate 60",
        "pages": 1,
    }
    assert sizes(told) == [(1, [600, 450])]
    assert len(told["pictures"][0]["keys"]) > 50


def test_dates_that_are_none_and_offsets_that_are_none_are_left_out() -> None:
    said = Image.Exif()
    camera = said.get_ifd(0x8769)
    camera[0x9003], camera[0x9011] = "0000:00:00 00:00:00", "none"
    assert read(encoded(street(), exif=said), "jpg")["facts"] == {"pages": 1}


def test_a_png_and_an_xmp_packet_name_their_editor() -> None:
    text, out = PngInfo(), io.BytesIO()
    text.add_text("Software", "GIMP 2.10")
    street().save(out, "PNG", pnginfo=text)
    assert read(out.getvalue(), "png")["facts"]["software"] == "GIMP 2.10"
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r xmp:CreatorTool="PicsArt"/></x:xmpmeta>'
    told = read(encoded(street(), "WEBP", xmp=packet), "webp")
    assert told["facts"]["software"] == "PicsArt"


def test_every_program_that_left_its_name_is_told_and_none_is_cut_short() -> None:
    said = Image.Exif()
    said[0x0131] = "剪映".encode()  # ends in a byte that alone would be a blank
    packet = b'<r xmp:CreatorTool="HUAWEI P60"><e stEvt:softwareAgent="Adobe Photoshop 25.1"/></r>'
    told = read(encoded(street(), exif=said, xmp=packet), "jpg")
    assert told["facts"]["software"] == "剪映, HUAWEI P60, Adobe Photoshop 25.1"


def test_a_lens_cap_is_blank_and_has_no_keys() -> None:
    told = read(encoded(scenes.plain(3).resize((600, 450))), "jpg")
    assert told["facts"]["blank"] == [1]
    assert told["pictures"][0]["keys"] == []


def test_a_sign_that_is_too_small_is_no_picture() -> None:
    assert read(encoded(street().resize((100, 300))), "jpg")["pictures"] == []


def test_each_page_of_a_tiff_is_a_picture_and_an_empty_one_is_blank() -> None:
    out = io.BytesIO()
    street().save(out, "TIFF", save_all=True, append_images=[Image.new("RGB", (600, 450), "white")])
    told = read(out.getvalue(), "tiff")
    assert (told["facts"]["pages"], told["facts"]["blank"]) == (2, [2])
    assert sizes(told) == [(1, [600, 450]), (2, [600, 450])]


def test_a_transparent_picture_lies_on_white() -> None:
    clear = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    assert Sight.of(clear).grey.min() == 255


def test_scanned_pages_of_a_pdf_are_pictures_and_an_empty_page_is_blank() -> None:
    white = Image.new("L", (620, 877), 255)
    told = read(pdf_of(scenes.paper(1, lines=8).convert("L").resize((620, 877)), white), "pdf")
    assert (told["facts"]["pages"], told["facts"]["blank"]) == (2, [2])
    assert told["facts"]["scanned"] is False
    assert sizes(told) == [(1, [620, 877])]


def test_a_typed_pdf_is_no_scan_and_tells_when_it_was_made() -> None:
    told = read(papers.pdf(["整改情况报告", "本件系打印稿，共一页，供审核使用。"]), "pdf")
    assert told == {"pictures": [], "facts": {"pages": 1, "scanned": False}}


def test_a_page_of_several_strips_is_looked_at_as_a_whole() -> None:
    from pikepdf import Pdf

    with Pdf.open(io.BytesIO(pdf_of(street()))) as paper:
        page = paper.pages[0]
        page.contents_add(b"q 120 0 0 90 20 20 cm /image Do Q")
        out = io.BytesIO()
        paper.save(out)
    told = read(out.getvalue(), "pdf")
    assert told["facts"]["scanned"] is True
    assert sizes(told) == [(1, [1000, 750])]


def test_pictures_in_a_paper_count_but_not_its_ornaments() -> None:
    banner = Image.new("RGB", (900, 150), "red")
    seal = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(seal).ellipse((90, 90, 210, 210), fill="red")
    paper = docx.Document()
    for image in (street(), banner, seal):
        paper.add_picture(io.BytesIO(encoded(image, "PNG")))
    paper.core_properties.created = datetime(2026, 4, 2, 3, tzinfo=UTC)
    paper.core_properties.last_modified_by = "李科"
    out = io.BytesIO()
    paper.save(out)
    told = read(out.getvalue(), "docx")
    assert sizes(told) == [(0, [600, 450])]
    assert told["facts"]["created"] == "2026-04-02T03:00:00+00:00"
    assert told["facts"]["modified_by"] == "李科"


def test_a_photograph_beside_typed_words_is_a_picture_of_the_page() -> None:
    from pikepdf import Pdf

    with Pdf.open(io.BytesIO(papers.pdf(["现场照片", "本页另有文字说明，共计若干行。"]))) as paper:
        with Pdf.open(io.BytesIO(pdf_of(street()))) as photo:
            image = paper.copy_foreign(photo.pages[0].Resources.XObject.image)
        paper.pages[0].Resources.XObject = {"/P": image}
        paper.pages[0].contents_add(b"q 300 0 0 225 80 80 cm /P Do Q")
        out = io.BytesIO()
        paper.save(out)
    told = read(out.getvalue(), "pdf")
    assert sizes(told) == [(1, [600, 450])]
    assert told["facts"]["scanned"] is False


def test_a_scanned_page_in_a_paper_is_no_ornament() -> None:
    paper = docx.Document()
    paper.add_picture(io.BytesIO(encoded(scenes.paper(1).resize((620, 877)))))
    out = io.BytesIO()
    paper.save(out)
    assert sizes(read(out.getvalue(), "docx")) == [(0, [620, 877])]


def test_bytes_that_are_no_text_are_left_as_they_are() -> None:
    from evidence.prints import bearing

    assert bearing._text(b"Ver.1\x00") == "Ver.1"
    assert bearing._text("\u4f60") == "\u4f60"
    assert telling.shows_what_was_before("整改前.jpg")


def test_a_damaged_picture_in_a_paper_is_passed_over() -> None:
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("OFD.xml", '<o xmlns="u"><CreationDate>soon</CreationDate></o>')
        package.writestr("Doc_0/Res/a.jpg", b"\xff\xd8\xff nothing")
    assert read(out.getvalue(), "ofd") == {"pictures": [], "facts": {}}


@pytest.mark.parametrize(
    ("word", "iso"),
    [
        ("D:20260305093000+08'00'", "2026-03-05T09:30:00+08:00"),
        ("D:20260305093000-05'00'", "2026-03-05T09:30:00-05:00"),
        ("D:20260305", "2026-03-05T00:00:00"),
        ("D:20269905", ""),
        ("yesterday", ""),
    ],
)
def test_a_pdf_writes_its_moments_in_its_own_way(word: str, iso: str) -> None:
    from evidence.prints import bearing

    assert bearing._pdf_time(word) == iso


# --- whether two pictures are one ---


@pytest.mark.parametrize("how", ["squeezed", "resized", "cropped", "desk", "telephone", "greyed"])
def test_a_picture_is_found_again_and_lies_in_the_other(how: str) -> None:
    own = Sight.of(street())
    again = Sight.kept(Sight.of(tampering.tampered(street(), how, 3)).as_bytes())
    assert len(set(sight.stored_keys(own)) & set(sight.asked_keys(again))) >= index.LEAST_KEYS
    assert index.is_same(likeness(own, again), 0.87)


@pytest.mark.parametrize("turned", [-7, 7])
def test_a_picture_that_lies_askew_is_found_again(turned: int) -> None:
    own = Sight.of(street())
    again = Sight.of(street().rotate(turned, Image.Resampling.BICUBIC))
    assert len(set(sight.stored_keys(own)) & set(sight.asked_keys(again))) >= 10


def test_two_keys_of_the_whole_say_as_much_as_three_of_spots() -> None:
    spot, whole = (16 << 32) | 5, (3 << 32) | 5
    assert sight.is_of_whole(whole)
    assert not sight.is_of_whole(spot)
    rows = [(spot, "one"), (spot + 1, "one"), (whole, "two"), (1, "two"), (2, "three")]
    assert index.ranked([*rows, (spot + 2, "two")]) == ["two"]
    assert set(index.ranked([*rows, (spot + 2, "one")])) == {"one", "two"}


def test_features_kept_in_bytes_are_those_that_were_found() -> None:
    own = Sight.of(street()).features
    kept = features.unpacked(own.packed())
    assert len(own.packed()) == 70 * len(own.turns)
    assert np.abs(kept.places - own.places).max() <= 1 / 128
    apart = np.abs(kept.turns - own.turns)
    assert np.minimum(apart, 360 - apart).max() < 0.01
    assert (kept.words * own.words).sum(axis=1).min() > 0.98
    here, there = features.pairs(own, kept)
    assert here.tolist() == there.tolist() == list(range(len(own.turns)))


def test_features_that_point_another_way_are_no_pair() -> None:
    own = Sight.of(street()).features
    upside_down = own._replace(turns=(own.turns + 180) % 360)
    assert len(features.pairs(own, upside_down)[0]) < 0.1 * len(own.turns)
    one_alone = features.Features(own.places[:1], own.words[:1], own.turns[:1])
    assert len(features.pairs(own, one_alone)[0]) == 0


def test_a_picture_without_features_lies_over_its_copy_as_a_whole() -> None:
    stripes = np.sin(np.arange(400) * 0.4) * 50 + np.linspace(60, 200, 300)[:, None]
    own = Sight(grey=stripes.astype(np.uint8))
    again = Sight.of(Image.fromarray(own.grey).resize((200, 150)))
    assert len(own.features.turns) < 6
    found = likeness(own, again)
    assert found.alike > 0.95
    assert (found.in_one, found.in_other) == ((0, 0, 100, 100), (0, 0, 100, 100))
    assert likeness(own, Sight(grey=255 - own.grey)) == NONE


def test_the_same_place_with_other_cars_is_another_picture() -> None:
    later = scenes.photographed(scenes.street(1, moving=9).resize((600, 450)), 9, noise=3)
    found = likeness(Sight.of(street()), Sight.of(later))
    assert found.alike < 0.8


def test_what_shows_nothing_is_like_nothing() -> None:
    blank = Sight.of(Image.new("RGB", (400, 300), "grey"))
    assert likeness(blank, blank) == NONE
    assert sight.stored_keys(blank) == []
    assert likeness(Sight.of(street()), blank) == NONE
    assert likeness(Sight.of(street()), Sight.of(scenes.field(2).resize((200, 400)))).alike < 0.5


def test_a_picture_much_larger_or_on_the_edge_of_another_is_compared_at_the_coarser_scale() -> None:
    scene = street()
    desk = Image.new("RGB", (1800, 1350), "white")
    desk.paste(scene, (1150, 850))
    found = likeness(Sight.of(scene), Sight.of(desk))
    assert found.alike > 0.9
    assert found.covered > 0.9
    left, top, right, bottom = found.in_other
    assert (left, top) == pytest.approx((64, 63), abs=3)
    assert (right, bottom) == pytest.approx((97, 96), abs=3)


def test_a_plate_laid_over_a_corner_is_left_out_and_another_car_is_not() -> None:
    def covered(box: tuple[int, int, int, int], with_lines: range) -> Image.Image:
        again = street()
        draw = ImageDraw.Draw(again)
        draw.rectangle(box, fill=(0, 60, 140))
        for line in with_lines:
            draw.line((box[0] + 8, line, box[2] - 8, line), fill="white", width=4)
        return again

    plate = likeness(Sight.of(street()), Sight.of(covered((8, 350, 258, 442), range(360, 440, 14))))
    assert index.is_same(plate, 0.94)
    midst = likeness(
        Sight.of(street()), Sight.of(covered((150, 150, 400, 260), range(160, 260, 14)))
    )
    assert not index.is_same(midst, 0.94)


def test_two_pictures_that_touch_in_a_corner_are_two() -> None:
    wide = scenes.photographed(scenes.street(5), 5, noise=2)
    one, other = wide.crop((0, 0, 700, 520)), wide.crop((500, 380, 1200, 900))
    assert not index.is_same(likeness(Sight.of(one), Sight.of(other)), 0.5)


def test_pictures_of_other_things_are_not_laid_over_each_other() -> None:
    first, second = Sight.of(scenes.street(1)), Sight.of(scenes.street(2))
    assert len(features.pairs(first.features, second.features)[0]) > 30
    assert not index.is_same(likeness(first, second), 0.5)
    assert likeness(Sight.of(scenes.field(1)), Sight.of(scenes.paper(1))) == NONE


def test_unlike_pictures_have_too_little_in_common_to_be_laid() -> None:
    assert likeness(Sight.of(scenes.logo(1)), Sight.of(scenes.paper(2))).alike < 0.5


# --- texts ---


@pytest.mark.parametrize("how", list(minutes.TAMPERINGS))
def test_a_text_is_found_again(how: str) -> None:
    own, again = minutes.minutes(1), minutes.tampered(minutes.minutes(1), how, 2)
    one, other = wording.shingles(own), wording.shingles(again)
    assert set(wording.keys(one)) & set(wording.keys(other))
    assert wording.is_same(wording.compared(one, other), 0.7)


def test_only_numbers_differ_or_more_does() -> None:
    own = minutes.account(1)
    assert wording.differ_in_numbers(own, minutes.tampered(own, "renumbered", 1))
    assert not wording.differ_in_numbers(own, own)
    assert not wording.differ_in_numbers(own, minutes.account(2))
    assert not wording.differ_in_numbers("共3件", "共4件")
    spelt = "三月五日召开会议，听取了市政科关于城区内涝点整治情况的汇报，研究部署工作。"
    assert wording.differ_in_numbers(spelt, spelt.replace("三月五日", "四月十六日"))


def test_what_many_texts_say_counts_for_nothing() -> None:
    texts = [wording.shingles(minutes.minutes(n, length=2)) for n in range(8)]
    bare = wording.compared(texts[0], texts[1])
    common = index.common_beside(texts[0], texts[1:])
    left = wording.compared(texts[0], texts[1], common=common)
    assert bare.shared > 0.3
    assert left.shared < 0.1
    assert wording.compared(texts[0], texts[0], common=texts[0]) == wording.NOTHING


SIGNS = [chr(0x4E00 + n) for n in range(2000)]


def test_a_copy_is_found_where_all_write_with_the_same_few_phrases() -> None:
    phrases = ["".join(Random(n).choices(SIGNS, k=20)) for n in range(24)]
    said = [wording.shingles("".join(Random(n).sample(phrases, 12))) for n in range(30)]
    own, *others = said
    copy = wording.shingles("".join(reversed(Random(0).sample(phrases, 12))))
    common = index.common_beside(own, others)
    assert not wording.is_same(wording.compared(own, copy, common=common), 0.65)
    assert wording.likeness(own, copy, common=common, least=0.65) is not None
    assert [wording.likeness(own, one, common=common, least=0.65) for one in others] == [None] * 29


def test_nothing_said_has_no_keys_and_no_share() -> None:
    assert wording.keys(wording.shingles(" 。 ")) == []
    assert wording.share_of("", within="x") == 0


# --- what a text tells ---


def test_days_are_read_in_each_way_they_are_written() -> None:
    text = (
        "2026年3月5日、2026-03-06、2026.3.7、二〇二六年三月十八日、"
        "二○二六年十二月三十一日、2026年2月30日"
    )
    assert [day.isoformat() for day, _at in telling.days(text)] == [
        "2026-03-05",
        "2026-03-06",
        "2026-03-07",
        "2026-03-18",
        "2026-12-31",
    ]


def test_the_day_of_a_meeting_stands_by_its_label_or_first() -> None:
    text = "整改会议纪要\n依据2025年1月1日的通知\n会议时间：2026年3月5日上午\n……"
    assert telling.is_of_a_meeting(text)
    assert str(telling.day_of_the_meeting(text)) == "2026-03-05"
    assert str(telling.day_of_the_meeting("纪要 2026年4月1日在机关召开")) == "2026-04-01"
    assert telling.day_of_the_meeting("纪要，时间：另行通知") is None
    assert telling.is_of_a_meeting("", "会议记录.docx")
    assert not telling.is_of_a_meeting("验收单")
    assert str(telling.last_day("关于整改的报告\n……\n2026年5月6日")) == "2026-05-06"
    assert telling.last_day("没有日期") is None


@pytest.mark.parametrize(
    "text",
    [
        *("根据××单位要求", "XX局", "20XX年完成", "[请填写整改措施]", "（此处填写完成情况）"),
        *("二〇XX年底完成", "责任人：ＸＸＸ", "电话：XXXXXXXX", "{单位名称}", "请在此输入内容"),
        *("____单位", "＿＿＿月底前", "＿＿年底前", "由XX同志牵头", "（单位名称）", "（自行补充）"),
        "（略，请自行补充）",
        *("某某单位", "（待补充）", "单击此处输入文字", "2026年  月  日", "×月×日"),
    ],
)
def test_places_nobody_filled_in(text: str) -> None:
    assert len(telling.placeholders(f"我科{text}。")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "李××同志",
        "由李××同志牵头",
        "（企业名称变更）",
        "张某某违纪",
        "型号XXL-20",
        "型号：XXL",
        "型号：XXXL-20",
        "车牌号：京A×××××",
        "（请见附件）",
        "（补充说明）",
        "（选择题）",
        "WXXX公司",
    ],
)
def test_what_only_looks_like_it(text: str) -> None:
    assert telling.placeholders(f"我科{text}。") == []


# --- keeping and finding ---


def kept(name: str, data: bytes) -> Evidence:
    """As the inspection leaves it, with its fingerprint made by the confined process."""
    from evidence import intake

    file = make.paper(name, data)
    evidence = intake.enter(file, actor=make.user().actor())
    row = deriving.ensure(evidence.digest, keeping.PRINTS)
    assert row is not None
    assert row.standing == "done", row.fault
    return evidence


@pytest.mark.django_db
def test_a_fingerprint_is_made_by_the_worker_and_found_by_its_keys() -> None:
    first = kept("a.jpg", encoded(street()))
    again = kept("b.png", encoded(tampering.tampered(street(), "cropped", 1), "PNG"))
    kept("c.jpg", encoded(street(7)))
    [picture] = Picture.objects.filter(of__digest=again.digest)
    [found] = index.pictures_like(picture, least=0.87)
    assert found.picture.of.digest == first.digest
    assert str(found.picture) == f"{first.digest[:12]} #1"
    assert {str(key) for key in picture.keys.all()} == {f"{k.key:x}" for k in picture.keys.all()}


@pytest.mark.django_db
def test_a_fingerprint_from_before_features_were_kept_is_compared_by_its_copy() -> None:
    old = index.keep("a" * 64, reading.answer(io.BytesIO(encoded(street())), "jpg"))
    again = tampering.tampered(street(), "telephone", 1)
    new = index.keep("b" * 64, reading.answer(io.BytesIO(encoded(again)), "jpg"))
    [kept] = index.pictures_like(new.pictures.get(), least=0.87)
    old.pictures.update(features=None)
    [found] = index.pictures_like(new.pictures.get(), least=0.87)
    assert found.picture.of == kept.picture.of == old
    assert found.likeness.alike == pytest.approx(kept.likeness.alike, abs=0.03)


@pytest.mark.django_db
def test_made_again_it_takes_the_place_of_the_former() -> None:
    answer = reading.answer(io.BytesIO(encoded(street())), "jpg")
    index.keep("a" * 64, answer)
    made = index.keep("a" * 64, answer)
    assert list(Print.objects.all()) == [made]
    assert Picture.objects.count() == 1


@pytest.mark.django_db
def test_a_key_that_very_many_have_is_kept_for_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "CROWDED", 2)
    answer = reading.answer(io.BytesIO(encoded(street())), "jpg")
    counts = []
    for n in range(3):
        made = index.keep(f"{n:064x}", answer)
        counts.append(sum(p.keys.count() for p in made.pictures.all()))
    assert counts[0] == counts[1] > 0
    assert counts[2] == 0


@pytest.mark.django_db
def test_a_blank_picture_is_not_looked_up() -> None:
    made = index.keep("a" * 64, reading.answer(io.BytesIO(encoded(scenes.plain(1))), "jpg"))
    assert index.pictures_like(made.pictures.get(), least=0.5) == []


@pytest.mark.django_db
def test_a_text_is_kept_once_and_found_by_its_keys() -> None:
    own = index.keep_text("a" * 64, minutes.minutes(1))
    assert index.keep_text("a" * 64, "whatever") == own
    assert index.texts_like(own, least=0.7) == []
    again = index.keep_text("b" * 64, minutes.tampered(minutes.minutes(1), "reworded", 1))
    index.keep_text("c" * 64, minutes.minutes(2))
    [found] = index.texts_like(again, least=0.7)
    assert found.text == own
    assert str(own) == "a" * 12
    assert str(Text.objects.get(pk=own.pk).keys.all()[0])
