"""An archive holds all of its items, is the same bytes every time, and proves itself."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django.fixtures import Settings

from audit import jobs, sealing
from audit.models import Event, Job, Reason
from core.actor import SYSTEM
from core.refusals import NotFound, NotPermitted, Unmet
from core.roles import Role
from evidence import storage
from evidence.models import Evidence
from reports.archive import build, closing, facts, making
from reports.archive.bundle import Bundle
from reports.archive.scope import scope_of
from tests import make
from tests.audit.chains import write
from tests.make import House
from tests.reports.archived import Known, asked, files_of, furnished, made, verified
from tests.workflows import scene
from workflows.actions import decisions, disposals, proving, rounds
from workflows.actions.signing import Signing
from workflows.models import Item, Round, Submission
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.ARCHIVES_AT_WORK = tmp_path / "at-work"
    settings.AUDIT_KEYS = {"1": "11" * 32}


@pytest.fixture
def house() -> House:
    return make.house()


def closed(of: House) -> Item:
    return make.item(State.CLOSED, house=of)


def test_an_archive_of_a_round_is_whole_to_a_strangers_python(house: House, tmp_path: Path) -> None:
    _house, round_ = furnished(house)
    archive = made(round_.subject, house.office)
    known = Known.now(tmp_path)
    for name, text in (("pins", known.pins), ("out", known.outside), ("key", "1:" + "11" * 32)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    places = {"pin": "pins", "outside": "out", "key": "key"}
    words = [f"--{flag}={tmp_path / name}" for flag, name in places.items()]
    code, told = verified(archive, tmp_path, *words)
    assert (code, told["findings"]) == (0, [])
    files, chains, events, items = told["checked"]
    assert (chains, items) == (11, 10)
    assert files == len(files_of(archive)) - 2
    own = Event.objects.filter(subject=round_.subject).exclude(name="archive.made")
    assert events == Event.objects.filter(subject__startswith="item:").count() + own.count()
    [left] = told["not_checked"]
    assert left.startswith(
        "pages, the workbook and texts that no event tells; whom deputies stood in for"
    )


def test_what_it_cannot_know_it_says_in_either_language(house: House, tmp_path: Path) -> None:
    archive = made(closed(house).subject, house.office)
    (tmp_path / "a.zip").write_bytes(archive)

    def said(language: str) -> str:
        return subprocess.run(
            [sys.executable, "-I", closing.VERIFIER, tmp_path / "a.zip", "--lang", language],
            capture_output=True,
            check=True,
        ).stdout.decode()

    chinese, english = said("zh"), said("en")
    assert "完好：所查各项均成立。" in chinese
    assert "密钥取自归档本身" in chinese
    assert "WHOLE: all that was checked holds." in english
    assert "they come from the archive itself (--pin)" in english
    [event] = Event.objects.filter(name="archive.made")
    assert str(event.data["manifest"]) in english


def test_the_unpacked_folder_is_verified_by_the_file_inside(house: House, tmp_path: Path) -> None:
    archive = made(closed(house).subject, house.office)
    with zipfile.ZipFile(BytesIO(archive)) as opened:
        opened.extractall(tmp_path / "out")
    (tmp_path / "out/.DS_Store").write_bytes(b"left by a desktop")
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", "--json"],
        cwd=tmp_path / "out",
        capture_output=True,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, [])
    (tmp_path / "out/index.html").write_text("forged")
    (tmp_path / "out/link").symlink_to("index.html")
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", "--json"],
        cwd=tmp_path / "out",
        capture_output=True,
        check=False,
    )
    found = [(f["code"], f["where"]) for f in json.loads(done.stdout)["findings"]]
    assert (done.returncode, found) == (1, [("differs", "index.html"), ("unlisted", "link")])


@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"\x00" * 99, b"not a zip at all"],
)
def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", closing.VERIFIER, tmp_path / "a.zip", "--lang", "en"],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, b"")
    assert done.stdout.startswith(b"THIS IS NO ARCHIVE")


HOSTILE = {
    "manifest.json": [b"[" * 100_000, b'{"files": 7}', b'{"files": [[1, 2, 3]]}', b"\xff"],
    "ledger.json": [b"[]", b'{"items": [{}], "chains": []}', b'{"items":' + b"[" * 99_999],
    "proof.json": [b"{}", b'{"size": 1e999, "leaves": {}, "nodes": []}', b'{"size": "x"}'],
    "checkpoint.txt": [b"", b"a\n" * 9999, b"x\n99999999999999999999\nAAAA\n\n"],
    "keys/vkeys.txt": [b"a+00000000+AAAA\n", b"\x00\xff"],
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_contents_are_findings_and_never_a_traceback(
    house: House, tmp_path: Path, name: str
) -> None:
    genuine = files_of(made(closed(house).subject, house.office))
    for content in HOSTILE[name]:
        out = BytesIO()
        with zipfile.ZipFile(out, "w") as opened:
            for each, data in {**genuine, name: content}.items():
                opened.writestr(each, data)
        code, told = verified(out.getvalue(), tmp_path)
        assert (code, bool(told["findings"])) == (1, True)


def test_the_same_item_is_the_same_bytes_whenever_and_by_whomever(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = closed(house)
    first = made(item.subject, house.office)
    closed(house)  # the log has grown, and is sealed anew
    sealing.seal(Reason.ASKED, SYSTEM)
    auditor = make.person(Role.AUDITOR, unit=house.unit)
    later = timezone.now() + timedelta(days=400)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert made(item.subject, auditor) == first


def test_what_is_in_an_items_folder(house: House) -> None:
    item = make.item(State.CLOSED, house=house, no="2-3")
    files = files_of(made(item.subject, house.office))
    inside = sorted(name for name in files if name.startswith("items/"))
    assert inside == [
        "items/2-3/approvals.json",
        "items/2-3/en.html",
        "items/2-3/events.tsv",
        "items/2-3/evidence/2-3-01 proof.pdf",
        "items/2-3/index.html",
        "items/2-3/timeline.json",
    ]
    chinese, english = files["items/2-3/index.html"].decode(), files["items/2-3/en.html"].decode()
    assert 'href="evidence/2-3-01%20proof.pdf"' in chinese
    assert "已销号" in chinese
    assert "Closed" in english
    assert files["items/2-3/evidence/2-3-01 proof.pdf"].startswith(b"%PDF")
    approvals = json.loads(files["items/2-3/approvals.json"])
    assert [one["name"] for one in approvals] == [
        "item.submitted",
        "item.approved",
        "item.closed",
    ]
    sheet = load_workbook(BytesIO(files["ledger.xlsx"])).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[1][:4] == ("2-3", "（一）Public works", "1 Lighting is neglected", item.title)
    assert house.closer.name in rows[1]


def test_no_page_asks_for_anything_elsewhere_or_runs_a_script(house: House) -> None:
    item = make.item(State.CLOSED, house=house, title="<script>alert(1)</script>")
    files = files_of(made(item.subject, house.office))
    pages = {name: data.decode() for name, data in files.items() if name.endswith(".html")}
    assert len(pages) == 4
    for page in pages.values():
        assert "<script" not in page
        assert "://" not in page
        assert "&lt;script&gt;" in page
    assert b"@import" not in files["page.css"]


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_piece_stops_it_and_is_named(house: House, damage: str) -> None:
    item = make.item(State.CLOSED, house=house, no="2-3")
    [evidence] = Evidence.objects.all()
    with storage.local(evidence.digest) as path:
        path.chmod(0o600)
        path.write_bytes(b"rotten") if damage == "changed" else path.unlink()
    job = asked(item.subject, house.office)
    jobs.sweep(60)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "2-3-01" in job.fault
    assert "proof.pdf" in job.fault
    assert making.file_of(job) is None
    assert not Event.objects.filter(name="archive.made").exists()


class Killed(BaseException):
    """What a worker does not live to see."""


def test_a_kill_costs_the_step_it_came_in_and_nothing_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [make.item(State.CLOSED, house=house)]
    round_ = items[0].round
    items += make.entered(house, round_, make.line(house), make.line(house))
    subject = f"problem:{items[0].problem_id}"
    whole = made(subject, house.office)
    taken: list[int] = []
    real = build.add_item

    def once_killed(bundle: Bundle, item_id: int, folder: str, **rest: object) -> None:
        taken.append(item_id)
        if len(taken) == 2:
            bundle.add(f"{folder}/torn", [b"torn"], at=timezone.now())
            raise Killed
        real(bundle, item_id, folder, **rest)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(build, "add_item", once_killed)
    job = asked(subject, house.office)
    with pytest.raises(Killed):
        jobs.sweep(60)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())
    jobs.sweep(60)
    job.refresh_from_db()
    assert job.state == "done"
    assert taken == [items[0].pk, items[1].pk, items[1].pk, items[2].pk]
    file = making.file_of(job)
    assert file is not None
    with storage.opened(file.digest) as opened:
        assert opened.read() == whole
    assert Event.objects.filter(name="archive.made").count() == 2


def test_what_a_stopped_job_left_is_swept_by_the_next(house: House, settings: Settings) -> None:
    item = closed(house)
    stopped = asked(item.subject, house.office)
    with Bundle(settings.ARCHIVES_AT_WORK / str(stopped.pk)):
        pass
    jobs.cancel(stopped.pk, actor=house.office.actor())
    made(item.subject, house.office)
    assert list(settings.ARCHIVES_AT_WORK.iterdir()) == []


def test_an_item_that_never_rests_is_not_archived(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = closed(house)
    real = facts._facts

    def moved(found: Item, folder: str) -> facts.Facts:
        Item.objects.filter(pk=found.pk).update(trail_seq=found.trail_seq + 1)
        return real(found, folder)

    monkeypatch.setattr(facts, "_facts", moved)
    job = asked(item.subject, house.office)
    jobs.sweep(60)
    job.refresh_from_db()
    assert job.state == "failed"
    assert item.no in job.fault


# Who may


@pytest.mark.parametrize("role", [Role.STAFF, Role.SECTION_HEAD])
def test_staff_and_heads_archive_nothing(house: House, role: Role) -> None:
    person = make.person(role, section=house.section)
    with pytest.raises(NotPermitted) as refused:
        scope_of(closed(house).subject, actor=person.actor())
    assert "Rectification office" in str(refused.value.who) or "整改办" in str(refused.value.who)
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "role",
    [Role.LEADER, Role.UNIT_HEAD, Role.INSPECTION_OFFICE, Role.AUDITOR, Role.AUDIT_OFFICER],
)
def test_whoever_oversees_the_unit_archives(house: House, role: Role) -> None:
    item = closed(house)
    person = make.person(role, unit=house.unit)
    assert made(item.subject, person)


def test_anothers_round_is_not_there(house: House) -> None:
    item = closed(house)
    stranger = make.house().office.actor()
    subjects = (item.subject, f"problem:{item.problem_id}", item.round.subject)
    for subject in (*subjects, "item:0", "person:1", "item:x", "round:" + "9" * 30, ""):
        with pytest.raises(NotFound):
            scope_of(subject, actor=stranger)


def test_a_round_without_items_is_not_archived(house: House) -> None:
    round_ = make.round_(house)
    with pytest.raises(Unmet):
        asked(round_.subject, house.office)


def test_who_lost_the_post_meanwhile_gets_nothing(house: House) -> None:
    item = closed(house)
    auditor = make.person(Role.AUDITOR, unit=house.unit)
    job = asked(item.subject, auditor)
    auditor.memberships.update(ends=timezone.localdate() - timedelta(days=1))
    jobs.sweep(60)
    job.refresh_from_db()
    assert job.state == "failed"
    assert making.file_of(job) is None


def test_an_item_that_left_meanwhile_stops_it(house: House) -> None:
    item = make.item(house=house)
    other = make.item(house=house, round_=item.round)
    job = asked(f"problem:{item.problem_id}", house.office)
    assert job.params["items"] == [item.pk, other.pk]
    job.params["items"][1] = 0
    job.save(update_fields=["params"])
    jobs.sweep(60)
    job.refresh_from_db()
    assert job.state == "failed"


def test_evidence_that_waited_brings_its_own_chain(house: House, tmp_path: Path) -> None:
    item = closed(house)
    [evidence] = Evidence.objects.all()
    write(f"evidence:{evidence.pk}", "evidence.inspected", commands=False)
    archive = made(item.subject, house.office)
    assert f"chains/evidence-{evidence.pk}.tsv" in files_of(archive)
    assert verified(archive, tmp_path)[0] == 0


def test_a_deployment_on_national_ciphers_is_verified_too(
    house: House, tmp_path: Path, settings: Settings
) -> None:
    settings.AUDIT_HASH = "sm3"
    settings.CHECKPOINT_KEYS = {"sm2": "2f" * 32}
    archive = made(closed(house).subject, house.office)
    known = Known.now(tmp_path)
    assert known.findings(archive) == []
    assert verified(archive, tmp_path)[0] == 0
    forged = files_of(archive)
    lines = forged["checkpoint.txt"].decode().split("\n")
    lines[1] = str(int(lines[1]) + 1)
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as opened:
        for name, data in {**forged, "checkpoint.txt": "\n".join(lines).encode()}.items():
            opened.writestr(name, data)
    assert "signature" in [code for code, _where in known.findings(out.getvalue())]


def test_a_signed_round_brings_what_was_drawn(house: House, tmp_path: Path) -> None:
    round_ = make.round_(house)
    rounds.set_demands(round_.pk, actor=house.office.actor(), must_read=False, signature="drawn")
    item = make.item(State.IN_REVIEW, house=house, round_=round_)
    signing = Signing(
        name=house.head.name, password=make.PASSWORD, picture=make.ink(), points=make.POINTS
    )
    decisions.approve(
        item.pk, actor=house.head.actor(), command=make.command(item), signing=signing
    )
    files = files_of(archive := made(item.subject, house.office))
    [picture] = [name for name in files if "/signatures/" in name]
    assert files[picture].startswith(b"\x89PNG")
    assert verified(archive, tmp_path)[0] == 0


def test_replaced_and_destroyed_evidence_is_explained_by_the_record_it_holds(
    tmp_path: Path,
) -> None:
    """The newer version stands for the older; what two people ended is listed without its bytes."""
    house = make.house()
    round_ = make.round_(house)
    Round.objects.filter(pk=round_.pk).update(retention="10y")
    item = make.item(State.RECTIFYING, house=house, round_=round_)
    make.prove(item, house)
    proving.replace_evidence(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        citation_id=item.citations.get().pk,
        file=make.paper("newer.pdf"),
    )
    for step in ("submit", "approve", "close"):
        make.take(item, step, house)
    Submission.objects.filter(item=item).update(decided_at=datetime(2010, 5, 1, tzinfo=UTC))
    assert verified(made(item.subject, house.office), tmp_path)[1]["findings"] == []
    office = house.office.actor()
    row = disposals.propose(round_.pk, actor=office, items=[item.pk], basis=make.REASON)
    disposals.confirm(row.pk, actor=house.closer.actor())
    archive = made(item.subject, house.office)
    code, told = verified(archive, tmp_path)
    assert (code, told["findings"]) == (0, [])
    assert not [name for name in files_of(archive) if name.endswith(".pdf")]


def test_papers_that_were_asked_for_are_explained_by_their_events(
    house: House, tmp_path: Path
) -> None:
    item = make.item(State.IN_REVIEW, house=house)
    doing = scene.verbs(heir=0, file=make.paper("minutes.pdf"))
    asked = (("ask_evidence", house.head), ("supply_evidence", house.staff))
    declined = (("ask_evidence", house.head), ("decline_evidence", house.staff))
    for verb, who in (*asked, ("approve", house.head)):
        doing[verb](item, who.actor(), make.command(item))
    late = (("ask_evidence", house.office), ("supply_evidence", house.staff))
    doing = scene.verbs(heir=0, file=make.paper("list.pdf"))
    for verb, who in (*late, *declined, ("approve", house.head)):
        doing[verb](item, who.actor(), make.command(item))
    make.take(item, "close", house)
    code, told = verified(made(item.subject, house.office), tmp_path)
    assert (code, told["findings"]) == (0, [])
