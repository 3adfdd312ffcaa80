"""Files that come in parts: what tus 1.0.0 asks for, and every attempt that is refused."""

from __future__ import annotations

import base64
import hashlib
import socket
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.http import http_date
from pytest_django.fixtures import Settings

from audit.models import Event
from core.models import User
from evidence import allowance, parts, storage
from evidence.models import Evidence, Upload
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen, form, now
from workflows.models import Item
from workflows.states import State

pytestmark = pytest.mark.django_db

PDF = make.pdf("The lamps are lit")
HALF = len(PDF) // 2
TUS = {"Tus-Resumable": "1.0.0"}
PART = "application/offset+octet-stream"


def text(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


def told(item: Item, name: str = "proof.pdf", **more: str) -> str:
    measure = item.measures.all()[0]
    words = {"filename": name, "for": f"measure:{measure.pk}", **more}
    return ",".join(f"{key} {text(value)}" for key, value in words.items())


def begin(client: Client, item: Item, size: int = len(PDF), /, **headers: str) -> Any:
    said = {"Upload-Length": str(size), "Upload-Metadata": told(item), **TUS, **headers}
    return client.post("/uploads/", headers={k: v for k, v in said.items() if v})


def part(client: Client, at: str, offset: int, body: bytes, **headers: str) -> Any:
    said = {"Upload-Offset": str(offset), **TUS, **headers}
    return client.patch(at, body, content_type=PART, headers=said)


def raw(client: Client, at: str, environ: dict[str, Any], **headers: str) -> Any:
    """A part with a body and a connection of the test's own."""
    said = {"Upload-Offset": "0", **TUS, **headers}
    return client.generic("PATCH", at, headers=said, **{"CONTENT_TYPE": PART, **environ})


def begun(house: House, item: Item, size: int = len(PDF), /, **headers: str) -> tuple[Client, str]:
    client = at_the_screen(house.staff)
    return client, begin(client, item, size, **headers)["Location"]


def arrived(house: House, item: Item, content: bytes = PDF, name: str = "proof.pdf") -> Upload:
    client, at = begun(house, item, len(content), **{"Upload-Metadata": told(item, name)})
    part(client, at, 0, content)
    return Upload.objects.latest("begun_at")


def cite(client: Client, item: Item, *ids: object, measure: int = 0, **words: str) -> Any:
    at = item.measures.all()[measure].pk
    said = form(item, uploads=[str(one) for one in ids], **words)
    return client.post(f"/items/{item.pk}/measures/{at}/evidence/", said)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Settings) -> None:
    settings.RECEIVING_ROOT = tmp_path / "receiving"


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def item(house: House) -> Item:
    return make.item(State.RECTIFYING, house=house)


# --- the protocol ---


def test_the_server_says_what_it_speaks(house: House, settings: Settings) -> None:
    settings.EVIDENCE_LARGEST = 5 << 30
    answer = at_the_screen(house.staff).options("/uploads/")
    assert answer.status_code == 204
    assert {name: answer[name] for name in answer.headers if name.startswith("Tus-")} == {
        "Tus-Resumable": "1.0.0",
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,checksum,expiration,termination",
        "Tus-Checksum-Algorithm": "sha1,sha256",
        "Tus-Max-Size": str(5 << 30),
    }


