"""The one way out: every request to another machine whose address somebody may have chosen goes through here.

Time-outs on every step and one deadline over all, a cap on the answer's size, no redirect followed, no proxy, and
no address that is not public: names are resolved here, every answer is checked, and the connection goes to the very
address that was checked, so that a name which changes its mind in between (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import certifi
import httpcore
from django.conf import settings

from naksha.db import give_back_connection

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
USER_AGENT = "Naksha/1.0"


class RequestFailed(Exception):
    """Nothing usable came back. The subclasses say why."""


class AddressRefused(RequestFailed):
    """The address is not one that we ask: wrong scheme, user name in it, or not on the public internet."""


class Unreachable(RequestFailed):
    """No connection, no answer, or not in time. Another try may help."""


class TooLarge(RequestFailed):
    """The answer is larger than the caller wants."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Raises ValueError where the body is not JSON."""
        return json.loads(self.body)


def get(
    url: str, *, headers: Mapping[str, str] | None = None, seconds: float = 10, most_bytes: int = 1 << 20
) -> Answer:
    """Ask for ``url``. See :func:`send`."""
    return send("GET", url, headers=headers, seconds=seconds, most_bytes=most_bytes)


def post_json(
    url: str,
    data: Any,
    *,
    headers: Mapping[str, str] | None = None,
    seconds: float = 10,
    most_bytes: int = 1 << 20,
) -> Answer:
    """Send ``data`` as JSON. See :func:`send`."""
    body = json.dumps(data, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", **(headers or {})}
    return send("POST", url, body=body, headers=headers, seconds=seconds, most_bytes=most_bytes)


def send(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    seconds: float = 10,
    most_bytes: int = 1 << 20,
) -> Answer:
    """Send one request and read the answer, whatever its status; a redirect is an answer like another.

    ``seconds`` bounds the whole exchange (each step gets at most 5 of them). Raises :class:`AddressRefused`,
    :class:`Unreachable` or :class:`TooLarge`. Never call it inside a transaction.
    """
    check_address(url)
    give_back_connection()
    deadline = time.monotonic() + seconds
    step = min(seconds, 5.0)
    timeout = {"connect": step, "read": step, "write": step, "pool": step}
    lines = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **(headers or {})}
    with httpcore.ConnectionPool(ssl_context=_tls(), network_backend=_PublicOnly(deadline)) as pool:
        try:
            with pool.stream(
                method, url, headers=list(lines.items()), content=body, extensions={"timeout": timeout}
            ) as response:
                found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
                return Answer(response.status, found, _read(response.iter_stream(), found, most_bytes, deadline))
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise Unreachable(f"{urlsplit(url).hostname}: {type(error).__name__}") from error


def check_address(url: str) -> None:
    """Raise :class:`AddressRefused` for what is never asked. Names are judged later, by what they resolve to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("not an address") from error
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise AddressRefused("not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise AddressRefused("an address with a user name in it")
    if port == 0:
        raise AddressRefused("not a port")


def is_public(address: Address) -> bool:
    """Whether ``address`` is on the public internet, also when it wraps another (IPv4-mapped, 6to4, NAT64)."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def _read(chunks: Iterable[bytes], headers: Mapping[str, str], most_bytes: int, deadline: float) -> bytes:
    if headers.get("content-encoding", "identity").lower() not in ("", "identity"):
        raise Unreachable("the answer is packed, though we asked for it plain")
    if headers.get("content-length", "0").isdecimal() and int(headers.get("content-length", "0")) > most_bytes:
        raise TooLarge(f"more than {most_bytes} bytes")
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > most_bytes:
            raise TooLarge(f"more than {most_bytes} bytes")
        if time.monotonic() > deadline:
            raise Unreachable("the answer did not end in time")
    return bytes(body)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


class _PublicOnly(httpcore.NetworkBackend):
    """Resolves, checks and connects in one step, so that what is checked is what is asked."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        last: Exception | None = None
        for address in _resolve(host, port):
            left = self.deadline - time.monotonic()
            if left <= 0:
                break
            try:
                return self.backend.connect_tcp(
                    str(address), port, min(timeout or left, left), local_address, socket_options
                )
            except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                last = error
        raise last or httpcore.ConnectTimeout("no time left")

    def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        raise AddressRefused("a socket of this machine")


def _resolve(host: str, port: int) -> list[Address]:
    """The addresses of ``host``. One that is not public spoils them all, unless settings name this host and port."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} is not known") from error
    addresses = list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))
    if f"{host}:{port}" not in settings.OUTGOING_PRIVATE_HOSTS and not all(is_public(a) for a in addresses):
        raise AddressRefused(f"{host} is not on the public internet")
    return addresses
