"""Minutes and accounts in the words of the trade, from seeds, and what is done to them.

Two papers of one template share headings and forms of words and nothing else; a paper that was
tampered with shares nearly all.
"""

from __future__ import annotations

import io
from datetime import datetime
from random import Random
from zipfile import ZipFile

import docx
import openpyxl

WHO = [
    "市政科",
    "绿化科",
    "财务科",
    "办公室",
    "工程科",
    "人事科",
    "法规科",
    "环卫所",
    "排水中心",
    "照明中心",
    "督查组",
    "第三方单位",
    "街道办",
    "物业公司",
    "养护班组",
    "项目部",
    "监理单位",
    "机关纪委",
    "工会",
    "值班人员",
]
DID = [
    "逐条排查",
    "现场核实",
    "集中清理",
    "重新签订",
    "张榜公布",
    "分批更换",
    "连夜抢修",
    "全面检测",
    "逐户走访",
    "联合整治",
    "专题研究",
    "公开招标",
    "从严追缴",
    "重新核算",
    "当场拆除",
    "统一编号",
    "限期退还",
    "组织培训",
    "邀请专家评审",
    "委托第三方检测",
    "建档立卡",
    "限时办结",
    "上门回访",
    "补充采购",
    "书面致歉",
    "移交档案",
]
WHAT = [
    "破损井盖",
    "内涝积水点",
    "路灯线路",
    "公共厕所",
    "行道树",
    "超标准办公用房",
    "公务接待台账",
    "工程变更签证",
    "劳务派遣合同",
    "违规发放的补贴",
    "闲置设备",
    "渣土运输车辆",
    "占道广告牌",
    "信访积案",
    "食堂采购票据",
    "公车加油卡",
    "固定资产",
    "招标文件",
    "城市桥梁",
    "雨水管网",
    "停车泊位",
    "建筑垃圾堆放点",
    "无障碍坡道",
    "健身器材",
    "绿地认养协议",
    "水泵站",
    "监控探头",
    "垃圾中转站",
    "人行道地砖",
    "护栏",
    "施工围挡",
    "采购合同",
    "差旅报销单",
    "印章使用登记",
    "值班记录",
    "学习笔记",
]
WHERE = [
    "城南片区",
    "老火车站周边",
    "滨河路",
    "解放大道",
    "工业园区",
    "三个老旧小区",
    "北门菜市场",
    "体育公园",
    "向阳街",
    "学府路",
    "开发区二期",
    "西环路沿线",
    "机关大院",
    "下属二级单位",
    "全部二十个社区",
    "东湖北岸",
]
RESULT = [
    "群众反映的问题得到解决",
    "经复核符合要求",
    "形成长效管护办法",
    "挽回损失并上缴财政",
    "明确了责任人和完成时限",
    "修订完善了管理制度",
    "未再接到同类投诉",
    "通过了联合验收",
    "资料已整理归档",
    "整改成效在公开栏公示",
    "相关责任人被约谈",
    "已纳入年度考核",
    "提前完成节点任务",
    "恢复正常运行",
    "建立了月度巡检机制",
    "与周边单位签订共管协议",
]
HEAD = "中共某市城市管理局党组\n整改工作专题会议纪要\n"
TAIL = (
    "会议强调，要提高政治站位，压实整改责任，坚持问题导向，确保整改任务落实到位。\n"
    "会议要求，各责任科室要对照整改方案，倒排工期，按时报送进展情况。"
)  # fmt: skip
NAMES = "王建国 李红梅 赵志强 陈晓东 刘芳 周海涛 孙丽 吴敏 郑伟 冯军 何静 许文 曹磊 彭亮 董洁 袁波"
PEOPLE = NAMES.split()


def sentence(dice: Random) -> str:
    count, unit = dice.randint(2, 96), dice.choice(["处", "件", "户", "万元", "人次", "份", "台"])
    return (
        f"{dice.choice(WHO)}对{dice.choice(WHERE)}的{dice.choice(WHAT)}{dice.choice(DID)}，"
        f"共涉及{count}{unit}，由{dice.choice(PEOPLE)}负责，{dice.choice(RESULT)}。"
    )


def day(dice: Random, year: int = 2026) -> str:
    return f"{year}年{dice.randint(4, 11)}月{dice.randint(1, 28)}日"


def minutes(seed: int, *, held: str = "", length: int = 0) -> str:
    """Minutes of one meeting; headings and closing words are everybody's."""
    dice = Random(f"minutes{seed}")
    present = "、".join(dice.sample(PEOPLE, 6))
    body = "\n".join(sentence(dice) for _ in range(length or dice.randint(6, 14)))
    held = held or day(dice)
    return (
        f"{HEAD}会议时间：{held}\n会议地点：三楼会议室\n主持人：{dice.choice(PEOPLE)}\n"
        f"出席人员：{present}\n会议听取了有关情况汇报，研究了下一步工作。\n{body}\n{TAIL}\n"
    )


def account(seed: int) -> str:
    """What an office says of one measure."""
    dice = Random(f"account{seed}")
    return "".join(sentence(dice) for _ in range(dice.randint(2, 4)))


def renumbered(text: str, dice: Random) -> str:
    """Other days and other counts, and not a word besides."""
    out = []
    for part in text.split("，"):
        digits = "".join(filter(str.isdigit, part))
        out.append(part.replace(digits, str(int(digits) + dice.randint(1, 9))) if digits else part)
    return "，".join(out)


def reworded(text: str, dice: Random) -> str:
    """A few names and places changed."""
    for words in (WHO, WHERE, PEOPLE):
        here = [word for word in words if word in text]
        if here:
            text = text.replace(dice.choice(here), dice.choice(words))
    return text


def reordered(text: str, dice: Random) -> str:
    lines = text.splitlines()
    middle = lines[7:-2]
    dice.shuffle(middle)
    return "\n".join([*lines[:7], *middle, *lines[-2:]])


def lengthened(text: str, dice: Random) -> str:
    lines = text.splitlines()
    lines.insert(len(lines) - 2, sentence(dice))
    return "\n".join(lines)


def widened(text: str, _dice: Random) -> str:
    """Half-width signs and loose blanks, as after a copy from a page."""
    return text.translate(str.maketrans("，。：、", ",.:,")).replace("\n", " \n ")


TAMPERINGS = {
    "renumbered": renumbered, "reworded": reworded, "reordered": reordered,
    "lengthened": lengthened, "widened": widened,
}  # fmt: skip


def tampered(text: str, how: str, seed: int) -> str:
    return TAMPERINGS[how](text, Random(f"{how}{seed}"))


def as_docx(text: str, *, created: datetime | None = None) -> bytes:
    paper = docx.Document()
    for line in text.splitlines():
        paper.add_paragraph(line)
    if created is not None:
        paper.core_properties.created = paper.core_properties.modified = created
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def as_xlsx(text: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row, line in enumerate(text.splitlines(), 1):
        for column, cell in enumerate(line.split("，"), 1):
            sheet.cell(row, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_picture(picture: bytes, text: str) -> bytes:
    paper = docx.Document()
    paper.add_paragraph(text)
    paper.add_picture(io.BytesIO(picture), width=docx.shared.Cm(14))
    out = io.BytesIO()
    paper.save(out)
    assert ZipFile(io.BytesIO(out.getvalue())).testzip() is None
    return out.getvalue()