def test_a_file_comes_in_two_parts_is_inspected_and_then_cited(house: House, item: Item) -> None:
    client = at_the_screen(house.staff)
    made = begin(client, item)
    assert (made.status_code, made["Upload-Offset"]) == (201, "0")
    at = made["Location"]
    row = Upload.objects.get()
    assert at == f"/uploads/{row.pk}/"
    assert made["Upload-Expires"] == http_date(row.expires_at.timestamp())

    first = part(client, at, 0, PDF[:HALF])
    assert (first.status_code, first["Upload-Offset"]) == (204, str(HALF))
    asked = client.head(at, headers=TUS)
    assert (asked["Upload-Offset"], asked["Upload-Length"]) == (str(HALF), str(len(PDF)))
    assert asked["Upload-Metadata"] == told(item)
    assert (asked["Cache-Control"], asked.content) == ("no-store", b"")
    assert parts.path_of(row.pk).read_bytes() == PDF[:HALF]

    second = part(client, at, HALF, PDF[HALF:])
    assert (second.status_code, second["Upload-Offset"]) == (204, str(len(PDF)))
    assert client.get(at).json()["state"] == "clean"
    assert not parts.path_of(row.pk).exists()
    assert storage.intact(hashlib.sha256(PDF).hexdigest())
    assert not Evidence.objects.filter(received_from=house.staff).exists()

    assert cite(client, item, row.pk, claim="All are lit").status_code == 302
    citation = item.citations.get()
    assert (citation.claim, citation.evidence.name) == ("All are lit", "proof.pdf")
    assert citation.evidence.digest == hashlib.sha256(PDF).hexdigest()
    assert (citation.evidence.inspection, citation.evidence.page_count) == ("clean", 1)
    assert client.get(at).status_code == 404


def test_an_empty_part_changes_nothing(house: House, item: Item) -> None:
    client, at = begun(house, item)
    digest = base64.b64encode(hashlib.sha256().digest()).decode()
    for checksum in ({}, {"Upload-Checksum": f"sha256 {digest}"}):
        answer = raw(client, at, {"CONTENT_LENGTH": "0"}, **checksum)
        assert (answer.status_code, answer["Upload-Offset"]) == (204, "0")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_part_with_a_checksum_counts_whole_or_not_at_all(
    algorithm: str, house: House, item: Item
) -> None:
    client, at = begun(house, item)
    digest = hashlib.new(algorithm, PDF[:HALF], usedforsecurity=False).digest()
    said = {"Upload-Checksum": f"{algorithm} {base64.b64encode(digest).decode()}"}
    wrong = part(client, at, 0, PDF[1 : HALF + 1], **said)
    assert (wrong.status_code, wrong.reason_phrase) == (460, "Checksum Mismatch")
    assert "damaged on its way" in wrong.json()["rule"]
    row = Upload.objects.get()
    assert (row.offset, parts.path_of(row.pk).stat().st_size) == (0, 0)
    assert part(client, at, 0, PDF[:HALF], **said)["Upload-Offset"] == str(HALF)


def test_an_upload_is_given_up(house: House, item: Item) -> None:
    client, at = begun(house, item)
    part(client, at, 0, PDF[:HALF])
    path = parts.path_of(Upload.objects.get().pk)
    assert client.delete(at, headers=TUS).status_code == 204
    assert not path.exists()
    for answer in (client.head(at, headers=TUS), part(client, at, HALF, PDF[HALF:])):
        assert (answer.status_code, answer["Tus-Resumable"]) == (404, "1.0.0")


def test_the_page_offers_again_what_arrived_and_what_did_not(house: House, item: Item) -> None:
    row = arrived(house, item)
    client, at = begun(house, item, **{"Upload-Metadata": told(item, "half.pdf")})
    part(client, at, 0, PDF[:HALF])
    page = client.get(f"/items/{item.pk}/").content.decode()
    assert "Of your files 2 have not been handed in yet" in page
    assert f'name="uploads" value="{row.pk}" checked>' in page
    assert "49% arrived. Choose the same file again" in page
    other = at_the_screen(house.office).get(f"/items/{item.pk}/").content.decode()
    assert "half.pdf" not in other


def test_a_refused_file_says_why_and_is_not_among_those_that_wait(house: House, item: Item) -> None:
    arrived(house, item, b"<html>" + bytes(80))
    client = at_the_screen(house.staff)
    page = client.get(f"/items/{item.pk}/").content.decode()
    assert "but its content is something else" in page
    assert "have not been handed in yet" not in page


def test_by_a_plain_form_an_upload_is_left_out(house: House, item: Item) -> None:
    client, at = begun(house, item)
    answer = client.post(f"{at}drop/")
    measure = item.measures.all()[0].pk
    assert answer["Location"] == f"/items/{item.pk}/#measure-{measure}"
    assert not Upload.objects.exists()


