"""The verifier line by line, in this process: ways of reading, ciphers, words, ends."""

from __future__ import annotations

import gc
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from reports.archive import verify
from tests import make
from tests.make import House
from tests.reports.archived import Known, files_of, made
from workflows.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]  # what is read is files


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.ARCHIVES_AT_WORK = tmp_path / "at-work"
    settings.AUDIT_KEYS = {"1": "11" * 32}


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def archive(house: House) -> bytes:
    return made(make.item(State.CLOSED, house=house).subject, house.office)


def zipped(files: dict[str, bytes], how: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return out.getvalue()


def said(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """The exit code of the program; what it says is with `capsys`."""
    monkeypatch.setattr(sys, "argv", ["verify.py", *map(str, words)])
    monkeypatch.setattr(sys.stdout, "reconfigure", lambda **_how: None, raising=False)
    monkeypatch.setattr(gc, "disable", lambda: None)
    return verify.main()


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_packed_again_it_is_still_whole(archive: bytes, tmp_path: Path, how: int) -> None:
    assert Known.now(tmp_path).findings(zipped(files_of(archive), how)) == []


def test_an_entry_must_be_what_the_directory_says_of_it(archive: bytes, tmp_path: Path) -> None:
    """No two readers may see different files in one archive."""
    known, name = Known.now(tmp_path), b"page.css"
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        one = opened.getinfo("page.css")
    local, central, size = one.header_offset, archive.rindex(name) - 46, one.file_size
    sizes = size.to_bytes(4, "little") * 2
    for place, was, forged in (
        (local, b"PK\3\4", b"PK\3\5"),
        (local + 30, name, b"page.csz"),
        (central + 16, archive[central + 16 : central + 20], b"\0\0\0\0"),
        (central + 20, sizes, (size - 1).to_bytes(4, "little") + sizes[4:]),
        (central + 20, sizes, (2**31).to_bytes(4, "little") * 2),
    ):
        assert archive[place : place + len(was)] == was
        changed = archive[:place] + forged + archive[place + len(was) :]
        found = known.findings(changed)
        assert ("shape", "page.css") in found
        assert ("differs", "page.css") in found


def test_where_openssl_has_no_sm3_it_reckons_itself(
    house: House, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AUDIT_HASH = "sm3"
    item = make.item(State.DRAFT, house=house)
    archive = made(item.subject, house.office)
    known = Known.now(tmp_path)
    monkeypatch.setattr(verify, "SM3", verify.PureSM3())
    monkeypatch.setitem(verify.OF_EVENT, b"sm3", verify.PureSM3(verify.EVENT))
    assert known.findings(archive) == []
    assert "mac" in [code for code, _where in Known(tmp_path, {"1": b"x" * 99}).findings(archive)]


def test_without_openssl_an_sm2_signature_is_left_unchecked_and_said_to_be(
    house: House, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHECKPOINT_KEYS = {"sm2": "2f" * 32}
    archive = made(make.item(State.DRAFT, house=house).subject, house.office)
    monkeypatch.setenv("PATH", "")
    (tmp_path / "in-question.zip").write_bytes(archive)
    done = verify.Verification(verify.Box(str(tmp_path / "in-question.zip")), {}, "", "")
    codes = [(code, where) for code, where, _about in done.findings]
    left = [("not sm2", "checkpoint.txt"), ("not sm2", "manifest.sig")]
    assert [one for one in codes if one in left or one[0][:4] != "not "] == left


def test_the_program_answers_people_and_programs(
    archive: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, keys = tmp_path / "a.zip", tmp_path / "keys"
    path.write_bytes(archive)
    keys.write_text("1:" + "11" * 32)
    assert said(monkeypatch, path, "--lang", "en", "--key", keys) == 0
    spoken = capsys.readouterr().out
    assert "WHOLE: all that was checked holds." in spoken
    assert "the seals of" not in spoken
    assert said(monkeypatch, path, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["findings"]) == (True, [])
    assert told["manifest"] in spoken
    assert told["code"] in spoken
    keys.write_text("1:" + "22" * 32)
    assert said(monkeypatch, path, "--lang", "en", "--key", keys) == 1
    spoken = capsys.readouterr().out
    assert "the seal of event 1 was not made with this key" in spoken
    assert "NOT WHOLE: " in spoken
    assert said(monkeypatch, tmp_path / "none.zip", "--lang", "zh") == 2
    assert capsys.readouterr().out.startswith("这不是归档：")
