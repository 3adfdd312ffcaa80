"""Evidence in the page: for whoever may see it and has opened it, under the round's watermark."""

from __future__ import annotations

import io
import re
from random import Random

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from audit.models import Event
from demo import papers
from evidence import deriving, kinds
from tests import make
from tests.evidence.hostile import papers as hostile
from tests.make import House
from tests.web.filled import at_the_screen
from tests.web.test_evidence_pages import PNG, cited, received
from workflows.actions import proving, showing
from workflows.models import Citation, EvidenceRead, Round
from workflows.states import State, Watermark

pytestmark = pytest.mark.django_db


def scene(name: str = "proof.pdf", content: bytes = b"") -> tuple[House, Citation]:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    citation = cited(house, item, name, content)
    for what in deriving.names():
        deriving.ensure(citation.evidence.digest, what)
    return house, citation


def watermark(house: House, citation: Citation, mark: str) -> None:
    showing.set_watermark(citation.item.round_id, actor=house.office.actor(), watermark=mark)


def opened(client: Client, citation: Citation) -> str:
    return client.get(f"/evidence/{citation.pk}/view/").content.decode()


def sources(html: str) -> list[str]:
    return [word.replace("&amp;", "&") for word in re.findall(r'src="(/evidence/[^"]+)"', html)]


def events(name: str) -> int:
    return Event.objects.filter(name=name).count()


def test_a_paper_is_shown_page_by_page_and_its_opening_recorded() -> None:
    house, citation = scene()
    client = at_the_screen(house.head)
    html = opened(client, citation)
    told = Event.objects.get(name="evidence.viewed")
    assert told.actor_label == house.head.name
    assert told.data == {
        "citation": citation.pk,
        "name": "proof.pdf",
        "digest": citation.evidence.digest,
    }
    [source] = sources(html)
    answer = client.get(source)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(answer.content)).size[0] == 1400
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store"
    assert events("evidence.viewed") == 1


