"""A public tus client (tuspy) against a live server: begun, broken off, gone on with."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from core.models import User
from evidence import storage
from evidence.models import Upload
from tests import make
from tests.web.test_uploads import cite
from workflows.models import Item
from workflows.states import State

tusclient: Any = import_module("tusclient.client")
failed: Any = import_module("tusclient.exceptions").TusCommunicationError
pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "t" * 32


def client_of(user: User, server: LiveServer) -> Any:
    """As the page of this person would speak: with their session and the page's token."""
    browser = Client()
    browser.force_login(user)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}"
    headers = {"Cookie": cookies, "X-CSRFToken": TOKEN}
    return tusclient.TusClient(f"{server.url}/uploads/", headers=headers)


def words(item: Item) -> dict[str, str]:
    return {"filename": "现场记录.pdf", "for": f"measure:{item.measures.all()[0].pk}"}


def test_a_file_that_broke_off_is_gone_on_with_and_cited(live_server: LiveServer) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    content = make.pdf("by a public client")
    mine = client_of(house.staff, live_server)
    first = mine.uploader(
        file_stream=io.BytesIO(content),
        chunk_size=300,
        metadata=words(item),
        upload_checksum=True,
    )
    first.upload_chunk()
    first.upload_chunk()

    later = client_of(house.staff, live_server).uploader(
        file_stream=io.BytesIO(content), url=first.url, chunk_size=300
    )
    assert later.offset == 600
    later.upload()

    row = Upload.objects.get()
    assert (row.inspection, row.name) == ("clean", "现场记录.pdf")
    with storage.opened(row.digest) as kept:
        assert kept.read() == content
    browser = Client()
    browser.force_login(house.staff)
    assert cite(browser, item, row.pk).status_code == 302
    assert item.citations.get().evidence.digest == row.digest


def test_another_persons_upload_is_not_gone_on_with(live_server: LiveServer) -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    content = make.pdf("mine")
    mine = client_of(house.staff, live_server).uploader(
        file_stream=io.BytesIO(content), chunk_size=300, metadata=words(item)
    )
    mine.upload_chunk()
    with pytest.raises(failed):
        client_of(house.colleague, live_server).uploader(
            file_stream=io.BytesIO(content), url=mine.url
        )
    assert Upload.objects.get().offset == 300