def test_an_upload_whose_measure_is_gone_can_still_be_left_out(house: House, item: Item) -> None:
    client, at = begun(house, item)
    Upload.objects.update(purpose="measure:0")
    assert client.post(f"{at}drop/")["Location"] == "/"
    assert not Upload.objects.exists()


def test_a_file_from_a_folder_keeps_its_path_in_its_name(house: House, item: Item) -> None:
    begun(house, item, **{"Upload-Metadata": told(item, "1.pdf", path="现场/一标段/1.pdf")})
    assert Upload.objects.get().name == "现场 - 一标段 - 1.pdf"


def test_files_by_the_form_and_uploads_are_cited_together(house: House, item: Item) -> None:
    row = arrived(house, item)
    client = at_the_screen(house.staff)
    at = f"/items/{item.pk}/measures/{item.measures.all()[0].pk}/evidence/"
    small = SimpleUploadedFile("b.pdf", make.pdf("b"))
    assert client.post(at, form(item, uploads=[str(row.pk)], files=[small])).status_code == 302
    assert {c.evidence.name for c in item.citations.all()} == {"proof.pdf", "b.pdf"}


def test_a_second_click_cites_once_and_a_second_form_is_told_so(house: House, item: Item) -> None:
    row = arrived(house, item)
    client = at_the_screen(house.staff)
    at = f"/items/{item.pk}/measures/{item.measures.all()[0].pk}/evidence/"
    said = form(item, uploads=[str(row.pk), str(row.pk)])
    assert [client.post(at, said).status_code for _click in range(2)] == [302, 302]
    again = cite(client, item, row.pk)
    assert again.status_code == 409
    assert "was handed in already" in again.content.decode()
    assert item.citations.count() == 1


def test_a_refused_citing_leaves_the_upload_waiting(house: House, item: Item) -> None:
    row = arrived(house, item)
    client = at_the_screen(house.staff)
    assert cite(client, item, row.pk, formed_on="2999-01-01").status_code == 422
    row.refresh_from_db()
    assert row.taken_at is None
    assert cite(client, item, row.pk).status_code == 302


# --- refused ---


