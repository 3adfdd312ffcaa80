"""What is derived from clean bytes: owed with them, computed once, tried again, given up aloud."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy
from pytest_django.fixtures import Settings

from evidence import deriving, intake, quarantine, storage
from evidence.deriving import Fault, Source
from evidence.intake import Received
from evidence.models import Derivation, Evidence
from evidence.storage.folder import path_of
from project import tasks
from tests import make

pytestmark = pytest.mark.django_db
TEXT = "路灯已修复".encode()
seen: list[Source] = []
faults: list[Exception] = []


@pytest.fixture(autouse=True)
def _one_handler(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """`length` alone is derived here: how long a text is, unless a fault is in store."""
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    monkeypatch.setattr(deriving, "_handlers", {})
    monkeypatch.setattr(deriving, "FAULTS", dict(deriving.FAULTS))
    deriving.derives(
        "length", endings=frozenset({"txt", "md"}), faults={"odd": gettext_lazy("Odd.")}
    )(length)
    seen.clear()
    faults.clear()
    with translation.override("en"):
        yield


def length(source: Source) -> None:
    seen.append(source)
    if faults:
        raise faults.pop()
    with source.local() as path:
        whole = path.read_bytes()
    assert source.ask("tests.evidence.cellmate", longest_answer=99) == whole


def entered(content: bytes = TEXT, name: str = "a.txt", *, clean: bool = True) -> Evidence:
    stored = storage.keep([content])
    verdict = make.CLEAN if clean else None
    row = Received(stored.digest, stored.size, name, "text/plain", verdict)
    return intake.enter(row, actor=make.user().actor())


def owed() -> list[tuple[str, str, str, int]]:
    return list(
        Derivation.objects.order_by("pk").values_list("what", "standing", "fault", "attempts")
    )


def rested() -> None:
    """The pause after a fault is over."""
    Derivation.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_clean_file_owes_what_is_derived_from_its_kind() -> None:
    evidence = entered()
    assert list(Derivation.objects.values_list("digest", "what")) == [(evidence.digest, "length")]
    entered(b"\xff\xd8\xff", "a.jpg")
    assert len(owed()) == 1


def test_the_same_bytes_again_owe_nothing_more() -> None:
    entered()
    assert deriving.sweep() == 1
    entered(name="b.md")
    assert owed() == [("length", "done", "", 1)]
    assert deriving.sweep() == 0


def test_what_waits_for_inspection_owes_nothing_until_it_is_clean() -> None:
    entered(clean=False)
    entered(b"<html><script>", "b.txt", clean=False)
    assert owed() == []
    assert quarantine.sweep() == 2
    assert owed() == [("length", "waiting", "", 0)]


def test_the_sweep_computes_it_once() -> None:
    evidence = entered()
    assert tasks.derive_waiting() == 1
    assert seen == [Source(digest=evidence.digest, ending="txt", size=len(TEXT))]
    assert owed() == [("length", "done", "", 1)]
    assert Derivation.objects.get().done_at is not None
    assert tasks.derive_waiting() == 0


def test_what_somebody_waits_for_is_computed_before_what_came_earlier() -> None:
    first, second, third = (entered(text, f"{text!r}.txt").digest for text in (b"1", b"2", b"3"))
    assert deriving.hasten([third]) == 1
    assert deriving.hasten([third]) == 0
    assert deriving.sweep() == 3
    assert [source.digest for source in seen] == [third, first, second]
    assert deriving.hasten([first]) == 0
    assert deriving.again("length") == 3
    assert not Derivation.objects.filter(urgent=True).exists()


def test_what_somebody_waits_for_rests_after_a_fault_like_all_else() -> None:
    first, second = (entered(text, f"{text!r}.txt").digest for text in (b"1", b"2"))
    deriving.hasten([second])
    faults.append(Fault("odd"))
    assert deriving.sweep() == 2
    assert [source.digest for source in seen] == [second, first]
    assert owed() == [("length", "done", "", 1), ("length", "waiting", "odd", 1)]


def test_it_is_computed_now_for_whoever_cannot_wait() -> None:
    digest = entered().digest
    for _twice in range(2):
        row = deriving.ensure(digest, "length")
        assert row is not None
        assert row.standing == "done"
    assert len(seen) == 1


def test_what_was_never_owed_is_owed_when_it_is_asked_for() -> None:
    digest = entered().digest
    Derivation.objects.all().delete()
    row = deriving.ensure(digest, "length")
    assert row is not None
    assert row.standing == "done"


@pytest.mark.parametrize(("name", "what"), [("a.jpg", "length"), ("a.txt", "colour")])
def test_nothing_is_derived_where_nobody_knows_how(name: str, what: str) -> None:
    assert deriving.ensure(entered(name=name).digest, what) is None
    assert seen == []


def test_what_is_not_clean_is_derived_from_by_nobody() -> None:
    digest = entered(clean=False).digest
    assert deriving.ensure(digest, "length") is None
    assert owed() == []


def test_a_fault_is_tried_again_with_growing_pauses_and_given_up_with_its_reason() -> None:
    digest = entered().digest
    pauses = []
    for _try in range(5):
        faults.append(ValueError("no\x00thing"))
        rested()
        began = timezone.now()
        assert deriving.sweep() == 1
        pauses.append(round((Derivation.objects.get().due_at - began).total_seconds()))
        assert deriving.sweep() == 0
        waits = deriving.ensure(digest, "length")
        assert waits is not None
    assert pauses[:4] == [30, 120, 480, 1920]
    assert owed() == [("length", "failed", "error", 5)]
    row = Derivation.objects.get()
    assert row.fault_about == "ValueError: nothing"
    assert str(row) == f"length of {digest[:12]}"
    assert len(seen) == 5


def test_a_fault_of_the_bytes_themselves_is_given_up_at_once() -> None:
    entered()
    faults.append(Fault("odd", "page 3", lasting=True))
    assert deriving.sweep() == 1
    assert owed() == [("length", "failed", "odd", 1)]


def test_a_fault_that_passes_leaves_no_trace() -> None:
    entered()
    faults.append(Fault("odd"))
    deriving.sweep()
    assert owed() == [("length", "waiting", "odd", 1)]
    rested()
    deriving.sweep()
    assert owed() == [("length", "done", "", 2)]


def test_bytes_that_are_not_there_are_waited_for() -> None:
    path_of(entered().digest).unlink()
    deriving.sweep()
    assert owed() == [("length", "waiting", "bytes", 1)]


def test_a_process_that_falls_is_a_fault() -> None:
    with pytest.raises(Fault) as fault:
        Source(digest=entered().digest, ending="raise", size=1).ask(
            "tests.evidence.cellmate", longest_answer=99
        )
    assert (fault.value.code, fault.value.lasting) == ("process", False)


def test_of_two_workers_one_computes_it() -> None:
    entered()
    row, same = Derivation.objects.get(), Derivation.objects.get()
    now = timezone.now()
    assert deriving._lease(row, now)
    assert not deriving._lease(same, now)
    assert deriving.sweep() == 0
    held = deriving.ensure(row.digest, "length")
    assert held is not None
    assert (held.standing, seen) == ("waiting", [])


def test_a_worker_that_was_away_too_long_changes_nothing() -> None:
    entered()
    row = Derivation.objects.get()
    assert deriving._lease(row, timezone.now() - timedelta(hours=1))
    assert deriving.sweep() == 1
    faults.append(ValueError("late"))
    deriving._derive(row)
    assert owed() == [("length", "done", "", 2)]


def test_what_takes_the_worker_along_each_time_is_given_up() -> None:
    entered()
    Derivation.objects.update(attempts=5, leased_until=timezone.now() - timedelta(hours=1))
    assert deriving.sweep() == 1
    assert owed() == [("length", "failed", "process", 6)]
    assert seen == []


def test_what_this_version_no_longer_computes_is_given_up() -> None:
    Derivation(digest=entered().digest, what="colour").save()
    assert deriving.sweep() == 2
    assert owed() == [("length", "done", "", 1), ("colour", "failed", "gone", 1)]


def test_two_handlers_of_a_name_are_one_too_many() -> None:
    with pytest.raises(ValueError, match="length"):
        deriving.derives("length", endings=frozenset())(length)


def test_evidence_from_before_is_owed_by_a_worker_that_starts() -> None:
    entered(name="A.TXT")
    entered(b"\xff\xd8\xff", "a.jpg")
    entered(b"another", "c.txt", clean=False)
    Derivation.objects.all().delete()
    assert tasks.derive_what_lacks() == 1
    assert tasks.derive_what_lacks() == 0
    assert owed() == [("length", "waiting", "", 0)]


def test_the_command_computes_what_is_owed_and_says_what_came_of_it() -> None:
    entered()
    entered(b"other", "b.txt")
    Derivation.objects.all().delete()
    faults.append(Fault("odd", lasting=True))
    out = io.StringIO()
    call_command("derive_evidence", stdout=out)
    assert out.getvalue() == "2 of 2 tried.\nlength: Done: 1.\nlength: Given up: 1. Odd.\n"
    out = io.StringIO()
    call_command("derive_evidence", "--again", "length", stdout=out)
    assert out.getvalue() == "2 of 2 tried.\nlength: Done: 2.\n"
    with pytest.raises(CommandError, match="there is: length"):
        call_command("derive_evidence", "--again", "colour")


@pytest.mark.parametrize(
    "fields",
    [
        {"standing": "done"},
        {"standing": "failed"},
        {"standing": "done", "fault": "odd", "done_at": timezone.now()},
        {"done_at": timezone.now()},
    ],
)
def test_the_database_knows_nothing_done_or_given_up_without_its_reason(
    fields: dict[str, object],
) -> None:
    entered()
    with pytest.raises(IntegrityError), transaction.atomic():
        Derivation.objects.update(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Derivation(digest=Derivation.objects.get().digest, what="length").save()
