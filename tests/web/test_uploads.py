"""Files that come in parts: what tus 1.0.0 asks for, and what is refused."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from django.test import Client
from django.utils.http import http_date
from pytest_django.fixtures import Settings

from evidence import parts, storage
from evidence.models import Evidence, Upload
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen, form
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


def begin(client: Client, item: Item, size: int = len(PDF), **headers: str) -> Any:
    said = {"Upload-Length": str(size), "Upload-Metadata": told(item), **TUS, **headers}
    return client.post("/uploads/", headers={k: v for k, v in said.items() if v})


def part(client: Client, at: str, offset: int, body: bytes, **headers: str) -> Any:
    said = {"Upload-Offset": str(offset), **TUS, **headers}
    return client.patch(at, body, content_type=PART, headers=said)


def begun(house: House, item: Item, size: int = len(PDF), **headers: str) -> tuple[Client, str]:
    client = at_the_screen(house.staff)
    return client, begin(client, item, size, **headers)["Location"]


def arrived(house: House, item: Item, content: bytes = PDF, name: str = "proof.pdf") -> Upload:
    client, at = begun(house, item, len(content), **{"Upload-Metadata": told(item, name)})
    part(client, at, 0, content)
    return Upload.objects.latest("begun_at")


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def item(house: House) -> Item:
    return make.item(State.RECTIFYING, house=house)


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
    assert asked["Cache-Control"] == "no-store"
    assert parts.path_of(row.pk).read_bytes() == PDF[:HALF]

    second = part(client, at, HALF, PDF[HALF:])
    assert (second.status_code, second["Upload-Offset"]) == (204, str(len(PDF)))
    assert client.get(at).json()["state"] == "clean"
    assert not parts.path_of(row.pk).exists()
    assert storage.intact(hashlib.sha256(PDF).hexdigest())
    assert not Evidence.objects.filter(name="proof.pdf", digest=row.digest).exists()

    cited = cite(client, item, row.pk, claim="All are lit")
    assert cited.status_code == 302
    citation = item.citations.get()
    assert (citation.claim, citation.evidence.name) == ("All are lit", "proof.pdf")
    assert citation.evidence.digest == hashlib.sha256(PDF).hexdigest()
    assert (citation.evidence.inspection, citation.evidence.page_count) == ("clean", 1)
    assert client.get(at).status_code == 404


def cite(client: Client, item: Item, *ids: object, measure: int = 0, **words: str) -> Any:
    at = item.measures.all()[measure].pk
    said = form(item, uploads=[str(one) for one in ids], **words)
    return client.post(f"/items/{item.pk}/measures/{at}/evidence/", said)