def test_an_item_whose_paper_was_opened_still_has_its_page_with_the_view_folded_away() -> None:
    house, citation = scene()
    client = at_the_screen(house.head)
    for reader in (client, client, client, at_the_screen(house.staff)):
        opened(reader, citation)
    answer = client.get(f"/items/{citation.item_id}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    folded = page[page.index("Evidence looked at or downloaded: 4") :]
    assert page.count("looked at evidence") == folded.count("looked at evidence") == 2
    assert folded.count("(3 times)") == 1


def test_a_page_is_not_loaded_by_whoever_did_not_open_the_piece() -> None:
    house, citation = scene()
    [source] = sources(opened(at_the_screen(house.head), citation))
    bare = source.partition("?")[0]
    for client, address in (
        (at_the_screen(house.head), bare),
        (at_the_screen(house.head), f"{bare}?t=made-up"),
        (at_the_screen(house.colleague), source),
        (at_the_screen(make.house().head), source),
        (at_the_screen(house.head), source.replace("pages/1/", "pages/2/")),
    ):
        assert client.get(address).status_code == 404


def test_under_review_looking_at_it_is_reading_it() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    citation = item.citations.get()
    client = at_the_screen(house.head)
    opened(client, citation)
    assert not EvidenceRead.objects.exists()  # nothing is drawn yet, so nothing was shown
    deriving.ensure(citation.evidence.digest, "preview")
    opened(client, citation)
    assert EvidenceRead.objects.get().person == house.head


def test_while_it_is_drawn_the_page_asks_again_and_records_nothing() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    citation = cited(house, item, "proof.pdf")
    html = opened(at_the_screen(house.head), citation)
    assert 'hx-trigger="every 3s"' in html
    assert "Its pages are being drawn" in html
    assert events("evidence.viewed") == 0


def test_text_is_shown_as_text() -> None:
    house, citation = scene("a.txt", "<b>灯</b>亮了".encode())
    assert "&lt;b&gt;灯&lt;/b&gt;亮了" in opened(at_the_screen(house.head), citation)


def test_an_old_paper_is_only_handed_out() -> None:
    house, citation = scene("old.doc", kinds.OLE + bytes(600))
    html = opened(at_the_screen(house.head), citation)
    assert "Files of this old type are handed out only, never shown." in html
    assert events("evidence.viewed") == 0


def test_film_is_played_from_where_the_browser_asks() -> None:
    content = hostile.wav(Random(1))
    house, citation = scene("a.wav", content)
    client = at_the_screen(house.head)
    [source] = sources(opened(client, citation))
    assert received(client, source) == content
    part = client.get(source, headers={"Range": "bytes=100-"})
    assert (part.status_code, b"".join(part.streaming_content)) == (206, content[100:])  # type: ignore[attr-defined]
    assert part["Content-Range"] == f"bytes 100-{len(content) - 1}/{len(content)}"
    beyond = client.get(source, headers={"Range": f"bytes={len(content)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(content)}")
    assert received(client, source) == content
    house, paper = scene()
    client = at_the_screen(house.head)
    [source] = sources(opened(client, paper))
    assert client.get(source.replace("pages/1/", "media/")).status_code == 404


def test_a_picture_is_redrawn_before_it_stands_in_a_page() -> None:
    house, citation = scene("photo.png", PNG)
    answer = at_the_screen(house.head).get(f"/evidence/{citation.pk}/image/")
    assert (answer["Content-Type"], answer.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert answer["Content-Disposition"].startswith("inline; ")
    assert events("evidence.viewed") == 1


def test_a_picture_that_cannot_be_drawn_is_not_there(settings: Settings) -> None:
    house = make.house()
    citation = cited(house, make.item(State.RECTIFYING, house=house), "photo.png", PNG)
    settings.INSPECTION_MEMORY = 1 << 20
    assert at_the_screen(house.head).get(f"/evidence/{citation.pk}/image/").status_code == 404
    assert events("evidence.viewed") == 0


def test_the_watermark_lies_on_pages_and_where_wanted_on_copies() -> None:
    house, citation = scene("proof.pdf", papers.pdf(["One"]))
    client = at_the_screen(house.head)
    [source] = sources(opened(client, citation))
    plain = client.get(source).content
    watermark(house, citation, Watermark.VIEW)
    assert client.get(source).content != plain
    assert received(client, f"/evidence/{citation.pk}/") == papers.pdf(["One"])
    watermark(house, citation, Watermark.COPIES)
    copy = client.get(f"/evidence/{citation.pk}/").content
    assert (copy[:5], copy != papers.pdf(["One"])) == (b"%PDF-", True)
    told = Event.objects.filter(name="evidence.downloaded").order_by("pk")
    assert [event.data.get("stamped", False) for event in told] == [False, True]


def test_the_watermark_is_set_by_the_office_and_recorded() -> None:
    house, citation = scene()
    round_id = citation.item.round_id
    address = f"/rounds/{round_id}/watermark/"
    assert "Watermark on evidence" in (
        at_the_screen(house.office).get(f"/rounds/{round_id}/settings/").content.decode()
    )
    answer = at_the_screen(house.office).post(address, {"watermark": "view"})
    assert (answer.status_code, answer["Location"]) == (302, f"/rounds/{round_id}/settings/")
    told = Event.objects.get(name="round.watermark_set")
    assert told.data == {"before": "none", "watermark": "view"}
    for person, mark, status in (
        (house.office, "view", 409),
        (house.office, "loud", 422),
        (house.head, "none", 403),
        (make.house().office, "none", 404),
    ):
        assert at_the_screen(person).post(address, {"watermark": mark}).status_code == status
    assert Round.objects.get(pk=round_id).watermark == "view"
    assert events("round.watermark_set") == 1
    assert "On the pages shown here" in (
        at_the_screen(house.head).get(f"/rounds/{round_id}/settings/").content.decode()
    )


def test_papers_of_an_item_lead_from_one_to_the_next() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    papers = [cited(house, item, name) for name in ("one.pdf", "two.pdf", "three.pdf")]
    client = at_the_screen(house.head)
    words = [re.sub(r"\s+", " ", opened(client, one)) for one in papers]
    assert [re.findall(r"(\d) / 3", text) for text in words] == [["1"], ["2"], ["3"]]
    steps = [re.findall(r'rel="(\w+)" [^>]*href="/evidence/(\d+)/view/"', text) for text in words]
    one, two, three = (str(paper.pk) for paper in papers)
    assert steps == [[("next", two)], [("prev", one), ("next", three)], [("prev", two)]]
    proving.withdraw_evidence(
        item.pk, actor=house.staff.actor(), command=make.command(item), citation_id=papers[1].pk
    )
    assert " / " not in re.findall(r"<header.*?</header>", opened(client, papers[1]), re.DOTALL)[0]
    assert "1 / 2" in opened(client, papers[0])
