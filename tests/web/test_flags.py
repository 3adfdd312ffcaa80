"""The pages of flags: the list, both sides, the answer, the rules of a round."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Event, Owed
from evidence.prints import index, reading
from reports import flag_words
from tests import make
from tests.checks import minutes, scenes, tampering
from tests.make import House
from tests.web.addresses import client_of
from workflows.checks import rules
from workflows.checks.rules import Rule
from workflows.models import Citation, Flag, Item, Round
from workflows.states import State

pytestmark = pytest.mark.django_db

WHY = "Looked at both on site: two different streets."


def page(client: Client, url: str, language: str = "en") -> str:
    client.cookies["django_language"] = language
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def plain(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def with_photo(house: House, seed: int, name: str) -> Citation:
    """A citation of a photograph whose fingerprint is kept."""
    import io

    image = scenes.photographed(scenes.street(seed).resize((600, 450)), seed)
    data = tampering.encoded(image)
    item = make.item(State.RECTIFYING, house=house)
    make.attach(item, house, make.paper(name, data))
    citation = item.citations.get()
    index.keep(citation.evidence.digest, reading.answer(io.BytesIO(data), "jpg"))
    return citation


PICTURES: dict[str, Any] = {
    "alike": 97,
    "covered": 84,
    "picture": 1,
    "page": 2,
    "other_picture": 1,
    "other_page": 1,
    "size": [600, 450],
    "other_size": [1200, 900],
    "box": [0, 0, 100, 100],
    "other_box": [6, 4, 95, 100],
}


def two_photos() -> tuple[House, Flag]:
    house = make.house()
    first, second = (with_photo(house, n, name) for n, name in ((1, "一.jpg"), (2, "二.jpg")))
    return house, make.flag(second.item, "same_picture", other_citation=first, told=PICTURES)


def test_both_pictures_stand_side_by_side_with_the_reason_and_what_both_show_framed() -> None:
    house, flag = two_photos()
    client = client_of(house.office)
    html = page(client, f"/flags/{flag.pk}/")
    words = plain(html)
    assert "97% of the picture is the same as a picture handed in for another item" in words
    assert "600 × 450 pixels here, 1200 × 900 there" in words
    assert "84% of the smaller one lie within the other; here on page 2." in words
    assert "一.jpg" in words
    assert 'x="6%" y="4%" width="89%" height="96%"' in html
    for side in ("own", "other"):
        answer = client.get(f"/flags/{flag.pk}/{side}.jpg")
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer.content.startswith(b"\xff\xd8\xff")
    assert client.get(f"/flags/{flag.pk}/third.jpg").status_code == 200  # whatever is not own


def test_clearing_needs_a_reason_and_is_told_on_the_page_and_in_the_history() -> None:
    house, flag = two_photos()
    client = client_of(house.office)
    client.cookies["django_language"] = "en"
    url = f"/flags/{flag.pk}/answer/"
    refused = client.post(url, {"do": "clear", "reason": "fine"})
    assert refused.status_code == 422
    assert Flag.objects.get().state == "open"
    assert client.post(url, {"do": "dance", "reason": WHY}).status_code == 422
    assert client.post(url, {"do": "clear", "reason": WHY}).status_code == 302
    words = plain(page(client, f"/flags/{flag.pk}/"))
    assert f"Cleared by {house.office.name}" in words
    assert WHY in words
    assert client.post(url, {"do": "reopen", "reason": WHY}).status_code == 302
    words = plain(page(client, f"/flags/{flag.pk}/"))
    assert f"To be looked at again, said {house.office.name}" in words
    history = plain(page(client, f"/items/{flag.item_id}/"))
    for told in ("noticed something doubtful", "cleared a doubt", "wants a doubt looked at again"):
        assert told in history
    assert "The same picture elsewhere: 二.jpg" in history


def test_whoever_handed_it_in_reads_why_they_may_not_answer() -> None:
    house, flag = two_photos()
    words = plain(page(client_of(house.staff), f"/flags/{flag.pk}/"))
    assert "Only the rectification office" in words
    assert "Clear it" not in words


def test_the_other_side_of_another_unit_is_not_named() -> None:
    house, elsewhere = make.house(), make.house()
    other = with_photo(elsewhere, 3, "secret.jpg")
    own = with_photo(house, 4, "own.jpg")
    flag = make.flag(own.item, "same_picture", other_citation=other, told=PICTURES)
    client = client_of(house.office)
    words = page(client, f"/flags/{flag.pk}/")
    assert "another unit, which you may not open" in words
    for secret in ("secret.jpg", other.item.no, elsewhere.staff.name, "other.jpg"):
        assert secret not in words
    assert client.get(f"/flags/{flag.pk}/other.jpg").status_code == 404
    assert client_of(elsewhere.office).get(f"/flags/{flag.pk}/").status_code == 404


def test_the_list_is_narrowed_and_pages_and_an_empty_one_says_what_will_come() -> None:
    house, flag = two_photos()
    client = client_of(house.office)
    listed = plain(page(client, "/flags/"))
    assert f"{flag.item.no} {flag.item.title}" in listed
    assert "The same picture elsewhere (1)" in listed
    assert "None of these" in page(client, "/flags/?state=cleared")
    away = f"/flags/?rule=blank_pages&unit=x&of={flag.item.round.code}&page=9"
    assert "Nothing was noticed so far; the checks are not done yet." in page(client, away)
    Owed.objects.filter(handler="checks").update(paid_at=timezone.now())
    assert "Nothing is doubtful now" in page(client, away)
    for n in range(20):
        blank = {"blank": [n], "count": 1, "pages": 3}
        make.flag(make.item(State.IN_REVIEW, house=house), told=blank)
    assert "Page 2 of 2" in plain(page(client, "/flags/?page=2"))


def test_pages_say_that_checks_are_owed_until_none_is() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    client = client_of(house.head)
    owed = Owed.objects.filter(handler="checks", event__subject=item.subject)
    assert owed.count() == 2  # a paper, and the words of what was handed in
    whole = plain(page(client, "/flags/"))
    assert "The checks have not yet looked at everything of 1 items." in whole
    for address in (f"/review/?item={item.pk}", f"/flags/waiting/?item={item.pk}"):
        assert "The checks have 2 hand-ins of this item before them." in plain(
            page(client, address)
        )
    elsewhere = client_of(make.house().head)
    assert "Still being checked" not in page(elsewhere, "/flags/")
    assert elsewhere.get(f"/flags/waiting/?item={item.pk}").status_code == 404
    assert "1 items" in plain(page(client, f"/flags/waiting/?of={item.round.code}"))
    assert "Everything is checked now." in page(client, "/flags/waiting/?of=another")
    owed.update(paid_at=timezone.now())
    assert "Everything is checked now." in page(client, f"/flags/waiting/?item={item.pk}")
    for address in (f"/review/?item={item.pk}", "/flags/"):
        assert "checks-waiting" not in page(client, address)


def test_a_doubt_stands_at_its_paper_and_the_way_back_to_the_decision_is_kept() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    flag = make.flag(item)
    client = client_of(house.head)
    drawn = page(client, f"/review/?item={item.pk}")
    assert drawn.count('class="piece-doubt"') == 1
    assert f'href="/flags/{flag.pk}/?from=review"' in drawn
    viewed = page(client, f"/evidence/{item.citations.get().pk}/view/")
    assert viewed.count('class="piece-doubt"') == 1
    said = client.post(f"/flags/{flag.pk}/answer/?from=review", {"do": "clear", "reason": WHY})
    assert said["Location"] == f"/flags/{flag.pk}/?from=review"
    assert f'href="/review/?item={item.pk}">Back to the decision' in page(client, said["Location"])


def test_flags_by_unit_for_whoever_oversees_several() -> None:
    house, elsewhere = make.house(), make.house()
    for of in (house, elsewhere):
        make.flag(make.item(State.IN_REVIEW, house=of))
    above = make.person("inspection_office", unit=house.unit)
    make.membership(above, "inspection_office", unit=elsewhere.unit)
    words = plain(page(client_of(above), "/flags/"))
    assert "By unit" in words
    assert f"{house.unit.name} 1" in words
    assert f"{elsewhere.unit.name} 1" in words


def test_flags_stand_before_the_decision_and_fill_in_a_return() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    flag = make.flag(item)
    client = client_of(house.head)
    words = plain(page(client, f"/review/?item={item.pk}&flag={flag.pk}"))
    assert "Doubts to be answered: 1" in words
    assert "There is nothing on it, or next to nothing." in words
    assert "Explain this, or hand in what proves it." in words
    assert "doubtful" in words
    assert "Explain this" not in page(client, f"/review/?item={item.pk}&flag=7")
    own = plain(page(client, f"/flags/{flag.pk}/?from=review"))
    assert "Back to the decision" in own
    assert "Return the item" in own


def test_the_check_of_the_ledger_counts_items_with_open_flags() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    client = client_of(house.office)
    assert "No item has a doubt that nobody answered." in page(client, "/faults/?hole=flag")
    make.flag(item)
    html = page(client, "/faults/?hole=flag")
    assert f"/flags/?item={item.pk}" in html


def test_the_office_chooses_a_preset_or_sets_rule_by_rule() -> None:
    house = make.house()
    round_ = make.round_(house)
    url = f"/rounds/{round_.pk}/checks/"
    client = client_of(house.office)
    assert "Three ways to begin" in page(client, url)
    assert client.post(url, {"preset": "strict"}).status_code == 302
    assert Round.objects.get().check_rules == rules.preset("strict")
    numbers = {f"number-{one.rule}": "50" for one in rules.RULES if one.threshold}
    assert client.post(url, {**numbers, "on-edited": "yes", "gate": "yes"}).status_code == 302
    kept = Round.objects.get().check_rules
    assert (kept["gate"], kept["rules"]["edited"]["on"]) == (True, True)
    assert (kept["rules"]["same_bytes"]["on"], kept["rules"]["same_text"]["number"]) == (False, 50)
    assert client.post(url, {**numbers, "number-same_text": "x"}).status_code == 422
    assert Event.objects.filter(name="round.checks_set").count() == 2
    words = plain(page(client_of(house.head), url))
    assert "The rectification office sets these rules." in words
    assert "Save the rules" not in words
    assert client_of(make.house().office).get(url).status_code == 404


def test_a_whole_round_is_looked_at_again_as_a_job() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    client = client_of(house.office)
    html = page(client, f"/rounds/{item.round_id}/checks/")
    command = re.findall(r'name="command" value="([^"]+)"', html)[-1]
    answer = client.post(f"/rounds/{item.round_id}/checks/again/", {"command": command})
    assert answer.status_code == 302
    told = f"Looking for doubts in {item.round.code} again: 1 items"
    assert told in page(client, answer["Location"])


def test_an_account_stands_beside_its_measure() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    measure = item.measures.all()[0]
    said: dict[str, Any] = {"citation": None, "measure": measure, "told": {"share": 90}}
    flag = make.flag(item, "repeats_measure", **said)
    client = client_of(house.office)
    assert "piece-doubt" not in page(client, f"/items/{item.pk}/")  # it is of no paper
    words = plain(page(client, f"/flags/{flag.pk}/"))
    assert "90% of it are the measure's own words" in words
    assert "the account of measure 1" in words
    assert "Repair the lamps" in words


TOLD: dict[Rule, tuple[dict[str, Any], str]] = {
    Rule.SAME_BYTES: ({}, "The very same file"),
    Rule.SAME_TEXT: ({"alike": 91}, "91% of the wording"),
    Rule.ALIKE_BUT_NUMBERS: ({}, "only numbers differ"),
    Rule.TAKEN_BEFORE: ({"taken": "2025-11-02", "feedback": "2026-03-01"}, "2025"),
    Rule.TAKEN_AFTER: ({"taken": "2026-05-02", "claimed": "2026-03-20"}, "said to be of"),
    Rule.EDITED: ({"software": "GIMP"}, "“GIMP” wrote it"),
    Rule.MADE_AFTER: (
        {"claimed": "2026-04-10", "made": "2026-09-20", "days": 163},
        "163 days later",
    ),
    Rule.MEETING_BEFORE: ({"held": "2025-12-05", "feedback": "2026-03-01"}, "was held on"),
    Rule.PLACEHOLDER: ({"places": ["XX局", "[请填写]"], "count": 2}, "“XX局”, “[请填写]”"),
    Rule.ONE_SCAN_FOR_MANY: ({"measures": 9}, "cited for 9 measures"),
    Rule.BLANK_PAGES: ({"blank": [2, 3], "count": 2, "pages": 3}, "2 of 3 pages"),
}


def test_each_rule_says_why_in_a_sentence() -> None:
    from django.utils import translation

    with translation.override("en"):
        for rule, (told, words) in TOLD.items():
            assert words in flag_words.sentence(Flag(rule=rule, told=told)), rule
        same = {**PICTURES, "other_size": [600, 450], "covered": 99, "page": 1}
        sentence = flag_words.sentence(Flag(rule="same_picture", told=same))
        assert sentence.count(";") == 0
        assert flag_words.about(Flag(rule="same_text")) == "the result of the item"
        [said] = flag_words.ABOUT["flag.raised"]({"rule": "same_text", "measure": 2})
        assert said == "All but the same text elsewhere: account of measure 2"
        assert flag_words.ABOUT["flag.raised"]({"rule": "same_text", "measure": 0}) == [
            "All but the same text elsewhere"
        ]


def test_two_texts_are_marked_by_what_they_share() -> None:
    own, other = flag_words.marked(
        "会议听取汇报。\n清淤7处！我方独有。", "会议听取汇报。清淤12处！"
    )
    assert [(p.text, p.kind) for p in own] == [
        ("会议听取汇报。", "same"),
        ("\n", "own"),
        ("清淤", "same"),
        ("7", "number"),
        ("处！", "same"),
        ("我方独有。", "own"),
    ]
    assert [p.kind for p in other] == ["same", "same", "number", "same"]
    cut, _rest = flag_words.marked("长" * 7000, "")
    assert cut[-1].text == "…"
    assert minutes.minutes(1)
    assert Item.objects.count() == 0
