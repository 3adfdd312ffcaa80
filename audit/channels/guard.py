"""Where the product may call: hosts named in the settings, at the address they were checked at.

The rule against server-side request forgery, in one place: http or https only, no user name in
the address, the host and its port in the list, resolved once and the connection made to that very
address; addresses of this machine, of the link and of a cloud's metadata only when the address
itself is listed; no redirect is followed, and no answer is read without end.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Collection

PORTS = {"http": 80, "https": 443}
# A cloud's metadata that lies in no range the standard library calls link-local.
METADATA = (ip_network("100.100.100.200/32"), ip_network("fd00:ec2::254/128"))
NAT64 = ip_network("64:ff9b::/96")


class Blocked(Exception):
    """Not to be called. Says the host and never the whole address, which may hold a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, allowed: Collection[str]) -> Target:
    """The parts of an address that may be called as far as can be told without resolving it."""
    if any(c.isspace() or not c.isprintable() or c == "\\" for c in url) or not url.isascii():
        raise Blocked("The address holds characters that no address holds.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Blocked("The address cannot be read.") from None
    if parts.scheme not in PORTS:
        raise Blocked("Only http and https are called.")
    if "@" in parts.netloc:
        raise Blocked("An address with a user name in it is not called.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = PORTS[parts.scheme] if port is None else port
    target = Target(scheme=parts.scheme, host=host, port=port, path=path)
    if not _listed(target, allowed):
        raise Blocked(f"{target.authority} is not in RECTIFY_CALLOUT_HOSTS.")
    return target


def _listed(target: Target, allowed: Collection[str]) -> bool:
    names = {entry.strip().lower() for entry in allowed} - {""}
    return bool(target.host) and target.authority.lower() in names


def address_of(target: Target, allowed: Collection[str]) -> str:
    """The one address to connect to; Blocked when any that the name has must not be called."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError as fault:
        raise ConnectionError(f"{target.host} has no address: {fault}") from None
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if is_ours(address) and not _itself_listed(address, target, allowed):
            raise Blocked(f"{target.host} leads to {address}, which is not called.")
    return addresses[0]


def _itself_listed(address: str, target: Target, allowed: Collection[str]) -> bool:
    """Whether the number is in the list, not only a name that somebody's server resolves to it."""
    literal = Target(
        scheme=target.scheme, host=address.partition("%")[0], port=target.port, path="/"
    )
    return _listed(literal, allowed)


def is_ours(address: str) -> bool:
    """Whether an address is this machine's, the link's, everybody's, or a cloud's metadata."""
    at = _innermost(ip_address(address.partition("%")[0]))
    return (
        at.is_loopback
        or at.is_link_local
        or at.is_unspecified
        or at.is_multicast
        or at.is_reserved
        or any(at in network for network in METADATA)
    )


def _innermost(at: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one carries, where it carries one."""
    if isinstance(at, IPv4Address):
        return at
    if at in NAT64:
        return IPv4Address(int(at) & 0xFFFFFFFF)
    return at.ipv4_mapped or at.sixtofour or at
