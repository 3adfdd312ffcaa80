import pytest

from ledger import status


@pytest.mark.parametrize(
    ("cell", "state"),
    [
        ("", ""),
        ("√", "已完成"),
        ("×", "未完成"),
        ("√ 已销号", "已完成"),
        ("已完成", "已完成"),
        ("完成整改", "已完成"),
        ("已完成，长期坚持", "已完成"),
        ("整改到位", "已完成"),
        ("100%", "已完成"),
        ("3/3", "已完成"),
        ("基本完成", "基本完成"),
        ("90%", "基本完成"),
        ("已完成90%", "基本完成"),
        ("整改中（2/3）", "整改中"),
        ("2/3", "整改中"),
        ("50％", "整改中"),
        ("正在推进", None),
        ("推进中", "整改中"),
        ("未完成", "未完成"),
        ("尚未", "未完成"),
        ("0%", "未完成"),
        ("0/3", "未完成"),
        ("1/0", None),
        ("（见附件）", None),
        ("印发制度3项", None),
    ],
)
def test_the_words_of_the_staff_become_a_state(cell: str, state: str | None) -> None:
    assert status.read(cell) == state


@pytest.mark.parametrize(
    ("number", "words"), [(0.9, "90%"), (1.0, "100%"), (0.0, "0%"), (3.0, "3")]
)
def test_a_share_is_written_as_percent(number: float, words: str) -> None:
    assert status.share(number) == words
