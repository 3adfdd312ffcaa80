"""Pages to look at: drawn by the worker, kept by digest, with a reason where there are none."""

from __future__ import annotations

import io
import resource
import stat
from pathlib import Path

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image
from pytest_django.fixtures import Settings

from core.refusals import Conflict
from demo import papers
from evidence import confined, deriving, intake, office, previews, stamping, storage
from evidence.drawing import sheets
from evidence.models import Derivation, Evidence, PreviewPage
from evidence.storage import holders
from tests import make
from tests.evidence.test_drawing import paper

pytestmark = pytest.mark.django_db
FONTS = Path("/usr/share/fonts")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


def entered(name: str, content: bytes) -> Evidence:
    received = intake.receive(SimpleUploadedFile(name, content))
    return intake.enter(received, actor=make.user().actor())


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "PNG")
    return out.getvalue()


def word() -> bytes:
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("The lamps are lit")
    document.save(out)
    return out.getvalue()


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A LibreOffice that does what the script says."""
    path = folder / "bin" / "soffice"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")


def fault_of(evidence: Evidence) -> str:
    return Derivation.objects.get(digest=evidence.digest, what="preview").fault


def test_pages_are_drawn_once_and_named_so_that_nothing_sweeps_them() -> None:
    evidence = entered("a.pdf", papers.pdf(["One"]))
    assert previews.look_at(evidence).kind == "waiting"
    deriving.ensure(evidence.digest, "preview")
    look = previews.look_at(evidence)
    [page] = look.pages
    assert (look.kind, look.is_shown, page.no, page.width) == ("pages", True, 1, 1400)
    assert storage.intact(page.picture)
    assert holders.named([page.picture]) == {page.picture}
    deriving.again("preview")
    deriving.ensure(evidence.digest, "preview")
    assert PreviewPage.objects.count() == 1
    assert str(page) == f"{evidence.digest[:12]} page 1"


@pytest.mark.parametrize(
    ("name", "content"), [("a.png", png()), ("a.ofd", paper("<ofd:PathObject/>").getvalue())]
)
def test_pictures_and_government_papers_are_drawn_too(name: str, content: bytes) -> None:
    evidence = entered(name, content)
    deriving.ensure(evidence.digest, "preview")
    assert len(previews.look_at(evidence).pages) == 1


def test_a_long_paper_is_drawn_by_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "AT_ONCE", 2)
    monkeypatch.setattr(sheets, "MOST", 3)
    evidence = entered("a.pdf", papers.pdf([f"line {n}" for n in range(300)]))
    assert evidence.page_count is not None
    deriving.ensure(evidence.digest, "preview")
    assert len(previews.look_at(evidence).pages) == min(3, evidence.page_count)


def test_a_paper_of_an_office_is_shown_where_libreoffice_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "made.pdf").write_bytes(papers.pdf(["The lamps are lit"]))
    program(tmp_path, monkeypatch, f'cp {tmp_path}/made.pdf "$HOME/paper.pdf"')
    evidence = entered("a.docx", word())
    deriving.ensure(evidence.digest, "preview")
    assert len(previews.look_at(evidence).pages) == 1


def test_libreoffice_itself_opens_word() -> None:
    if office.program() is None:
        pytest.skip("no LibreOffice found")
    evidence = entered("a.docx", word())
    deriving.ensure(evidence.digest, "preview")
    assert len(previews.look_at(evidence).pages) == 1


def test_where_libreoffice_is_not_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    evidence = entered("a.docx", word())
    deriving.ensure(evidence.digest, "preview")
    with translation.override("en"):
        look = previews.look_at(evidence)
        assert (look.kind, look.is_shown) == ("none", False)
        assert str(look.why).startswith("LibreOffice is not installed on this server")
    with pytest.raises(office.NotConvertedError), office.as_pdf(tmp_path, "docx"):
        pass


@pytest.mark.parametrize("script", ["exit 1", "sleep 30"])
def test_a_libreoffice_that_fails_or_hangs_is_tried_again_later(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.OFFICE_SECONDS = 1
    program(tmp_path, monkeypatch, script)
    evidence = entered("a.docx", word())
    deriving.ensure(evidence.digest, "preview")
    assert fault_of(evidence) == "not_converted"
    assert previews.look_at(evidence).kind == "waiting"


def test_libreoffice_gets_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(resource, "setrlimit", given.__setitem__)
    office._confine()
    assert given[resource.RLIMIT_AS] == (4 << 30, 4 << 30)
    assert given[resource.RLIMIT_CORE] == (0, 0)


def test_a_drawing_process_that_falls_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence = entered("a.pdf", papers.pdf(["One"]))
    monkeypatch.setattr(confined, "run", lambda *_words, **_limits: None)
    deriving.ensure(evidence.digest, "preview")
    assert fault_of(evidence) == "process"


def test_a_paper_with_nothing_to_draw_says_so() -> None:
    evidence = entered("a.ofd", paper("").getvalue())
    deriving.ensure(evidence.digest, "preview")
    with translation.override("en"):
        assert str(previews.look_at(evidence).why) == "There is no page in it to show."


def test_film_sound_and_text_are_shown_as_they_are_and_old_papers_never() -> None:
    row = entered("a.txt", "灯亮了".encode())
    assert previews.look_at(row).kind == "waiting"
    deriving.ensure(row.digest, "text")
    look = previews.look_at(row)
    assert (look.kind, look.text and look.text.whole) == ("text", "灯亮了")
    for name, kind in (("a.mp4", "film"), ("a.mp3", "sound"), ("a.doc", "none")):
        assert previews.look_at(Evidence(name=name)).kind == kind


def test_copies_of_pictures_and_papers_name_who_took_them() -> None:
    picture = entered("灯.png", png())
    copy = stamping.copy_of(picture, "Li Si")
    assert (copy.name, copy.media_type, copy.data[:2]) == ("灯.jpg", "image/jpeg", b"\xff\xd8")
    copy = stamping.copy_of(entered("a.pdf", papers.pdf(["One"])), "Li Si")
    assert (copy.name, copy.media_type, copy.data[:5]) == ("a.pdf", "application/pdf", b"%PDF-")
    copy = stamping.copy_of(entered("a.ofd", paper("<ofd:PathObject/>").getvalue()), "Li Si")
    assert (copy.name, copy.data[:5]) == ("a.pdf", b"%PDF-")
    assert [stamping.takes(Evidence(name=name)) for name in ("a.pdf", "a.mp4")] == [True, False]


def test_what_cannot_be_marked_is_not_handed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Conflict):
        stamping.copy_of(entered("a.docx", word()), "Li Si")
    evidence = entered("a.pdf", papers.pdf(["One"]))
    monkeypatch.setattr(confined, "run", lambda *_words, **_limits: None)
    with pytest.raises(Conflict):
        stamping.copy_of(evidence, "Li Si")
