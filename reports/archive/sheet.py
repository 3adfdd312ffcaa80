"""The ledger of an archive as a workbook: a row an item, as it stood, with who closed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

Told = dict[str, Any]
_LONGEST_CELL = 32_000
_STATES = {
    "draft": "拟定",
    "assigned": "已交办",
    "rectifying": "整改中",
    "in_review": "审核中",
    "verifying": "待销号",
    "suspended": "暂缓",
    "closed": "已销号",
    "cancelled": "已取消",
}
_PROGRESS = {"not_done": "未完成", "basically_done": "基本完成", "done": "已完成"}


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(text for text in texts if text)


def _sections(item: Told, part: str) -> list[str]:
    return [one["name"] for one in item["other_sections"] if one["part"] == part]


def _leads(item: Told) -> str:
    return "、".join(name for name in [item["lead_section"], *_sections(item, "lead")] if name)


def _accounts(item: Told) -> str:
    return _lines(f"{m['no']}. {m['account']}" for m in item["measures"] if m["account"])


def _numbers(item: Told) -> str:
    return _lines(one["catalogue"] for one in item["evidence"] if not one["withdrawn_at"])


def _last(item: Told, role: str) -> str:
    person = item["submissions"][-1][role] if item["submissions"] else None
    return str(person["name"]) if person else ""


def _closer(item: Told) -> str:
    return _last(item, "decided_by") if item["state"] == "closed" else ""


def _closed_on(item: Told) -> str:
    last = item["submissions"][-1] if item["submissions"] else {}
    return str(last["decided_at"])[:10] if item["state"] == "closed" else ""


_COLUMNS: tuple[tuple[str, int, Callable[[Told], str]], ...] = (
    ("编号", 8, lambda item: item["no"]),
    ("方面", 16, lambda item: item["aspect"]["no"] + item["aspect"]["title"]),
    ("问题", 22, lambda item: f"{item['problem']['no']} {item['problem']['title']}"),
    ("具体问题", 26, lambda item: item["title"]),
    ("整改目标", 18, lambda item: item["target"]),
    ("整改措施", 36, lambda item: _lines(f"{m['no']}. {m['text']}" for m in item["measures"])),
    ("完成情况", 36, _accounts),
    ("责任领导", 10, lambda item: "、".join(item["leaders"])),
    ("牵头科室", 12, _leads),
    ("配合科室", 12, lambda item: "、".join(_sections(item, "support"))),
    ("承办人", 10, lambda item: item["assignee_text"]),
    ("整改时限", 14, lambda item: item["deadline"]["raw"]),
    ("到期日", 11, lambda item: item["deadline"]["due"] or ""),
    ("状态", 8, lambda item: _STATES[item["state"]]),
    ("进展", 8, lambda item: _PROGRESS[item["progress"]]),
    ("整改结果", 30, lambda item: item["result"]),
    ("成效", 20, lambda item: item["effectiveness"]),
    ("提交人", 10, lambda item: _last(item, "submitted_by")),
    ("审核人", 10, lambda item: _last(item, "approved_by")),
    ("销号人", 10, _closer),
    ("销号日期", 11, _closed_on),
    ("佐证编号", 16, _numbers),
    ("备注", 14, lambda item: item["remark"]),
    ("文件夹", 14, lambda item: item["folder"]),
)  # fmt: skip


def write(path: Path, items: Iterable[Told], *, title: str, at: datetime) -> None:
    """One row in memory at a time; `at` is the only moment that the file tells."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": title, "created": at.replace(tzinfo=None)})
        sheet = book.add_worksheet("台账")
        edges = {"border": 1, "text_wrap": True, "valign": "vcenter", "font_size": 10}
        cell = book.add_format(edges)
        head = book.add_format(edges | {"bold": True, "align": "center", "bg_color": "#E8EDF3"})
        _set_up(sheet)
        for column, (words, width, _text) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, words, head)
        for row, item in enumerate(items, 1):
            for column, (_words, _width, text) in enumerate(_COLUMNS):
                sheet.write_string(row, column, text(item)[:_LONGEST_CELL], cell)


def _set_up(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)
    sheet.freeze_panes(1, 1)
    sheet.set_footer("&C&P / &N")
