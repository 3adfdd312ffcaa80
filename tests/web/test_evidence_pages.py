from __future__ import annotations

import base64
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import Event
from demo import papers
from evidence.storage.folder import path_of, root
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen, form, now
from workflows.actions import proving
from workflows.models import Citation, Item
from workflows.states import State

pytestmark = pytest.mark.django_db

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def cited(house: House, item: Item, name: str, content: bytes = b"") -> Citation:
    measure = item.measures.all()[0]
    proving.attach(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        measure_id=measure.pk,
        files=[make.paper(name, content)],
    )
    return item.citations.latest("pk")


def hand_in(client: Client, item: Item, *files: SimpleUploadedFile, **words: object) -> object:
    measure = item.measures.all()[0]
    return client.post(
        f"/items/{item.pk}/measures/{measure.pk}/evidence/", form(item, files=files, **words)
    )


def received(client: Client, address: str) -> bytes:
    return b"".join(client.get(address).streaming_content)  # type: ignore[attr-defined]


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, papers.pdf([name]), content_type="text/html")


def test_many_files_are_handed_in_by_one_plain_form() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    answer = hand_in(
        at_the_screen(house.staff),
        item,
        pdf("a.pdf"),
        pdf("b.pdf"),
        claim="Both",
        pages="1",
        formed_on="2026-03-02",
    )
    assert answer.status_code == 302  # type: ignore[attr-defined]
    papers = [
        (c.evidence.name, c.claim, c.pages, c.evidence.formed_on) for c in item.citations.all()
    ]
    day = date(2026, 3, 2)
    assert papers == [("a.pdf", "Both", "1", day), ("b.pdf", "Both", "1", day)]
    assert {c.evidence.media_type for c in item.citations.all()} == {"application/pdf"}


def test_by_script_a_file_is_answered_with_the_next_version() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    measure = item.measures.all()[0]
    answer = at_the_screen(house.staff).post(
        f"/items/{item.pk}/measures/{measure.pk}/evidence/",
        form(item, files=[pdf("a.pdf")]),
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 204
    assert answer["X-Item-Version"] == str(now(item).version)
    assert answer["HX-Redirect"] == f"/items/{item.pk}/#measure-{measure.pk}"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("a.exe", b"MZ"), {}),
        (SimpleUploadedFile("a.pdf", b"<html>"), {}),
        (SimpleUploadedFile("a.svg", b"<svg/>"), {}),
        (None, {}),
        (pdf("a.pdf"), {"formed_on": "yesterday"}),
        (pdf("a.pdf"), {"claim": "x" * 301}),
    ],
)
def test_what_may_not_be_evidence_is_refused_and_not_cited(
    file: SimpleUploadedFile | None, words: dict[str, str]
) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    answer = hand_in(at_the_screen(house.staff), item, *([file] if file else []), **words)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert not item.citations.exists()


def test_nobody_but_the_responsible_hands_in_and_no_bytes_are_kept() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    before = sorted(path.name for path in root().rglob("*"))
    answer = hand_in(at_the_screen(house.colleague), item, pdf(f"unique{item.pk}.pdf"))
    assert answer.status_code == 403  # type: ignore[attr-defined]
    assert sorted(path.name for path in root().rglob("*")) == before
    assert not item.citations.exists()


def test_during_the_review_nothing_is_handed_in() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    assert hand_in(at_the_screen(house.staff), item, pdf("a.pdf")).status_code == 409  # type: ignore[attr-defined]
    assert item.citations.count() == 1


def test_evidence_is_taken_back_by_its_own_form() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    citation = cited(house, item, "wrong.pdf")
    answer = at_the_screen(house.staff).post(
        f"/items/{item.pk}/evidence/{citation.pk}/withdraw/", form(item, reason="wrong one")
    )
    assert answer["Location"] == f"/items/{item.pk}/#measure-{citation.measure_id}"
    citation.refresh_from_db()
    assert (citation.withdrawn_by, citation.withdrawn_reason) == (house.staff, "wrong one")


def test_evidence_of_another_item_is_not_taken_back_through_this_one() -> None:
    house = make.house()
    item, other = make.item(State.RECTIFYING, house=house), make.item(State.RECTIFYING, house=house)
    citation = cited(house, other, "theirs.pdf")
    answer = at_the_screen(house.staff).post(
        f"/items/{item.pk}/evidence/{citation.pk}/withdraw/", form(item)
    )
    assert answer.status_code == 404
    citation.refresh_from_db()
    assert citation.withdrawn_at is None


def test_a_download_is_an_attachment_that_can_do_nothing() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    citation = cited(house, item, "验收 记录;1.pdf")
    answer = at_the_screen(house.head).get(f"/evidence/{citation.pk}/")
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert body == papers.pdf(["验收 记录;1.pdf"])
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Length"] == str(len(body))
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="evidence-{citation.evidence_id}.pdf"; '
        "filename*=UTF-8''%E9%AA%8C%E6%94%B6%20%E8%AE%B0%E5%BD%95%3B1.pdf"
    )


def test_a_download_is_on_the_record() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    citation = cited(house, item, "proof.pdf")
    received(at_the_screen(house.head), f"/evidence/{citation.pk}/")
    event = Event.objects.filter(subject=item.subject).latest("seq")
    assert (event.name, event.actor) == ("evidence.downloaded", f"person:{house.head.pk}")
    page = at_the_screen(house.head).get(f"/items/{item.pk}/").content.decode()
    assert "Evidence looked at or downloaded: 1" in page
    assert "proof.pdf" in page[page.index("Evidence looked at or downloaded: 1") :]


def test_evidence_of_an_unseen_item_is_not_there() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    citation = cited(house, item, "photo.png", PNG)
    stranger = at_the_screen(make.house().head)
    for address in (f"/evidence/{citation.pk}/", f"/evidence/{citation.pk}/image/"):
        assert stranger.get(address).status_code == 404
    assert not Event.objects.filter(name="evidence.downloaded").exists()


def test_what_is_not_a_picture_is_never_shown_in_the_page() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    citation = cited(house, item, "proof.pdf")
    assert at_the_screen(house.head).get(f"/evidence/{citation.pk}/image/").status_code == 404
    assert not Event.objects.filter(name="evidence.downloaded").exists()


def test_bytes_that_are_gone_are_said_to_be_gone() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    citation = cited(house, item, f"lost{item.pk}.pdf")
    path_of(citation.evidence.digest).unlink()
    answer = at_the_screen(house.head).get(f"/evidence/{citation.pk}/")
    assert answer.status_code == 404
    assert "not in its place" in answer.content.decode()
