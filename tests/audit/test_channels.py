"""Each way out of the house, up to the receiver that checks what it was sent."""

from __future__ import annotations

import base64
import hashlib
import hmac
import smtplib
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django.fixtures import Settings

from audit import channels
from audit.channels import Message, Recipient, callout, dingtalk, feishu, guard, webhook
from tests.receivers import Call, Receiver, http_receiver, smtp_server

SECRET = "a-secret-of-the-receiver"
SUBJECT = "王五 向您交办：1-1 路灯\n不亮"


@pytest.fixture
def there(settings: Settings) -> Iterator[Receiver]:
    """One receiver that every channel is pointed at."""
    with http_receiver() as receiver:
        settings.CALLOUT_HOSTS = [receiver.host]
        settings.CALLOUTS = {
            name: {"url": f"http://{receiver.host}/{name}?token=t0ken", "secret": SECRET}
            for name in ("wecom", "dingtalk", "feishu", "sms", "webhook")
        }
        yield receiver


def message(**to: str) -> Message:
    who = {"name": "张三", "login": "zhangsan", "email": "z@example.test", "phone": "13900000000"}
    return Message(
        key="rectify-1",
        to=Recipient(**{**who, **to}),
        subject=SUBJECT,
        text="王五 向您交办：1-1 路灯不亮",
        hint="张三，事项 1-1 有新的通知，请查看。",
        url="https://rectify.example.test/items/1/",
        kinds=("assigned",),
    )


def query(call: Call) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(call.path).query).items()}


def test_wecom_is_told_a_hint_and_calls_the_person_by_phone(there: Receiver) -> None:
    there.says({"errcode": 0, "errmsg": "ok"})
    channels.send("wecom", message())
    [call] = there.calls
    assert call.json == {
        "msgtype": "text",
        "text": {
            "content": "张三，事项 1-1 有新的通知，请查看。\nhttps://rectify.example.test/items/1/",
            "mentioned_mobile_list": ["13900000000"],
        },
    }
    assert call.headers["X-Rectify-Key"] == "rectify-1"
    assert query(call) == {"token": "t0ken"}


def test_dingtalk_finds_its_signature_in_the_address(there: Receiver) -> None:
    there.says({"errcode": 0, "errmsg": "ok"})
    channels.send("dingtalk", message())
    [call] = there.calls
    said = query(call)
    assert abs(int(said["timestamp"]) / 1000 - time.time()) < 60
    expected = hmac.new(
        SECRET.encode(), f"{said['timestamp']}\n{SECRET}".encode(), hashlib.sha256
    ).digest()
    assert base64.b64decode(said["sign"]) == expected
    assert said["token"] == "t0ken"
    assert call.json["at"] == {"atMobiles": ["13900000000"], "isAtAll": False}
    assert "路灯" not in call.json["text"]["content"]


def test_feishu_finds_its_signature_in_the_body(there: Receiver) -> None:
    there.says({"code": 0, "msg": "success", "data": {}})
    channels.send("feishu", message())
    [call] = there.calls
    body = call.json
    assert abs(int(body["timestamp"]) - time.time()) < 60
    key = f"{body['timestamp']}\n{SECRET}".encode()
    assert base64.b64decode(body["sign"]) == hmac.new(key, b"", hashlib.sha256).digest()
    assert body["msg_type"] == "text"
    assert "路灯" not in body["content"]["text"]


def test_the_two_robots_sign_as_they_publish_it() -> None:
    """Worked out by `openssl dgst -sha256 -hmac` for a secret and a moment of our own."""
    assert dingtalk.sign("SEC1", 1700000000000) == "ukR4+WoOOBTGaOauYqugxVrMSFyr92q4hPxJxuOkiio="
    assert feishu.sign("SEC1", 1700000000) == "s3Va4ru9IQUY6HTJcYx7OEVyXl0V0S/y32v4ZbfOHCI="


def test_a_webhook_is_signed_over_the_time_and_the_very_bytes(there: Receiver) -> None:
    channels.send("webhook", message())
    [call] = there.calls
    moment = call.headers["X-Rectify-Timestamp"]
    expected = hmac.new(SECRET.encode(), f"{moment}.".encode() + call.body, hashlib.sha256)
    assert call.headers["X-Rectify-Signature"] == f"sha256={expected.hexdigest()}"
    assert call.headers["X-Rectify-Key"] == call.json["key"] == "rectify-1"
    assert call.json["to"]["login"] == "zhangsan"
    assert call.json["text"] == "王五 向您交办：1-1 路灯不亮"
    changed = call.body.replace(b"zhangsan", b"wangwu")
    assert webhook.sign(SECRET, int(moment), changed) != call.headers["X-Rectify-Signature"]


