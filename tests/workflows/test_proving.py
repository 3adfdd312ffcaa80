"""Evidence linked to the criterion it shows: by page and claim, once or several times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from core.refusals import NotFound, Unmet
from evidence.models import Evidence
from tests import make
from tests.workflows import scene
from workflows import catalogue, dossier, pages, verification
from workflows.actions import amendments, proving, rectification
from workflows.actions.standards import CriterionText
from workflows.models import Citation, Criterion, Item
from workflows.states import State, Worth

if TYPE_CHECKING:
    from tests.make import House

pytestmark = pytest.mark.django_db
CRITERIA = ("All lit；Checked at night", "An entry a week")


@pytest.fixture
def house() -> House:
    return make.house()


def item_of(house: House, state: str = State.RECTIFYING) -> Item:
    return make.item(state, house=house, criteria=CRITERIA)


def criteria_of(item: Item) -> list[Criterion]:
    rows = Criterion.objects.filter(measure__item=item)
    return list(rows.order_by("measure__position", "number"))


def attach(item: Item, house: House, criterion: Criterion, **words: Any) -> Citation:
    words = {"files": [make.paper()]} | words
    proving.attach(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        measure_id=criterion.measure_id,
        criterion_id=criterion.pk,
        **words,
    )
    return item.citations.latest("pk")


def gaps(item: Item) -> list[str]:
    with translation.override("en"):
        return [str(gap.words) for gap in Item.objects.get(pk=item.pk).gaps()]


def test_each_criterion_is_a_gap_until_a_piece_is_cited_for_it(house: House) -> None:
    item = item_of(house)
    lit, checked, entry = criteria_of(item)
    assert gaps(item) == [
        "evidence for measure 1, criterion 1",
        "evidence for measure 1, criterion 2",
        "evidence for measure 2, criterion 1",
    ]
    attach(item, house, lit)
    attach(item, house, entry)
    assert gaps(item) == ["evidence for measure 1, criterion 2"]
    with pytest.raises(Unmet) as missing:
        rectification.submit(item.pk, actor=house.staff.actor(), command=make.command(item))
    assert [at for at, _words in missing.value.holes] == [f"criterion-{checked.pk}"]


def test_one_paper_proves_several_things_under_one_number(house: House) -> None:
    item = item_of(house)
    lit, checked, _entry = criteria_of(item)
    attach(item, house, lit, claim="Photographs")
    paper = item.citations.get().evidence
    again = attach(item, house, checked, files=(), again=[paper.pk], claim="Taken at night")
    assert (again.evidence, again.no, again.criterion) == (paper, 1, checked)
    assert scene.last(item.subject).data["files"] == [
        {"citation": again.pk, "name": paper.name, "digest": paper.digest, "again": True}
    ]
    assert attach(item, house, checked, files=[make.paper("other.pdf")]).no == 2
    before = scene.everything(item)
    with pytest.raises(Unmet):
        attach(item, house, checked, files=(), again=[paper.pk])
    with pytest.raises(NotFound):
        attach(item, house, checked, files=(), again=[10**9])
    assert scene.everything(item) == before


def test_the_same_bytes_are_the_same_paper_by_whatever_name_and_prove_a_thing_once(
    house: House,
) -> None:
    item = item_of(house)
    lit, checked, _entry = criteria_of(item)
    attach(item, house, lit)
    copy = make.paper("copy.pdf", make.pdf("proof.pdf"))
    assert attach(item, house, checked, files=[copy]).no == 1
    twice = [make.paper("two.pdf"), make.paper("two.pdf")]
    before, kept = scene.everything(item), Evidence.objects.count()
    for files in ([copy], twice):
        with pytest.raises(Unmet, match="已在此处引用"):
            attach(item, house, lit, files=files)
    assert (scene.everything(item), Evidence.objects.count()) == (before, kept)


def test_what_a_paper_is_cited_for_is_told_in_the_order_of_the_measures(house: House) -> None:
    item = item_of(house)
    lit, checked, entry = criteria_of(item)
    attach(item, house, entry, files=[make.paper("other.pdf")])
    second = attach(item, house, checked)
    first = attach(item, house, lit, files=(), again=[second.evidence_id])
    for one in (first, second):
        assert dossier.links_of(one) == [first, second]
    proving.withdraw_evidence(
        item.pk, actor=house.staff.actor(), command=make.command(item), citation_id=first.pk
    )
    first.refresh_from_db()
    assert (dossier.links_of(first), dossier.links_of(second)) == ([], [second])


def test_a_measure_with_several_criteria_must_be_told_which(house: House) -> None:
    item = item_of(house)
    lit, _checked, entry = criteria_of(item)
    words: dict[str, Any] = {
        "actor": house.staff.actor(),
        "command": make.command(item),
        "files": [make.paper()],
    }
    with pytest.raises(Unmet) as which:
        proving.attach(item.pk, measure_id=lit.measure_id, **words)
    assert [text for _at, text in which.value.holes] == ["All lit", "Checked at night"]
    with pytest.raises(NotFound):
        proving.attach(item.pk, measure_id=lit.measure_id, criterion_id=entry.pk, **words)
    assert not item.citations.exists()
    proving.attach(item.pk, measure_id=entry.measure_id, **words)
    assert item.citations.get().criterion == entry


def test_a_link_is_changed_with_an_event_and_what_was_judged_of_it_falls(house: House) -> None:
    item = item_of(house)
    lit, checked, _entry = criteria_of(item)
    cited = attach(item, house, lit, claim="Photographs", pages="1")
    Citation.objects.filter(pk=cited.pk).update(judged=Worth.WRONG)
    assert "evidence for measure 1, criterion 1" in gaps(item)
    before = item.content_digest()
    words: dict[str, Any] = {
        "actor": house.staff.actor(),
        "citation_id": cited.pk,
        "measure_id": checked.measure_id,
        "criterion_id": checked.pk,
        "claim": "Photographs",
    }
    proving.relink(item.pk, command=make.command(item), pages="1", **words)
    linked = item.citations.standing().get()
    assert (linked.criterion, linked.no, linked.judged, linked.replaces) == (checked, 1, "", cited)
    assert item.content_digest() != before
    data = scene.last(item.subject).data
    assert (data["before"], data["after"], data["earlier"]) == (
        {"measure": 1, "criterion": 1, "claim": "Photographs", "pages": "1"},
        {"measure": 1, "criterion": 2, "claim": "Photographs", "pages": "1"},
        cited.pk,
    )
    words["citation_id"] = linked.pk
    for pages_said in ("1", "2", "one"):
        with pytest.raises(Unmet):
            proving.relink(item.pk, command=make.command(item), pages=pages_said, **words)
    assert item.citations.standing().get() == linked
    Citation.objects.filter(pk=cited.pk).update(judged="")  # no decision had found it wrong
    assert verification.verify_all().breaks == []


def test_the_digest_tells_one_criterion_from_two_and_the_whole_from_a_part(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house)
    first, *_others = item.measures.all()
    proving.attach(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        measure_id=first.pk,
        files=[make.paper()],
    )
    bare = item.content_digest()
    make.criterion("Lit", first)
    one_whole = item.content_digest()
    proving.relink(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        citation_id=item.citations.get().pk,
        measure_id=first.pk,
    )
    one = item.content_digest()
    Criterion(measure=first, number=2, text="Checked").save()
    two = item.content_digest()
    assert len({bare, one_whole, one, two}) == 4


@pytest.mark.parametrize(
    ("text", "of", "found"),
    [
        ("", 3, ""),
        (" 第 2 页 ", 3, "2"),
        ("1－3，7", 7, "1-3,7"),
        ("7、1~2", None, "1-2,7"),
        ("3,1-2,2", 3, "1-3"),
        ("5,", 5, "5"),
    ],
)
def test_pages_are_read_in_every_way_they_are_written(text: str, of: int, found: str) -> None:
    assert pages.understood(text, of=of, name="a.pdf") == found


@pytest.mark.parametrize("text", ["0", "3-1", "a", "1--2", "999999", "1-4"])
def test_pages_that_are_not_there_are_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(Unmet) as wrong:
        pages.understood(text, of=3, name="a.pdf")
    assert [at for at, _words in wrong.value.holes] == ["pages"]


def test_a_number_in_the_catalogue_stays_with_its_paper(house: House) -> None:
    item = item_of(house)
    lit, checked, entry = criteria_of(item)
    first = attach(item, house, lit, files=[make.paper("a.pdf")], pages="1", claim="Lit")
    proving.withdraw_evidence(
        item.pk, actor=house.staff.actor(), command=make.command(item), citation_id=first.pk
    )
    second = attach(item, house, checked, files=[make.paper("b.pdf")])
    attach(item, house, entry, files=(), again=[second.evidence_id])
    found = catalogue.entries([item])
    assert [(e.number, e.name, e.shows, e.pages, e.claim, e.withdrawn) for e in found] == [
        (f"{item.no}-01", "a.pdf", "1.1", "1", "Lit", True),
        (f"{item.no}-02", "b.pdf", "1.2", "", "", False),
        (f"{item.no}-02", "b.pdf", "2.1", "", "", False),
    ]
    assert [e.number for e in catalogue.entries([item], withdrawn=False)] == [f"{item.no}-02"] * 2
    assert found[1].digest == second.evidence.digest


def test_criteria_are_reworded_added_and_struck_out_only_in_a_draft(house: House) -> None:
    item = make.item(house=house, criteria=CRITERIA)
    lit, checked, _entry = criteria_of(item)
    [first, _second] = item.measures.all()

    def amend(*criteria: CriterionText) -> None:
        amendments.amend(
            item.pk,
            actor=house.office.actor(),
            command=make.command(item),
            measures=[amendments.MeasureText(id=first.pk, text=first.text, criteria=criteria)],
            reason=make.REASON,
        )

    text = CriterionText
    amend(text(id=lit.pk, text=""), text(id=None, text="1. Signed\n2. Filed"))
    assert [(c.number, c.text) for c in first.criteria.all()] == [
        (2, "Checked at night"),
        (3, "Signed"),
        (4, "Filed"),
    ]
    changes: Any = scene.last(item.subject).data["changes"]
    assert changes["measures"] == [
        [
            "Repair the lamps [All lit；Checked at night]",
            "Repair the lamps [Checked at night；Signed；Filed]",
        ]
    ]
    make.take(item, "assign", house)
    before = scene.everything(item)
    for refused in (
        text(id=checked.pk, text=" "),
        text(id=checked.pk, text="Checked；Signed"),
        text(id=10**9, text="Checked"),
    ):
        with pytest.raises((Unmet, NotFound)):
            amend(refused)
    assert scene.everything(item) == before
    assert [c.text for c in first.criteria.all()] == ["Checked at night", "Signed", "Filed"]