def test_another_persons_upload_is_not_there(house: House, item: Item) -> None:
    _client, at = begun(house, item)
    row = arrived(house, item)
    thief = at_the_screen(make.person("staff", section=house.section))
    answers = [
        thief.head(at, headers=TUS),
        thief.get(at),
        part(thief, at, 0, PDF),
        thief.delete(at, headers=TUS),
        thief.post(f"{at}drop/"),
        at_the_screen(house.staff).get(f"/uploads/{uuid4()}/"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 6
    Item.objects.filter(pk=item.pk).update(assignee=house.colleague)
    assert cite(at_the_screen(house.colleague), item, row.pk).status_code == 404
    assert Upload.objects.filter(owner=house.staff, taken_at=None).count() == 2
    assert not item.citations.exists()


def test_an_upload_for_one_measure_is_not_cited_for_another(house: House, item: Item) -> None:
    row = arrived(house, item)
    client = at_the_screen(house.staff)
    assert cite(client, item, row.pk, measure=1).status_code == 404
    assert cite(client, item, "no-id").status_code == 422
    assert not item.citations.exists()


def test_only_who_may_hand_in_begins_and_the_attempt_is_recorded(house: House, item: Item) -> None:
    answer = begin(at_the_screen(house.colleague), item)
    assert answer.status_code == 403
    assert answer.json()["code"] == "not-permitted"
    event = Event.objects.get(name="access.refused")
    assert (event.actor, event.data["path"]) == (f"person:{house.colleague.pk}", "/uploads/")
    stranger = make.house().staff
    assert begin(at_the_screen(stranger), item).status_code == 404
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    "purpose", ["", "measure:", "measure:x", "measure:0", "item:1", "measure:²"]
)
def test_an_upload_for_nothing_we_know_is_refused(purpose: str, house: House, item: Item) -> None:
    said = f"filename {text('a.pdf')},for {text(purpose)}"
    assert begin(at_the_screen(house.staff), item, **{"Upload-Metadata": said}).status_code == 404
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": ""}, 412),
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Length": ""}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": "1e3"}, 400),
        ({"Upload-Length": "9" * 19}, 400),
        ({"Upload-Length": "0"}, 422),
        ({"Upload-Length": "", "Upload-Defer-Length": "1"}, 400),
        ({"Upload-Defer-Length": "1"}, 400),
        ({"Upload-Concat": "partial"}, 400),
        ({"X-HTTP-Method-Override": "DELETE"}, 400),
        ({"Upload-Metadata": ""}, 404),
        ({"Upload-Metadata": "filename not-base64!"}, 400),
        ({"Upload-Metadata": f"filename {text('a.pdf')},filename {text('b.pdf')}"}, 400),
        ({"Upload-Metadata": "filename /w=="}, 400),
        ({"Upload-Metadata": "na\tme YQ=="}, 400),
        ({"Upload-Metadata": "filename " + "A" * 2000}, 400),
    ],
)
def test_a_creation_that_is_not_as_it_should_be_is_told_why(
    headers: dict[str, str], status: int, house: House, item: Item
) -> None:
    answer = begin(at_the_screen(house.staff), item, **headers)
    assert (answer.status_code, answer["Tus-Resumable"]) == (status, "1.0.0")
    assert answer.json()["rule"]
    assert answer.json()["next"]
    assert ("Tus-Version" in answer) is (status == 412)
    assert not Upload.objects.exists()
    assert list(parts.folder().glob("*")) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a.pdf\r\nX-Injected: 1.pdf", "a.pdfX-Injected_ 1.pdf"),
        ("\u202efdp.exe.pdf", "fdp_exe.pdf"),
        ("con.pdf", "_con.pdf"),
        ("a.pdf::$DATA.pdf", "a.pdf__$DATA.pdf"),
        ("shell.php.pdf", "shell_php.pdf"),
    ],
)
def test_a_name_is_made_harmless_and_never_stands_in_a_header(
    name: str, kept: str, house: House, item: Item
) -> None:
    client, at = begun(house, item, **{"Upload-Metadata": told(item, name)})
    assert Upload.objects.get().name == kept
    answer = client.head(at, headers=TUS)
    assert "X-Injected" not in answer
    assert answer["Upload-Metadata"] == told(item, name)


@pytest.mark.parametrize("name", ["shell.php", "a.pdf.", "a.pdf%00.exe", "page.svg", "x.html", ""])
def test_what_could_never_be_evidence_is_refused_before_a_byte(
    name: str, house: House, item: Item
) -> None:
    answer = begin(at_the_screen(house.staff), item, **{"Upload-Metadata": told(item, name)})
    assert answer.status_code == (201 if name == "a.pdf." else 422)
    assert Upload.objects.exists() is (name == "a.pdf.")


def test_a_file_too_large_for_its_kind_or_for_its_owner_is_refused_before_a_byte(
    house: House, item: Item, settings: Settings
) -> None:
    settings.EVIDENCE_LARGEST, settings.FORM_LARGEST, settings.UPLOAD_QUOTA = 4000, 1000, 6000
    client = at_the_screen(house.staff)
    film = {"Upload-Metadata": told(item, "a.mp4")}
    sizes = [(1001, {}), (4001, film), (4000, film), (1000, {}), (1000, {}), (1, {})]
    got = [begin(client, item, size, **headers).status_code for size, headers in sizes]
    assert got == [413, 413, 201, 201, 201, 413]
    assert begin(client, item, 1).json()["rule"].startswith("Your files that wait")
    client.delete(f"/uploads/{Upload.objects.earliest('begun_at').pk}/", headers=TUS)
    assert begin(client, item, 1).status_code == 201


def test_too_many_uploads_at_a_time_are_refused(
    house: House, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allowance, "MOST", 1)
    client, _at = begun(house, item)
    assert begin(client, item).status_code == 413
    assert len(list(parts.folder().glob("*"))) == 1
    assert Upload.objects.count() == 1


