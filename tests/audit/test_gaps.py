"""What a channel and the outbox rarely meet: no secret, an odd answer, TLS, a long sweep."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit import channels, outbox
from audit.channels import Message, Recipient, callout
from audit.models import Event, Owed, Pulse
from tests.receivers import Receiver, http_receiver

MESSAGE = Message(
    key="rectify-1",
    to=Recipient(name="张三", login="zhangsan", email="z@example.test", phone="13900000000"),
    subject="路灯不亮",
    text="路灯不亮",
    hint="张三，事项 1-1 有新的通知，请查看。",
    url="https://rectify.example.test/items/1/",
    kinds=("assigned",),
)


@pytest.fixture
def there(settings: Settings) -> Iterator[Receiver]:
    """A receiver that agreed on no secret."""
    with http_receiver() as receiver:
        settings.CALLOUT_HOSTS = [receiver.host]
        settings.CALLOUTS = {
            name: {"url": f"http://{receiver.host}/{name}", "secret": ""}
            for name in ("wecom", "dingtalk", "feishu", "webhook")
        }
        yield receiver


def test_without_a_secret_nothing_is_signed(there: Receiver) -> None:
    there.says({"errcode": 0, "code": 0})
    for name in ("dingtalk", "feishu", "webhook"):
        channels.send(name, MESSAGE)
    dingtalk, feishu, webhook = there.calls
    assert dingtalk.path == "/dingtalk"
    assert set(feishu.json) == {"msg_type", "content"}
    assert {"X-Rectify-Timestamp", "X-Rectify-Signature"}.isdisjoint(webhook.headers)
    assert webhook.headers["X-Rectify-Key"] == "rectify-1"


def test_a_robot_that_answers_with_a_list_is_a_fault(there: Receiver) -> None:
    there.answer = lambda _call: (200, {}, b"[0]")
    with pytest.raises(callout.NotTaken, match="not JSON"):
        channels.send("wecom", MESSAGE)


def certificate(folder: Path, address: str) -> Path:
    """A key and a certificate of its own making, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver")])
    now = timezone.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "receiver.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def tls_receiver(proof: Path, heard: list[bytes]) -> Iterator[str]:
    """Takes one call by TLS."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(proof)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.timeout = 5
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            thread.join()


def test_by_https_a_receiver_with_a_trusted_certificate_is_told(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof, heard = certificate(tmp_path, "127.0.0.1"), list[bytes]()
    monkeypatch.setenv("SSL_CERT_FILE", str(proof))
    with tls_receiver(proof, heard) as host:
        settings.CALLOUT_HOSTS = [host]
        assert callout.post(f"https://{host}/", b"{}").status == 204
    assert heard == [b"{}"]


@pytest.mark.parametrize(("address", "trusted"), [("127.0.0.1", False), ("192.0.2.7", True)])
def test_by_https_nobody_untrusted_or_of_another_name_is_told(
    address: str,
    trusted: bool,
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proof, heard = certificate(tmp_path, address), list[bytes]()
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(proof))
    with tls_receiver(proof, heard) as host:
        settings.CALLOUT_HOSTS = [host]
        with pytest.raises(ssl.SSLCertVerificationError):
            callout.post(f"https://{host}/", b"{}")
    assert heard == []


@pytest.mark.django_db
def test_what_follows_an_event_is_put_off_when_it_is_owed_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "_handlers", {})
    told: list[Event] = []
    outbox.follows("a", name="near")(told.append)
    outbox.owe_keyed([("near", "1")])
    assert outbox.sweep() == 0
    assert Owed.objects.get().fault == "TypeError: near of 1 follows no event"
    assert told == []


@pytest.mark.django_db
def test_a_sweep_that_takes_too_long_leaves_the_rest_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "_handlers", {})
    monkeypatch.setattr(outbox, "LONGEST_SWEEP", -1.0)
    sent: list[str] = []
    outbox.delivers("far", sent.append)
    outbox.owe_keyed([("far", "1"), ("far", "2")])
    assert outbox.sweep() == 1
    assert sent == ["1"]
    assert outbox.sweep() == 1
    assert sent == ["1", "2"]
    assert str(Pulse.objects.get()) == "sweep"
