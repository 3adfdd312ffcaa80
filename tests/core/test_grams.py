"""How words are made to be found, whatever their width, case and line."""

from __future__ import annotations

import pytest

from core import grams
from tests import make


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("城区 内涝\n点", "城区内涝点"),
        ("２－３　ＬＥＤ", "2-3 led"),
        ("Street  \n lamps", "street lamps"),
        ("共 7 处", "共7处"),
        ("a\x00b\ud800c\ufffed", "abcd"),
        ("  ", ""),
        ("①㎡", "1m2"),
    ],
)
def test_one_shape_for_all_spellings(text: str, kept: str) -> None:
    assert grams.folded(text) == kept


def test_a_text_is_every_two_signs_as_words_of_letters_and_digits() -> None:
    assert grams.tokens("item", "内涝点") == "i5185z6d9d i6d9dz70b9"
    assert grams.tokens("piece", '"*') == "p22z2a"
    assert grams.tokens("item", "内") == ""


@pytest.mark.parametrize(
    ("title", "letters"),
    [
        ("城区内涝点整治", "cqnldzz"),
        ("重庆路积水（二期）", "cqljseq"),
        ("2023年 LED 路灯", "2023nledld"),
        ("……", ""),
    ],
)
def test_the_initials_of_a_title_are_as_it_is_read(title: str, letters: str) -> None:
    assert grams.initials(title) == letters


@pytest.mark.parametrize(
    ("name", "readings"),
    [
        ("张三", "zs"),
        ("曾强", "cq cj zq zj"),
        ("Li Wei", "liwei"),
        ("中国建筑第七工程局", "zgjzdqgcj"),
    ],
)
def test_a_name_is_found_in_each_way_it_may_be_read(name: str, readings: str) -> None:
    assert grams.initials_of_name(name) == readings


@pytest.mark.django_db
def test_a_person_keeps_the_initials_of_their_name() -> None:
    person = make.user("单雄")
    assert "sx" in person.initials.split()
    person.name = "李三"
    person.save(update_fields=["name"])
    person.refresh_from_db()
    assert person.initials == "ls"
    person.phone, person.name = "1", "李四"
    person.save(update_fields=["phone"])
    person.refresh_from_db()
    assert (person.name, person.initials) == ("李三", "ls")
