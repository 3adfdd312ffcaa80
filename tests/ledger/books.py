"""Workbooks made by hand for one test each."""

import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ledger import Doubt, Draft, DraftItem, read

PLAIN_HEADER = ["序号", "方面", "问题", "整改措施", "责任领导", "责任科室", "整改时限", "完成情况"]
PLAIN_ROW = ["1-1", "（一）甲", "乙", "丙", "周明", "办公室", "2023年6月", "未完成"]


def book(
    *rows: Iterable[Any],
    merges: Iterable[str] = (),
    also: Callable[[Worksheet], object] | None = None,
) -> bytes:
    whole = Workbook()
    page = whole.active
    assert isinstance(page, Worksheet)
    page.title = "台账"
    for row in rows:
        page.append(list(row))
    for merge in merges:
        page.merge_cells(merge)
    if also:
        also(page)
    return saved(whole)


def saved(whole: Workbook) -> bytes:
    out = io.BytesIO()
    whole.save(out)
    return out.getvalue()


def draft(*rows: Iterable[Any], year: int | None = None, **layout: Any) -> Draft:
    return read(book(*rows, **layout), name="台账.xlsx", year=year)


def plain(year: int | None = None, **cells: Any) -> tuple[DraftItem, Draft]:
    """One problem under the plain header, with the named cells changed."""
    places = dict(zip(PLAIN_HEADER, PLAIN_ROW, strict=True)) | cells
    whole = draft(PLAIN_HEADER, [places[name] for name in PLAIN_HEADER], year=year)
    return whole.items[0], whole


def tree(whole: Draft) -> list[Any]:
    """Numbers and titles alone: (no, title, problems or items)."""
    return [
        (
            aspect.no,
            aspect.title,
            [
                (p.no, p.title, [(i.no, i.title, i.measures) for i in p.items])
                for p in aspect.problems
            ],
        )
        for aspect in whole.aspects
    ]


def doubted(doubts: Iterable[Doubt]) -> list[tuple[str, str]]:
    return [(doubt.cell, doubt.severity) for doubt in doubts]


def archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}
