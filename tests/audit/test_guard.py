"""Where the product may call, and where it must not be led."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from audit.channels import guard

ALLOWED = ["hooks.example.test", "hooks.example.test:8443", "10.1.2.3", "[2001:db8::7]"]


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://hooks.example.test/a/b?key=1", "hooks.example.test", "/a/b?key=1"),
        ("http://hooks.example.test", "hooks.example.test", "/"),
        ("https://HOOKS.example.test:443/", "hooks.example.test", "/"),
        ("https://hooks.example.test:8443/x", "hooks.example.test:8443", "/x"),
        ("http://10.1.2.3/", "10.1.2.3", "/"),
        ("http://[2001:db8::7]/", "[2001:db8::7]", "/"),
        ("https://hooks.example.test/a#fragment", "hooks.example.test", "/a"),
    ],
)
def test_a_listed_host_may_be_called(url: str, authority: str, path: str) -> None:
    target = guard.target_of(url, ALLOWED)
    assert (target.authority, target.path) == (authority, path)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hooks.example.test/a",
        "//hooks.example.test/a",
        "file:///etc/passwd",
        "ftp://hooks.example.test/",
        "gopher://hooks.example.test/",
        "https:///a",
        "https://user@hooks.example.test/",
        "https://user:word@hooks.example.test/",
        "https://@hooks.example.test/",
        "https://hooks.example.test@evil.example.test/",
        "https://evil.example.test/hooks.example.test",
        "https://evil.example.test#@hooks.example.test/",
        "https://evil.example.test\\@hooks.example.test/",
        "https://hooks.example.test.evil.example.test/",
        "https://ahooks.example.test/",
        "https://hooks.example.test./",
        "https://hooks.example.test:22/",
        "https://hooks.example.test:0/",
        "https://hooks.example.test:99999/",
        "https://hooks.example.test:x/",
        "https://hooks.example.test/a b",
        "https://hooks.example.test/\r\nHost: evil",
        "https://hooks.example.test/\x00",
        "https://hooks。example.test/",
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://017700000001/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:10.1.2.3]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1%25eth0]/",
    ],
)
def test_what_is_not_listed_is_not_called(url: str) -> None:
    with pytest.raises(guard.Blocked):
        guard.target_of(url, ALLOWED)


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """The resolver says these, and keeps count of how often it was asked."""
    asked: list[str] = []

    def say(host: str, port: int, **_options: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", say)
    return asked


@pytest.mark.parametrize("address", ["192.0.2.7", "10.1.2.3", "172.16.0.9", "2001:4860::8"])
def test_a_listed_name_leads_to_the_address_that_was_looked_at(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving(monkeypatch, address)
    target = guard.target_of("https://hooks.example.test/", ALLOWED)
    if address == "192.0.2.7":
        monkeypatch.setattr(guard, "is_ours", lambda _address: False)  # a range for documents
    assert guard.address_of(target, ALLOWED) == address
    assert asked == ["hooks.example.test"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.10",
        "0.0.0.0",
        "169.254.169.254",
        "169.254.1.1",
        "100.100.100.200",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%2",
        "ff02::1",
        "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
def test_a_listed_name_that_leads_to_this_machine_or_a_clouds_metadata_is_not_called(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = guard.target_of("https://hooks.example.test/", ALLOWED)
    resolving(monkeypatch, address)
    with pytest.raises(guard.Blocked, match="which is not called"):
        guard.address_of(target, ALLOWED)
    resolving(monkeypatch, "10.9.9.9", address)
    with pytest.raises(guard.Blocked):
        guard.address_of(target, ALLOWED)


def test_this_machine_is_called_when_its_number_is_listed_and_not_only_a_name_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving(monkeypatch, "127.0.0.1")
    named = guard.target_of("http://gateway.test:8001/", ["gateway.test:8001"])
    with pytest.raises(guard.Blocked):
        guard.address_of(named, ["gateway.test:8001"])
    assert guard.address_of(named, ["gateway.test:8001", "127.0.0.1:8001"]) == "127.0.0.1"
    with pytest.raises(guard.Blocked):
        guard.address_of(named, ["gateway.test:8001", "127.0.0.1:8002"])


def test_a_name_without_an_address_is_a_fault_that_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_args: object, **_options: object) -> object:
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    target = guard.target_of("https://hooks.example.test/", ALLOWED)
    with pytest.raises(ConnectionError, match=r"hooks\.example\.test has no address"):
        guard.address_of(target, ALLOWED)