@pytest.mark.parametrize(
    ("headers", "kind", "status"),
    [
        ({"Upload-Offset": "1"}, PART, 409),
        ({"Upload-Offset": "99999"}, PART, 409),
        ({"Upload-Offset": "-1"}, PART, 400),
        ({}, PART, 400),
        ({"Upload-Offset": "0"}, "application/octet-stream", 415),
        ({"Upload-Offset": "0", "Tus-Resumable": "2.0.0"}, PART, 412),
        ({"Upload-Offset": "0", "Upload-Checksum": "md5 AAAA"}, PART, 400),
        ({"Upload-Offset": "0", "Upload-Checksum": "sha1 AAAA"}, PART, 400),
        ({"Upload-Offset": "0", "Upload-Checksum": "sha1 !"}, PART, 400),
        ({"Upload-Offset": "0", "X-HTTP-Method-Override": "DELETE"}, PART, 400),
    ],
)
def test_a_part_that_is_not_as_it_should_be_changes_nothing(
    headers: dict[str, str], kind: str, status: int, house: House, item: Item
) -> None:
    client, at = begun(house, item)
    answer = client.patch(at, PDF[:HALF], content_type=kind, headers={**TUS, **headers})
    assert answer.status_code == status
    row = Upload.objects.get()
    assert (row.offset, parts.path_of(row.pk).stat().st_size) == (0, 0)


def test_a_part_without_a_length_is_refused(house: House, item: Item) -> None:
    client, at = begun(house, item)
    answer = raw(client, at, {"CONTENT_LENGTH": ""}, **{"Transfer-Encoding": "chunked"})
    assert answer.status_code == 411


def test_more_than_was_announced_is_not_taken(house: House, item: Item) -> None:
    client, at = begun(house, item, len(PDF) - 1)
    assert part(client, at, 0, PDF).status_code == 413
    assert Upload.objects.get().offset == 0


def test_nothing_is_added_to_what_has_arrived_or_was_refused(house: House, item: Item) -> None:
    row = arrived(house, item)
    client = at_the_screen(house.staff)
    late = part(client, f"/uploads/{row.pk}/", len(PDF), b"x")
    assert (late.status_code, late.json()["code"]) == (409, "not-now")
    bad = arrived(house, item, b"<html>" + bytes(80))
    assert part(client, f"/uploads/{bad.pk}/", 0, PDF[:86]).status_code == 422
    assert storage.intact(row.digest)


def test_content_of_another_kind_ends_the_upload_at_its_beginning(house: House, item: Item) -> None:
    client, at = begun(house, item, 2 << 20)
    answer = part(client, at, 0, b"MZ" + bytes(5000))
    assert answer.status_code == 422
    assert "its content is something else" in answer.json()["rule"]
    told = client.get(at).json()
    assert told["state"] == "refused"
    assert "its content is something else" in told["words"]
    row = Upload.objects.get()
    assert not parts.path_of(row.pk).exists()
    assert cite(client, item, row.pk).status_code == 422
    event = Event.objects.get(name="upload.refused")
    assert event.subject == f"person:{house.staff.pk}"
    assert event.data == {"name": "proof.pdf", "size": 2 << 20, "finding": "mismatch"}
    page = client.get(f"/items/{item.pk}/").content.decode()
    assert "its content is something else" in page


def test_a_hostile_file_is_refused_when_it_is_whole(house: House, item: Item) -> None:
    row = arrived(house, item, PDF[:-20])
    assert (row.inspection, row.finding) == ("refused", "damaged")
    assert not storage.exists(hashlib.sha256(PDF[:-20]).hexdigest())


