"""Where a request really comes from."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

KEPT = 512  # addresses whose meaning is remembered: a request asks for its own several times
NOWHERE = "0.0.0.0"  # noqa: S104  a server on a Unix socket knows no address; nothing listens here


def client_address(request: HttpRequest) -> str:
    """The client's address, as far as it can be known: see :func:`address_of`."""
    return address_of(request.META)


def address_of(meta: Mapping[str, Any]) -> str:
    """The address that the outermost of our own proxies saw.

    Each proxy adds the address of whoever spoke to it at the right of ``X-Forwarded-For``. With TRUSTED_PROXIES = n
    only the last n entries were written by us, so the n-th from the right counts and everything left of it is
    hearsay. Fewer entries than n: the request came past the proxies, and its own peer counts.
    """
    trusted: int = settings.TRUSTED_PROXIES
    if trusted > 0:
        entries = str(meta.get("HTTP_X_FORWARDED_FOR") or "").split(",")
        told = _plain(entries[-trusted]) if len(entries) >= trusted else ""
        if told:
            return told
    return _plain(meta.get("REMOTE_ADDR") or "") or NOWHERE


def address_in(scope: Mapping[str, Any]) -> str:
    """As :func:`address_of`, for the handshake of a socket."""
    told = [value for name, value in scope.get("headers", []) if name == b"x-forwarded-for"]
    peer = scope.get("client") or [""]
    return address_of({"HTTP_X_FORWARDED_FOR": b",".join(told).decode("latin-1"), "REMOTE_ADDR": peer[0]})


@lru_cache(maxsize=KEPT)
def neighbourhood(address: str) -> str:
    """What one subscriber holds: an IPv4 address, or the /64 around an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)


@lru_cache(maxsize=KEPT)
def _plain(text: str) -> str:
    """``text`` as a bare address: no brackets, no port, no zone; an IPv4 one that IPv6 wraps is unwrapped."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)
