"""The search box over 10^3 and 10^6 short texts, on both databases: python -m bench.search [TEXTS].

Whoever sees one unit of a hundred asks, and whoever sees all, for words that stand in nearly every
text, in few and in none. Writes bench/search.json: p50 and p95 of the answer, and the plan of the
slowest query. TEXTS is the larger of the two sizes.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.queue import ROOMY, Figures, measured, watched
from tests import postgres

SMALL, LARGE = 1_000, 1_000_000
PAGES = 15
"""Texts of an item: itself, its measure, and so many pages of one piece of evidence."""
EACH = PAGES + 2
WORDS = (
    "城区 内涝 积水 路段 清淤 管网 排查 整改 措施 落实 责任 科室 台账 验收 单位 会议 纪要 资金 拨付 "  # noqa: SIM905
    "项目 工程 质量 监管 巡察 反馈 问题 销号 完成 时限 制度 建立 健全 学习 中心 理论 党组 干部 群众 "
    "投诉 热线 办理 满意 环卫 垃圾 分类 绿化 路灯 照明 桥梁 养护 停车 执法 广告 拆除 违建 公示 审计"
).split()
ASKED = {
    "in most": "整改",
    "in many": "内涝积水",
    "two words": "路灯 验收",
    "in few": "编号777",
    "in none": "量子计算",
    "initials": "lddl",
    "a number": "777",
}
HERE = Path(__file__).parent


def texts(first: int, last: int) -> Iterator[tuple[Any, ...]]:
    """(kind, item, measure, citation, page, body): the same for the same numbers."""
    for item in range(first, last + 1):
        dice = random.Random(item)  # noqa: S311 -- to be the same everywhere
        some = lambda n: "".join(dice.choices(WORDS, k=n))  # noqa: E731, B023 -- used at once
        yield "item", item, None, None, 0, f"{item} {some(6)}编号{item} lddl{item % 97}"
        yield "measure", item, item, None, 0, some(12)
        for page in range(1, PAGES + 1):
            yield "piece", item, None, item, page, f"第{page}页整改{some(40)}编号{item}"


def load(first: int, last: int) -> None:
    from django.db import connection, transaction  # noqa: PLC0415 -- needs the settings

    from bench import crowd  # noqa: PLC0415
    from bench.sql import inserted, moment, series  # noqa: PLC0415
    from evidence.models import Evidence, ExtractedText  # noqa: PLC0415
    from workflows.models import Citation, Measure  # noqa: PLC0415

    crowd.items(first, last)
    numbers = series(first, last)
    digest = "'" + "0" * 44 + "' || (10000000000000000000 + i)"
    if connection.vendor == "postgresql":
        digest = "lpad(i::text, 64, '0')"
    else:
        digest = "printf('%%064d', i)"
    now = moment("0")
    measures = dict(Measure.objects.filter(item__gte=first).values_list("item_id", "pk"))
    with transaction.atomic(), connection.cursor() as cursor:
        inserted(
            Evidence, numbers, id="i", digest=digest, size="1", name="'paper' || i || '.pdf'",
            media_type="'application/pdf'", received_at=now, received_from_id=str(crowd.BUSIEST[0].user_id),
            inspection="'clean'", inspected_at=now,
        )  # fmt: skip
        inserted(
            Citation, "workflows_measure WHERE item_id BETWEEN " + f"{first} AND {last}", id="item_id",
            item_id="item_id", measure_id="id", evidence_id="item_id",
            cited_by_id=str(crowd.BUSIEST[0].user_id), cited_at=now,
        )  # fmt: skip
        rows, batch = texts(first, last), []
        pages: list[tuple[str, str]] = []
        insert = (
            "INSERT INTO workflows_searchable"
            " (kind, item_id, measure_id, citation_id, page, body, slice)"
            " VALUES (%s, %s, %s, %s, %s, %s, 0)"
        )
        for kind, item, measure, citation, page, body in rows:
            batch.append((kind, item, measures[item] if measure else None, citation, page, body))
            if len(batch) == 5000:
                cursor.executemany(insert, batch)
                batch.clear()
        cursor.executemany(insert, batch)
    crowd.analysed()
