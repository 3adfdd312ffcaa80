"""People and sections out of one cell, and who of the sections leads."""

import re
from dataclasses import dataclass, field

# The hundred and some family names that cover nearly everybody; what stands in brackets after a
# section is a person only when it looks like one, because 机关党委（人事科） is a section.
_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴"
    "霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚"
    "岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑"
    "迟邝岚"
)
_PERSON = re.compile(rf"(?:欧阳|司马|上官|诸葛|[{_FAMILY}])[一-鿿·]{{1,3}}")
_UNIT_ENDS = tuple("科处室办局部委组队所站股院校厂司会区镇乡村段班")
_TITLE = re.compile(
    r".*(?:长|书记|主任|委员|主席|经理|调研员|工程师|会计师|经济师|科员|干事|领导|责任人|成员|总监|兼)$"
)
_BRACKETS = {"（": "）", "(": ")", "【": "】", "[": "]", "《": "》", "“": "”", "「": "」"}
_SEPARATORS = "、，,；;/／\n|"
_TAIL = re.compile(r"(.+?)\s*[（(【\[]([^（()）【】\[\]]*)[）)】\]]")
_LEAD = r"牵头|主责|主办|负责|主抓"
_SUPPORT = r"配合|协办|协助|参与|协同|参加"
_WHAT = r"(?:责任|部门|单位|科室|处室|股室|机构)*"
_HEADING = re.compile(rf"(?:(?P<lead>{_LEAD}|责任)|(?P<support>{_SUPPORT})){_WHAT}[:：]\s*")
_MARK = re.compile(rf"(?:(?P<lead>{_LEAD})|(?P<support>{_SUPPORT})){_WHAT}")
_SUFFIX = re.compile(rf"(?P<who>.+?)(?P<mark>{_LEAD}|{_SUPPORT})")


@dataclass(slots=True)
class Sections:
    lead: list[str] = field(default_factory=list)
    support: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)


def people(text: str) -> list[str]:
    """Split at 、，；/ and line breaks, and at spaces between whole names; drop titles in ()."""
    found = [_untitled(part) for part in _parts(text)]
    return list(dict.fromkeys(name for name in found if name))


def sections(text: str) -> Sections:
    """Without any mark every section leads; with one, the unmarked ones cooperate."""
    found: list[tuple[str, str]] = []
    result = Sections()
    for heading, stretch in _stretches(text):
        for part in _parts(stretch):
            name, mark, persons = _section(part)
            result.people += persons
            found.append((name, mark or heading))
    unmarked = "support" if any(mark == "lead" for _, mark in found) else "lead"
    for name, mark in dict.fromkeys(found):
        target = result.lead if (mark or unmarked) == "lead" else result.support
        target.append(name)
    result.support = [name for name in result.support if name not in result.lead]
    result.people = list(dict.fromkeys(result.people))
    return result


def _stretches(text: str) -> list[tuple[str, str]]:
    """Cut `牵头：甲；配合：乙、丙` into what each heading rules."""
    headings = list(_HEADING.finditer(text))
    ends = [found.start() for found in headings[1:]] + [len(text)]
    cut = [("", text[: headings[0].start()] if headings else text)]
    for found, end in zip(headings, ends, strict=False):
        cut.append((found.lastgroup or "", text[found.end() : end]))
    return cut


def _section(part: str) -> tuple[str, str, list[str]]:
    """Give a section's name, its mark (lead, support or none) and the people named with it."""
    mark, persons = "", []
    while tail := _TAIL.fullmatch(part):
        inner = tail[2].strip()
        if found := _MARK.fullmatch(inner):
            mark = found.lastgroup or ""
        elif names := _persons(inner):
            persons = names
        else:
            break
        part = tail[1].strip()
    if not mark and (suffix := _SUFFIX.fullmatch(part)):
        part = suffix["who"].strip()
        mark = "lead" if re.fullmatch(_LEAD, suffix["mark"]) else "support"
    return part, mark, persons


def _persons(inner: str) -> list[str]:
    names = people(inner)
    return names if names and all(_is_person(name) for name in names) else []


def _is_person(name: str) -> bool:
    return bool(_PERSON.fullmatch(name)) and not name.endswith(_UNIT_ENDS)


def _untitled(part: str) -> str:
    tail = _TAIL.fullmatch(part)
    return tail[1].strip() if tail and _TITLE.fullmatch(tail[2].strip()) else part


def _parts(text: str) -> list[str]:
    parts, closing, current = [], "", ""
    for sign in text:
        if not closing and sign in _SEPARATORS:
            parts += _spaced(current)
            current = ""
            continue
        closing = _BRACKETS.get(sign, "") if not closing else closing.replace(sign, "")
        current += sign
    return parts + _spaced(current)


def _spaced(part: str) -> list[str]:
    """Split `张三 李四`, but keep `张 三`, the two signs spread to the width of three."""
    words = part.split()
    if all(len(word) == 1 for word in words):
        return ["".join(words)] if words else []
    if not all(re.fullmatch(r"[一-鿿·]+(?:[（(].*[）)])?", word) for word in words):
        return [" ".join(words)]
    joined: list[str] = []
    half = ""
    for word in words:
        if len(word) > 1:
            joined += [half, word] if half else [word]
            half = ""
        elif half:
            joined.append(half + word)
            half = ""
        else:
            half = word
    return [*joined, half] if half else joined