def test_a_short_message_carries_no_title(there: Receiver) -> None:
    channels.send("sms", message())
    [call] = there.calls
    assert call.json["phone"] == "13900000000"
    assert "路灯" not in call.json["text"]
    assert call.headers["X-Rectify-Signature"].startswith("sha256=")


def test_without_a_phone_number_nobody_is_called_by_it(there: Receiver) -> None:
    there.says({"errcode": 0})
    channels.send("wecom", message(phone=""))
    channels.send("dingtalk", message(phone=""))
    assert [set(call.json) for call in there.calls] == [{"msgtype", "text"}] * 2
    assert not channels.CHANNELS["sms"].reaches(message(phone="").to)


@pytest.mark.parametrize(
    ("channel", "body", "words"),
    [
        ("wecom", {"errcode": 45009, "errmsg": "too often"}, "answered 45009: too often"),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, "310000: sign not match"),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, "19021: sign match fail"),
        ("wecom", {}, "answered None"),
    ],
)
def test_a_robot_that_says_no_with_a_200_is_not_believed(
    channel: str, body: dict[str, object], words: str, there: Receiver
) -> None:
    there.says(body)
    with pytest.raises(callout.NotTaken, match=words) as fault:
        channels.send(channel, message())
    assert "t0ken" not in str(fault.value)
    assert SECRET not in str(fault.value)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 429, 500, 503])
def test_whatever_is_not_a_yes_is_a_fault_and_no_redirect_is_followed(
    status: int, there: Receiver
) -> None:
    there.answer = lambda _call: (status, {"Location": f"http://{there.host}/elsewhere"}, b"{}")
    with pytest.raises(callout.NotTaken, match=f"answered {status}"):
        channels.send("webhook", message())
    assert len(there.calls) == 1


def test_an_answer_without_end_is_not_read_to_its_end(there: Receiver) -> None:
    there.answer = lambda _call: (200, {}, b"x" * (callout.LARGEST_ANSWER + 1))
    with pytest.raises(callout.NotTaken, match="more than 65536 bytes"):
        channels.send("webhook", message())


def test_a_robot_that_answers_with_something_else_is_a_fault(there: Receiver) -> None:
    there.answer = lambda _call: (200, {}, b"<html>")
    with pytest.raises(callout.NotTaken, match="not JSON"):
        channels.send("wecom", message())


def test_a_receiver_that_thinks_too_long_is_hung_up_on(
    there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(_call: Call) -> tuple[int, dict[str, str], bytes]:
        time.sleep(0.5)
        return 200, {}, b"{}"

    there.answer = slowly
    monkeypatch.setattr(callout, "TIMEOUT", 0.1)
    with pytest.raises(TimeoutError):
        channels.send("webhook", message())
    monkeypatch.setattr(callout, "TIMEOUT", 5)
    monkeypatch.setattr(callout, "DEADLINE", 0.1)
    began = time.monotonic()
    with pytest.raises((callout.NotTaken, OSError)):
        channels.send("webhook", message())
    assert time.monotonic() - began < 0.4


def test_a_host_that_is_not_listed_hears_nothing(there: Receiver, settings: Settings) -> None:
    settings.CALLOUT_HOSTS = ["hooks.example.test"]
    with pytest.raises(guard.Blocked):
        channels.send("webhook", message())
    assert there.calls == []


def test_only_channels_with_a_target_are_offered(settings: Settings) -> None:
    none = {"url": "", "secret": ""}
    settings.CALLOUTS = dict.fromkeys(
        ("wecom", "dingtalk", "feishu", "sms", "webhook", "outside"), none
    )
    assert [channel.name for channel in channels.configured()] == ["email"]
    settings.CALLOUTS["feishu"] = {"url": "https://hooks.example.test/", "secret": ""}
    assert [channel.name for channel in channels.configured()] == ["email", "feishu"]


def by_smtp(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.DEFAULT_FROM_EMAIL = "整改 <rectify@example.test>"


def test_a_letter_goes_through_an_smtp_server_with_the_key_as_its_id(settings: Settings) -> None:
    with smtp_server() as box:
        by_smtp(settings, box.port)
        channels.send("email", message())
    [letter] = box.letters
    assert letter["Message-ID"] == "<rectify-1@example.test>"
    assert letter["To"] == "z@example.test"
    assert letter["Subject"] == "王五 向您交办：1-1 路灯 不亮"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert "https://rectify.example.test/items/1/" in letter.get_content()


def test_a_letter_that_is_refused_is_a_fault(settings: Settings) -> None:
    with smtp_server() as box:
        by_smtp(settings, box.port)
        box.refuses.add("z@example.test")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            channels.send("email", message())
    assert box.letters == []