def test_what_is_not_inspected_yet_is_cited_by_nobody(
    house: House, item: Item, settings: Settings
) -> None:
    settings.SCANNER = "tcp://127.0.0.1:9"
    client, at = begun(house, item)
    half = part(client, at, 0, PDF[:HALF])
    row = Upload.objects.get()
    assert half.status_code == 204
    early = cite(client, item, row.pk)
    assert early.status_code == 409
    assert "has not arrived whole yet" in early.content.decode()
    part(client, at, HALF, PDF[HALF:])
    assert client.get(at).json()["state"] == "quarantined"
    assert "the virus scanner does not answer" in client.get(at).json()["words"]
    waits = cite(client, item, row.pk)
    assert waits.status_code == 409
    assert "the virus scanner does not answer" in waits.content.decode()
    assert not item.citations.exists()


def test_bytes_that_were_lost_after_their_inspection_are_not_cited(
    house: House, item: Item
) -> None:
    row = arrived(house, item, make.pdf(f"lost {item.pk}"))
    storage.delete(row.digest)
    answer = cite(at_the_screen(house.staff), item, row.pk)
    assert answer.status_code == 422
    assert "no longer there" in answer.content.decode()
    assert not item.citations.exists()


def test_whoever_lost_their_role_or_their_account_goes_no_further(house: House, item: Item) -> None:
    client, at = begun(house, item)
    house.staff.memberships.update(ends="2020-01-02")
    assert part(client, at, 0, PDF).status_code == 403
    User.objects.filter(pk=house.staff.pk).update(is_active=False)
    assert part(client, at, 0, PDF).status_code == 302
    assert Upload.objects.get().offset == 0


def test_a_part_needs_the_token_of_the_page(house: House, item: Item) -> None:
    _client, at = begun(house, item)
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(house.staff)
    assert part(forged, at, 0, PDF).status_code == 403
    assert forged.delete(at, headers=TUS).status_code == 403
    assert begin(forged, item).status_code == 403
    assert Upload.objects.get().offset == 0


def test_during_the_review_an_upload_is_cited_by_nobody(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house)
    row = arrived(house, item)
    make.prove(item, house)
    make.take(item, "submit", house)
    assert cite(at_the_screen(house.staff), now(item), row.pk).status_code == 409
    row.refresh_from_db()
    assert row.taken_at is None


# --- connections ---


def test_a_connection_that_breaks_off_keeps_what_came(house: House, item: Item) -> None:
    """The sender announces more than it sends, then hangs up."""
    client, at = begun(house, item)
    environ = {"CONTENT_LENGTH": str(len(PDF)), "wsgi.input": Broken(PDF[:HALF])}
    answer = raw(client, at, environ)
    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(HALF))
    row = Upload.objects.get()
    assert parts.path_of(row.pk).read_bytes() == PDF[:HALF]
    assert part(client, at, HALF, PDF[HALF:])["Upload-Offset"] == str(len(PDF))


class Broken(BytesIO):
    """A body that ends in a fault of the connection."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._left = [content]

    def read(self, _size: int | None = -1) -> bytes:
        if self._left:
            return self._left.pop()
        raise ConnectionResetError


def test_a_silent_connection_gives_the_file_free(house: House, item: Item) -> None:
    client, at = begun(house, item)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(7)
        body = Patient(ours)
        environ = {"CONTENT_LENGTH": "9", "gunicorn.socket": ours, "wsgi.input": body}
        raw(client, at, environ)
        assert (body.patience, ours.gettimeout()) == (30.0, 7)


class Patient(BytesIO):
    """Notes for how long its connection would be waited for."""

    def __init__(self, line: socket.socket) -> None:
        super().__init__()
        self._line, self.patience = line, 0.0

    def read(self, _size: int | None = -1) -> bytes:
        self.patience = self._line.gettimeout() or 0.0
        raise TimeoutError


def test_two_parts_at_the_same_time_never_mix(house: House, item: Item) -> None:
    """While one connection sends, the other is told to wait; what arrives is whole."""
    client, at = begun(house, item)
    row = Upload.objects.get()
    with parts.held(row.pk):
        answer = part(client, at, 0, PDF)
    assert answer.status_code == 423
    assert "over another connection" in answer.json()["rule"]
    assert part(client, at, 0, PDF).status_code == 204
    assert storage.intact(hashlib.sha256(PDF).hexdigest())
