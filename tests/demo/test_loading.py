from __future__ import annotations

import io
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker, Settings

from audit.models import Event
from core.models import Membership, Section, Unit, User
from demo import content
from evidence.models import Evidence
from evidence.storage.folder import path_of
from workflows.actions import checking
from workflows.models import Batch, Citation, Flag, Item, Measure, Round, Submission
from workflows.states import State

BUREAU = "澄岚市城市管理局"
STAGES = {
    "draft": 3,
    "assigned": 5,
    "rectifying": 14,
    "in_review": 6,
    "verifying": 4,
    "closed": 9,
}


def load(*words: str) -> str:
    said = io.StringIO()
    call_command("load_demo", *words, stdout=said)
    return said.getvalue()


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The demonstration, loaded once for all tests that only look at it."""
    outer: Any = transaction.atomic()
    outer._from_testcase = True  # as Django's TestCase has it, so that actions may be durable
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, outer:
        patch.setattr("django.conf.settings.VAR", tmp_path_factory.mktemp("var"))
        yield load()
        transaction.set_rollback(True)


@pytest.fixture
def own_var(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    return tmp_path


def item(no: str) -> Item:
    return Item.objects.get(round__code="2026-1", no=no)


def verbs(no: str) -> list[tuple[str, str]]:
    events = Event.objects.filter(subject=item(no).subject).order_by("seq")
    return [(event.name, event.actor_label) for event in events]


def test_every_item_stands_at_the_stage_its_story_gives_it(loaded: str) -> None:
    told = {one["no"]: one["stage"] for one in content.items(content.the_round())}
    assert dict(Item.objects.values_list("no", "state")) == told
    assert Counter(told.values()) == STAGES


def test_the_round_is_marked_as_a_demonstration(loaded: str) -> None:
    round_ = Round.objects.get()
    assert (round_.code, round_.demo, round_.unit.name) == ("2026-1", True, BUREAU)


def test_a_closed_item_came_there_by_the_acts_of_three_people(loaded: str) -> None:
    assert verbs("1-4") == [
        ("item.created", "沈若川"),
        ("item.assigned", "沈若川"),
        ("item.accepted", "李沐阳"),
        ("item.evidence_attached", "李沐阳"),
        ("item.evidence_attached", "李沐阳"),
        ("item.evidence_attached", "李沐阳"),
        ("item.progress_recorded", "李沐阳"),
        ("item.submitted", "李沐阳"),
        ("item.approved", "高振岳"),
        ("item.closed", "唐晓蓉"),
    ]
    for closed in Item.objects.filter(state=State.CLOSED).select_related("submission"):
        decided = closed.submission
        assert decided is not None
        three = {decided.submitted_by_id, decided.approved_by_id, decided.decided_by_id}
        assert len(three) == 3, closed.no
        assert closed.effectiveness


def test_one_item_came_back_from_the_section_head_and_one_from_the_office(loaded: str) -> None:
    returned = Submission.objects.filter(outcome="returned").order_by("item__position")
    who = [(s.item.no, s.decided_by.name) for s in returned if s.decided_by]
    assert who == [("1-7", "苏映秋"), ("2-5", "沈若川")]
    assert item("1-7").state == item("2-5").state == State.RECTIFYING


def test_nobody_was_refused_anything_on_the_way(loaded: str) -> None:
    assert not Event.objects.filter(name__in=["item.refused", "access.refused"]).exists()


def test_the_ledger_came_in_as_a_workbook_whose_bytes_are_kept(loaded: str) -> None:
    batch = Batch.objects.get()
    assert batch.confirmed_at is not None
    assert path_of(batch.digest).read_bytes().startswith(b"PK")
    assert len(batch.draft["aspects"]) == 4


def test_evidence_is_cited_with_bytes_of_its_kind(loaded: str) -> None:
    starts = {
        "image/png": b"\x89PNG",
        "image/jpeg": b"\xff\xd8\xff",
        "application/pdf": b"%PDF-1.5",
        "text/plain": b"",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": b"PK",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": b"PK",
    }
    citations = list(Citation.objects.select_related("evidence"))
    told = content.items(content.the_round())
    papers = {citation.evidence_id for citation in citations}
    assert len(papers) == sum(len(one.get("evidence", [])) for one in told)
    assert len(citations) == len(papers) + 2  # two of them show two things
    for citation in citations:
        kept = path_of(citation.evidence.digest).read_bytes()
        assert kept.startswith(starts[citation.evidence.media_type])
        assert citation.claim


def test_an_item_of_twenty_papers_has_two_that_the_checks_doubt(loaded: str) -> None:
    papers = {c.no: c for c in item("1-3").citations.select_related("evidence")}
    assert sorted(papers) == list(range(1, 21))
    assert item("1-3").state == State.IN_REVIEW
    original = Citation.objects.get(evidence__name="清淤前后对照.png")
    for one in (original, papers[1], papers[2], papers[7], papers[17]):
        checking.check_citation(one.pk)
    doubts = Flag.objects.filter(item=item("1-3")).order_by("citation__no")
    assert [(flag.citation.evidence.name, flag.rule) for flag in doubts if flag.citation] == [
        ("联动会商纪要.pdf", "meeting_before"),
        ("积水点处置照片.jpg", "same_picture"),
    ]


def test_no_two_papers_are_the_same_bytes(loaded: str) -> None:
    digests = list(Evidence.objects.values_list("digest", flat=True))
    assert len(set(digests)) == len(digests)


def test_a_measure_has_its_criterion_account_and_outcome(loaded: str) -> None:
    measure = Measure.objects.get(item=item("1-2"), position=3)
    assert str(measure.loss_recovered) == "12.6000"
    assert measure.people_held == 1
    assert measure.account == "扣减服务费12.6万元，约谈项目负责人1名。"
    assert Measure.objects.get(item=item("1-2"), position=1).criterion == "普查覆盖率100%"
    reason = Measure.objects.get(item=item("2-2"), position=3).no_evidence_reason
    assert reason.startswith("制度已经局务会审议")


def test_the_tree_has_a_city_its_bureau_and_a_sister_bureau(loaded: str) -> None:
    assert [(u.name, u.parent.name if u.parent else None) for u in Unit.objects.all()] == [
        ("澄岚市", None),
        (BUREAU, "澄岚市"),
        ("澄岚市水务局", "澄岚市"),
    ]
    assert Counter(Section.objects.values_list("unit__name", flat=True)) == {
        BUREAU: 7,
        "澄岚市水务局": 1,
    }


@pytest.mark.parametrize(
    ("login", "items"),
    [
        ("shenruochuan", 41),
        ("chengwangshu", 41),
        ("zhengqingyuan", 41),
        ("limuyang", 15),
        ("fengtingyu", 0),
        ("xuzhiyuan", 0),
        ("songanzhi", 0),
    ],
)
def test_each_person_sees_what_their_role_gives_them(loaded: str, login: str, items: int) -> None:
    actor = User.objects.get(username=login).actor()
    assert Item.objects.visible_to(actor).count() == items


def test_every_printed_login_opens_and_asks_for_no_new_password(loaded: str) -> None:
    assert len(loaded.splitlines()) == 1 + 30
    for user in User.objects.all():
        words = next(row.split() for row in loaded.splitlines() if user.username in row.split())
        assert user.check_password(words[words.index(user.username) + 1])
        assert not user.must_change_password
    assert not User.objects.filter(is_superuser=True).exists()
    assert Membership.objects.count() == 30


def test_the_logins_are_kept_for_their_owner_alone(loaded: str, settings: Settings) -> None:
    file = Path(settings.VAR) / "demo-logins.txt"
    assert file.read_text(encoding="utf-8") == loaded
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_call_says_so_and_changes_nothing(loaded: str) -> None:
    before = list(Event.objects.values_list("pk", "hash"))
    hashes = list(User.objects.values_list("pk", "password"))
    assert load().startswith("演示数据已经载入，登录信息在 ")
    assert list(Event.objects.values_list("pk", "hash")) == before
    assert list(User.objects.values_list("pk", "password")) == hashes


@pytest.mark.django_db
def test_production_is_refused(settings: Settings, own_var: Path) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="正式系统"):
        load()
    assert not Unit.objects.exists()
    assert not list(own_var.iterdir())


@pytest.mark.django_db
def test_a_database_with_real_units_is_refused(own_var: Path) -> None:
    Unit.found("真实的局")
    with pytest.raises(CommandError, match="只能载入空库"):
        load()
    assert not User.objects.exists()
    assert not list(own_var.iterdir())


@pytest.mark.no_cover
@pytest.mark.django_db
def test_an_interrupted_loading_goes_on_where_it_was(
    own_var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("workflows.actions.decisions.approve", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            load()
    assert item("1-2").state == State.IN_REVIEW
    first = (own_var / "demo-logins.txt").read_text(encoding="utf-8")

    assert load() == first
    assert Counter(Item.objects.values_list("state", flat=True)) == STAGES
    assert not Event.objects.filter(name="item.refused").exists()


@pytest.mark.no_cover
@pytest.mark.django_db
def test_loading_interrupted_among_the_people_starts_with_new_passwords(
    own_var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("workflows.actions.people.grant", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            load()
    assert not (own_var / "demo-logins.txt").exists()

    assert len(load().splitlines()) == 31
    assert User.objects.count() == Membership.objects.count() == 30
    assert Counter(Item.objects.values_list("state", flat=True)) == STAGES


@pytest.mark.sqlite  # about a file beside the database
@pytest.mark.no_cover
@pytest.mark.django_db
def test_lost_logins_are_handed_out_anew_on_request_only(own_var: Path) -> None:
    load()
    file = own_var / "demo-logins.txt"
    first = file.read_text(encoding="utf-8")
    file.unlink()
    assert "--new-passwords" in load()
    assert not file.exists()

    second = load("--new-passwords")
    assert file.read_text(encoding="utf-8") == second
    assert (
        not set(first.split())
        & set(second.split())
        & {word for word in first.split() if len(word) == 16 and word.isascii()}
    )
    assert Counter(Item.objects.values_list("state", flat=True)) == STAGES


def _interrupt(*_args: object, **_named: object) -> None:
    raise KeyboardInterrupt
